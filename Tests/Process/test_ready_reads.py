"""A small read of the API is answered on the event loop, without a task: nobody can tell, and every rule holds."""

import re

import pytest
import requests
from placet_server import Server, eventually
from test_ready_answers import ask, both_ways, ready_count, server  # noqa: F401
from wire import Wire, head

OPTIONS = {"options": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]}
UNKNOWN = "01999999-9999-7999-8999-999999999999"


@pytest.fixture(scope="module")
def owner(server):
    return server.owner("reads")


@pytest.fixture(scope="module")
def names(server, owner):
    """What the paths below name: a channel with messages of all kinds, and what is in it."""

    def send(**fields):
        answer = owner.request("POST", "messages", json={"channelId": owner.channel} | fields)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["id"]

    def question(text, **fields):
        return send(text=text, review={"type": "approval", "payload": OPTIONS}, **fields)

    large = send(text="x" * 70_000)
    picture, text = owner.store(b"\x89PNG\r\n\x1a\n" + b"p" * 50, "p.png"), owner.store(b"hello\n", "note.txt")
    for number in range(60):
        send(text=f'Message "{number}"\n\u00e9\U0001f600', metadata={"n": 1.50, "deep": [None, {"a": "\\"}]})
    names = {
        "c": owner.channel, "m": send(text="plain", status="success", clientId="a name"), "f": picture["id"],
        "withfile": send(attachmentIds=[picture["id"]]), "pending": question("Deploy?"), "answered": question("Sure?"),
        "withtext": question("Read?", attachmentIds=[text["id"]]), "gone": send(text="soon gone"),
        "large": large, "unknown": UNKNOWN,
    }
    for name in ("answered", "withtext"):
        server.command("respond", names[name], '{"selectedOption": "yes"}')
    owner.request("DELETE", f"messages/{names['gone']}")
    send(text="half", streamId="a draft", streamState="streaming")
    eve = server.command("users", "create", "eve@example.org") and server.owner("eve", "eve@example.org")
    names |= {"evec": eve.channel, "evem": eve.request("POST", "messages", json={
        "channelId": eve.channel, "text": "secret"}).json()["id"], "evef": eve.store(b"secret of eve")["id"]}
    names["cursor"] = owner.request("GET", f"messages?channel={owner.channel}&limit=5").json()["nextCursor"]
    return names


READY = [
    "messages/{m}", "messages/{m}?channel={c}", "messages/{m}?", "messages/{m}?unknown=1", "messages/{withfile}",
    "messages/{pending}", "messages/{answered}?channel={c}", "messages/{withtext}", "messages/{m}?%63hannel={c}",
    "messages/{m}?channel={c}&channel={evec}", "messages/{m}?search=%FF",
    "messages?limit=50", "messages?channel={c}&limit=1", "messages?limit=20&channel={c}", "messages?limit=007",
    "messages?channel={c}&limit=3&cursor={cursor}", "messages?channel={c}&has_attachments=true",
    "messages?has_attachments=yes&limit=2", "messages?limit=2&limit=0", "messages?search=&limit=2",
    "messages?limit=2&x=%00", "messages?limit=2&a+b%20c=d",
    "reviews/pending", "reviews/pending?channel={c}", "reviews/pending?limit=1", "reviews/pending?limit=1&x=a%26b+c",
    "reviews/pending?cursor={cursor}", "reviews/{pending}", "reviews/{answered}?channel={c}", "reviews/{withtext}",
    "reviews/{answered}/wait", "reviews/{answered}/wait?channel={c}&timeout=1000", "reviews/{answered}/wait?timeout=x",
    "files", "files?channel={c}&limit=1", "files?limit=2", "files/{f}",
]
ORDINARY = [
    "messages/{unknown}", "messages/{gone}", "messages/{evem}", "messages/{m}?channel={evec}", "messages/{large}",
    "messages/{m}?channel=", "messages/{m}?channel=%FF", "messages/{m}?channel=a%00b", "messages/%7B", "messages/a%2Fb",
    "messages/{m}?x#y", "messages/", "messages//{m}", "messages/{m}/", "messages/{m}/none", "messages/streams",
    "messages?limit=0", "messages?limit=-1", "messages?limit=x", "messages?limit=", "messages?limit=2&cursor=x",
    "messages?limit=66", "messages?limit=2;x=1", "messages?channel={evec}", "messages?search=plain", "messages?search=ab", "messages?limit=%00",
    "reviews/{m}", "reviews/{unknown}", "reviews/{evem}", "reviews/pending?limit=0", "reviews/pending/",
    "reviews/pending?channel={unknown}", "reviews/{withtext}/wait", "reviews/{m}/wait", "reviews/{unknown}/wait",
    "reviews/{pending}/wait?timeout=1", "reviews/{answered}/wait?timeout=%FF", "reviews/pending/wait",
    "files?limit=0", "files?channel={evec}", "files/{evef}", "files/{unknown}", "files/{f}?facts=true",
    "files/{f}?facts=maybe", "files/tus", "files/upload",
]


