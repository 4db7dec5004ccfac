"""The events of a person on a server that others use too: what a stream costs, and what it must not miss."""

import threading
import time

import pytest
from events import Events
from placet_server import ADMIN_PASSWORD, eventually
from wire import Wire, head

MIB = 1 << 20


def say(owner, text):
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.mark.slow
def test_a_stream_shows_life_while_others_are_busy(server, person):
    server.command("users", "create", "eve@example.org")
    stranger, owner = server.owner(user="eve@example.org"), server.owner()
    stop = threading.Event()

    def chatter():
        while not stop.wait(0.5):
            say(stranger, "not for you")

    thread = threading.Thread(target=chatter)
    thread.start()
    try:
        with Events(person) as events:
            start = time.monotonic()
            while next(events.lines) != ": alive":
                assert time.monotonic() - start < 20, "a comment is due after 15 s"
            # No blank line follows: some clients would take that for an event without data.
            say(owner, "after the comment")
            assert next(events.lines) == "event: message:created"
    finally:
        stop.set()
        thread.join()


def test_the_end_of_a_channel_is_heard_also_after_its_rows_have_gone(server, person):
    owner = server.owner()
    with Events(person) as events:
        say(owner, "seen")
        _, seen, _ = events.next()
    assert owner.request("DELETE", f"agents/{owner.channel}").status_code == 200
    eventually(lambda: server.query("SELECT count(*) FROM agents WHERE id = ?", owner.channel) == [(0,)], "removal")
    with Events(person, last_id=seen) as events:
        name, _, data = events.next()
        assert (name, data["channelId"]) == ("agent:deleted", owner.channel)


@pytest.mark.slow
def test_fifty_clients_that_do_not_read_hold_little_whatever_is_sent(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    person, owner = server.person(), server.owner()
    with Events(person) as events:
        say(owner, "seen")
        _, seen, _ = events.next()
    for _ in range(10):
        say(owner, "x" * (3 * MIB))
    before = server.peak_memory()
    streams = [Wire(server).send(head("GET", "/api/events", person.cookie, f"last-event-id: {seen}")) for _ in range(50)]
    for stream in streams:
        while stream.reader.readline() != b"event: message:created\n":
            pass
    say(owner, "the server goes on")
    assert server.peak_memory() - before < 50 * MIB, "no stream holds a large message"
    for stream in streams:
        stream.reset()


def test_a_session_may_have_fifty_streams_and_again_when_they_have_ended(server, person):
    owner = server.owner()
    streams = [Wire(server).send(head("GET", "/api/events", person.cookie)) for _ in range(50)]
    for stream in streams:
        assert stream.reader.readline().startswith(b"HTTP/1.1 200")
    refused = person.request("GET", "events")
    assert refused.status_code == 429 and refused.headers["retry-after"] == "15"
    assert "event streams" in refused.json()["message"]
    with Events(owner) as events:
        assert events.response.status_code == 200, "the key has places of its own"
    for stream in streams:
        stream.reset()

    def is_let_in():
        with Events(person) as events:
            return events.response.status_code == 200

    eventually(is_let_in, "a place for one more")
