"""People and their sessions: what outlives a restart, what a new password ends, what guessing meets."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from events import Events
from placet_server import ADMIN_PASSWORD, Server

EMAIL, NOBODY = "admin@placet.local", "nobody@placet.local"
NEW_PASSWORD = "battery staple correct"
KILLS = 5


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    yield server
    server.dispose()


def sign_in(server, email, password):
    return requests.post(f"{server.url}/api/auth/login", json={"email": email, "password": password}, timeout=60)


def who(person):
    """The status of asking who one is."""
    return person.request("GET", "auth/me").status_code


def ask(owner, **members):
    body = {"channelId": owner.channel, "text": "Deploy?", "review": {"type": "freeform"}, **members}
    answer = owner.request("POST", "messages", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


# Sessions


def test_sessions_outlive_a_kill_and_ended_ones_do_not_come_back(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    stays, leaves = server.person(), server.person()
    assert leaves.another().request("POST", "auth/logout").status_code == 200
    before = stays.request("GET", "auth/sessions").json()
    server.kill()
    server.start()
    assert stays.another().request("GET", "auth/sessions").json() == before
    assert who(leaves.another()) == 401


def test_a_new_password_ends_the_other_sessions_and_what_they_listen_to(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner, person, other = server.owner(), server.person(), server.person()
    with Events(person) as own, Events(other) as ended:
        change = {"currentPassword": ADMIN_PASSWORD, "newPassword": NEW_PASSWORD}
        assert person.request("POST", "auth/change-password", json=change).status_code == 200
        assert (who(person), who(other)) == (200, 401)
        message = ask(owner)
        assert ended.next() is None
        assert own.next()[2]["messageId"] == message
    server.kill()
    server.start()
    assert (who(person.another()), who(other.another())) == (200, 401)
    assert sign_in(server, EMAIL, ADMIN_PASSWORD).status_code == 401
    assert sign_in(server, EMAIL, NEW_PASSWORD).status_code == 200


def test_an_answer_and_the_session_that_gave_it_outlive_a_kill_right_after_the_201(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_LOG_LEVEL="error").start()
    owner, person = server.owner(), server.person()
    for turn in range(KILLS):
        message = ask(owner)
        body = {"response": {"turn": turn}, "feedback": "fine"}
        accepted = person.request("POST", f"messages/{message}/respond", json=body)
        server.kill()
        assert accepted.status_code == 201
        server.start()
        owner, person = owner.another(), person.another()
        kept = person.request("GET", f"messages/{message}").json()
        assert (kept["review"]["response"], kept["review"]["feedback"]) == ({"turn": turn}, "fine")
        feed = owner.request("GET", "answers", params={"channel": owner.channel, "timeout": 1}).json()["answers"]
        assert [item["message"]["review"]["response"]["turn"] for item in feed] == list(range(turn + 1))


# Guessing


def test_guesses_are_slowed_also_many_at_once(make_server):
    """For somebody who is there and for nobody alike."""
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    emails = [EMAIL, NOBODY] * 6
    with ThreadPoolExecutor(len(emails)) as pool:
        answers = list(pool.map(lambda email: sign_in(server, email, "a guess"), emails))
    for email in (EMAIL, NOBODY):
        own = [answer for answer, asked in zip(answers, emails) if asked == email]
        assert sorted(answer.status_code for answer in own) == [401] * 5 + [429]
        [refused] = [answer for answer in own if answer.status_code == 429]
        assert 1 <= int(refused.headers["retry-after"]) <= 10


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer_after_the_same_time(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    answers, times = {EMAIL: [], NOBODY: []}, {EMAIL: [], NOBODY: []}
    for _ in range(3):
        for email in answers:
            began = time.monotonic()
            answers[email].append(described(sign_in(server, email, "a guess")))
            times[email].append(time.monotonic() - began)
    assert answers[EMAIL] == answers[NOBODY] == [answers[EMAIL][0]] * 3
    assert answers[EMAIL][0][:2] == (401, "Invalid credentials")
    assert 0.3 < min(times[NOBODY]) / min(times[EMAIL]) < 3, times  # Without a hash it would be a hundredth.


def described(answer):
    """All that a client can tell an answer by."""
    names = sorted(name.lower() for name in answer.headers)
    return answer.status_code, answer.json()["message"], sorted(answer.json()), names, answer.headers["content-length"]


# Conversation


def test_what_a_person_says_reaches_the_agents_events_and_webhook(server, person, receive):
    receiver, owner = receive(), server.owner()
    hook = {"channelId": owner.channel, "url": receiver.url()}
    assert owner.request("POST", "agents/setWebhook", json=hook).status_code == 200
    file = owner.store(b"as agreed", "terms.txt")["id"]
    with Events(owner) as events:
        body = {"channelId": owner.channel, "text": "Not before Monday.", "attachmentIds": [file]}
        said = person.request("POST", "messages", json=body)
        assert said.status_code == 201, said.text
        said = said.json()
        assert (said["senderType"], said["text"]) == ("user", "Not before Monday.")
        name, _, data = events.next()
        assert (name, data["message"]["id"], data["message"]["senderId"]) == (
            "message:created", said["id"], said["senderId"])
        got = receiver.next().json
        assert (got["event"], got["channelId"]) == ("message:created", owner.channel)
        assert (got["message"]["id"], got["message"]["attachments"]) == (said["id"], said["attachments"])
        name, _, data = events.next()
        assert (name, data["message"]["deliveryStatus"]) == ("message:delivery", "webhook_delivered")
    [listed] = owner.request("GET", "messages", params={"channel": owner.channel}).json()["data"]
    assert listed["id"] == said["id"]
    assert owner.content(said["attachments"][0]["id"]) == b"as agreed"
