"""Pictures of agents as bytes on a socket: what is too large is refused before it is there, and fills no memory."""

import pytest
from placet_server import ADMIN_PASSWORD
from wire import BOUNDARY, CLOSING, FORM, Wire, assert_error, chunk, field, file_part, head

MIB = 1 << 20
CHUNKED = "transfer-encoding: chunked"
EXPECT = "expect: 100-continue"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def wire(server):
    with Wire(server) as wire:
        yield wire


def request(person, agent, *lines):
    return head("POST", f"/api/agents/{agent}/avatar", FORM, person.cookie, *lines)


@pytest.mark.parametrize("start, filler", [
    (file_part(b"")[:-2], b"x" * MIB), (field("about", b"")[:-2], b"x" * MIB),
    (b"", b"a line before the first part\r\n" * 40_000), (field("a", b"1"), CLOSING + b"x" * MIB),
], ids=["a file", "a field", "before the parts", "after the parts"])
def test_a_form_without_an_end_is_refused_while_it_streams(server, person, owner, wire, start, filler):
    wire.send(request(person, owner.channel, CHUNKED), *([chunk(start)] if start else []))
    for _ in range(3):
        wire.send(chunk(filler))
    assert_error(wire.answer(), 413)
    assert server.query("SELECT count(*) FROM avatars") == [(0,)]


@pytest.mark.parametrize("status, lines", [
    (413, [f"content-length: {2 * MIB}"]), (413, ["content-length: 9000000000"]), (404, ["content-length: 1000"]),
    (415, ["content-length: 1000", "content-encoding: gzip"]),
], ids=["too large", "far too large", "somebody else's", "compressed"])
def test_a_refusal_comes_without_continue(person, server, wire, owner, status, lines):
    agent = "nobodys" if status == 404 else owner.channel
    assert_error(wire.send(request(person, agent, EXPECT, *lines)).answer(), status)


def test_many_at_once_that_never_end_take_little_memory(server, person, owner):
    before = server.peak_memory()
    wires = [Wire(server) for _ in range(20)]
    for wire in wires:
        wire.send(request(person, owner.channel, CHUNKED), chunk(file_part(b"")[:-2]))
        wire.send(chunk(b"x" * (MIB - 1000)))
    for wire in wires:
        wire.send(chunk(b"x" * MIB))
        assert wire.answer().status == 413
        wire.close()
    assert server.peak_memory() - before < 20 * 4 * MIB


def test_a_picture_survives_a_kill(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner, person = server.owner(), server.person()
    form = file_part(GIF, "a.gif") + f"--{BOUNDARY}--\r\n".encode()
    answer = person.request(
        "POST", f"agents/{owner.channel}/avatar", data=form,
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    assert answer.status_code == 200, answer.text
    url = answer.json()["avatarUrl"].removeprefix("/api/")
    server.kill()
    person = server.start().person()
    picture = person.request("GET", url)
    assert (picture.content, picture.headers["content-type"]) == (GIF, "image/gif")
