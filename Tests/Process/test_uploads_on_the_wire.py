"""Uploads as bytes on a socket: what arrives when, in which pieces, and what is answered meanwhile."""

import itertools
import os
import threading

import pytest
from placet_server import Server
from wire import (
    FORM, LAST_CHUNK, Wire, assert_error, chunk, field, file_part, form, head, upload, upload_head,
)

LIMIT = 1 << 20
FORM_ALLOWANCE = 1 << 20
CHUNKED = "transfer-encoding: chunked"
EXPECT = "expect: 100-continue"


@pytest.fixture(scope="module")
def server(binary):
    """One whose files may have 1 MiB, so that the limit is cheap to pass."""
    server = Server(binary, PLACET_MAX_UPLOAD_BYTES=str(LIMIT)).start()
    yield server
    server.dispose()


@pytest.fixture
def wire(server):
    with Wire(server) as wire:
        yield wire


def stored(owner, answer, content):
    assert answer.status == 201, answer.body
    assert owner.content(answer.json()["id"]) == content
    return answer.json()


# Expect: 100-continue


def test_continue_comes_before_the_body_and_the_upload_after_it(wire, owner):
    body = form(file_part(b"patient"), field("channelId", owner.channel))
    wire.send(upload_head(owner, EXPECT, f"content-length: {len(body)}"))
    assert wire.answer().status == 100
    stored(owner, wire.send(body).answer(), b"patient")


def test_continue_comes_for_json_too(wire, owner):
    body = b'{"name":"expected"}'
    wire.send(head("POST", "/api/v1/agents", EXPECT, f"content-length: {len(body)}", key=owner.key))
    assert wire.answer().status == 100
    assert wire.send(body).answer().status == 201


@pytest.mark.parametrize("reason, status, lines, key", [
    ("no key", 401, [FORM, "content-length: 1000"], False),
    ("too large", 413, [FORM, f"content-length: {LIMIT + FORM_ALLOWANCE + 1}"], True),
    ("not a form", 415, ["content-type: text/plain", "content-length: 1000"], True),
    ("a bad digest", 400, [FORM, "content-length: 1000", "repr-digest: sha-256=nonsense"], True),
])
def test_a_refusal_comes_without_continue(wire, owner, reason, status, lines, key):
    wire.send(head("POST", "/api/v1/files/store", EXPECT, *lines, key=owner.key if key else None))
    assert_error(wire.answer(), status, "/api/v1/files/store")


def test_what_no_quota_holds_is_refused_without_continue(make_server):
    server = make_server(PLACET_QUOTA_USER_BYTES="1000").start()
    with Wire(server) as wire:
        wire.send(upload_head(server.owner(), EXPECT, f"content-length: {FORM_ALLOWANCE + 1001}"))
        assert_error(wire.answer(), 507)


def test_a_client_that_does_not_wait_gets_its_answer_too(wire, owner):
    body = form(file_part(b"impatient"), field("channelId", owner.channel))
    wire.send(upload(owner, body, EXPECT))
    answer = wire.answer()
    stored(owner, wire.answer() if answer.status == 100 else answer, b"impatient")


# Too large


def test_a_declared_length_over_the_limit_is_refused_at_once(wire, owner):
    wire.send(upload_head(owner, "content-length: 9000000000"))
    assert_error(wire.answer(), 413)


def test_a_refused_client_that_keeps_sending_can_read_the_answer(wire, owner):
    wire.send(upload_head(owner, "content-length: 64000000"))
    for _ in range(30):
        wire.send(b"x" * LIMIT)
    answer = wire.answer()
    assert_error(answer, 413)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("first", ["channel", "file"])
def test_a_chunked_upload_over_the_limit_is_refused_while_it_streams(server, wire, owner, first):
    before = server.holdings()
    channel = chunk(field("channelId", owner.channel))
    opening = chunk(file_part(b"")[:-2])
    wire.send(upload_head(owner, CHUNKED), *([channel, opening] if first == "channel" else [opening]))
    for _ in range(3):  # Three times the limit, and no end in sight.
        wire.send(chunk(b"x" * LIMIT))
    assert_error(wire.answer(), 413)
    server.holds(before)


def test_a_file_of_exactly_the_limit_is_stored_and_one_byte_more_is_not(server, owner):
    content = os.urandom(LIMIT)
    assert owner.content(owner.store(content)["id"]) == content
    before = server.holdings()
    answer = owner.post_file(content + b"x")
    assert answer.status_code == 413
    assert answer.json()["statusCode"] == 413
    server.holds(before)


