"""Programs that look into a log without downloading it: curl and wget as text, jq and httpx as JSON."""

import subprocess

import httpx
import pytest

COUNT = 100_000
LINES = [f"step {number} " + ("ERROR: disk full" if number % 30_000 == 0 else "ok") for number in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def url(server, owner):
    """Where the lines of a log of 1.5 MB are."""
    file = owner.store("\r\n".join(LINES).encode(), "build.log")
    return f"{server.url}/api/v1/files/{file['id']}/lines"


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl_reads_the_end_and_what_it_searches_for(owner, url):
    curl = ["curl", "-sSf", "-H", f"x-api-key: {owner.key}"]
    assert output(*curl, "-H", "accept: text/plain", f"{url}?tail=50").splitlines() == LINES[-50:]
    found = output(*curl, "-G", "-d", "grep=ERROR:", "-d", "format=text", url)
    assert found.splitlines() == [line for line in LINES if "ERROR" in line]
    script = f"""curl -sSf -H 'x-api-key: {owner.key}' -G --data-urlencode 'grep=^step \\d+ error' \\
        -d regex=true -d case=false '{url}' | jq -r '.lines[] | "\\(.number): \\(.text)"'"""
    assert output("sh", "-c", script).splitlines() == [f"{n}: {LINES[n - 1]}" for n in range(30_000, COUNT, 30_000)]


def test_wget_reads_the_end(owner, url):
    text = output("wget", "-qO-", f"--header=x-api-key: {owner.key}", "--header=accept: text/plain", f"{url}?tail=3")
    assert text.splitlines() == LINES[-3:]


def test_httpx_follows_the_links_through_the_whole_log(owner, url):
    lines, place = [], f"{url}?count=5000&format=text"
    with httpx.Client(headers={"x-api-key": owner.key}, trust_env=False, timeout=60) as client:
        while place:
            answer = client.get(place).raise_for_status()
            lines += answer.text.split("\n")[:-1]
            next_url = answer.links.get("next", {}).get("url")
            place = next_url and str(answer.url.join(next_url))
        page = client.get(url, params={"from": 60_000, "count": 1}).json()
    assert lines == LINES
    assert page["total"] == COUNT and page["next"] == 60_001
    offset = len("\r\n".join(LINES[:59_999])) + 2
    assert page["lines"] == [{"number": 60_000, "offset": offset, "text": LINES[59_999]}]
