"""Strange clients. Each gets a visit: a server, and the normal client that must not notice."""

import os
import resource
import select
import time
from contextlib import ExitStack, suppress

from wire import LAST_CHUNK, Wire, chunk, field, file_part, form, head, upload, upload_head

MIB = 1 << 20
CHUNKED = "transfer-encoding: chunked"
HIDDEN = b"GET /api/v1/agents HTTP/1.1\r\nhost: a\r\n\r\n"


def answers(server, *data, most=10, timeout=60):
    """The statuses of all answers to some bytes, until the server closes or has no more to say."""
    statuses = []
    with Wire(server, timeout=timeout) as wire:
        with suppress(OSError):
            wire.send(*data)
        with suppress(OSError):
            wire.half_close()
        with suppress(OSError, AssertionError):
            while len(statuses) < most:
                statuses.append(wire.answer().status)
    return statuses


# Those who are slow


def hold_slowly(visit, count, first, more):
    """`count` clients send what begins well, and then a byte now and then, until the server has had enough."""
    with ExitStack() as held:
        wires = [held.enter_context(Wire(visit.server)) for _ in range(count)]
        for wire in wires:
            wire.send(first)
        for _ in range(10):
            for wire in wires:
                with suppress(OSError):
                    wire.send(more)
            time.sleep(0.1)  # The pace is the subject.


def slow_heads(visit):
    hold_slowly(visit, 200, b"GET /health HTTP/1.1\r\nhost: a\r\n", b"x-a: b\r\n")


def slow_bodies(visit):
    hold_slowly(visit, 200, upload_head(visit.client.owner, "content-length: 1000000"), b"x")


def half_closed(visit):
    for _ in range(50):
        assert answers(visit.server, head("GET", "/health")) == [200]
    body = form(field("channelId", visit.client.owner.channel), file_part(b"half closed"))
    assert answers(visit.server, upload(visit.client.owner, body)) == [201]


def reset_in_a_body(visit):
    body = form(field("channelId", visit.client.owner.channel), file_part(os.urandom(400_000)))
    for number in range(100):
        wire = Wire(visit.server)
        wire.send(upload(visit.client.owner, body)[:1000 + number * 4000]).reset()


# Those who are many


def pipelined(visit, count=1000):
    with Wire(visit.server) as wire:
        wire.send(head("GET", "/health") * count)
        assert {wire.answer().status for _ in range(count)} == {200}
        wire.send(head("GET", "/api/v1/agents", key=visit.client.owner.key) * count)
        assert {wire.answer().status for _ in range(count)} == {200}


