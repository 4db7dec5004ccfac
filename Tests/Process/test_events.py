"""Server-sent events of a channel, as a client on a socket sees them, and what a stop does to parked clients."""

import json

import pytest
import requests
from events import Events
from placet_server import Owner, eventually
from wire import Wire, head


def say(owner, text="hello", **members):
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": text, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def listener(server):
    return server.owner("listener")


def test_what_happens_in_the_channel_is_told_in_order(listener):
    with Events(listener) as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        message = say(listener)
        name, first, data = events.next()
        assert (name, data["messageId"], data["message"]["text"]) == ("message:created", message["id"], "hello")
        params = {"channel": listener.channel}
        listener.request("POST", f"messages/{message['id']}/ack", params=params)
        listener.request("POST", "status/ping", json={"agentId": listener.channel, "status": "busy"})
        listener.request("DELETE", f"messages/{message['id']}", params=params)
        names = []
        for _ in range(3):
            name, number, data = events.next()
            assert number > first
            names.append(name)
            first = number
            if name == "agent:status":
                assert data["agent"]["status"] == "busy"
        assert names == ["message:delivery", "agent:status", "message:deleted"]


def test_line_breaks_in_a_payload_do_not_end_the_data(listener):
    payload = '{\r\n  "a": 1,\n  "b": "\\n"\r}'
    body = '{"channelId": "%s", "review": {"type": "x", "payload": %s}}' % (listener.channel, payload)
    with Events(listener) as events:
        answer = listener.request("POST", "messages", data=body, headers={"content-type": "application/json"})
        assert answer.status_code == 201, answer.text
        assert events.next()[2]["message"]["review"]["payload"] == {"a": 1, "b": "\n"}


def test_the_first_block_has_an_id_so_that_nothing_is_missed_by_who_is_cut_off_at_once(listener):
    with Events(listener) as events:
        retry, event, number, data, end = [next(events.lines) for _ in range(5)]
        assert (retry, event, end) == ("retry: 2000", "event: ready", "")
        assert json.loads(data.removeprefix("data: ")) == {"channelId": listener.channel}
    message = say(listener, "in the gap")
    with Events(listener, last_id=number.removeprefix("id: ")) as events:
        assert events.next()[2]["messageId"] == message["id"]


def test_without_a_channel_all_of_the_user_are_told_and_nobody_elses(server, listener):
    second = server.owner("second")
    assert server.command("users", "create", "mallory@example.org", "--json").returncode == 0
    stranger = server.owner("stranger", user="mallory@example.org")
    with Events(Owner(server, listener.key)) as events:
        say(stranger, "not yours")
        told = [say(owner)["id"] for owner in (listener, second)]
        assert [events.next()[2]["messageId"] for _ in told] == told
        second.request("DELETE", f"agents/{second.channel}")
        assert events.next()[0] == "agent:deleted"
        last = say(listener)
        assert events.next()[2]["messageId"] == last["id"], "the stream goes on"


def test_the_last_id_may_stand_in_the_query_and_a_header_wins(listener):
    with Events(listener) as events:
        say(listener, "seen")
        _, seen, _ = events.next()
    missed = say(listener, "missed")
    with Events(listener, lastEventId=seen) as events:
        assert events.next()[2]["messageId"] == missed["id"]
    with Events(listener, last_id=seen, lastEventId="0") as events:
        assert events.next()[2]["messageId"] == missed["id"]
    with Events(listener, lastEventId="0") as events:
        assert events.next()[0] == "reset"


def test_line_ends_of_unicode_are_escaped_in_data(listener):
    text = "a\u2028b\u2029c\u0085d\u00e9\u2027"
    with Events(listener) as events:
        say(listener, text, metadata={"key\u2028": text})
        # Bytes are cut at CR and LF alone.
        lines = (line for line in events.response.iter_lines(chunk_size=1) if b"messageId" in line)
        data = next(lines)
        for end in ("\u2028", "\u2029", "\u0085"):
            assert end.encode() not in data
        message = json.loads(data.removeprefix(b"data: "))["message"]
        assert (message["text"], message["metadata"]) == (text, {"key\u2028": text})


def test_a_message_that_is_too_large_for_an_event_is_told_by_its_id(listener):
    with Events(listener) as events:
        large, small = say(listener, "x" * 65_537), say(listener, "x" * 60_000)
        assert events.next()[2] == {"channelId": listener.channel, "messageId": large["id"]}
        assert events.next()[2]["message"]["text"] == small["text"]


def test_updates_of_one_message_are_told_once_to_who_was_away(listener):
    with Events(listener) as events:
        say(listener, "draft", streamId="s")
        _, seen, _ = events.next()
    for number in range(30):
        body = {"channelId": listener.channel, "text": f"step {number}"}
        assert listener.request("POST", "messages/streams/s/status", json=body).status_code == 201
    with Events(listener, last_id=seen) as events:
        last = say(listener, "after it")
        name, _, data = events.next()
        assert (name, data["message"]["statusEvents"][-1]["text"]) == ("message:updated", "step 29")
        assert len(data["message"]["statusEvents"]) == 20
        assert events.next()[2]["messageId"] == last["id"]