def test_a_file_of_no_bytes_is_a_file(owner):
    stored_file = owner.store(b"")
    assert stored_file["size"] == 0
    assert owner.content(stored_file["id"]) == b""
    assert owner.download(stored_file["id"], Range="bytes=0-").status_code == 416


# Pieces


@pytest.mark.parametrize("sizes", [[1], [2, 3], [7, 64, 1, 500], [4096], [65_537]], ids=str)
def test_chunks_of_any_size_carry_a_form(wire, owner, sizes):
    content = os.urandom(900) + b"\r\n--" + os.urandom(900)
    body = form(file_part(content), field("channelId", owner.channel))
    wire.send(upload_head(owner, CHUNKED))
    position = 0
    for size in itertools.cycle(sizes):
        if position >= len(body):
            break
        wire.send(chunk(body[position:position + size]))
        position += size
    stored(owner, wire.send(LAST_CHUNK).answer(), content)


def test_a_body_that_comes_byte_by_byte_is_the_same(wire, owner):
    body = form(field("channelId", owner.channel), file_part(b"drops"))
    for byte in upload(owner, body):
        wire.send(bytes([byte]))
    stored(owner, wire.answer(), b"drops")


def test_chunk_extensions_and_trailers_do_no_harm(wire, owner):
    body = form(field("channelId", owner.channel), file_part(b"decorated"))
    wire.send(upload_head(owner, CHUNKED), b"%x;name=value\r\n%s\r\n0\r\nx-trailer: 1\r\n\r\n" % (len(body), body))
    stored(owner, wire.answer(), b"decorated")


PARTS = {
    "channel": lambda owner: field("channelId", owner.channel),
    "file": lambda owner: file_part(b"in any order", "order.txt", "text/plain"),
    "text": lambda owner: field("text", "a message"),
    "other": lambda owner: field("whatever", "ignored"),
}


@pytest.mark.parametrize("order", [*itertools.permutations(PARTS)], ids="-".join)
def test_parts_come_in_any_order(server, wire, owner, order):
    body = form(*[PARTS[name](owner) for name in order])
    file = stored(owner, wire.send(upload(owner, body, route="upload")).answer(), b"in any order")
    assert file["filename"] == "order.txt"
    text = server.query("SELECT text FROM messages WHERE id = ?", file["messageId"])
    assert text == [("a message",)]


def test_preamble_epilogue_and_other_ways_to_write_a_form_are_accepted(wire, owner):
    body = (
        b"This is a preamble.\r\n"
        b"--odd'boundary\r\nContent-Disposition: form-data; name=channelId\r\n\r\n" + owner.channel.encode() + b"\r\n"
        b"--odd'boundary  \r\nCONTENT-DISPOSITION:form-data; name=upload; filename=plain.txt; filename*=UTF-8''f%C3%BCr.txt"
        b"\r\n\r\ncontent\r\n--odd'boundary--\r\nThis is an epilogue.\r\n"
    )
    wire.send(head(
        "POST", "/api/v1/files/store", "content-type: Multipart/Form-Data; charset=utf-8; boundary=\"odd'boundary\"",
        f"content-length: {len(body)}", key=owner.key), body)
    file = stored(owner, wire.answer(), b"content")
    assert file["filename"] == "f\u00fcr.txt"
    assert file["declaredMimeType"] is None


# Cut off


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_cut_by_a_half_close_gets_400(server, wire, owner, framing):
    before = server.holdings()
    body = form(field("channelId", owner.channel), file_part(b"x" * 5000))[:3000]
    if framing == "length":
        wire.send(upload_head(owner, "content-length: 6000"), body)
    else:
        wire.send(upload_head(owner, CHUNKED), chunk(body))
    wire.half_close()
    assert_error(wire.answer(), 400)
    server.holds(before)


