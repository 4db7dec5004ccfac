"""Clients whose connections are of another kind: Java's, curl's with HTTP/2 offered, ab's and netcat's."""

import os
import re
import subprocess
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="module")
def run(server, owner):
    def run(*command, given=None):
        environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PLACET_URL": server.url, "API_KEY": owner.key}
        return subprocess.run(command, input=given, env=environment, capture_output=True, text=True, timeout=60)

    return run


def test_java_gets_and_posts_with_its_default_client(run):
    done = run("java", str(PROGRAMS / "Requests.java"))
    assert done.stdout.split() == ["200", "201"] * 3, done.stderr


def test_curl_that_offers_http_2_uses_its_connection_twice(run, server, owner):
    agents = f"{server.url}/api/v1/agents"
    write = ["-o", "/dev/null", "-w", "%{http_code} %{num_connects}\n"]
    one = ["-sS", "-m", "5", "--http2", "-H", f"x-api-key: {owner.key}", *write]
    done = run("curl", *one, agents, "--next", *one, agents, "--next", *one, "--json", '{"name":"curl"}', agents)
    assert done.stdout.splitlines() == ["200 1", "200 0", "201 0"], done.stderr


@pytest.mark.parametrize("kept", [True, False])
def test_ab_comes_to_an_end(run, server, kept):
    done = run("ab", "-q", "-s", "5", *(["-k"] if kept else []), "-n", "200", "-c", "2", f"{server.url}/health")
    assert re.search(r"Complete requests:\s+200\n", done.stdout), done.stdout + done.stderr
    assert re.search(r"Failed requests:\s+0\n", done.stdout), done.stdout
    if kept:
        assert re.search(r"Keep-Alive requests:\s+200\n", done.stdout), done.stdout


def test_netcat_ends_with_the_answer(run, server):
    where = ["127.0.0.1", str(server.port)]
    done = run("timeout", "5", "nc", *where, given="GET /health HTTP/1.0\r\n\r\n")
    assert done.returncode == 0 and '"status":"ok"' in done.stdout, done
    done = run("timeout", "5", "nc", "-N", *where, given="GET /health HTTP/1.1\r\nhost: a\r\n\r\n")
    assert done.returncode == 0 and done.stdout.startswith("HTTP/1.1 200") and '"status":"ok"' in done.stdout, done


def test_netcat_waits_with_its_sending_ended(run, server, owner):
    asked = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Go?", "review": {"type": "approval"}})
    target = f"/api/v1/reviews/{asked.json()['id']}/wait?channel={owner.channel}&timeout=1000"
    request = f"GET {target} HTTP/1.1\r\nhost: a\r\nx-api-key: {owner.key}\r\n\r\n"
    done = run("timeout", "5", "nc", "-N", "127.0.0.1", str(server.port), given=request)
    assert done.returncode == 0 and done.stdout.endswith('{"status":"timeout"}'), done
