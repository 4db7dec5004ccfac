"""Webhooks of the real binary: what a receiver gets, how often, and what is never reached."""

import base64
import hashlib
import hmac
import json
import queue
import socket
import sqlite3
import ssl
import time
from contextlib import closing

import pytest
from placet_server import eventually

#: Longer than a lease, which is what a killed server's delivery waits for.
LEASE_DEADLINE = 30
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def start(make_server):
    """Starts a server whose webhooks may go to 127.0.0.1."""
    return lambda **settings: make_server(**{"PLACET_WEBHOOK_ALLOW": "127.0.0.1"} | settings).start()


def expiring(owner, **fields):
    """A message whose review expires in a second."""
    review = {"type": "approval", "payload": {"options": []}, "expiresInSeconds": 1} | fields.pop("review", {})
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "review": review} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def status(owner, message):
    answer = owner.request("GET", f"messages/{message['id']}", params={"channel": owner.channel})
    return answer.json()["deliveryStatus"]


def becomes(owner, message, wanted, deadline=15):
    eventually(lambda: status(owner, message) == wanted, f"deliveryStatus {wanted}", deadline)


def set_webhook(owner, url, headers=None, auth=None, secret=None):
    """What the route setWebhook stores."""
    with closing(sqlite3.connect(owner.server.storage / "index.sqlite", timeout=10)) as index, index:
        index.execute(
            "UPDATE agents SET webhook_url = ?, webhook_headers = ?, webhook_auth = ?, webhook_secret = ? WHERE id = ?",
            (url, json.dumps(headers or {}), auth and json.dumps(auth), secret, owner.channel),
        )


def test_an_expired_review_is_delivered_signed_and_with_what_the_channel_set(start, receive):
    receiver, owner = receive(), start().owner()
    set_webhook(owner, receiver.url("/a?b=c"), {"X-Team": "red", "Host": "evil", "webhook-id": "1"},
                {"username": "ada", "password": "s"}, SECRET)
    message = expiring(owner)
    got = receiver.next()
    assert (got.method, got.path) == ("POST", "/a?b=c")
    assert got.json == {
        "event": "review:expired", "channelId": owner.channel, "message_id": message["id"], "review_type": "approval",
        "expired_at": message["review"]["expiresAt"],
    }
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"].startswith("application/json")
    assert got.headers["x-team"] == "red"
    assert got.headers["authorization"] == "Basic " + base64.b64encode(b"ada:s").decode()
    assert got.id != "1"
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{signature}"
    becomes(owner, message, "webhook_delivered")


def test_what_the_channel_set_does_not_go_to_the_url_of_a_message(start, receive):
    own, other, owner = receive(), receive(), start().owner()
    set_webhook(owner, own.url(), {"X-Team": "red"}, {"username": "ada", "password": "s"}, SECRET)
    expiring(owner, webhookUrl=other.url())
    got = other.next()
    assert not {"x-team", "authorization", "webhook-signature"} & {name.lower() for name in got.headers}
    assert got.id and own.connections == 0


def test_the_callback_of_a_review_has_its_own_method_and_headers(start, receive):
    receiver, owner = receive(), start().owner()
    callback = {"url": receiver.url(), "method": "PUT", "headers": {"X-Mine": "1"}}
    message = expiring(owner, review={"callback": callback})
    got = receiver.next()
    assert (got.method, got.headers["x-mine"]) == ("PUT", "1")
    assert got.json["message_id"] == message["id"]


def test_a_failure_is_tried_again_under_the_same_id(start, receive):
    receiver, owner = receive(500, 200), start().owner()
    message = expiring(owner, webhookUrl=receiver.url())
    first = receiver.next()
    becomes(owner, message, "webhook_failed")
    began = time.monotonic()
    second = receiver.next()
    assert time.monotonic() - began > 0.5
    assert second.id == first.id and second.json == first.json
    becomes(owner, message, "webhook_delivered")
    assert receiver.requests.empty()


