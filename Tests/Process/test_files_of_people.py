"""What people do over all their channels: find files, delete many, upload, and hear what happens."""

import threading
from dataclasses import replace

import pytest
from events import Events
from placet_server import ADMIN_PASSWORD, Owner, Server
from wire import FORM, Wire, assert_error, field, file_part, form, head

MIB = 1 << 20
PICTURE = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


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


def test_filters_take_what_they_name_and_nothing_else(server, person, owner, stranger):
    other = server.owner("other")
    kept = [owner.store(b"plain", "Übersicht 100%.txt"), owner.store(PICTURE, "a_b.gif")]
    text, image = kept[0]["id"], kept[1]["id"]
    elsewhere = other.store(b"plain", "aXb.txt")["id"]
    foreign = stranger.store(b"plain", "Übersicht 100%.txt")["id"]
    everything = ids(pages(person))
    assert {text, image, elsewhere} <= set(everything) and foreign not in everything
    assert everything == sorted(everything, reverse=True)
    mine = {"agent": owner.channel}
    assert ids(pages(person, **mine)) == [image, text]
    assert ids(pages(person, type="image/", **mine)) == [image]
    assert ids(pages(person, type="TEXT/PLAIN", **mine)) == [text]
    assert ids(pages(person, type="%", **mine)) == ids(pages(person, type="mage/", **mine)) == []
    assert ids(pages(person, search="übersicht", **mine)) == ids(pages(person, search="100%.", **mine)) == [text]
    assert ids(pages(person, search="a_b")) == [image], "an underscore is no wildcard"
    for agent in (stranger.channel, "no-such-agent", ""):
        assert person.request("GET", "files", params={"agent": agent}).status_code == 403
    for wrong in ({"limit": "abc"}, {"limit": "0"}, {"cursor": "x"}):
        assert person.request("GET", "files", params=wrong).status_code == 400, wrong


def test_a_page_has_thirty_and_says_where_each_file_stands(person, owner):
    stored = [owner.store(b"%d" % number, f"{number}.txt") for number in range(31)]
    attached = owner.post_file(b"attached", route="upload").json()
    page = person.request("GET", "files", params={"agent": owner.channel}).json()
    assert len(page["data"]) == 30 and page["nextCursor"]
    newest, *others = page["data"]
    assert newest["id"] == attached["id"] and newest["message"]["channelId"] == owner.channel
    assert set(newest["message"]) == {"channelId", "createdAt"}
    assert {file["message"] for file in others} == {None}
    assert others[0] == stored[-1] | {"message": None}


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


# Deleting many


def test_bulk_delete_without_ids_deletes_nothing(server, person, owner):
    owner.store(b"stays")
    before = server.holdings()
    for body in ({}, {"ids": []}, {"ids": None}, {"ids": "x"}, {"ids": [1]}, {"ids": ["x"] * 1001}, [], None):
        assert person.request("POST", "files/bulk-delete", json=body).status_code == 400, body
    assert person.request("POST", "files/bulk-delete", data="{").status_code in (400, 415)
    server.holds(before)


def test_bulk_delete_with_a_file_of_somebody_else_deletes_nothing(server, person, owner, stranger):
    mine = [owner.store(b"stays")["id"] for _ in range(2)]
    foreign = stranger.store(b"hers")["id"]
    before = server.holdings()
    refused = person.request("POST", "files/bulk-delete", json={"ids": [mine[0], foreign, mine[1]]})
    assert refused.status_code == 403, refused.text
    server.holds(before)


def test_bulk_delete_counts_what_it_deletes(person, owner):
    files = [owner.store(b"goes")["id"] for _ in range(3)]
    body = {"ids": [files[0], files[1], files[0], "no-such-file"]}
    for count in (2, 0):
        answer = person.request("POST", "files/bulk-delete", json=body)
        assert (answer.status_code, answer.json()) == (201, {"message": f"Deleted {count} file(s)"})
    assert ids(owner.files()) == [files[2]]
    assert person.request("DELETE", f"files/{files[2]}").json() == {"message": "Deleted"}
    assert person.request("DELETE", f"files/{files[2]}").status_code == 404


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


def test_an_upload_with_a_caption_reaches_the_agent(server, person, owner, receive):
    receiver = receive()
    hook = {"channelId": owner.channel, "url": receiver.url()}
    assert owner.request("POST", "agents/setWebhook", json=hook).status_code == 200
    with Events(owner) as events:
        answer = person.request(
            "POST", "files/upload", files={"file": ("plan.txt", b"the plan")},
            data={"channelId": owner.channel, "text": "As promised."},
        )
        assert answer.status_code == 201, answer.text
        file = answer.json()
        name, _, data = events.next()
        hooked = receiver.next().json
        for message in (data["message"], hooked["message"]):
            assert (message["senderType"], message["text"], ids(message["attachments"])) == (
                "user", "As promised.", [file["id"]])
        assert (name, hooked["event"], file["messageId"]) == ("message:created", "message:created", message["id"])
    assert owner.content(file["id"]) == b"the plan"
    stored = person.request(
        "POST", "files/store", files={"file": ("plan.txt", b"the plan")}, data={"channelId": owner.channel}
    )
    assert (stored.status_code, stored.json()["messageId"]) == (201, None)


def test_nothing_is_uploaded_to_somebody_elses_channel(server, person, stranger):
    before = server.holdings()
    for route in ("upload", "store"):
        answer = person.request(
            "POST", f"files/{route}", files={"file": ("a", b"a")}, data={"channelId": stranger.channel}
        )
        assert answer.status_code == 403, answer.text
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
