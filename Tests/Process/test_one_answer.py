"""One review, one end: whoever answers when, everybody is told the same."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from events import Events
from placet_server import ADMIN_PASSWORD, Server, eventually
from wire import Wire, head

PEOPLE = 8
RACES = 30
EXPIRIES = 40
REVIEW = {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}], "allowComment": True}}


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    yield server
    server.dispose()


@pytest.fixture
def told(server, receive):
    """All that tells an agent how a review ends, listened to before anything is asked."""
    listener = Told(server.owner(), receive())
    yield listener
    listener.close()


class Told:
    """What an agent is told by its wait, its feed, its event stream and its webhook."""

    def __init__(self, owner, receiver):
        self.owner, self.receiver = owner, receiver
        self.events = Events(owner)
        self.pool = ThreadPoolExecutor(1)

    def ask(self, **expiry):
        body = {
            "channelId": self.owner.channel, "text": "Deploy?", "review": REVIEW | expiry,
            "webhookUrl": self.receiver.url(),
        }
        answer = self.owner.request("POST", "messages", json=body)
        assert answer.status_code == 201, answer.text
        self.message = answer.json()["id"]
        self.wait = self.pool.submit(self.owner.another().request, "GET", f"reviews/{self.message}/wait", params={
            "channel": self.owner.channel})
        return self.message

    def end(self):
        """How the review ended: its status and, if it was answered, the comment. The same from everywhere, and once."""
        waited = self.wait.result(30).json()
        channel = {"channel": self.owner.channel, "timeout": 1}
        [fed] = self.owner.request("GET", "answers", params=channel).json()["answers"]
        acknowledged = self.owner.request("POST", f"messages/{self.message}/ack", params=channel)
        assert acknowledged.status_code == 200
        event, hook = self.ending_event(), self.receiver.next().json
        assert fed["message"]["id"] == hook["message_id"] == event["id"] == self.message
        ends = [
            (waited["status"], waited["message"]["review"]), (fed["status"], fed["message"]["review"]),
            (event["review"]["status"], event["review"]),
            ({"review:responded": "completed", "review:expired": "expired"}[hook["event"]], hook),
        ]
        ends = [(status, review.get("response", {}).get("comment")) for status, review in ends]
        assert ends == [ends[0]] * 4
        return ends[0]

    def ending_event(self):
        """The message of the one event that tells the end; the acknowledgement is what comes last."""
        found = []
        while not found or name != "message:delivery" or data["message"]["deliveryStatus"] != "agent_received":
            name, _, data = self.events.next()
            if name in ("review:responded", "review:expired"):
                found.append(data["message"])
        assert len(found) == 1, found
        return found[0]

    def close(self):
        assert self.receiver.requests.empty()
        self.events.response.close()
        self.pool.shutdown()


class Answers:
    """Answers to one review on connections of their own, each sent but for the last byte."""

    def __init__(self, server, person, message, comments):
        self.wires = [Wire(server) for _ in comments]
        for wire, comment in zip(self.wires, comments):
            body = json.dumps({"response": {"selectedOption": "yes", "comment": comment}}).encode()
            lines = [person.cookie, "content-type: application/json", f"content-length: {len(body)}"]
            wire.send(head("POST", f"/api/messages/{message}/respond", *lines), body[:-1])
        eventually(server.has_read_all, "all of it has reached the server")

    def go(self):
        for wire in self.wires:
            wire.send(b"}")

    def outcomes(self):
        answers = [wire.answer() for wire in self.wires]
        for wire in self.wires:
            wire.close()
        return [(answer.status, answer.json()) for answer in answers]


def test_of_eight_answers_at_once_one_is_accepted_and_all_are_told_that_one(server, person, told):
    for turn in range(RACES):
        message = told.ask()
        comments = [f"of {number} in {turn}" for number in range(PEOPLE)]
        answers = Answers(server, person, message, comments)
        answers.go()
        outcomes = answers.outcomes()
        assert sorted(status for status, _ in outcomes) == [201] + [403] * (PEOPLE - 1)
        assert all(answer["message"] == "Review already responded" for status, answer in outcomes if status == 403)
        [winner] = [number for number, (status, _) in enumerate(outcomes) if status == 201]
        assert outcomes[winner][1]["review"]["response"]["comment"] == comments[winner]
        assert told.end() == ("completed", comments[winner])


@pytest.mark.slow
def test_an_answer_in_the_very_millisecond_of_expiry_is_accepted_or_refused_for_all(server, person, told):
    """Each next one is sent a little later when this one was accepted, else a little earlier: around the edge."""
    lead, ends = 0.02, []
    for turn in range(EXPIRIES):
        expiry = round(time.time() * 1000 + 250)
        at = datetime.fromtimestamp(expiry / 1000, timezone.utc).isoformat(timespec="milliseconds")
        message = told.ask(expiresAt=at.replace("+00:00", "Z"))
        answers = Answers(server, person, message, ["first", "second"])
        while time.time() < expiry / 1000 - lead:
            pass
        answers.go()
        statuses = sorted(status for status, _ in answers.outcomes())
        status, comment = told.end()
        assert (statuses, status) in [([201, 403], "completed"), ([409, 409], "expired")], comment
        ends.append(status)
        lead += 0.001 if status == "expired" else -0.001
        shown = person.request("GET", f"messages/{message}").json()["review"]
        assert shown["status"] == status and shown.get("response", {}).get("comment") == comment
    assert {"completed", "expired"} == set(ends), ends
