"""Connections: upgrades, HTTP/1.0, half-closed clients, and what happens when there are too many."""

import os
import resource
import time
from contextlib import ExitStack, suppress

import pytest
from placet_server import eventually
from wire import Wire, assert_error, head

UPGRADES = {
    "h2c": ["connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAMAAABkAAQCAAAAAAIAAAAA"],
    "websocket": ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"],
    "tls": ["connection: Upgrade", "upgrade: TLS/1.0, HTTP/1.1"],
}


def old(method, path, *lines, key=None, body=b""):
    return head(method, path, *lines, key=key).replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1) + body


def ask(owner):
    answer = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Deploy?", "review": {"type": "approval"}})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def wait_for(owner, message, timeout):
    return f"/api/v1/reviews/{message}/wait?channel={owner.channel}&timeout={timeout}"


def processor_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Upgrades


@pytest.mark.parametrize("offer", UPGRADES)
def test_an_offered_upgrade_leaves_a_connection_that_answers_the_next_request(server, owner, offer):
    with Wire(server, timeout=5) as wire:
        for _ in range(3):
            assert wire.send(head("GET", "/api/v1/agents", *UPGRADES[offer], key=owner.key)).answer().status == 200
        body = b'{"name":"upgraded"}'
        lines = [*UPGRADES[offer], "content-type: application/json", f"content-length: {len(body)}"]
        assert wire.send(head("POST", "/api/v1/agents", *lines, key=owner.key), body).answer().status == 201
        assert wire.send(head("GET", "/health")).answer().status == 200


def test_after_connect_the_connection_closes(server):
    with Wire(server, timeout=5) as wire:
        answer = wire.send(b"CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n").answer()
        assert answer.status in (404, 405) and answer.headers["connection"] == "close"
        assert wire.ended()


# HTTP/1.0


def test_http_1_0_is_closed_unless_it_is_to_be_kept_alive(server):
    with Wire(server, timeout=5) as wire:
        answer = wire.send(b"GET /health HTTP/1.0\r\n\r\n").answer()
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert wire.ended()
    with Wire(server, timeout=5) as wire:
        for _ in range(3):
            answer = wire.send(old("GET", "/health", "connection: Keep-Alive")).answer()
            assert answer.status == 200 and answer.headers["connection"] == "keep-alive"


def test_http_1_0_gets_no_chunks_and_no_continue(server, owner):
    file = owner.store(b"kept as it is " * 100, "a.txt")
    person = server.person()
    cookie = "cookie: " + "; ".join(f"{name}={value}" for name, value in person.session.cookies.items())
    body = b'{"ids":["%s"]}' % file["id"].encode()
    lines = [cookie, "content-type: application/json", f"content-length: {len(body)}", "connection: keep-alive"]
    with Wire(server, timeout=5) as wire:
        wire.send(old("POST", "/api/files/bulk-download", "expect: 100-continue", *lines, body=body))
        answer = wire.answer()
        assert answer.status == 200, answer.body
        assert "transfer-encoding" not in answer.headers and answer.headers["connection"] == "close"
        assert answer.body.startswith(b"PK")
    with Wire(server, timeout=5) as wire:
        wire.send(old("GET", f"/api/v1/events?channel={owner.channel}", key=owner.key))
        while (line := wire.reader.readline()) != b"\r\n":
            assert b"chunked" not in line
        assert b"retry" in wire.reader.readline()


# Heads that are refused


