"""What falls due by the system's clock follows it when it is set while the server runs and sleeps."""

import time

import pytest
from placet_server import eventually
from shim import ShimmedServer, build

HOUR = 3600


@pytest.fixture
def start(binary, tmp_path):
    """A server under a clock that can be set: `server.set_clock(seconds ahead)`."""
    server = ShimmedServer(binary, build(tmp_path), PLACET_WEBHOOK_ALLOW="127.0.0.1", PLACET_GC_SCHEDULE="1s").start()
    yield server
    server.dispose()


def ask(owner, **fields):
    review = {"type": "approval", "payload": {"options": [{"id": "x", "label": "X"}]}, "expiresInSeconds": HOUR}
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "review": review} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_set_ahead_a_review_expires_at_once_for_who_waits_and_for_the_webhook(start, receive):
    receiver, owner = receive(), start.owner()
    message = ask(owner, webhookUrl=receiver.url())
    start.set_clock(HOUR + 60)
    began = time.monotonic()
    waited = owner.request("GET", f"reviews/{message['id']}/wait", params={"channel": owner.channel, "timeout": 30_000})
    assert waited.json()["status"] == "expired"
    assert receiver.next(10).json["event"] == "review:expired"
    assert time.monotonic() - began < 10, "it is looked at every second"


def test_set_back_a_retry_keeps_its_pause(start, receive):
    receiver, owner = receive(500, 200), start.owner()
    message = ask(owner, webhookUrl=receiver.url())
    start.command("respond", message["id"], '{"selectedOption": "x"}')
    first = receiver.next()
    eventually(lambda: start.query("SELECT attempts FROM deliveries") == [(1,)], "the failure is noted")
    start.set_clock(-HOUR)
    assert receiver.next(10).id == first.id


def test_a_year_ahead_and_back_the_collector_takes_nothing_and_says_so(start):
    owner = start.owner()
    waiting, deleted = owner.store(b"waits for a message")["id"], owner.store(b"in no file")["id"]
    assert owner.request("DELETE", f"files/{deleted}", params={"channel": owner.channel}).status_code == 200

    def looks_after(sentence):
        eventually(lambda: sentence in start.log(), sentence)
        last = start.query("SELECT max(moment) FROM clock_looks")
        eventually(lambda: start.query("SELECT max(moment) FROM clock_looks") > last, "another look")

    start.set_clock(365 * 24 * HOUR)
    looks_after("the clock is far ahead")
    assert owner.content(waiting) == b"waits for a message"
    assert len(start.blob_keys()) == 2
    start.set_clock(0)
    looks_after("the clock was set back")
    assert len(start.blob_keys()) == 2
