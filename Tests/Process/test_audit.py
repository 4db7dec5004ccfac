"""`placet audit` beside a running server and alone, that a server that is stopped loses no entry, and that the export is
what another program can read."""

import json
import subprocess

import pytest
import requests
from placet_server import ADMIN_PASSWORD, eventually


def entries(server, *arguments):
    return [json.loads(line) for line in server.command("audit", "--json", *arguments).stdout.splitlines()]


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_the_command_shows_what_the_log_has(make_server, running):
    server = make_server().start()
    owner = server.owner()
    files = [owner.store(b"%d" % number)["id"] for number in range(3)]
    if not running:
        server.stop()
    found = entries(server, "--channel", owner.channel, "--action", "file.uploaded")
    assert [entry["subject"] for entry in found] == files[::-1]
    assert {entry["via"] for entry in found} == {"key"}
    assert {entry["address"] for entry in found} == {"127.0.0.1"}
    assert len(entries(server, "--limit", "2")) == 2
    assert [entry["via"] for entry in entries(server, "--action", "key.created")] == ["command line"]

    table = server.command("audit", "--subject", files[0]).stdout.splitlines()
    assert table[0].split()[:2] == ["TIME", "ACTION"]
    assert len(table) == 2 and files[0] in table[1]
    refused = server.command("audit", "--action", "file.eaten", check=False)
    assert refused.returncode == 1 and "must be one of" in refused.stderr


def test_what_was_opened_just_before_a_stop_is_there(make_server):
    server = make_server().start()
    owner = server.owner()
    file_id = owner.store(b"bytes")["id"]
    assert owner.content(file_id) == b"bytes"
    owner.session.close()
    assert server.stop() == 0
    assert [entry["action"] for entry in entries(server, "--subject", file_id)] == ["file.opened", "file.uploaded"]


def test_the_log_is_searched_and_exported_and_no_secret_stands_in_it(server, person):
    email, wrong = "ada@example.org", "a wrong password"
    made = person.request("POST", "users", json={"email": email}).json()
    owner = server.owner("tests", email)
    name, content = "secret name.txt", b"secret content"
    file_id = owner.store(content, name)["id"]
    owner.content(file_id)
    headers = {"authorization": "a secret header"}
    webhook = {"channelId": owner.channel, "url": "https://hooks.example.org/a/secret/path", "headers": headers}
    assert owner.request("POST", "agents/setWebhook", json=webhook).status_code == 200
    ada = requests.Session()
    for typed in (wrong, made["password"]):
        ada.post(f"{server.url}/api/auth/login", json={"email": email, "password": typed}, timeout=60)
    change = {"currentPassword": made["password"], "newPassword": "a new password"}
    assert ada.post(f"{server.url}/api/auth/change-password", json=change, timeout=60).status_code == 200
    link = ada.get(f"{server.url}/api/files/{file_id}/share", timeout=60).json()["url"]
    assert requests.get(link, timeout=60).content == content
    requests.post(f"{server.url}/api/auth/login", json={"email": wrong, "password": wrong}, timeout=60)

    def found(**filters):
        answer = person.request("GET", "admin/audit", params=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    eventually(lambda: found(action="file.downloaded", subject=file_id), "what was opened is stored a second later")
    assert [entry["subject"] for entry in found(user=email, action="file.uploaded")] == [file_id]
    assert {entry["userId"] for entry in found(user=email)} == {made["user"]["id"]}
    [refused] = found(action="password.refused")
    assert (refused["subject"], refused["via"], refused["userId"]) == (made["user"]["id"], "stranger", None)

    answer = person.request("GET", "admin/audit/export")
    assert answer.headers["content-type"] == "application/x-ndjson"
    query = ["jq", "--raw-output", f'select(.subject == "{file_id}") | .action + " " + .via']
    done = subprocess.run(query, input=answer.text, capture_output=True, text=True, check=True, timeout=60)
    assert sorted(done.stdout.splitlines()) == [
        "file.downloaded link", "file.opened key", "file.uploaded key", "link.made session",
    ]
    assert answer.text.count("\n") == len(answer.text.splitlines()) == server.query("SELECT count(*) FROM audit")[0][0]
    for secret in (
        owner.key, ada.cookies["access_token"], person.session.cookies["access_token"], link.rsplit("/", 1)[1],
        made["password"], "a new password", wrong, ADMIN_PASSWORD, name, content.decode(), "a secret header",
        "hooks.example.org",
    ):
        assert secret not in answer.text, secret