def test_a_head_cut_by_a_half_close_stores_nothing_and_closes(server, wire, owner):
    wire.send(upload_head(owner, "content-length: 10")[:-2])
    wire.half_close()
    assert wire.reader.read()[:12] in (b"", b"HTTP/1.1 400")


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_clients_that_hang_up_anywhere_leave_nothing(binary, kind):
    server = Server(binary).start()
    try:
        owner = server.owner()
        nothing = server.holdings()
        body = form(file_part(b"never to be stored " * 20), field("channelId", owner.channel))
        by_length = upload(owner, body, route="upload")
        by_chunks = upload_head(owner, CHUNKED) + b"".join(
            chunk(body[n:n + 50]) for n in range(0, len(body), 50)) + LAST_CHUNK
        for request in (by_length, by_chunks):
            for offset in range(0, len(request), max(1, len(request) // 60)):
                hang_up(server, request[:offset], kind)
            for missing in range(1, 20):
                hang_up(server, request[:-missing], kind)
        server.holds(nothing)
        assert owner.files() == []
        assert owner.store(b"fine")["size"] == 4
        assert "unexpected error" not in server.settled_log()
    finally:
        server.dispose()


def hang_up(server, data, kind):
    wire = Wire(server).send(data)
    wire.reset() if kind == "reset" else wire.close()


# Connections


@pytest.mark.parametrize("garbage", [
    b"\x00\x01\x02\x03\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HELO there\r\n\r\n",
    b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n",
], ids=["bytes", "TLS", "SMTP", "HTTP/0.9", "HTTP/9.9", "SSH"])
def test_what_is_not_http_gets_400_as_json_and_an_end(wire, garbage):
    answer = wire.send(garbage).answer()
    assert_error(answer, 400)
    assert wire.ended()


def test_pipelined_requests_are_answered_in_order(wire, owner):
    first = form(file_part(b"first", "1.txt"), field("channelId", owner.channel))
    second = form(file_part(b"second", "2.txt"), field("channelId", owner.channel))
    agents = head("GET", "/api/v1/agents", key=owner.key)
    missing = head("GET", "/api/v1/files/none", key=owner.key)
    wire.send(agents, upload(owner, first), missing, upload(owner, second), agents)
    assert wire.answer().status == 200
    one = wire.answer()
    assert_error(wire.answer(), 404)
    two = wire.answer()
    assert wire.answer().status == 200
    assert stored(owner, one, b"first")["filename"] == "1.txt"
    assert stored(owner, two, b"second")["filename"] == "2.txt"


def test_pipelined_downloads_by_sendfile_keep_their_order(wire, owner):
    contents = [os.urandom(size) for size in (300_000, 10, 900_000, 20_000, 0)]
    ids = [owner.store(content)["id"] for content in contents]
    wire.send(*[head("GET", f"/api/v1/files/{file_id}/download", key=owner.key) for file_id in ids])
    for content in contents:
        assert wire.answer().body == content


def test_a_connection_survives_errors_whose_body_was_read(wire, owner):
    for _ in range(3):
        wire.send(upload(owner, form(file_part(b"no channel"))))
        assert_error(wire.answer(), 400)
        wire.send(head("GET", "/api/v1/files/none", key=owner.key))
        assert_error(wire.answer(), 404)
        wire.send(head("GET", "/api/v1/agents"))
        assert_error(wire.answer(), 401)
    body = form(file_part(b"at last"), field("channelId", owner.channel))
    stored(owner, wire.send(upload(owner, body)).answer(), b"at last")


def test_a_refused_upload_never_becomes_the_next_request(server, wire, owner):
    """The rest of a refused body must not be taken for a request: that would be smuggling."""
    inner = head("DELETE", "/api/v1/files/none", key=owner.key)
    wire.send(head("POST", "/api/v1/files/store", FORM, "content-length: 100000"))
    wire.send(inner * 100)
    assert_error(wire.answer(), 401)
    assert wire.reader.read() == b""


def test_fifty_clients_of_a_byte_now_and_then_hold_no_thread(server, owner):
    warm_up(owner)
    threads = server.thread_count()
    body = form(file_part(b"slow" * 20), field("channelId", owner.channel))
    slow = [Wire(server).send(upload_head(owner, f"content-length: {len(body)}")) for _ in range(50)]
    for byte in body[:-1]:
        for wire in slow:
            wire.send(bytes([byte]))
        if byte == ord("w"):
            assert owner.request("GET", "agents").elapsed.total_seconds() < 5
    assert server.thread_count() <= threads + 2
    for wire in slow:
        stored(owner, wire.send(body[-1:]).answer(), b"slow" * 20)
        wire.close()


def warm_up(owner):
    """Lets pools of threads reach the size they have under load."""
    threads = [threading.Thread(target=owner.another().store, args=(os.urandom(200_000),)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("line", ["connection: Close", "connection: keep-alive, close"])
def test_a_client_that_wants_the_connection_closed_gets_it_closed(wire, line):
    assert wire.send(head("GET", "/health", line)).answer().status == 200
    assert wire.ended()