def test_a_review_that_expires_is_told_at_its_time(listener):
    with Events(listener) as events:
        say(listener, review={"type": "approval", "expiresInSeconds": 1})
        assert events.next()[0] == "message:created"
        name, _, data = events.next()
        assert name == "review:expired"
        assert data["message"]["review"]["status"] == "expired"


def test_a_client_that_was_away_goes_on_where_it_was(listener):
    with Events(listener) as events:
        say(listener, "seen")
        _, seen, _ = events.next()
    missed = [say(listener, f"missed {number}")["id"] for number in range(150)]
    with Events(listener, last_id=seen) as events:
        assert [events.next()[2]["messageId"] for _ in missed] == missed


@pytest.mark.parametrize("last_id", ["0", "abc", "-1", "99999999999999999"])
def test_a_client_that_was_away_too_long_is_told_to_read_anew(listener, last_id):
    with Events(listener, last_id=last_id) as events:
        assert events.next()[0] == "reset"
        message = say(listener)
        assert events.next()[2]["messageId"] == message["id"]


def test_nothing_of_another_channel_is_told(server, listener):
    other = server.owner("other")
    with Events(listener) as events:
        say(other, "not yours")
        mine = say(listener)
        assert events.next()[2]["messageId"] == mine["id"]
    stranger = server.command("users", "create", "eve@example.org", "--json")
    assert stranger.returncode == 0
    eve = server.owner("eve", user="eve@example.org")
    with Events(eve, channel=listener.channel) as events:
        assert events.response.status_code == 403


def test_a_client_that_leaves_frees_everything_at_once(server, listener):
    eventually(lambda: server.socket_count() < 20, "earlier clients are gone")
    before = server.socket_count()
    with Events(listener):
        eventually(lambda: server.socket_count() == before + 1, "the stream is open")
    eventually(lambda: server.socket_count() == before, "the stream is closed", deadline=5)


def test_the_stream_ends_with_its_channel_and_with_its_key(server, listener):
    with Events(listener) as events:
        listener.request("DELETE", f"agents/{listener.channel}")
        while (event := events.next()) is not None:
            last = event
        assert last[0] == "agent:deleted"
    revoked = server.owner("revoked")
    other_key = server.command("keys", "create", "--label", "other").stdout.strip()
    keys = json.loads(server.command("keys", "list", "--json").stdout)
    key_id = next(key["id"] for key in keys if key["label"] == "revoked")
    with Events(revoked) as events:
        server.command("keys", "revoke", key_id)
        requests.post(
            f"{server.url}/api/v1/messages", headers={"x-api-key": other_key},
            json={"channelId": revoked.channel, "text": "not for the revoked"}, timeout=20,
        ).raise_for_status()
        assert events.next() is None


def test_a_connection_outlives_its_waits_and_a_client_that_hangs_up_frees_its_own(make_server):
    server = make_server().start()
    idle = 2  # The port and the control socket, which opens beside it.
    eventually(lambda: server.socket_count() == idle, "both listen")
    owner = server.owner()
    review = say(owner, review={"type": "approval"})
    target = f"/api/v1/reviews/{review['id']}/wait?channel={owner.channel}"
    owner.session.close()
    eventually(lambda: server.socket_count() == idle, "the owner's connection is closed")
    with Wire(server) as wire:
        for _ in range(2):
            wire.send(head("GET", f"{target}&timeout=1", key=owner.key))
            assert wire.answer().json() == {"status": "timeout"}
    eventually(lambda: server.socket_count() == idle, "that connection is closed")
    for end in (Wire.close, Wire.reset):
        parked = Wire(server).send(head("GET", f"{target}&timeout=30000", key=owner.key))
        eventually(lambda: server.socket_count() > idle, "the wait has come")
        end(parked)
        eventually(lambda: server.socket_count() == idle, "nothing is left of it", deadline=5)
        parked.close()


def test_sigterm_ends_streams_and_parked_waits_at_once(make_server):
    server = make_server().start()
    owner = server.owner()
    review = say(owner, review={"type": "approval"})
    paths = [f"reviews/{review['id']}/wait?channel={owner.channel}", f"answers?channel={owner.channel}"]
    with Events(owner) as events:
        wait, answers = [Wire(server).send(head("GET", f"/api/v1/{path}", key=owner.key)) for path in paths]
        eventually(server.has_read_all, "the requests have reached the server")
        server.terminate()
        assert events.next() is None
        assert wait.answer().json() == {"status": "timeout"}
        assert answers.answer().json() == {"answers": [], "next": 0}
    assert server.process.wait(4) == 0
