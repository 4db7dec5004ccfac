"""A webhook as its author writes it: it checks the signature, takes each event once, and hears of an answer."""

import base64
import hmac
import json
import time

import pytest
import requests
import standardwebhooks
import svix
from clients import question, respond
from placet_server import Lines, eventually

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


@pytest.fixture
def webhook(make_server, launch):
    """A channel with a webhook, and the lines that the webhook prints."""
    server = make_server(PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    owner = server.owner()
    lines = Lines(launch("webhook.py", owner, WEBHOOK_SECRET=SECRET).process.stdout)
    url = f"http://127.0.0.1:{lines.next(20)}/hook"
    answer = owner.request("POST", "agents/setWebhook", json={
        "channelId": owner.channel, "url": url, "headers": {"X-Team": "red"},
        "auth": {"username": "ada", "password": "s3"}, "secret": SECRET,
    })
    assert answer.status_code == 200, answer.text
    assert SECRET not in answer.text and "s3" not in answer.json()["webhookAuth"]["password"]
    return owner, url, lines


def ask(owner):
    answer = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Deploy?",
        "review": {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}]}},
    })
    assert answer.status_code == 201, answer.text
    return answer.json()


def delivery_status(owner, message):
    return owner.request("GET", f"messages/{message['id']}", params={"channel": owner.channel}).json()["deliveryStatus"]


def test_it_hears_of_an_answer_once_and_signed(webhook):
    owner, _, lines = webhook
    asked = ask(owner)
    assert asked["deliveryStatus"] == "sent"
    assert question(owner)["id"] == asked["id"]
    respond(owner.server, asked, {"selectedOption": "yes"}, "--feedback", "Good work, Jörg")

    told = json.loads(lines.next(15))
    assert told["headers"]["x-team"] == "red"
    assert told["headers"]["authorization"] == "Basic " + base64.b64encode(b"ada:s3").decode()
    review = owner.request("GET", f"reviews/{asked['id']}", params={"channel": owner.channel}).json()["review"]
    assert told["body"] == {
        "event": "review:responded", "channelId": owner.channel, "message_id": asked["id"],
        "review_type": "approval", "response": {"selectedOption": "yes"},
        "responded_at": review["completedAt"], "respondedBy": review["respondedBy"],
        "digest": asked["review"]["digest"], "feedback": "Good work, Jörg",
    }
    eventually(lambda: delivery_status(owner, asked) == "webhook_delivered", "delivered")
    assert owner.server.query("SELECT state, attempts FROM deliveries") == [("delivered", 1)]

    owner.request("POST", f"messages/{asked['id']}/ack", params={"channel": owner.channel})
    assert delivery_status(owner, asked) == "agent_received"
    # The second answer is the next that it hears of: there was no other event in between.
    second = ask(owner)
    respond(owner.server, second, {"selectedOption": "yes"})
    assert json.loads(lines.next(15))["body"]["message_id"] == second["id"]


@pytest.mark.parametrize("forge", ["body", "key", "old", "unsigned"])
def test_it_takes_nothing_that_is_forged_or_old(webhook, forge):
    """That the program checks at all: without this the test above would prove no signature."""
    owner, url, lines = webhook
    body, stamp = b'{"event": "review:responded"}', str(int(time.time()) - (3600 if forge == "old" else 0))
    key = b"x" * 24 if forge == "key" else base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"1.{stamp}.".encode() + body, "sha256")).decode()
    headers = {"webhook-id": "1", "webhook-timestamp": stamp}
    if forge != "unsigned":
        headers["webhook-signature"] = f"v1,{signature}"
    sent = body + b" " if forge == "body" else body
    assert requests.post(url, data=sent, headers=headers, timeout=10).status_code == 401
    asked = ask(owner)
    respond(owner.server, asked, {"selectedOption": "yes"})
    assert json.loads(lines.next(15))["body"]["message_id"] == asked["id"]


@pytest.mark.parametrize("library", [standardwebhooks, svix])
def test_while_a_secret_is_changed_both_libraries_verify_by_either(make_server, receive, library):
    """The receiver is never without a secret that it can verify by, whenever it changes over."""
    receiver, owner = receive(), make_server(PLACET_WEBHOOK_ALLOW="127.0.0.1").start().owner()
    other = "whsec_" + base64.b64encode(b"76543210fedcba9876543210").decode()
    unknown = "whsec_" + base64.b64encode(b"x" * 24).decode()

    def deliver(secret):
        settings = {"channelId": owner.channel, "url": receiver.url(), "secret": secret}
        answer = owner.request("POST", "agents/setWebhook", json=settings)
        assert answer.status_code == 200, answer.text
        respond(owner.server, ask(owner), {"selectedOption": "yes"})
        return receiver.next()

    def is_verified(got, secret):
        try:
            library.Webhook(secret).verify(got.body, dict(got.headers))
        except library.WebhookVerificationError:
            return False
        return True

    got = deliver(SECRET)
    assert [is_verified(got, secret) for secret in (SECRET, other)] == [True, False]
    got = deliver(other)
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    assert [is_verified(got, secret) for secret in (SECRET, other, unknown)] == [True, True, False]