@pytest.mark.parametrize("request_head, status", [
    (b"GET /health HTTP/1.1\r\n\r\n", 400),
    (b"GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
    (b"POST /api/v1/agents HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    (b"POST /api/v1/agents HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\nx", 501),
])
def test_a_head_that_cannot_be_taken_is_refused_in_its_turn(server, request_head, status):
    with Wire(server, timeout=5) as wire:
        wire.send(head("GET", "/health"), request_head, head("GET", "/health"))
        assert wire.answer().status == 200
        assert_error(wire.answer(), status)
        assert wire.ended()


# Half-closed clients


def test_a_half_closed_client_may_wait(server, owner):
    message = ask(owner)
    with Wire(server, timeout=10) as wire:
        wire.send(head("GET", wait_for(owner, message, 20_000), key=owner.key)).half_close()
        assert wire.answer().status == 102
        person = server.person()
        answer = person.request("POST", f"messages/{message}/respond", json={"response": {"selectedOption": "approve"}})
        assert answer.status_code in (200, 201), answer.text
        assert wire.answer().json()["status"] == "completed"
        assert wire.ended()


def test_a_half_closed_client_of_http_1_0_may_wait(server, owner):
    message = ask(owner)
    with Wire(server, timeout=10) as wire:
        wire.send(old("GET", wait_for(owner, message, 1_000), key=owner.key)).half_close()
        assert wire.answer().json() == {"status": "timeout"}


# Too many connections


def test_a_connection_above_the_limit_hears_why_and_the_log_says_so(make_server):
    server = make_server(PLACET_MAX_CONNECTIONS="3").start()
    with ExitStack() as held:
        wires = [held.enter_context(Wire(server)) for _ in range(3)]
        for wire in wires:
            assert wire.send(head("GET", "/health")).answer().status == 200
        with Wire(server, timeout=5) as wire:
            assert wire.send(head("GET", "/health")).answer().status == 200
            assert wire.ended()
        with Wire(server, timeout=5) as wire:
            answer = wire.send(head("GET", "/openapi.json")).answer()
            assert "limit of 3 connections" in assert_error(answer, 503)["message"]
            assert answer.headers["retry-after"] == "5"
            assert wire.ended()
        eventually(
            lambda: "connections refused" in server.log() and "PLACET_MAX_CONNECTIONS=3" in server.log(),
            "the log says so and names the setting")
        server.command("keys", "list")  # The control socket has no limit.
        wires[0].close()
        eventually(lambda: Wire(server).send(head("GET", "/openapi.json")).answer().status == 200, "there is room again")


def test_an_address_has_a_limit_of_its_own(make_server):
    server = make_server(PLACET_MAX_CONNECTIONS_PER_ADDRESS="1").start()
    with Wire(server) as held:
        assert held.send(head("GET", "/health")).answer().status == 200
        with Wire(server, timeout=5) as wire:
            answer = wire.send(head("GET", "/openapi.json")).answer()
            assert "Your address has its limit of 1" in assert_error(answer, 503)["message"]


def test_in_a_crowd_above_the_limit_the_oldest_go_and_health_is_answered(make_server):
    server = make_server(PLACET_MAX_CONNECTIONS="1").start()
    with ExitStack() as held:
        assert held.enter_context(Wire(server)).send(head("GET", "/health")).answer().status == 200
        crowd = [held.enter_context(Wire(server, timeout=3)) for _ in range(70)]
        assert crowd[0].ended()
        assert crowd[69].send(head("GET", "/openapi.json")).answer().status == 503
        assert Wire(server, timeout=3).send(head("GET", "/health")).answer().status == 200


def test_dripping_strangers_on_every_connection_do_not_keep_health_from_its_answer(make_server):
    server = make_server(PLACET_MAX_CONNECTIONS="100").start()
    with ExitStack() as held:
        for _ in range(300):
            wire = held.enter_context(Wire(server, timeout=5))
            with suppress(OSError):  # The oldest of those above the limit are closed.
                wire.send(head("POST", "/api/auth/login", "content-type: application/json", "content-length: 99"), b"{")
        for _ in range(20):
            with Wire(server, timeout=5) as wire:
                assert wire.send(head("GET", "/health")).answer().status == 200


def test_the_server_takes_the_descriptors_that_the_system_allows(make_server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        server = make_server().start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)


def test_without_descriptors_nothing_spins_and_the_cause_is_named(make_server):
    server = make_server(PLACET_MAX_CONNECTIONS="1000").start()
    owner = server.owner()
    file = owner.store(b"x" * 1_000_000)
    owner.session.close()
    with ExitStack() as held:
        wires = [held.enter_context(Wire(server)) for _ in range(2)]
        for wire in wires:
            assert wire.send(head("GET", "/api/v1/agents", key=owner.key)).answer().status == 200
        limit = len(server.descriptors()) + 3
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        more = [held.enter_context(Wire(server)) for _ in range(8)]
        eventually(lambda: "connections cannot be accepted" in server.log(), "the log says so")
        assert "Too many open files" in server.log()  # In that same line.

        used = processor_seconds(server)
        time.sleep(2)  # The pace is the subject: a loop would use all of it.
        assert processor_seconds(server) - used < 0.5

        answer = wires[0].send(head("GET", f"/api/v1/files/{file['id']}/download", key=owner.key)).answer()
        assert_error(answer, 503)
        eventually(lambda: "request refused" in server.log(), "the log names the refused request")
        for wire in more[:6]:
            wire.close()
        assert more[7].send(head("GET", "/health")).answer().status == 200
        answer = wires[0].send(head("GET", f"/api/v1/files/{file['id']}/download", key=owner.key)).answer()
        assert answer.status == 200 and len(answer.body) == 1_000_000
