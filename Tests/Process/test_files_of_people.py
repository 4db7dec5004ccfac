"""What a user does over all channels, on sockets: page while files come and go, break an upload off, hear what happens."""

import threading
from dataclasses import replace

import pytest
from events import Events
from placet_server import ADMIN_PASSWORD, Owner, Server
from wire import FORM, Wire, assert_error, field, file_part, form, head

MIB = 1 << 20


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def stranger(server):
    server.command("users", "create", "eve@example.org")
    return server.owner("eve", user="eve@example.org")


@pytest.fixture
def owner(server):
    return server.owner()


def pages(person, **query):
    """All that a filter finds, page by page."""
    found, cursor = [], {}
    while cursor is not None:
        answer = person.request("GET", "files", params=query | cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
    return found


def ids(files):
    return [file["id"] for file in files]


# Lists


def test_pages_never_repeat_or_skip_while_files_come_and_go(person, owner):
    """Two others store and delete all the time, of the kinds that are looked for and of others."""
    kept = [owner.store(b"%d" % number, f"kept {number}.log")["id"] for number in range(40)]
    over, problems = threading.Event(), []

    def come_and_go(name):
        mine = owner.another()
        try:
            while not over.is_set():
                files = [mine.store(b"passing", f"passing.{name}")["id"] for _ in range(3)]
                for file in files[:2]:
                    assert mine.request("DELETE", f"files/{file}").status_code == 200
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=come_and_go, args=(name,)) for name in ("log", "bin")]
    for thread in threads:
        thread.start()
    try:
        for query in ({}, {"type": "text/"}, {"search": "KEPT"}, {"type": "text/", "search": "kept"}) * 2:
            found = ids(pages(person, agent=owner.channel, limit=3, **query))
            assert len(found) == len(set(found))
            assert [file for file in found if file in kept] == kept[::-1]
            if "search" in query:
                assert found == kept[::-1]
    finally:
        over.set()
        for thread in threads:
            thread.join(20)
    assert problems == []


# Uploading


@pytest.mark.parametrize("route", ["upload", "store"])
def test_an_upload_that_is_cut_leaves_nothing(server, person, owner, route):
    body = form(field("channelId", owner.channel), field("text", "the log"), file_part(b"x" * MIB))
    opening = head("POST", f"/api/files/{route}", FORM, f"content-length: {len(body)}", person.cookie)
    before = server.holdings()
    wire = Wire(server).send(opening, body[:MIB // 2])
    server.holds(replace(before, incoming=1))
    wire.reset()
    server.holds(before)
    with Wire(server) as wire:
        wire.send(opening.replace(f"{len(body)}".encode(), str(MIB // 2).encode()), body[:MIB // 2])
        assert_error(wire.answer(), 400, f"/api/files/{route}")
    server.holds(before)


# Events


def say(owner, text):
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_person_hears_of_all_their_channels_and_of_no_other(server, person, owner, stranger):
    other = server.owner("another")
    with Events(person) as events:
        say(stranger, "not for you")
        said = [(caller.channel, say(caller, text)) for caller, text in ((owner, "a"), (other, "b"), (owner, "c"))]
        heard = [events.next()[2] for _ in said]
        assert [(data["channelId"], data["messageId"]) for data in heard] == said
        made = Owner(server, owner.key).with_channel("new")
        name, _, data = events.next()
        assert (name, data["channelId"]) == ("agent:status", made.channel)
        message = say(made, "the first of a new channel")
        assert events.next()[2]["messageId"] == message
        assert other.request("DELETE", f"agents/{other.channel}").status_code == 200
        assert (event := events.next())[0] == "agent:deleted" and event[2]["channelId"] == other.channel
        message = say(owner, "it goes on")
        assert events.next()[2]["messageId"] == message


def test_a_person_who_was_away_goes_on_where_it_was_and_after_a_restart_reads_anew(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owners, person = [server.owner("a"), server.owner("b")], server.person()
    with Events(person) as events:
        say(owners[0], "seen")
        _, seen, _ = events.next()
    missed = [say(owners[number % 2], f"missed {number}") for number in range(150)]
    with Events(person, last_id=seen) as events:
        heard = [events.next() for _ in missed]
        assert [data["messageId"] for _, _, data in heard] == missed
        numbers = [number for _, number, _ in heard]
        assert numbers == sorted(set(numbers)) and numbers[0] > seen
    server.kill()
    server.start()
    person, owner = person.another(), owners[1].another()
    with Events(person, last_id=numbers[-1]) as events:
        assert events.next()[0] == "reset"
        message = say(owner, "after the restart")
        assert events.next()[2]["messageId"] == message


def test_the_stream_of_a_person_ends_with_the_session(server):
    person = server.person()
    with Events(person) as events:
        assert person.request("POST", "auth/logout").status_code == 200
        say(server.owner(), "not for who has left")
        assert events.next() is None
