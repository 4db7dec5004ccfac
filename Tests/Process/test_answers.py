"""Answers on their way: killed at any moment, read over one connection."""

import http.client
import random
import threading

import pytest
import requests
from placet_server import eventually, quiet_port

KILLS = 20


def ask(owner, **members):
    review = {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}], "allowComment": True}}
    body = {"channelId": owner.channel, "text": "Deploy?", "review": review, **members}
    answer = owner.request("POST", "messages", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def respond(server, message_id, comment="first"):
    """The status and the answer; None when the server was killed before it told."""
    try:
        body = {"response": {"selectedOption": "yes", "comment": comment}}
        return server.control("POST", f"reviews/{message_id}/respond", body)
    except (OSError, http.client.HTTPException):
        return None


def feed(owner, timeout=1):
    """Message ids and comments of the answers that the feed holds; waits for `timeout` ms when there is none."""
    answer = owner.request("GET", "answers", params={"channel": owner.channel, "timeout": timeout})
    assert answer.status_code == 200, answer.text
    messages = [item["message"] for item in answer.json()["answers"]]
    return [(message["id"], message["review"]["response"]["comment"]) for message in messages]


# Killed


@pytest.mark.slow
def test_an_answer_is_in_the_feed_once_or_was_never_accepted_whenever_the_server_is_killed(make_server):
    server = make_server(PLACET_LOG_LEVEL="error").start()
    owner = server.owner()
    confirmed = 0
    for turn in range(KILLS):
        message_id = ask(owner)
        told, read, accepted = [], [], threading.Event()
        reader = threading.Thread(target=read_once, args=(owner.another(), read))
        responder = threading.Thread(target=respond_and_tell, args=(server, message_id, told, accepted))
        reader.start()
        responder.start()
        # Every other time not before the response was accepted: otherwise a slow machine would never get so far.
        accepted.wait(10 if turn % 2 else 0)
        threading.Event().wait(random.uniform(0, 0.005 if turn % 2 else 0.03))  # The random moment of the kill.
        server.kill()
        for thread in (reader, responder):
            thread.join(20)
            assert not thread.is_alive()
        owner = owner.another()
        server.start()

        held = feed(owner)
        assert read in ([], [(message_id, "first")])
        if told[0] is not None:
            assert told[0][0] == 201 and held == [(message_id, "first")]
            confirmed += 1
        status, answer = respond(server, message_id, "second")
        if held:
            assert held == [(message_id, "first")]
            assert (status, answer["message"]) == (403, "Review already responded")
        else:
            assert read == [], "told of an answer that is not kept"
            assert status == 201
            held = [(message_id, "second")]
        assert feed(owner) == held
        owner.request("POST", f"messages/{message_id}/ack", params={"channel": owner.channel})
        assert feed(owner) == []
    assert confirmed >= KILLS // 2


def read_once(owner, read):
    try:
        read.extend(feed(owner, timeout=20_000))
    except requests.RequestException:
        pass


def respond_and_tell(server, message_id, told, accepted):
    told.append(respond(server, message_id))
    accepted.set()


@pytest.mark.slow
def test_the_webhook_of_an_answer_arrives_although_the_server_was_killed_before_it(make_server, receive):
    """The receiver is down until all is over, so that each delivery is killed waiting, claimed, or after a failure."""
    port = quiet_port()
    server = make_server(PLACET_WEBHOOK_ALLOW="127.0.0.1", PLACET_LOG_LEVEL="error").start()
    owner, wanted = server.owner(), {}
    for _ in range(5):
        message_id = ask(owner, webhookUrl=f"http://127.0.0.1:{port}/")
        assert respond(server, message_id)[0] == 201
        threading.Event().wait(random.uniform(0, 0.02))
        server.kill()
        owner = owner.another()
        server.start()
        [(wanted[message_id],)] = server.query("SELECT id FROM deliveries WHERE message_id = ?", message_id)
    receiver = receive(port=port)
    arrived = {}
    while arrived.keys() != wanted.keys():
        request = receiver.next(deadline=60)
        assert request.json["event"] == "review:responded"
        assert arrived.setdefault(request.json["message_id"], request.id) == request.id
    assert arrived == wanted
    eventually(lambda: server.query("SELECT DISTINCT state FROM deliveries") == [("delivered",)], "all are delivered")


# One after the other


def test_requests_after_a_wait_reach_the_server(server):
    """A connection lives on after a wait: no client sends its next request into one that is about to go."""
    owner = server.owner()
    for path in ["answers", "agents"] * 50:
        assert owner.request("GET", path, params={"channel": owner.channel, "timeout": 1}).status_code == 200
