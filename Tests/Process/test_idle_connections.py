"""Connections on which nothing happens, and those on which little does (PLACET_IDLE_TIMEOUT, PLACET_MIN_BODY_RATE)."""

import os
import select
import socket
import threading
import time

import pytest
from placet_server import Server
from wire import Wire, assert_error, field, file_part, form, head, upload_head


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_IDLE_TIMEOUT="1", PLACET_MIN_BODY_RATE="10").start()
    yield server
    server.dispose()


@pytest.mark.parametrize("sent", ["nothing", "half a head", "one request"])
def test_a_connection_that_says_nothing_more_is_closed(server, owner, sent):
    with Wire(server, timeout=10) as wire:
        if sent == "half a head":
            wire.send(b"GET /health HT")
        if sent == "one request":
            assert wire.send(head("GET", "/api/v1/agents", key=owner.key)).answer().status == 200
        assert wire.ended() or sent == "half a head"


def test_an_upload_that_stalls_is_dropped_with_what_it_brought(server, owner):
    nothing = server.holdings()
    body = form(field("channelId", owner.channel), file_part(b"x" * 200_000))
    with Wire(server, timeout=10) as wire:
        wire.send(upload_head(owner, f"content-length: {len(body)}"), body[:150_000])
        wire.reader.read()  # An error or an end, within the deadline.
    server.holds(nothing)


def test_a_slow_upload_that_keeps_coming_is_not_dropped(server, owner):
    body = form(field("channelId", owner.channel), file_part(b"slow but steady"))
    with Wire(server) as wire:
        wire.send(upload_head(owner, f"content-length: {len(body)}"))
        pause, step = threading.Event(), len(body) // 8 + 1
        for start in range(0, len(body), step):
            wire.send(body[start:start + step])
            pause.wait(0.4)  # The pace is the subject here: eight pieces in over three seconds, none 1 s apart.
        assert wire.answer().status == 201


def test_a_body_that_drips_is_given_up(server):
    with Wire(server, timeout=10) as wire:
        wire.send(head("POST", "/api/auth/login", "content-type: application/json", "content-length: 1000"))
        pause, end = threading.Event(), time.monotonic() + 10
        while not select.select([wire.socket], [], [], 0)[0]:
            assert time.monotonic() < end, "nobody minds"
            wire.send(b" ")
            pause.wait(0.3)  # The pace is the subject here: no pause is as long as the idle timeout.
        assert_error(wire.answer(), 408)


def test_a_slow_download_outlives_the_timeout(server, owner):
    """The client has nothing to say while it reads: that is not idleness."""
    content = os.urandom(24 << 20)
    file_id = owner.store(content)["id"]
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        wire.send(head("GET", f"/api/v1/files/{file_id}/download", key=owner.key))
        received, pause, start = bytearray(), threading.Event(), time.monotonic()
        while time.monotonic() - start < 4:
            received += wire.socket.recv(65_536)
            pause.wait(0.05)
        while data := wire.socket.recv(1 << 20):
            received += data
            if len(received) > len(content) and received.endswith(content[-64:]):
                break
    assert bytes(received).endswith(content), f"cut off after {len(received)} bytes"