def crowd(visit, count):
    """Each says half a head and stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * count + 1000), hard))
    with ExitStack() as held:
        for number in range(count):
            wire = held.enter_context(Wire(visit.server, timeout=60))
            with suppress(OSError):
                wire.send(b"GET /health HTTP/1.1\r\nhost")
            if number % 500 == 0:  # The system keeps some that were not accepted yet, and drops what comes beyond.
                wait_for_descriptors(visit, number)
        wait_for_descriptors(visit, count)
    wait_for_descriptors(visit, count // 10 + 200, fewer=True)  # Ten thousand at once keep a debug build busy.


def wait_for_descriptors(visit, count, fewer=False, deadline=100):
    """Looks ten times a second: looking at ten thousand takes a while."""
    end = time.monotonic() + deadline
    while (len(os.listdir(f"/proc/{visit.server.process.pid}/fd")) < count) != fewer:
        assert time.monotonic() < end, f"not {count} connections within {deadline} s"
        time.sleep(0.1)


def endless_headers(visit, mebibytes=100):
    """One who sends header lines without end is refused at once, and what still comes is thrown away."""
    before, sent = visit.server.memory(), 0
    with Wire(visit.server) as wire:
        wire.send(b"GET /health HTTP/1.1\r\nhost: a\r\n")
        with suppress(OSError):
            while sent < mebibytes * MIB:
                wire.send(b"x-%d: %s\r\n" % (sent, b"y" * 60_000))
                sent += 60_000
                if sent == 1_200_000:
                    assert select.select([wire.socket], [], [], 10)[0], "nobody has refused a MiB of headers"
        with suppress(ConnectionError):
            assert wire.answer().status in (400, 431)
    assert visit.server.memory() - before < 48 * MIB, "headers are kept"


# Those whose requests are odd


def odd_chunks(visit):
    """Chunks may be written in many ways."""
    owner = visit.client.owner
    body = form(field("channelId", owner.channel), file_part(b"in odd chunks " * 100))
    half = len(body) // 2
    ways = [
        b"".join(chunk(body[at:at + 7]) for at in range(0, len(body), 7)) + LAST_CHUNK,
        b"%X;a=b;c=\"d;e\"\r\n%s\r\n" % (half, body[:half]) + b"%08x\r\n%s\r\n" % (len(body) - half, body[half:])
        + LAST_CHUNK,
        chunk(body) + b"000\r\nx-trailer: 1\r\nx-more: 2\r\n\r\n",
    ]
    for way in ways:
        assert answers(visit.server, upload_head(owner, CHUNKED), way) == [201], way[:60]
    wrong = [b"-1\r\nx\r\n", b"0x4\r\nabcd\r\n", b"g\r\n", b"\r\n", b"ffffffffffffffffff\r\nx",
             b"4 \nabcd\r\n", b"4\r\nabcde\r\n",
             b"1;" + b"e" * 200_000 + b"\r\nx\r\n", b"0\r\n" + b"x: " + b"t" * 200_000 + b"\r\n\r\n"]
    for way in wrong:
        heard = answers(visit.server, upload_head(owner, CHUNKED), way)
        assert len(heard) == 1 and 400 <= heard[0] < 500, (way[:40], heard)


def smugglers(visit):
    """What two programs could read as one request or as two is refused, and the connection with it."""
    key = f"x-api-key: {visit.client.owner.key}".encode()
    post = b"POST /api/v1/agents HTTP/1.1\r\n" + key + b"\r\ncontent-type: application/json\r\n"
    zero = b"0\r\n\r\n" + HIDDEN
    lines = {
        b"host: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked": zero,
        b"host: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5": zero,
        b"host: a\r\ncontent-length: 0\r\ncontent-length: 44": HIDDEN,
        b"host: a\r\ncontent-length: 0, 44": HIDDEN,
        b"host: a\r\ncontent-length: +0": HIDDEN,
        b"host: a\r\ncontent-length: 0x0": HIDDEN,
        b"host: a\r\ncontent-length: -1": HIDDEN,
        b"host: a\r\ncontent-length: 99999999999999999999999": HIDDEN,
        b"host: a\r\ncontent-length : 0": HIDDEN,
        b"host: a\r\ntransfer-encoding : chunked": zero,
        b"host: a\r\ntransfer-encoding: xchunked": zero,
        b"host: a\r\ntransfer-encoding: chunked, identity": zero,
        b"host: a\r\ntransfer-encoding: identity, chunked": zero,
        b"host: a\r\ntransfer-encoding: chunked\r\ntransfer-encoding: identity": zero,
        b"host: a\r\ntransfer-encoding: identity\r\ncontent-length: 5": zero,
        b"host: a\r\ntransfer-encoding: \x0bchunked": zero,
        b"host: a\r\ntransfer-encoding:\r\n chunked": zero,
        b"host: a\r\nx: y\r\n z: folded\r\ncontent-length: 0": HIDDEN,
        b"host: a\r\nhost: b\r\ncontent-length: 0": HIDDEN,
        b"content-length: 0": HIDDEN,
        b"host: a\r\nx: a\x00b\r\ncontent-length: 0": HIDDEN,
        b"host: a\r\nx y: 1\r\ncontent-length: 0": HIDDEN,
        b"host: a\r\n: 1\r\ncontent-length: 0": HIDDEN,
        b"host: a\r\nx: 1\rcontent-length: 44\r\ncontent-length: 0": HIDDEN,
    }
    for head_lines, rest in lines.items():
        heard = answers(visit.server, post, head_lines, b"\r\n\r\n", rest)
        assert len(heard) == 1 and heard[0] in (400, 411, 413, 501), (head_lines, heard)
    old = b"POST /api/v1/agents HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n"
    heard = answers(visit.server, old, zero)
    assert len(heard) == 1 and 400 <= heard[0] <= 501, heard


def odd_heads(visit):
    """Each is answered, or the connection is closed; none is taken for two."""
    server = visit.server
    hello = bytes.fromhex("160301006a0100006603035b") + os.urandom(94)
    expected = [
        (b"GET http://127.0.0.1/health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", (200, 400, 404)),
        (b"GET /health HTTP/1.0\r\n\r\n", (200,)),
        (b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", (200, 204, 400, 404, 405)),
        (b"CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n", (400, 404, 405)),
        (b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n"
         b"http2-settings: AAMAAABk\r\n\r\n", (200,)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 404, 405, 505)),
        (b"GET /api/v1/files/a\x00b HTTP/1.1\r\nhost: a\r\n\r\n", (400, 401, 404)),
        (b"GET /api/v1/files/a%00b HTTP/1.1\r\nhost: a\r\n\r\n", (400, 401, 404)),
        (b"GET /%zz%ff/../../etc/passwd HTTP/1.1\r\nhost: a\r\n\r\n", (400, 404)),
        (b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n", (400, 414, 431)),
        (b"GET /health HTTP/9.9\r\nhost: a\r\n\r\n", (400, 505)),
        (b"GET /health\r\n", (400,)),
        (b"G\xc3\x8bT / HTTP/1.1\r\nhost: a\r\n\r\n", (400, 405, 501)),
        (b"BREW /health HTTP/1.1\r\nhost: a\r\n\r\n", (400, 404, 405, 501)),
        (hello, (400,)),
        (os.urandom(5000), (400,)),
        (b"\r\n" * 10_000, (400,)),
        (b"", ()),
    ]
    for data, statuses in expected:
        heard = answers(server, data)
        assert len(heard) <= 1 and set(heard) <= set(statuses), (data[:60], heard)
    bare = answers(server, b"GET /health HTTP/1.1\nhost: a\n\nGET /health HTTP/1.1\nhost: a\n\n")
    assert set(bare) <= {200, 400}, bare


ALL = (slow_heads, slow_bodies, half_closed, reset_in_a_body, pipelined, endless_headers, odd_chunks, smugglers,
             odd_heads)
