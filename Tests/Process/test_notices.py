"""Notices of the real binary, as the programs of others that receive them see them."""

import base64
import os

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from placet_server import ADMIN_PASSWORD

OPTIONS = [{"id": "yes", "label": "Approve"}, {"id": "no", "label": "Drop", "style": "danger"}]


def base64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """Subscribes as a browser does, and opens what it is sent with Mozilla's library."""

    def __init__(self):
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint):
        keys = {"p256dh": base64url(self.point), "auth": base64url(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def opened(self, request):
        return http_ece.decrypt(request.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")


@pytest.fixture
def server(make_server):
    """One whose notices may go to 127.0.0.1."""
    return make_server(
        PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1",
        PLACET_PUBLIC_URL="https://placet.example.org",
    ).start()


def ask(owner, seconds=600):
    review = {"type": "approval", "payload": {"options": OPTIONS}, "expiresInSeconds": seconds}
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": "Deploy?", "review": review})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def claims(request, public_key):
    """What the server says of itself to a push service, which checks the signature by the key of the subscription."""
    scheme, _, rest = request.headers["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    assert scheme == "vapid" and parts["k"] == public_key
    point = base64.urlsafe_b64decode(public_key + "=")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return jwt.decode(parts["t"], key, algorithms=["ES256"], audience=f"http://127.0.0.1:{request.port}")


def test_a_browser_of_somebody_elses_making_reads_it_and_trusts_who_sent_it(server, receive):
    person, owner, receiver, browser = server.person(), server.owner(), receive(201), Browser()
    subscription = browser.subscription(receiver.url("/push/1"))
    assert person.request("POST", "notifications/subscriptions", json=subscription).status_code == 201
    message = ask(owner)
    first = receiver.next()
    first.port = receiver.port
    text = browser.opened(first).decode()
    for part in (f'"tag":"{message}"', '"Deploy?"', '"id":"yes"', '"danger":true', '"settled":false'):
        assert part in text
    assert '"id":"no"' not in text
    shown = person.request("GET", "notifications").json()
    assert claims(first, shown["pushKey"])["sub"] == "https://placet.example.org"
    person.request("POST", f"messages/{message}/respond", json={"response": {"selectedOption": "yes"}})
    second = receiver.next()
    assert '"settled":true' in browser.opened(second).decode()
    assert second.headers["topic"] == first.headers["topic"]


def test_a_question_that_expires_is_rewritten_where_it_was_told(server, receive):
    person, owner, receiver = server.person(), server.owner(), receive(200)
    settings = {"kinds": ["question"], "ntfy": {"url": receiver.url("/topic"), "token": "tk_a"}}
    assert person.request("PUT", "notifications", json=settings).status_code == 200
    message = ask(owner, seconds=1)
    first, second = receiver.next(), receiver.next()
    assert (first.path, first.json["topic"], first.json["sequence_id"]) == ("/", "topic", message)
    assert first.json["click"] == f"https://placet.example.org/inbox/pending/{message}"
    assert second.json["sequence_id"] == message and second.json["message"].startswith("Expired at ")
    assert second.json["priority"] == 1


def test_what_was_under_way_at_a_stop_is_told_after_the_start(server, receive):
    person, owner, receiver = server.person(), server.owner(), receive(None, 200)
    settings = {"kinds": ["question"], "ntfy": {"url": receiver.url("/topic")}}
    assert person.request("PUT", "notifications", json=settings).status_code == 200
    message = ask(owner)
    assert receiver.next().json["sequence_id"] == message
    server.stop()
    server.start()
    assert receiver.next().json["sequence_id"] == message


def test_the_key_of_the_server_outlives_a_restart(server):
    person = server.person()
    before = person.request("GET", "notifications").json()["pushKey"]
    server.stop()
    server.start()
    assert person.request("GET", "notifications").json()["pushKey"] == before