def test_a_receiver_that_is_not_there_is_a_failure_at_once_and_tried_again(start, receive):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    owner = start().owner()
    message = expiring(owner, webhookUrl=f"http://127.0.0.1:{port}/")
    becomes(owner, message, "webhook_failed", deadline=8)
    eventually(lambda: owner.server.query("SELECT attempts FROM deliveries")[0][0] >= 2, "a second attempt")


def test_a_redirect_is_a_failure_and_not_followed(start, receive):
    inside = receive()
    outside = receive(302, headers={"Location": inside.url()})
    owner = start().owner()
    message = expiring(owner, webhookUrl=outside.url())
    outside.next()
    becomes(owner, message, "webhook_failed")
    assert inside.connections == 0


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
])
def test_an_address_of_the_inside_is_not_reached(make_server, receive, host):
    receiver = receive()
    owner = make_server().start().owner()
    message = expiring(owner, review={"callback": {"url": receiver.url(host=host)}})
    becomes(owner, message, "webhook_failed")
    state, attempts, error = owner.server.query("SELECT state, attempts, error FROM deliveries")[0]
    assert (state, attempts) == ("failed", 1), error
    assert "PLACET_WEBHOOK_ALLOW" in error
    assert receiver.connections == 0


def test_the_port_of_an_allowed_host_counts(start, receive):
    allowed, other = receive(), receive()
    owner = start(PLACET_WEBHOOK_ALLOW=f"10.0.0.0/8, localhost:{allowed.port}").owner()
    refused = expiring(owner, webhookUrl=other.url(host="localhost"))
    becomes(owner, refused, "webhook_failed")
    expiring(owner, webhookUrl=allowed.url(host="LOCALHOST."))
    assert allowed.next().headers["host"] == f"localhost:{allowed.port}"
    assert other.connections == 0


@pytest.mark.slow
def test_killed_in_the_middle_it_is_delivered_again_under_the_same_id(start, receive):
    receiver, server = receive(None, 200), start()
    owner = server.owner()
    message = expiring(owner, webhookUrl=receiver.url())
    first = receiver.next()
    server.kill()
    receiver.released.set()
    owner = owner.another()
    server.start()
    second = receiver.next(LEASE_DEADLINE)
    assert second.id == first.id and second.json == first.json
    becomes(owner, message, "webhook_delivered")


def test_stopped_in_the_middle_it_ends_soon_and_goes_on_at_the_next_start(start, receive):
    receiver, server = receive(None, 200), start()
    owner = server.owner()
    message = expiring(owner, webhookUrl=receiver.url())
    first = receiver.next()
    assert server.stop(deadline=4) == 0
    owner = owner.another()
    server.start()
    assert receiver.next(deadline=5).id == first.id
    becomes(owner, message, "webhook_delivered")


def test_an_event_while_the_receiver_was_away_survives_a_restart(start, receive):
    receiver, server = receive(), start()
    owner = server.owner()
    message = expiring(owner, webhookUrl=receiver.url())
    server.kill()
    owner = owner.another()
    server.start()
    assert receiver.next().json["message_id"] == message["id"]
    becomes(owner, message, "webhook_delivered")


def test_a_receiver_that_never_answers_holds_up_no_other_channel(start, receive):
    silent, quick, server = receive(None), receive(), start()
    slow, other = server.owner("slow"), server.owner("other")
    for _ in range(40):
        expiring(slow, webhookUrl=silent.url())
    silent.next()
    message = expiring(other, webhookUrl=quick.url())
    assert quick.next(deadline=5).json["message_id"] == message["id"]
    becomes(other, message, "webhook_delivered", deadline=5)


