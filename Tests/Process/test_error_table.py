"""Wrong requests as bytes on a socket, a line each: the status, the one shape of errors, and nothing left behind.

What any client can send is in `AppTests/RefusalTests.swift`; here is what takes an odd one.
"""

import base64
import hashlib
import json

import pytest
from placet_server import Owner
from wire import (
    BOUNDARY, FORM, LAST_CHUNK, Wire, assert_error, chunk, field, file_part, form, head, upload, upload_head,
)

MIB = 1 << 20
WRONG_DIGEST = hashlib.sha256(b"something else").hexdigest()
WRONG_DIGEST_FIELD = base64.b64encode(bytes.fromhex(WRONG_DIGEST)).decode()


class World:
    """What the requests refer to."""

    def __init__(self, server):
        self.a = server.owner("a")
        self.file = self.a.store(b"0123456789", "ten.txt")["id"]
        server.command("users", "create", "b@example.org")
        self.b = server.owner("b", user="b@example.org")
        self.foreign_file = self.b.store(b"of b", "b.txt")["id"]

    def get(self, path, *lines, method="GET"):
        return head(method, path, *lines, key=self.a.key)

    def form(self, *parts, lines=(), route="store"):
        return upload(self.a, form(*parts), *lines, route=route)

    def json(self, path, body, content_type="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return head("POST", path, f"content-type: {content_type}", f"content-length: {len(data)}", key=self.a.key) + data

    def text(self, **members):
        return self.json("/api/v1/files/store-text", {"channelId": self.a.channel, "content": "x"} | members)

    def agent(self, **members):
        return self.json("/api/v1/agents", {"name": "x"} | members)

    def raw_form(self, content_type, body):
        return head("POST", "/api/v1/files/store", content_type, f"content-length: {len(body)}", key=self.a.key) + body

    @property
    def channel(self):
        return field("channelId", self.a.channel)


@pytest.fixture(scope="module")
def world(server):
    return World(server)


FILE = file_part(b"content")
PART_HEAD = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n'.encode()


def nested(depth):
    return b'{"channelId":' + b"[" * depth + b"]" * depth + b"}"


CASES = {
    # 401 comes before everything else
    "a key with a tail": (401, lambda w: head("GET", "/api/v1/agents", key=w.a.key + "x")),
    "a key in another case": (401, lambda w: head("GET", "/api/v1/agents", key=w.a.key.upper())),
    "a bearer that is no key": (401, lambda w: head("GET", "/api/v1/agents", "authorization: Bearer nonsense")),
    "basic credentials": (401, lambda w: head("GET", "/api/v1/agents", "authorization: Basic YTpi")),
    "a key of latin-1 bytes": (401, lambda w: head("GET", "/api/v1/agents", key="hp_\udcff\udcfe")),
    # Forms
    "a form urlencoded": (415, lambda w: w.raw_form("content-type: application/x-www-form-urlencoded", b"a=b")),
    "two files, the second empty": (400, lambda w: w.form(FILE, w.channel, file_part(b""))),
    "a channel with U+0000": ((400, 403), lambda w: w.form(FILE, field("channelId", w.a.channel + "\0"))),
    "a channel with U+0000 and more": ((400, 403), lambda w: w.form(FILE, field("channelId", w.a.channel + "\0x"), route="upload")),
    "a channel that is not UTF-8": ((400, 403), lambda w: w.form(FILE, field("channelId", b"\xff\xfe"))),
    "a channel of 64 KiB": ((400, 403), lambda w: w.form(FILE, field("channelId", "c" * 65_536))),
    "part headers without end": (400, lambda w: w.raw_form(FORM, w.channel + PART_HEAD + b"x" * 100_000)),
    "a part header that is none": (400, lambda w: w.raw_form(
        FORM, w.channel + PART_HEAD + b"no colon here\r\n\r\ncontent\r\n--" + BOUNDARY.encode() + b"--\r\n")),
    "a thousand parts": (400, lambda w: w.form(w.channel, FILE, *[field(f"f{n}", "x") for n in range(1000)])),
    # Digests
    "a sha256 of letters": (400, lambda w: w.form(w.channel, FILE, field("sha256", "z" * 64))),
    "an empty sha256": (400, lambda w: w.form(w.channel, FILE, field("sha256", ""))),
    "a Repr-Digest without colons": (400, lambda w: w.form(
        w.channel, FILE, lines=[f"repr-digest: sha-256={WRONG_DIGEST_FIELD}"])),
    "a Repr-Digest of 3 bytes": (400, lambda w: w.form(w.channel, FILE, lines=["repr-digest: sha-256=:YWJj:"])),
    "a Content-Digest that is not base64": (400, lambda w: w.form(
        w.channel, FILE, lines=["content-digest: sha-256=:%%%%:"])),
    # Routes
    "an unknown route outside the API": (404, lambda w: w.get("/etc/passwd")),
    "a verb that does not exist": ((400, 405), lambda w: w.get("/api/v1/files", method="BREW")),
    # Lists
    "a list of a channel with U+0000 behind": ((400, 403), lambda w: w.get(f"/api/v1/files?channel={w.a.channel}%00x")),
    "a list of no channel known": ((400, 403), lambda w: w.get("/api/v1/files?channel=%00")),
    "an empty cursor": (400, lambda w: w.get(f"/api/v1/files?channel={w.a.channel}&cursor=")),
    **{f"limit={limit}": (400, lambda w, limit=limit: w.get(f"/api/v1/files?channel={w.a.channel}&limit={limit}"))
       for limit in ("1e3", "%2B5", "00", "%D9%A3", "5%00")},
    # Ids
    **{f"the id {name}": (status, lambda w, text=text: w.get(f"/api/v1/files/{text}/download"))
       for name, text, status in (
           ("%00", "%00", 404), ("with %00 behind", "a%00b", 404), ("..", "..", 404), ("../", "%2e%2e%2f%2e%2e", 404),
           ("../../etc/passwd", "../../etc/passwd", 404), ("of SQL", "%27%20OR%201=1--", 404), ("%ff", "%ff", (400, 404)),
           ("% alone", "%", (400, 404)), ("of 500 characters", "x" * 500, 404), ("of 5 000 characters", "x" * 5000, (400, 404, 414)),
           ("of an emoji", "%F0%9F%98%80", 404), ("%25s", "%25s%25n", 404))},
    "a path of 200 KiB": (431, lambda w: w.get("/api/v1/files/" + "x" * 200_000)),
    "a header of 200 KiB": (431, lambda w: w.get("/api/v1/files", "x-long: " + "y" * 200_000)),
    "ten thousand headers": (431, lambda w: w.get("/api/v1/files", *[f"x-{n}: y" for n in range(10_000)])),
    # JSON
    "text as plain text": (415, lambda w: w.json("/api/v1/files/store-text", b"{}", "text/plain")),
    "an empty JSON body": (400, lambda w: w.json("/api/v1/files/store-text", b"")),
    "JSON cut short": (400, lambda w: w.json("/api/v1/files/store-text", b'{"channelId": "x')),
    "JSON with a tail": (400, lambda w: w.json("/api/v1/files/store-text", b'{"channelId":"x","content":"y"} more')),
    "an array": (400, lambda w: w.json("/api/v1/files/store-text", [])),
    "a string": (400, lambda w: w.json("/api/v1/files/store-text", "text")),
    "null": (400, lambda w: w.json("/api/v1/files/store-text", b"null")),
    "JSON that is not UTF-8": (400, lambda w: w.json(
        "/api/v1/files/store-text", b'{"channelId":"' + w.a.channel.encode() + b'","content":"\xff\xfe"}')),
    "JSON in UTF-16": (400, lambda w: w.json(
        "/api/v1/files/store-text", json.dumps({"channelId": w.a.channel, "content": "x"}).encode("utf-16"))),
    "JSON in UTF-16 that hides its depth": (400, lambda w: w.json(
        "/api/v1/files/store-text", ('{"channelId":"%s","content":"x","a":"\u2201","b":%s}' % (
            w.a.channel, "[" * 300 + "]" * 300)).encode("utf-16"))),
    "half a surrogate pair": (400, lambda w: w.json(
        "/api/v1/files/store-text", b'{"channelId":"' + w.a.channel.encode() + b'","content":"\\ud800"}')),
    "null for content": (400, lambda w: w.text(content=None)),
    "an object for content": (400, lambda w: w.text(content={"a": 1})),
    "a number for channelId": (400, lambda w: w.text(channelId=5)),
    "true for filename": (400, lambda w: w.text(filename=True)),
    "a list for mimeType": (400, lambda w: w.text(mimeType=[])),
    "JSON 129 levels deep": (400, lambda w: w.json("/api/v1/files/store-text", nested(128))),
    "JSON a million levels deep": (400, lambda w: w.json("/api/v1/files/store-text", nested(1_000_000))),
    "JSON a million levels of objects": (400, lambda w: w.json("/api/v1/files/store-text", b'{"a":' * 1_000_000)),
    "JSON over 8 MiB": (413, lambda w: w.text(content="x" * (8 * MIB))),
    "JSON over 8 MiB in chunks": (413, lambda w: head(
        "POST", "/api/v1/files/store-text", "content-type: application/json", "transfer-encoding: chunked", key=w.a.key)
        + chunk(b'{"content":"') + chunk(b"x" * MIB) * 9 + chunk(b'"}') + LAST_CHUNK),
    "an agent with an empty name": (400, lambda w: w.agent(name="")),
    "an agent with a number for a name": (400, lambda w: w.agent(name=5)),
    "an agent with U+0000": (400, lambda w: w.agent(name="a\0")),
    "an agent with a script for an avatar": (400, lambda w: w.agent(avatarUrl="javascript:alert(1)")),
    "an agent with a path for a webhook": (400, lambda w: w.agent(webhookUrl="/hook")),
    "an agent with a file for a webhook": (400, lambda w: w.agent(webhookUrl="file:///etc/passwd")),
    "an agent with a long tag": (400, lambda w: w.agent(tag="t" * 65)),
    "an agent with a number for a tag": (400, lambda w: w.agent(tag=1)),
    # HTTP itself
    "a length that is negative": (400, lambda w: head("POST", "/api/v1/files/store", FORM, "content-length: -1", key=w.a.key)),
    "a length that is a word": (400, lambda w: head("POST", "/api/v1/files/store", FORM, "content-length: x", key=w.a.key)),
    "a length beyond 64 bits": ((400, 413), lambda w: head(
        "POST", "/api/v1/files/store", FORM, "content-length: 99999999999999999999", key=w.a.key)),
    "a length of 2^63-1": (413, lambda w: head(
        "POST", "/api/v1/files/store", FORM, "content-length: 9223372036854775807", key=w.a.key)),
    "two lengths": (400, lambda w: head(
        "POST", "/api/v1/files/store", FORM, "content-length: 3", "content-length: 4", key=w.a.key) + b"abcd"),
    "a chunk size that is none": (400, lambda w: upload_head(w.a, "transfer-encoding: chunked") + b"xyz\r\n"),
    "a length and chunks": (400, lambda w: upload_head(
        w.a, "transfer-encoding: chunked", "content-length: 5") + chunk(b"abc") + LAST_CHUNK),
    "a header with a space in its name": (400, lambda w: w.get("/api/v1/agents", "x y: z")),
}

#: Those where the path is not plain, or is not known because the request was not understood.
ODD_PATHS = ("the id", "a path of", "a header of", "ten thousand", "two lengths", "a chunk size", "a length",
             "a header with", "a verb")


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_request_gets_its_error_and_leaves_nothing(server, world, name):
    statuses, request = CASES[name]
    statuses = statuses if isinstance(statuses, tuple) else (statuses,)
    before = server.holdings()
    data = request(world)
    with Wire(server) as wire:
        try:
            wire.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The answer may come before all is sent; it must be readable still.
        answer = wire.answer()
    assert answer.status in statuses, f"{answer.status}: {answer.body[:300]!r}"
    path = None if name.startswith(ODD_PATHS) else data.split(b" ")[1].split(b"?")[0].decode()
    error = assert_error(answer, answer.status, path)
    if answer.status == 405:
        assert answer.headers["allow"]
        assert data.split(b" ")[0].decode() not in answer.headers["allow"]
    if answer.status == 401:
        assert error["message"] in ("Missing or invalid API key", "Invalid API key")
        assert answer.headers["www-authenticate"]
    server.holds(before)


def test_after_all_that_the_server_still_works_and_logged_no_defect(server, world):
    assert world.a.content(world.a.store(b"fine")["id"]) == b"fine"
    assert "unexpected error" not in server.settled_log()
    assert server.process.poll() is None


@pytest.mark.parametrize("header", ["x-api-key", "bearer", "BEARER"])
def test_the_key_is_taken_from_either_header(server, world, header):
    line = f"x-api-key: {world.a.key}" if header == "x-api-key" else f"authorization: {header} {world.a.key}"
    with Wire(server) as wire:
        assert wire.send(head("GET", "/api/v1/agents", line)).answer().status == 200


def test_the_request_id_of_an_error_is_in_the_log(server, world):
    answer = Owner(server, "hp_wrong").request("GET", "agents")
    assert answer.json()["requestId"] in server.settled_log()
