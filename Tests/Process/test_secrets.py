"""No secret is told by anything that may be read without it: the log at its most talkative, errors, figures, events,
the audit log, commands, and the answers of every route of the document. A run uses a secret of each kind."""

import base64
import json
import re
import secrets
import sqlite3
import subprocess
from contextlib import closing
from urllib.parse import quote

import pytest
import requests
from mail_server import MailServer
from placet_server import eventually

PLUGIN = {"name": "mine", "displayName": "Mine", "version": "1",
          "env": [{"key": "TOKEN", "label": "Token", "required": True, "secret": True}]}


#: How many characters tell a secret. The index keeps eleven of a key, to show them, and a byte of its digest comes next,
#: which is the twelfth of the key in one run of a hundred.
BEGINNING = 14


def forms(secret):
    """A secret as it is, its beginning, and what becomes of it in the usual codings, also amid other bytes."""
    raw = secret.encode()
    yield from (secret, secret[:BEGINNING], quote(secret), quote(secret, safe=""), raw.hex())
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    for before in range(3):
        # Of what stands beside it some bits are in the first and the last two letters.
        coded = base64.b64encode(b"\0" * before + raw).decode()[4 if before else 0:][:len(raw) * 4 // 3 - 4]
        if len(coded) >= 12:  # Fewer letters are found anywhere.
            yield from (coded, coded.replace("+", "-").replace("/", "_"))


def leaks(text, known):
    """The names of the secrets that a text tells."""
    lower = text.lower()
    return sorted({name for name, secret in known.items()
                   if any(form in text or form.lower() in lower for form in forms(secret))})


def random_secret():
    """With characters that every coding has to change."""
    return f"{secrets.token_hex(4)}/+&\"é {secrets.token_urlsafe(24)}"


class Run:
    """What was told in a run, by where it was told; and the secrets that were used in it."""

    def __init__(self, server):
        self.server = server
        self.told = {}
        #: Secrets that nobody hears again once they were made or set.
        self.hidden = {}
        #: What its owner may read again: addresses of webhooks, headers of callbacks, answers.
        self.own = {}

    def note(self, place, text):
        self.told[place] = self.told.get(place, "") + text + "\n"

    def ask(self, method, path, caller=None, shows=False, **options):
        """Sends a request. Its answer is noted, unless it is the one that shows a secret to whom it was made for."""
        session = caller.session if caller else requests
        answer = session.request(method, f"{self.server.url}/{path}", timeout=60, **options)
        if not shows:
            where = "errors" if answer.status_code >= 400 else "answers"
            self.note(where, f"{answer.status_code} {answer.headers}\n{answer.text}")
        return answer


@pytest.fixture(params=["text", "json"])
def run(request, make_server, receive, tmp_path):
    """A server that has seen a secret of each kind, used well and badly."""
    hidden = {name: random_secret() for name in ("first password", "password", "wrong password", "plugin setting")}
    hidden["metrics token"] = secrets.token_urlsafe(24)
    hidden["mail password"] = random_secret()
    mail_server = MailServer(tmp_path, hidden["mail password"])
    server = make_server(
        **mail_server.settings(), PLACET_ADMIN_PASSWORD=hidden["first password"], PLACET_METRICS_TOKEN=hidden["metrics token"],
        PLACET_LOG_LEVEL="trace", PLACET_LOG_FORMAT=request.param, PLACET_WEBHOOK_ALLOW="127.0.0.1",
    )
    folder = server.storage / "plugins/mine"
    folder.mkdir(parents=True)
    (folder / "plugin.json").write_text(json.dumps(PLUGIN))
    (folder / "render.html").write_text("<!doctype html>")
    run = Run(server.start())
    run.hidden = hidden
    person, owner = server.person(password=hidden["first password"]), server.owner()
    hidden["key"] = owner.key
    events = [caller.request("GET", "events", stream=True) for caller in (person.another(), owner.another())]
    people(run, person)
    keys(run, person, owner)
    webhooks(run, person, owner, receive)
    notices(run, person, owner, receive)
    files_and_plugins(run, person, owner)
    commands(run, owner, tmp_path)
    mails(run, person, mail_server)
    for stream in events:
        note_events(run, stream)
    look_everywhere(run, person, owner)
    return run


def people(run, person):
    hidden = run.hidden
    hidden["first session"] = person.session.cookies["access_token"]
    change = {"currentPassword": hidden["wrong password"], "newPassword": hidden["password"]}
    assert run.ask("POST", "api/auth/change-password", person, json=change).status_code in (400, 401, 403)
    change["currentPassword"] = hidden["first password"]
    assert run.ask("POST", "api/auth/change-password", person, shows=True, json=change).status_code == 200
    for body in ({"email": "admin@placet.local", "password": hidden["wrong password"]},
                 {"email": "admin@placet.local", "password": [hidden["password"]]}, {"email": hidden["password"]}):
        assert run.ask("POST", "api/auth/login", json=body).status_code in (400, 401)
    broken = '{"email": "admin@placet.local", "password": "' + hidden["password"] + '" x}'
    headers = {"content-type": "application/json"}
    assert run.ask("POST", "api/auth/login", data=broken.encode(), headers=headers).status_code == 400
    assert run.ask("POST", "api/auth/confirm", person, json={"password": hidden["password"]}).status_code == 200
    hidden["session"] = run.ask("POST", "api/auth/refresh", person, shows=True).json().get(
        "accessToken", person.session.cookies["access_token"])
    made = run.server.command("users", "create", "eve@placet.local").stdout
    hidden["made-up password"] = re.search(r"password: (\S+)", made)[1]
    ended = run.server.person(password=hidden["password"])
    hidden["ended session"] = ended.session.cookies["access_token"]
    run.ask("POST", "api/auth/logout", ended, shows=True)
    dead = {"authorization": f"Bearer {hidden['ended session']}"}
    assert run.ask("GET", "api/auth/me", headers=dead).status_code == 401


def keys(run, person, owner):
    made = run.ask("POST", "api/api-keys", person, shows=True, json={"label": "second"}).json()
    run.hidden["second key"] = made["key"]
    rotated = run.ask("POST", f"api/api-keys/{made['id']}/rotate", person, shows=True).json()
    run.hidden["rotated key"] = rotated["key"]
    run.hidden["unknown key"] = "hp_" + secrets.token_urlsafe(32)
    for key in (made["key"], run.hidden["unknown key"]):
        for place in ({"headers": {"x-api-key": key}}, {"headers": {"authorization": f"Bearer {key}"}},
                      {"params": {"api_key": key, "x-api-key": key}}):
            assert run.ask("GET", "api/v1/agents", **place).status_code == 401
    # Where it does not belong. An error repeats the path to whoever asked for it, and to nobody else.
    for path in (f"api/v1/{owner.key}", f"api/v1/messages/{owner.key}?channel={owner.channel}"):
        assert run.ask("GET", path, owner, shows=True).status_code == 404
    for answer in (run.ask("GET", "metrics", headers={"authorization": f"Bearer {run.hidden['unknown key']}"}),
                   run.ask("GET", "metrics", headers={"authorization": f"Bearer {run.hidden['metrics token']}x"})):
        assert answer.status_code == 401


def webhooks(run, person, owner, receive):
    hidden, own = run.hidden, run.own
    hidden["webhook secret"] = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    hidden["webhook password"] = random_secret()
    hidden["webhook header"] = secrets.token_urlsafe(24)
    own["webhook address"], own["callback header"] = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    own["form password"] = random_secret()
    receiver = receive(200, 500)
    webhook = {"url": receiver.url(f"/{own['webhook address']}?t={own['webhook address']}"),
               "headers": {"X-Token": hidden["webhook header"]}, "secret": hidden["webhook secret"],
               "auth": {"username": "ada", "password": hidden["webhook password"]}}
    path = f"api/agents/{owner.channel}/webhook"
    assert run.ask("PUT", path, person, json=webhook).status_code == 200
    for wrong in ({"secret": hidden["webhook secret"] + "!"}, {"headers": {"X Token": hidden["webhook header"]}},
                  {"headers": {"X-Token": hidden["webhook header"] + "\n"}}):
        assert run.ask("PUT", path, person, json=webhook | wrong).status_code == 400
    assert run.ask("POST", f"{path}/test", person).json()["delivered"]
    question = {"channelId": owner.channel, "text": "PIN?", "review": {
        "type": "form", "payload": {"fields": [{"name": "pin", "type": "password", "label": "PIN"}]},
        "callback": {"url": receiver.url(), "headers": {"Authorization": own["callback header"]}}}}
    message = run.ask("POST", "api/v1/messages", owner, json=question).json()["id"]
    for response in ({"pin": [own["form password"]]}, {"other": own["form password"]}, {"pin": own["form password"]}):
        answer = run.ask("POST", f"api/messages/{message}/respond", person, json={"response": response})
    assert answer.status_code == 201
    # The second event is refused by its receiver, which is logged and listed.
    receiver.next(), receiver.next()
    eventually(lambda: "500" in run.ask("GET", f"api/agents/{owner.channel}/deliveries", person).text, "it is listed")
    run.message = message


def notices(run, person, owner, receive):
    """By ntfy and by a browser, each taken once and refused once."""
    hidden, own = run.hidden, run.own
    hidden["ntfy token"], own["ntfy topic"] = secrets.token_urlsafe(24), secrets.token_hex(16)
    hidden["push endpoint"], auth = secrets.token_urlsafe(24), secrets.token_bytes(16)
    hidden["push secret"] = base64.urlsafe_b64encode(auth).decode().rstrip("=")
    receiver = receive(200, 200, 200, 200, 400)
    settings = {"kinds": ["question"], "ntfy": {"url": receiver.url(f"/{own['ntfy topic']}"), "token": hidden["ntfy token"]}}
    for wrong in ({"token": hidden["ntfy token"] + "\n"}, {"token": [hidden["ntfy token"]]}):
        body = settings | {"ntfy": settings["ntfy"] | wrong}
        assert run.ask("PUT", "api/notifications", person, json=body).status_code == 400
    assert run.ask("PUT", "api/notifications", person, json=settings).status_code == 200
    point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    browser = {"endpoint": receiver.url(f"/{hidden['push endpoint']}"), "keys": {"p256dh": point, "auth": hidden["push secret"]}}
    assert run.ask("POST", "api/notifications/subscriptions", person, json=browser | {"keys": {}}).status_code == 400
    id = run.ask("POST", "api/notifications/subscriptions", person, json=browser).json()["id"]
    for to in ("ntfy", id):
        assert run.ask("POST", "api/notifications/test", person, json={"to": to}).json()["delivered"]
        receiver.next()
    for _ in range(2):
        review = {"type": "approval", "payload": {"options": []}}
        run.ask("POST", "api/v1/messages", owner, json={"channelId": owner.channel, "text": "Go?", "review": review})
        receiver.next(), receiver.next()
    with closing(sqlite3.connect(f"file:{run.server.storage}/index.sqlite?mode=ro", uri=True)) as index:
        key = index.execute("SELECT push_key FROM store").fetchone()[0]
    hidden["push key"] = base64.urlsafe_b64encode(key).decode().rstrip("=")
    run.ask("GET", "api/notifications", person)


def files_and_plugins(run, person, owner):
    file = owner.store(b"bytes")
    link = run.ask("GET", f"api/files/{file['id']}/share", person, shows=True).json()["url"]
    run.hidden["share link"] = link.rpartition("/")[2]
    assert run.ask("GET", f"api/share/{run.hidden['share link']}").status_code == 200
    share = run.ask("GET", f"api/files/{file['id']}/shares", person).json()[0]["id"]
    assert run.ask("DELETE", f"api/files/{file['id']}/shares/{share}", person).status_code == 200
    assert run.ask("GET", f"api/share/{run.hidden['share link']}", shows=True).status_code == 404
    for config in ({"TOKEN": run.hidden["plugin setting"]}, {"TOKEN": "***", "OTHER": run.hidden["plugin setting"]},
                   {"TOKEN": run.hidden["plugin setting"] + "\0"}):
        run.ask("PUT", "api/plugins/mine/config", person, json={"config": config})
    assert "***" in run.ask("GET", "api/plugins/mine/config", person).text
    run.file = file["id"]


def commands(run, owner, folder):
    """What an operator and an agent type, right and wrong."""
    hidden, server = run.hidden, run.server

    def command(*arguments, **options):
        done = server.command(*arguments, check=False, **options)
        run.note("commands", done.stdout + done.stderr)
        return done.returncode

    hidden["imported secret"] = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    hidden["imported header"] = secrets.token_urlsafe(24)
    lines = folder / "lines.ndjson"
    webhook = {"url": "https://example.com/", "headers": {"X-Token": hidden["imported header"]}}
    for secret in (hidden["imported secret"] + "!", hidden["imported secret"]):
        channel = {"type": "channel", "id": "moved", "name": "Moved", "webhook": webhook | {"secret": secret}}
        lines.write_text(json.dumps(channel))
        failed = command("import", str(lines))
    assert not failed
    lines.write_text(lines.read_text()[:-1])
    assert command("import", str(lines)) != 0
    hidden["chosen password"], hidden["short password"] = random_secret(), secrets.token_urlsafe(5)
    for name, password in (("ann", "chosen password"), ("bob", "short password")):
        command("users", "create", f"{name}@placet.local", PLACET_NEW_PASSWORD=hidden[password])
    hidden["typed password"] = random_secret()
    assert command("users", "passwd", "ann@placet.local", given=hidden["typed password"] + "\n") == 0
    assert command("keys", "revoke", hidden["rotated key"]) != 0
    # Which has no storage folder to be told of.
    for key in (hidden["unknown key"], hidden["second key"] + "\n"):
        environment = server.environment | {"API_KEY": key, "PLACET_URL": server.url, "CHANNEL_ID": owner.channel}
        done = subprocess.run(
            [server.binary, "ask", "Go?"], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        run.note("commands", done.stdout + done.stderr)


def mails(run, person, mail_server):
    settings = run.ask("GET", "api/notifications", person).json()["settings"]
    assert run.ask("PUT", "api/notifications", person, json=settings | {"email": True}).status_code == 200
    test = lambda: run.ask("POST", "api/notifications/test", person, json={"to": "email"}).json()["error"]
    assert test() is None
    mail_server.password = "another"
    assert "denied" in test()
    mail_server.close()


def note_events(run, stream):
    """What a stream told until the answer to the review."""
    for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
        run.note("events", line)
        if line.startswith("event: review:responded"):
            break
    stream.close()


def look_everywhere(run, person, owner):
    """Asks every route that reads, and everything else that tells of the server."""
    server, channel = run.server, owner.channel
    document = run.ask("GET", "openapi.json").json()
    values = {"tab": "open", "name": "mine", "version": "1", "number": "1", "token": "hl_nothing"}
    for path, operations in document["paths"].items():
        if "get" not in operations or path.endswith(("/events", "/share", "/wait")):
            continue
        for thing in (channel, run.message, run.file):
            asked = re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], thing), path).lstrip("/")
            for caller in (owner, person):
                run.ask("GET", asked, caller, params={"channel": channel, "timeout": "1"})
            if asked == path.lstrip("/"):
                break
    token = {"authorization": f"Bearer {run.hidden['metrics token']}"}
    run.note("metrics", run.ask("GET", "metrics", headers=token).text)
    run.note("audit log", run.ask("GET", "api/admin/audit/export", person).text)
    for command in (["keys", "list"], ["users", "list"], ["audit"], ["audit", "--json"], ["stats"]):
        run.note("commands", server.command(*command).stdout)
    run.note("output", "\n".join(server.output.seen))
    run.note("log", server.settled_log())


