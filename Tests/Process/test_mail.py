"""Notices by mail, to a server for mail with TLS and a password, read as mailboxes read them."""

import time
from email.utils import parsedate_to_datetime

import pytest
from mail_server import PASSWORD, USER, MailServer
from placet_server import ADMIN_PASSWORD

OPTIONS = [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject", "style": "danger"}]


@pytest.fixture
def mail_server(tmp_path):
    server = MailServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def start(make_server, mail_server):
    """Starts a server whose first owner wants mails."""

    def start(**settings):
        settings = mail_server.settings(
            PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_ADMIN_EMAIL="ana@example.net",
            PLACET_PUBLIC_URL="https://placet.example.org", **settings)
        server = make_server(**{name: value for name, value in settings.items() if value}).start()
        person = server.person("ana@example.net")
        choices = person.request("GET", "notifications").json()["settings"]
        assert person.request("PUT", "notifications", json=choices | {"email": True}).status_code == 200
        return server, person

    return start


def ask(owner, text):
    review = {"type": "approval", "payload": {"options": OPTIONS}}
    body = {"channelId": owner.channel, "text": text, "review": review}
    return owner.request("POST", "messages", json=body).json()["id"]


def test_a_question_and_its_answer_are_told_by_mails_that_belong_together(start, mail_server):
    server, person = start()
    message = ask(server.owner("Déploiement 日本"), "Déployer “v2”?\r\nBcc: eve@example.net\n.\nlast")
    asked = mail_server.mails.get(timeout=15)
    assert asked.envelope == ("placet@example.org", ["ana@example.net"])
    assert (asked["from"], asked["to"]) == ("Placet Ü <placet@example.org>", "ana@example.net")
    assert "Déploiement 日本" in asked["subject"] and asked["bcc"] is None
    assert abs(parsedate_to_datetime(asked["date"]).timestamp() - time.time()) < 60
    # No holiday notice answers it, and it is text alone.
    assert (asked["auto-submitted"], asked.get_content_type()) == ("auto-generated", "text/plain")
    assert "Déployer “v2”?" in asked.get_content()
    assert f"https://placet.example.org/inbox/pending/{message}" in asked.get_content()
    answer = person.request("POST", f"messages/{message}/respond", json={"response": {"selectedOption": "approve"}})
    assert answer.status_code == 201
    settled = mail_server.mails.get(timeout=15)
    assert "Approve" in settled.get_content()
    assert settled["in-reply-to"] == settled["references"] == asked["references"]
    assert settled["message-id"] != asked["message-id"]


def test_a_test_says_what_the_server_for_mail_said(start, mail_server):
    server, person = start()
    test = lambda: person.request("POST", "notifications/test", json={"to": "email"}).json()
    assert test()["error"] is None and "test" in mail_server.mails.get(timeout=15).get_content()
    mail_server.answer = "550 5.1.1 nobody here by that name"
    assert "550 5.1.1 nobody here by that name" in test()["error"]
    mail_server.close()
    assert str(mail_server.port) in test()["error"]
    log = server.settled_log()
    assert PASSWORD not in log and "Traceback" not in log


def test_nothing_is_sent_to_a_server_whose_certificate_is_not_trusted(start, mail_server):
    _, person = start(PLACET_SMTP_CA_FILE="/etc/ssl/certs/ca-certificates.crt")
    error = person.request("POST", "notifications/test", json={"to": "email"}).json()["error"]
    assert "certificate" in error and mail_server.mails.empty()


def test_on_this_machine_itself_tls_is_used_and_any_certificate_taken(start, mail_server):
    """The server here takes nothing without TLS."""
    url = f"smtp://{USER}@127.0.0.1:{mail_server.port}"
    _, person = start(PLACET_SMTP_URL=url, PLACET_SMTP_CA_FILE="/etc/ssl/certs/ca-certificates.crt")
    assert person.request("POST", "notifications/test", json={"to": "email"}).json()["error"] is None
    assert mail_server.mails.get(timeout=15)


def test_a_wrong_password_is_tried_again_and_not_told(start, mail_server, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("wrong horse\n")
    server, person = start(PLACET_SMTP_PASSWORD_FILE=str(secret), PLACET_SMTP_PASSWORD=None)
    error = person.request("POST", "notifications/test", json={"to": "email"}).json()["error"]
    assert "denied" in error and "wrong horse" not in error + server.settled_log()


def test_settings_that_cannot_be_used_end_the_start_and_show_no_password(make_server, mail_server):
    faulty = {"PLACET_SMTP_URL": "smtp://placet:hunter2@mail.example.org", "PLACET_SMTP_FROM": "nobody",
              "PLACET_SMTP_CA_FILE": "/nowhere"}
    for name, value in faulty.items():
        code, said = make_server(**mail_server.settings(**{name: value})).start_failing()
        assert code != 0 and name in said and "hunter2" not in said and PASSWORD not in said


def test_no_server_for_mail_is_said(make_server):
    person = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start().person()
    settings = person.request("GET", "notifications").json()
    assert not settings["emailAvailable"]
    assert person.request("PUT", "notifications", json=settings["settings"] | {"email": True}).status_code == 400


def test_without_mail_the_library_for_it_is_not_loaded(server, make_server, mail_server):
    maps = lambda server: open(f"/proc/{server.process.pid}/maps").read()
    assert "libcurl" not in maps(server)
    assert "libcurl" in maps(make_server(**mail_server.settings()).start())