def same(pair):
    """Both answers, without what an error says of its own moment."""
    own = re.compile(rb'"(requestId|timestamp)":"[^"]*"')
    return [answer and (*answer[:2], list(answer[1]), own.sub(b"", answer[2])) for answer in pair]


def path(pattern, names):
    return "/api/v1/" + pattern.format(**names)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("pattern", READY)
def test_the_answer_is_the_same_both_ways(server, owner, names, pattern, method):
    asked = head(method, path(pattern, names), key=owner.key)
    cold, hot = same(both_ways(server, owner, asked, method))
    assert cold[0] == 200 and hot == cold


@pytest.mark.parametrize("pattern", ORDINARY)
def test_whatever_is_not_small_and_right_takes_the_ordinary_way(server, owner, names, pattern):
    asked = head("GET", path(pattern, names), key=owner.key)
    with Wire(server) as wire:
        wire.send(head("GET", path("messages/{m}", names), key=owner.key)).answer()
        before = ready_count(server)
        answers = same([ask(wire.send(), asked, "GET") for _ in range(2)])
        assert ready_count(server) == before and answers[0] == answers[1]


FIELDS = [
    (), ('if-none-match: "x"',), ("if-none-match: *",), ("range: bytes=0-4",), ("accept-encoding: gzip",),
    ("accept: text/html",), ("if-modified-since: Fri, 01 Jan 2100 00:00:00 GMT",), ("x-forwarded-for: 192.0.2.7",),
]


@pytest.mark.parametrize("fields", FIELDS, ids=" ".join)
def test_fields_that_mean_nothing_here_change_nothing(server, owner, names, fields):
    for pattern in ("messages/{m}", "messages?limit=3"):
        cold, hot = same(both_ways(server, owner, head("GET", path(pattern, names), *fields, key=owner.key)))
        assert cold[0] == 200 and hot == cold


@pytest.mark.parametrize("field", ["origin: https://app.example", "connection: close", "content-length: 0"])
def test_fields_that_mean_more_take_the_ordinary_way(server, owner, names, field):
    for pattern in ("messages/{m}", "messages?limit=3", "reviews/pending"):
        with Wire(server) as wire:
            wire.send(head("GET", path("messages/{m}", names), key=owner.key)).answer()
            before = ready_count(server)
            answer = wire.send(head("GET", path(pattern, names), field, key=owner.key)).answer()
            assert answer.status == 200 and ready_count(server) == before


def test_a_key_without_the_scope_or_without_life_is_told_so(server, owner, names):
    def key(label, *scopes):
        words = [word for scope in scopes for word in ("--scope", scope)]
        return server.command("keys", "create", "--label", label, *words).stdout.strip()

    reader, filer, short = key("reader", "read"), key("filer", "files"), key("short lived")
    with Wire(server) as wire:
        for _ in range(3):
            for ours, theirs, pattern in [(reader, filer, "messages/{m}"), (reader, filer, "messages?limit=2"),
                                          (reader, filer, "reviews/pending"), (reader, filer, "reviews/{answered}/wait"),
                                          (filer, reader, "files"), (filer, reader, "files/{f}")]:
                for given, status in ((ours, 200), (theirs, 403), ("hp_" + "x" * 43, 401), (None, 401)):
                    assert wire.send(head("GET", path(pattern, names), key=given)).answer().status == status
        before = ready_count(server)
        asked = head("GET", path("messages/{m}", names), key=short)
        eventually(lambda: wire.send(asked).answer().status == 200 and ready_count(server) > before, "it is ready")
        server.command("keys", "revoke", server.query("SELECT id FROM api_keys WHERE label = 'short lived'")[0][0])
        assert wire.send(asked).answer().status == 401


