"""`placet audit` beside a running server and alone, and that a server that is stopped loses no entry."""

import json

import pytest


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
