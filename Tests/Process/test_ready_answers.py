"""A hot download is answered on the event loop, without a task: nobody can tell, and every rule holds as otherwise."""

import os
import re
import socket
import threading

import pytest
import requests
from placet_server import Server, eventually
from wire import Wire, head

SIZES = [0, 1, 1000, 16_384, 16_385, 65_536, 1 << 20, (1 << 20) + 1]
#: What differs from one answer to the next.
OWN = {"date", "x-request-id"}


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_TRUSTED_PROXIES="127.0.0.0/8", PLACET_CORS_ORIGINS="https://app.example").start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def owner(server):
    return server.owner("hot")


@pytest.fixture(scope="module")
def files(owner):
    return {size: owner.store(bytes(n % 251 for n in range(size)), f"{size}.bin") for size in SIZES}


def ready_count(server):
    text = requests.get(f"{server.url}/metrics", timeout=10).text
    return int(float(re.search(r"^placet_http_ready_answers_total (\S+)$", text, re.M)[1]))


def ask(wire, request, method):
    answer = wire.send(request).answer(method)
    return answer.status, {name: value for name, value in answer.headers.items() if name not in OWN}, answer.body


def forget(owner):
    """A commit: whatever was remembered may be old."""
    assert owner.request("POST", "messages", json={"channelId": owner.channel, "text": "x"}).status_code == 201


def both_ways(server, owner, request, method="GET"):
    """The same request by the ordinary way and from memory; nil for the second when that never happens."""
    with Wire(server) as wire:
        forget(owner)
        before = ready_count(server)
        cold = ask(wire, request, method)
        assert ready_count(server) == before
        for _ in range(20):  # Another commit, such as that of the audit log, may come between.
            hot = ask(wire, request, method)
            if ready_count(server) > before:
                return cold, hot
    return cold, None


ETAG = "ETAG"
ALWAYS_READY = [
    (), ("range: bytes=0-0",), ("range: bytes=-5",), ("range: bytes=10-",), ("range: lines=1-2",),
    ("range: bytes=5-2",), ("if-none-match: ETAG",), ('if-none-match: "other", W/ETAG',), ("if-none-match: *",),
    ("if-none-match: ETAG", "range: bytes=0-4"), ('if-none-match: "other"',), ("if-match: ETAG",), ("if-match: *",),
    ("if-modified-since: Fri, 01 Jan 2100 00:00:00 GMT",), ("if-modified-since: Fri, 01 Jan 1999 00:00:00 GMT",),
    ("if-unmodified-since: Fri, 01 Jan 2100 00:00:00 GMT",), ("if-range: ETAG", "range: bytes=1-3"),
    ('if-range: "other"', "range: bytes=1-3"), ("IF-NONE-MATCH: ETAG",), ("connection: Keep-Alive",),
    ("accept-encoding: gzip, br", "user-agent: x", "accept: */*", "cookie: a=b"), ("x-forwarded-for: 192.0.2.7",),
    ("x-forwarded-proto: https", "x-forwarded-host: files.example"), ("range: bytes=0-1", "range: bytes=2-3"),
]
NEVER_READY = [
    ("range: bytes=0-1,5-6",), ("range: bytes=99999999-",), ('if-match: "other"',),
    ("if-unmodified-since: Fri, 01 Jan 1999 00:00:00 GMT",), ("origin: https://app.example",), ("content-length: 0",),
    ("transfer-encoding: chunked",), ("expect: 100-continue", "content-length: 0"),
]


def request(owner, file, fields, method="GET", query=""):
    lines = [field.replace("ETAG", f'"sha256-{file["sha256"]}"') for field in fields]
    end = b"0\r\n\r\n" if "transfer-encoding: chunked" in fields else b""
    return head(method, f"/api/v1/files/{file['id']}/download{query}", *lines, key=owner.key) + end


@pytest.mark.parametrize("fields", ALWAYS_READY, ids=" ".join)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("size", [1000, 65_536])
def test_the_answer_is_the_same_both_ways(server, owner, files, size, method, fields):
    cold, hot = both_ways(server, owner, request(owner, files[size], fields, method), method)
    if cold[0] == 206 and "bytes=0-1" in str(fields) and "bytes=2-3" in str(fields):
        return  # Two lines are one list of two ranges.
    assert hot is not None and hot == cold


@pytest.mark.parametrize("size", SIZES)
def test_every_size_arrives_whole(server, owner, files, size):
    cold, hot = both_ways(server, owner, request(owner, files[size], ()))
    assert cold[2] == bytes(n % 251 for n in range(size))
    assert hot == (None if size > 1 << 20 else cold)


@pytest.mark.parametrize("fields", NEVER_READY, ids=" ".join)
def test_what_is_not_understood_takes_the_ordinary_way(server, owner, files, fields):
    assert both_ways(server, owner, request(owner, files[1000], fields))[1] is None


def test_a_query_takes_the_ordinary_way(server, owner, files):
    assert both_ways(server, owner, request(owner, files[1000], (), query="?disposition=attachment"))[1] is None


def test_nobody_reads_what_is_hot_for_somebody_else(server, owner, files):
    file = files[1000]
    server.command("users", "create", "eve@example.org")
    eve = server.owner("eve", "eve@example.org")
    narrow = server.command("keys", "create", "--label", "narrow", "--scope", "send").stdout.strip()
    path = f"/api/v1/files/{file['id']}/download"
    with Wire(server) as wire:
        for _ in range(3):
            assert wire.send(request(owner, file, ())).answer().status == 200
            assert wire.send(head("GET", path, key=eve.key)).answer().status == 403
            assert wire.send(head("GET", path, key=narrow)).answer().status == 403
            assert wire.send(head("GET", path, key="hp_" + "x" * 43)).answer().status == 401
            assert wire.send(head("GET", path)).answer().status == 401
            both = head("GET", path, f"authorization: Bearer {owner.key}", key="hp_" + "x" * 43)
            assert wire.send(both).answer().status == 401