def test_what_was_changed_is_read_changed(server, owner, names):
    with Wire(server) as wire:
        for number in range(20):
            sent = owner.request("POST", "messages", json={"channelId": owner.channel, "text": f"new {number}"}).json()
            for pattern in (f"messages?channel={owner.channel}&limit=1", "messages?limit=1"):
                for _ in range(2):
                    page = wire.send(head("GET", f"/api/v1/{pattern}", key=owner.key)).answer().json()
                    assert page["data"][0]["id"] == sent["id"]
            one = head("GET", f"/api/v1/messages/{sent['id']}", key=owner.key)
            assert wire.send(one).answer().json()["text"] == f"new {number}"
            assert owner.request("DELETE", f"messages/{sent['id']}").status_code == 200
            assert wire.send(one, one).answer().status == wire.answer().status == 404


def test_a_review_past_its_time_is_told_by_the_writer(server, owner):
    review = {"type": "approval", "payload": OPTIONS, "expiresInSeconds": 1}
    sent = owner.request("POST", "messages", json={"channelId": owner.channel, "text": "Now?", "review": review}).json()
    asked = head("GET", f"/api/v1/reviews/{sent['id']}", key=owner.key)
    with Wire(server) as wire:
        seen = []
        eventually(lambda: seen.append(wire.send(asked).answer().json()["review"]["status"]) or seen[-1] == "expired",
                   "it expires")
        assert set(seen) <= {"pending", "expired"}
        stored = server.query("SELECT status FROM reviews WHERE message_id = ?", sent["id"])
        assert stored == [("expired",)]


def test_of_what_is_sent_at_once_one_is_ready_and_all_keep_their_order(server, owner, names):
    paths = [path(pattern, names) for pattern in ("messages/{m}", "files/{f}", "messages?limit=2")] * 5
    with Wire(server) as wire:
        expected = [wire.send(head("GET", one, key=owner.key)).answer().body for one in paths]
        before = ready_count(server)
        wire.send(*(head("GET", one, key=owner.key) for one in paths))
        assert [wire.answer().body for _ in paths] == expected
        assert ready_count(server) - before <= 2  # It may come in two pieces.


def test_the_log_and_the_figures_say_the_same(server, owner, names):
    for pattern, route in [("messages/{m}", "messages/{id}"), ("messages?limit=2", "messages"),
                           ("reviews/{answered}/wait", "reviews/{id}/wait"), ("files", "files")]:
        address = f"203.0.113.{len(route)}"
        asked = head("GET", path(pattern, names), f"x-forwarded-for: {address}", key=owner.key)
        cold, hot = same(both_ways(server, owner, asked))
        assert hot == cold
        lines = [line for line in server.settled_log().splitlines() if address in line]
        shapes = {re.sub(r"^\S+|hb\.request\.id=\S+|ms=\S+", "", line) for line in lines}
        assert len(lines) >= 2 and len(shapes) == 1 and f"route=/api/v1/{route} " in lines[0], shapes
        figures = requests.get(f"{server.url}/metrics", timeout=10).text
        pattern = re.escape('route="/api/v1/' + route.replace("{id}", ":id") + '"')
        assert len(re.findall(rf'^placet_http_requests_total\{{[^}}]*"GET"[^}}]*{pattern}[^}}]*2xx', figures, re.M)) == 1


def test_a_rate_limit_counts_both_ways_once(binary):
    server = Server(binary, PLACET_RATE_LIMIT="5").start()
    try:
        owner = server.owner("limited")
        asked = [head("GET", f"/api/v1/messages{rest}", key=owner.key) for rest in ("?limit=1", f"/{UNKNOWN}")]
        with Wire(server) as wire:
            statuses = [wire.send(asked[number % 2]).answer().status for number in range(40)]
        assert 10 <= len([status for status in statuses if status != 429]) <= 17 and statuses[-1] == 429, statuses
    finally:
        server.dispose()