def test_an_acknowledgement_during_delivery_stays(start, receive):
    answered, owner = receive(None, 200), start().owner()
    message = expiring(owner, webhookUrl=answered.url())
    answered.next()
    acknowledged = owner.request("POST", f"messages/{message['id']}/ack", params={"channel": owner.channel})
    assert acknowledged.status_code == 200
    answered.released.set()  # The connection breaks: a failed attempt. The next one is answered.
    answered.next()
    eventually(lambda: owner.server.query("SELECT state FROM deliveries") == [("delivered",)], "the second attempt")
    assert status(owner, message) == "agent_received"


def test_a_message_that_is_deleted_during_delivery_leaves_nothing(start, receive):
    receiver, owner = receive(None), start().owner()
    message = expiring(owner, webhookUrl=receiver.url())
    receiver.next()
    assert owner.request("DELETE", f"messages/{message['id']}", params={"channel": owner.channel}).status_code == 200
    receiver.released.set()
    after = receive()
    expiring(owner, webhookUrl=after.url())
    after.next()
    assert owner.server.query("SELECT count(*) FROM deliveries") == [(1,)]


@pytest.mark.parametrize("sends", [b"", b"x" * (1 << 20)], ids=["silence", "flood"])
def test_an_answer_without_end_is_an_answer(start, sends):
    """The status counts; the connection is given up soon after it, and little is read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        owner = start().owner()
        message = expiring(owner, webhookUrl=f"http://127.0.0.1:{listener.getsockname()[1]}/")
        listener.settimeout(15)
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(15)
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
            sent = 0
            with pytest.raises(OSError):
                while True:
                    if sends:
                        sent += connection.send(sends)
                    elif not connection.recv(65536):
                        raise ConnectionResetError
        becomes(owner, message, "webhook_delivered", deadline=5)
        assert sent < 100 << 20


def test_proxies_of_the_environment_are_not_used(start, receive):
    receiver, proxy = receive(), receive()
    names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    owner = start(**{name: proxy.url("") for name in names}).owner()
    expiring(owner, webhookUrl=receiver.url())
    receiver.next()
    assert proxy.connections == 0


def test_over_tls_the_certificate_is_asked_for_by_name_and_must_be_trusted(start, receive, tmp_path):
    (tmp_path / "pem").write_text(CERTIFICATE)
    names = queue.Queue()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "pem")
    tls.sni_callback = lambda _socket, name, _context: names.put(name)
    receiver, owner = receive(tls=tls), start().owner()
    message = expiring(owner, webhookUrl=receiver.url(host="localhost", scheme="https"))
    assert names.get(timeout=15) == "localhost"
    becomes(owner, message, "webhook_failed")
    assert "certificate" in owner.server.query("SELECT error FROM deliveries")[0][0]
    assert receiver.requests.empty()


#: Made for this test and trusted by nobody: CN=localhost, until 2126.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgctqSGkMBNiGo1NBO
scp/4jb18NJFEZdmaNxFlBS1fYChRANCAASPKou+75WgmcnJMS/CZ6ssOlMkoaA3
iSkZ4rUL4jB/SLhjt+0SmdgGZ1FkkEAMk2tVR3xxNSzZp3O8SBjfBS2Y
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUcd7w5wuVmkHeQR4uXFEa5xc1wZgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAxNTIxM1oYDzIxMjYxMDMx
MDE1MjEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASPKou+75WgmcnJMS/CZ6ssOlMkoaA3iSkZ4rUL4jB/SLhjt+0SmdgG
Z1FkkEAMk2tVR3xxNSzZp3O8SBjfBS2Yo2kwZzAdBgNVHQ4EFgQUcpYJgvm/IFdP
ExtCGwaVkIbBmDYwHwYDVR0jBBgwFoAUcpYJgvm/IFdPExtCGwaVkIbBmDYwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgMAfwSFJBI3nvkYgd81gulxZHtwLWdOULWZjvSb2O33gCIFN9NB1eNv8Q
xruIdmdtEFEJGsIba1X7AVV7Z26IQ0YR
-----END CERTIFICATE-----
"""
