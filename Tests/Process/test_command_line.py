"""The commands of an operator, with the server running (through its control socket) and stopped (alone; invariant 5)."""

import hashlib
import json
import os
import pty
import re
import stat

import pytest
import requests
from placet_server import Owner

KEY = re.compile(r"hp_[A-Za-z0-9_-]{43,}")


def works(server, key):
    return requests.get(f"{server.url}/api/v1/agents", headers={"x-api-key": key}, timeout=20).status_code == 200


def test_the_first_start_prints_the_owner_and_a_password_once(make_server):
    server = make_server().start()
    said = "\n".join(server.output.seen)
    assert "admin@placet.local" in said
    assert re.search(r"password: \S{12,}", said)
    assert server.stop() == 0
    assert len(server.start().output.seen) == 1


def test_a_chosen_owner_and_password_are_not_printed(make_server):
    server = make_server(PLACET_ADMIN_EMAIL="ada@example.org", PLACET_ADMIN_PASSWORD="correct horse").start()
    said = "\n".join(server.output.seen) + server.log()
    assert "ada@example.org" in said
    assert "correct horse" not in said


def test_the_password_is_shown_even_when_a_command_came_before_the_first_start(make_server):
    server = make_server()
    made = server.command("keys", "create", "--label", "first")
    assert KEY.fullmatch(made.stdout.strip()), made.stdout
    server.start()
    assert works(server, made.stdout.strip())
    assert "password: " in made.stderr + "\n".join(server.output.seen), "nobody will ever know the owner's password"


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_keys_create_prints_only_the_key(make_server, running):
    server = make_server().start()
    if not running:
        assert server.stop() == 0
    made = server.command("keys", "create", "--label", "agent 7")
    assert KEY.fullmatch(made.stdout.removesuffix("\n")), made.stdout
    assert " error " not in made.stderr, "what worked must not look broken"
    if not running:
        server.start()
    assert works(server, made.stdout.strip())


def test_a_revoked_key_is_refused_at_once_by_the_running_server(server):
    owner = server.owner("short-lived")
    listed = json.loads(server.command("keys", "list", "--json").stdout)
    key = next(key for key in listed if key["label"] == "short-lived")
    assert key["keyPrefix"] == owner.key[:11]
    assert "key" not in key
    assert owner.request("GET", "agents").status_code == 200
    server.command("keys", "revoke", key["id"])
    answer = owner.request("GET", "agents")
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")
    assert "short-lived" not in server.command("keys", "list").stdout
    assert server.command("keys", "revoke", key["id"], check=False).returncode != 0


def test_keys_list_shows_no_secret(server):
    owner = server.owner("listed")
    for output in (server.command("keys", "list").stdout, server.command("keys", "list", "--json").stdout):
        assert "listed" in output
        assert owner.key not in output
    assert owner.key.encode() not in (server.storage / "index.sqlite").read_bytes()


def test_users_are_made_and_listed(server):
    made = json.loads(server.command("users", "create", "bo@example.org", "--name", "Bo", "--json").stdout)
    assert made["user"]["email"] == "bo@example.org"
    assert made["user"]["role"] == "member"
    assert len(made["password"]) >= 12
    assert "bo@example.org" in server.command("users", "list").stdout
    listed = json.loads(server.command("users", "list", "--json").stdout)
    assert {user["email"]: user["role"] for user in listed}["bo@example.org"] == "member"
    assert made["password"] not in json.dumps(listed)
    again = server.command("users", "create", "BO@example.org", check=False)
    assert again.returncode != 0
    assert "exists" in again.stderr