def test_a_key_or_a_file_that_is_gone_is_gone_at_once(server, owner):
    key = server.command("keys", "create", "--label", "short").stdout.strip()
    file = owner.store(b"short lived" * 9)
    path = f"/api/v1/files/{file['id']}/download"
    with Wire(server) as wire:

        def heat(key):
            before = ready_count(server)
            eventually(lambda: wire.send(head("GET", path, key=key)).answer().status == 200
                       and ready_count(server) > before, "it is hot")

        heat(key)
        key_id = server.query("SELECT id FROM api_keys WHERE label = 'short'")[0][0]
        server.command("keys", "revoke", key_id)
        assert wire.send(head("GET", path, key=key)).answer().status == 401
        heat(owner.key)
        assert owner.request("DELETE", f"files/{file['id']}").status_code == 200
        assert wire.send(head("GET", path, key=owner.key)).answer().status == 404


def test_bytes_that_are_gone_from_the_disk_are_not_promised(server, owner):
    file = owner.store(b"soon to be missing" * 7)
    with Wire(server) as wire:
        both_ways(server, owner, request(owner, file, ()))
        key = server.query("SELECT key FROM blobs WHERE sha256 = ?", file["sha256"])[0][0]
        (server.storage / "blobs" / key).unlink()
        forget(owner)  # Until then the right bytes are at hand.
        for method in ("HEAD", "GET"):
            assert wire.send(request(owner, file, (), method)).answer(method).status == 500


def test_the_log_the_figures_and_the_audit_log_say_the_same(server, owner, files):
    file = owner.store(b"looked at" * 100)
    asked = request(owner, file, ("x-forwarded-for: 203.0.113.9",))
    cold, hot = both_ways(server, owner, asked)
    assert hot == cold
    with Wire(server) as wire:
        wire.send(asked).answer()
    lines = [line for line in server.settled_log().splitlines() if "203.0.113.9" in line]
    shapes = {re.sub(r"^\S+|hb\.request\.id=\S+|ms=\S+", "", line) for line in lines}
    assert len(lines) >= 3 and len(shapes) == 1, shapes
    assert "bytes=900" in lines[0] and "route=/api/v1/files/{id}/download status=200" in lines[0]
    figures = requests.get(f"{server.url}/metrics", timeout=10).text
    assert len(re.findall(r"^placet_http_requests_total\{[^}]*download[^}]*2xx[^}]*\}", figures, re.M)) <= 2
    # Who asks again within a minute is noted once, whichever way it was.
    found = eventually(lambda: server.query("SELECT action, address FROM audit WHERE subject = ? AND address = ?",
                                            file["id"], "203.0.113.9"), "the entry is stored")
    assert found == [("file.opened", "203.0.113.9")]


def test_pipelined_answers_keep_their_order(server, owner, files):
    sizes = [1000, 65_536, 0, 1 << 20, 1, (1 << 20) + 1, 16_385] * 3
    for file in files.values():
        both_ways(server, owner, request(owner, file, ()))
    burst = b"".join(request(owner, files[size], ()) + head("GET", "/health") for size in sizes)
    with Wire(server) as wire:
        wire.send(burst)
        for size in sizes:
            assert wire.answer().body == bytes(n % 251 for n in range(size))
            assert b'"status"' in wire.answer().body


def test_one_who_does_not_read_costs_a_place_and_no_more(server, owner, files):
    both_ways(server, owner, request(owner, files[1 << 20], ()))
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.sendall(request(owner, files[1 << 20], ()) * 200)
        assert requests.get(f"{server.url}/health", timeout=10).status_code == 200
        open_files = [link for link in server.descriptors() if "/blobs/" in link]
        assert len(open_files) <= 2
    eventually(lambda: not [link for link in server.descriptors() if "/blobs/" in link], "its file is closed")


def test_a_slow_reader_makes_no_slow_answer(server, owner):
    file = owner.store(os.urandom(1 << 20), "slow.bin")
    both_ways(server, owner, request(owner, file, ()))
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        before = ready_count(server)
        # As many as no system keeps in its buffers.
        slow.sendall(request(owner, file, ("x-forwarded-for: 203.0.113.77",)) * 12)
        eventually(lambda: ready_count(server) > before, "it is being answered")
        threading.Event().wait(1.2)  # The pace is the subject here: longer than an answer may take to begin.
        left = 12 << 20
        while left > 0:
            left -= len(slow.recv(65_536))
    lines = eventually(lambda: len(found := [line for line in server.settled_log().splitlines()
                                            if "203.0.113.77" in line]) == 12 and found, "all are logged")
    assert max(float(re.search(r" ms=(\S+)", line)[1]) for line in lines) > 1000
    assert not [line for line in lines if "mark=" in line]


def test_a_rate_limit_counts_both_ways_once(binary):
    server = Server(binary, PLACET_RATE_LIMIT="5").start()
    try:
        owner = server.owner("limited")
        file = owner.store(b"z" * 100)
        with Wire(server) as wire:
            statuses = [wire.send(request(owner, file, ())).answer().status for _ in range(40)]
        assert 10 <= statuses.count(200) <= 17 and statuses[-1] == 429, statuses
    finally:
        server.dispose()