@pytest.mark.slow
def test_no_secret_of_a_run_is_told_by_anything(run):
    told = {place: leaks(text, run.hidden) for place, text in run.told.items()}
    assert told == {place: [] for place in run.told}
    # What its owner may read again is in answers to him, and nowhere else.
    told = {place: leaks(text, run.own) for place, text in run.told.items() if place not in ("answers", "events")}
    assert told == {place: [] for place in told}
    assert leaks(run.told["answers"], run.own), "answers were not collected"
    for place in ("answers", "errors", "events", "metrics", "audit log", "commands", "output", "log"):
        assert len(run.told[place]) > 40, place
    assert run.message in run.told["events"] and run.file in run.told["answers"]
    assert "statusCode" in run.told["errors"] and "/api/auth/login" in run.told["log"]
    # Of what opens something the index has only digests.
    index = b"".join(path.read_bytes() for path in run.server.storage.glob("index.sqlite*"))
    opening = {name: secret for name, secret in run.hidden.items()
               if name.split()[-1] in ("key", "session", "password", "link") and not name.startswith("webhook")}
    assert leaks(index.decode("latin-1"), opening) == []


@pytest.mark.parametrize("mark", ["a", "ab", "abc"])
def test_a_planted_secret_is_found_in_every_coding(mark):
    known = {"planted": random_secret(), "other": random_secret()}
    secret = known["planted"]
    around = (mark + secret + mark).encode()
    for text in (
        secret, f"x{secret[:BEGINNING]}x", f"/?key={quote(secret)}", f"key={quote(secret, safe='').lower()}",
        json.dumps({"key": secret}), json.dumps({"key": secret}, ensure_ascii=False), around.hex().upper(),
        base64.b64encode(around).decode(), base64.urlsafe_b64encode(around).decode().rstrip("="),
    ):
        assert leaks(text, known) == ["planted"], text
    assert leaks("nothing of it, nor " + secret[3:10], known) == []


def test_what_is_shown_of_a_key_is_no_leak_whatever_comes_after_it():
    key = "hp_" + secrets.token_urlsafe(32)
    assert leaks(key[:12], {"key": key}) == []