def test_a_chosen_password_is_not_printed(server):
    made = server.command("users", "create", "cy@example.org", PLACET_NEW_PASSWORD="a long secret")
    assert "a long secret" not in made.stdout + made.stderr
    assert "password" not in made.stdout


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_an_operator_who_is_locked_out_chooses_another_password(make_server, running):
    server = make_server(PLACET_ADMIN_PASSWORD="the old one").start()
    before = server.person(password="the old one")
    if not running:
        assert server.stop() == 0
    done = server.command("users", "passwd", "Admin@placet.local", given="a new secret \nanother line\n")
    assert "admin@placet.local" in done.stdout
    assert "a new secret" not in done.stdout + done.stderr
    if not running:
        server.start()
    assert before.request("GET", "auth/me").status_code == 401
    user = server.person(password="a new secret ").request("GET", "auth/me").json()["user"]
    assert user["mustChangePassword"] is False
    assert server.stop() == 0
    assert "a new secret" not in server.log()


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_password_that_is_made_up_is_printed_once_and_must_be_changed(make_server, running):
    server = make_server().start()
    if not running:
        assert server.stop() == 0
    done = json.loads(server.command("users", "passwd", "admin@placet.local", "--generate", "--json").stdout)
    printed = server.command("users", "passwd", "admin@placet.local", "--generate").stdout
    password = re.search(r"password: (\S{16}) ", printed)[1]
    assert password != done["password"]
    if not running:
        server.start()
    user = server.person(password=password).request("GET", "auth/me").json()["user"]
    assert (user["email"], user["mustChangePassword"]) == ("admin@placet.local", True)
    assert server.stop() == 0
    assert password not in server.log()


@pytest.mark.parametrize("email, given, reason", [
    ("nobody@example.org", "long enough\n", "users list"), ("admin@placet.local", "short\n", "at least 8"),
    ("admin@placet.local", "", "standard input"), ("admin@placet.local", "\nlong enough\n", "standard input"),
    ("admin@placet.local", "x" * 1025, "at most 1024"), ("a/../keys?x=%00#", "long enough\n", "users list"),
])
def test_a_password_that_cannot_be_taken_is_refused_in_a_sentence(server, email, given, reason):
    before = server.query("SELECT password_hash FROM users ORDER BY id")
    done = server.command("users", "passwd", email, given=given, check=False)
    assert (done.returncode > 0, done.stdout) == (True, "")
    assert reason in done.stderr
    assert server.query("SELECT password_hash FROM users ORDER BY id") == before


def test_a_password_typed_on_a_terminal_is_not_shown(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD="the old one").start()
    pid, terminal = pty.fork()
    if pid == 0:
        command = ["placet", "users", "passwd", "admin@placet.local", "--storage", str(server.storage)]
        os.execve(server.binary, command, server.environment)
    shown = b""
    while b"New password for admin@placet.local: " not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, b"typed in secret\n")
    while b"Changed the password" not in shown:
        shown += os.read(terminal, 1024)
    assert os.waitpid(pid, 0)[1] == 0
    os.close(terminal)
    assert b"secret" not in shown
    server.person(password="typed in secret")


def test_a_key_for_an_unknown_user_is_refused_in_a_sentence(server):
    done = server.command("keys", "create", "--label", "x", "--user", "nobody@example.org", check=False)
    assert (done.returncode > 0, done.stdout) == (True, "")
    assert "user" in done.stderr


def test_what_others_wrote_is_printed_with_controls_made_visible(server):
    """By a label and a name like these, a member could write rows and titles on the operator's terminal."""
    evil = "x\x1b[31m\nfake \u202erow\x9b"
    server.command("keys", "create", "--label", evil)
    server.command("users", "create", "eve@example.org", "--name", evil)
    for command in ("keys", "users"):
        listed = server.command(command, "list").stdout
        assert r"x\u001b[31m\nfake \u202erow\u009b" in listed
        assert not set(listed) & set("\x1b\u202e\x9b")
        assert evil in [row.get("label", row.get("displayName")) for row in
                        json.loads(server.command(command, "list", "--json").stdout)]
    refused = server.command("users", "passwd", evil, "--generate", check=False)
    assert refused.returncode == 1 and not set(refused.stderr) & set("\x1b\u202e\x9b")
    usage = server.command("users", "create", "a@b.c", evil, check=False)
    assert usage.returncode == 64 and "\x1b" not in usage.stderr


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_channels_and_keys_of_another_server_are_imported(make_server, tmp_path, running):
    server = make_server().start()
    if not running:
        assert server.stop() == 0
    key = "hp_" + "0123456789abcdef" * 4
    lines = [
        {"type": "channel", "id": "clx4k2_old", "name": "Old bot"},
        {"type": "key", "label": "old", "sha256": hashlib.sha256(key.encode()).hexdigest(), "prefix": key[:11]},
    ]
    file = tmp_path / "placet.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    tried = server.command("import", str(file), "--dry-run").stdout
    assert tried == "Would import channels: 1, keys: 1; there already: 0\n"
    imported = server.command("import", "-", given=file.read_text()).stdout
    assert imported == "Imported channels: 1, keys: 1; there already: 0\n"
    again = json.loads(server.command("import", str(file), "--json").stdout)
    assert again == {kind: {"added": 0, "unchanged": 1} for kind in ("channels", "keys")}
    if not running:
        server.start()
    agents = requests.get(f"{server.url}/api/v1/agents", headers={"x-api-key": key}, timeout=20).json()
    assert [(agent["id"], agent["name"]) for agent in agents] == [("clx4k2_old", "Old bot")]


