"""Trying a webhook: one event, at once, as a real one would come; and what has become of the real ones."""

import base64
import hashlib
import hmac
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from placet_server import ADMIN_PASSWORD, Server, eventually

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    yield server
    server.dispose()


@pytest.fixture
def channel(server):
    return server.owner().channel


def set_webhook(person, channel, url, **members):
    answer = person.request("PUT", f"agents/{channel}/webhook", json={"url": url} | members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def trial(person, channel):
    answer = person.request("POST", f"agents/{channel}/webhook/test")
    assert answer.status_code == 200, answer.text
    outcome = answer.json()
    assert set(outcome) == {"delivered", "status", "error", "milliseconds"} and outcome["milliseconds"] >= 0
    return outcome


def deliveries(person, channel, **query):
    answer = person.request("GET", f"agents/{channel}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_comes_as_a_real_event_does(person, channel, receive):
    receiver = receive()
    agent = set_webhook(
        person, channel, receiver.url("/a?b=c"), headers={"X-Team": "red", "X-Token": "t"},
        auth={"username": "ada", "password": "s"}, secret=SECRET,
    )
    assert agent["webhookHeaders"] == {"X-Team": "red", "X-Token": "***"} and agent["webhookAuth"]["password"] == "***"
    outcome = trial(person, channel)
    assert (outcome["delivered"], outcome["status"], outcome["error"]) == (True, 200, None)
    got = receiver.next()
    assert (got.method, got.path, got.json) == ("POST", "/a?b=c", {"event": "webhook:test", "channelId": channel})
    assert (got.headers["x-team"], got.headers["x-token"]) == ("red", "t")
    assert got.headers["authorization"] == "Basic " + base64.b64encode(b"ada:s").decode()
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{signature}"
    assert deliveries(person, channel) == {"data": [], "nextCursor": None}, "it is no delivery"


@pytest.mark.parametrize("status", [500, 302, 404])
def test_a_failure_is_told_and_not_tried_again(server, person, channel, receive, status):
    inside = receive()
    receiver = receive(status, headers={"Location": inside.url()})
    set_webhook(person, channel, receiver.url())
    outcome = trial(person, channel)
    assert (outcome["delivered"], outcome["status"]) == (False, status)
    assert outcome["error"]
    receiver.next()
    assert receiver.requests.empty() and inside.connections == 0
    assert server.query("SELECT count(*) FROM deliveries WHERE channel_id = ?", channel) == [(0,)]


def test_an_address_of_the_inside_is_not_reached(make_server, receive):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    receiver, person, channel = receive(), server.person(), server.owner().channel
    for host in ("localhost", "127.0.0.1", "[::1]", "0x7f.1", "[::ffff:127.0.0.1]"):
        set_webhook(person, channel, receiver.url(host=host))
        outcome = trial(person, channel)
        assert (outcome["delivered"], outcome["status"]) == (False, None), host
        assert "PLACET_WEBHOOK_ALLOW" in outcome["error"], host
    assert receiver.connections == 0


def test_a_receiver_that_is_not_there_is_told_at_once(person, channel):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    set_webhook(person, channel, f"http://127.0.0.1:{port}/")
    outcome = trial(person, channel)
    assert (outcome["delivered"], outcome["status"]) == (False, None) and outcome["error"]


def test_one_trial_at_a_time_for_a_channel_and_others_are_not_held_up(server, person, channel, receive):
    silent, quick, other = receive(None), receive(), server.owner("other").channel
    set_webhook(person, channel, silent.url())
    set_webhook(person, other, quick.url())
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(trial, person.another(), channel)
        silent.next()
        again = person.request("POST", f"agents/{channel}/webhook/test")
        assert again.status_code == 429 and int(again.headers["retry-after"]) >= 1
        assert trial(person, other)["delivered"]
        silent.released.set()
        assert not first.result(20)["delivered"]
    assert not trial(person, channel)["delivered"], "it is free again"


def test_deliveries_say_what_became_of_each_event_page_by_page(server, person, channel, receive):
    receiver = receive(500, 200)
    set_webhook(person, channel, receiver.url())

    def say(text):
        return person.request("POST", "messages", json={"channelId": channel, "text": text}).json()["id"]

    first = say("fails at first")
    got = receiver.next()
    [failed] = eventually(
        lambda: [row for row in deliveries(person, channel)["data"] if row["responseStatus"]], "the outcome is noted"
    )
    assert (failed["messageId"], failed["event"], failed["id"]) == (first, "message:created", got.id)
    assert (failed["responseStatus"], failed["attempts"], failed["finishedAt"]) == (500, 1, None)
    assert failed["attemptedAt"] < failed["nextAttemptAt"]
    messages = [first] + [say(str(number)) for number in range(4)]
    eventually(
        lambda: all(row["state"] == "delivered" for row in deliveries(person, channel)["data"]), "all are delivered"
    )
    found, cursor = [], {}
    while cursor is not None:
        page = deliveries(person, channel, limit=2, **cursor)
        found += page["data"]
        cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
    assert [row["messageId"] for row in found] == messages[::-1]
    assert [row["attempts"] for row in found] == [1, 1, 1, 1, 2]
    assert {row["responseStatus"] for row in found} == {200} and {row["nextAttemptAt"] for row in found} == {None}
    assert all(row["attemptedAt"] and row["finishedAt"] for row in found)