@pytest.mark.parametrize("given, reason", [
    (b'{"type":"channel","id":"a","name":"n"}\n\n{"type":"key"}\n', "Line 3: sha256: is required; nothing was"),
    (b"\xff\n", "not UTF-8"), (b"", "0 lines"), (b" " * (4 << 20) + b"{", "larger than 4 MiB"),
    (None, "cannot be read"),
], ids=["line", "bytes", "empty", "large", "missing"])
def test_a_file_that_cannot_be_imported_is_refused_in_a_sentence(server, tmp_path, given, reason):
    file = tmp_path / "placet.ndjson"
    if given is not None:
        file.write_bytes(given)
    done = server.command("import", str(file), check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert reason in done.stderr
    assert server.query("SELECT count(*) FROM agents WHERE id = 'a'") == [(0,)]


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_what_is_stored_is_told(make_server, running):
    server = make_server().start()
    server.owner().store(b"x" * 3000)
    if not running:
        server.stop()
    figures = json.loads(server.command("stats", "--json").stdout)
    assert figures["files"] == figures["blobs"] == {"count": 1, "bytes": 3000}
    rows = [line.split() for line in server.command("stats").stdout.splitlines()]
    assert ["files", "1", "2.9", "KiB"] in rows


def test_the_log_level_changes_while_the_server_runs(make_server):
    server = make_server(PLACET_LOG_LEVEL="info").start()
    requests.get(f"{server.url}/first", timeout=20)
    assert server.command("log-level").stdout == "info\n"
    assert server.command("log-level", "warning").stdout == "warning\n"
    answer = requests.get(f"{server.url}/second", timeout=20)
    assert server.command("log-level", "info").stdout == "info\n"
    log = server.settled_log()
    assert "from=info to=warning" in log and answer.headers["x-request-id"] not in log
    wrong = server.command("log-level", "loud", check=False)
    assert (wrong.returncode, wrong.stdout) == (1, "") and "critical" in wrong.stderr
    server.stop()
    gone = server.command("log-level", "debug", check=False)
    assert (gone.returncode, gone.stdout) == (1, "") and "No server runs" in gone.stderr


@pytest.mark.parametrize("label", ["", "x" * 65])
def test_a_label_out_of_range_is_refused_in_a_sentence(server, label):
    done = server.command("keys", "create", "--label", label, check=False)
    assert (done.returncode > 0, done.stdout) == (True, "")
    assert "label" in done.stderr


def test_the_control_socket_is_the_owners_alone_and_not_on_the_network(server, owner):
    mode = (server.storage / "control.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) & 0o077 == 0  # Whoever can connect can make keys.
    for path in ("/local/keys", "/local/users", "/api/v1/local/keys"):
        assert requests.get(server.url + path, headers={"x-api-key": owner.key}, timeout=20).status_code == 404


def test_secrets_stand_in_no_log(make_server):
    server = make_server(PLACET_LOG_LEVEL="trace").start()
    owner = server.owner()
    server.command("users", "create", "di@example.org", PLACET_NEW_PASSWORD="a long secret")
    owner.request("GET", "files", params={"channel": owner.channel, "token": "query-secret"})
    owner.store(b"body-secret")
    assert Owner(server, "hp_" + "A" * 43).request("GET", "agents").status_code == 401
    assert server.stop() == 0
    for secret in (owner.key, owner.key[3:], "a long secret", "query-secret", "body-secret", "A" * 43):
        assert secret not in server.log()
