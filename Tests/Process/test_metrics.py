"""`/metrics` on a socket: what Prometheus' own tool says of it, who may read it, and figures of the process."""

import re
import subprocess
from pathlib import Path

import pytest
import requests

TOKEN = "of-the-monitors-of-this-test"


def metrics(server, **headers):
    return requests.get(f"{server.url}/metrics", headers=headers, timeout=30)


def values(page):
    return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*(?: \S+)*?) (\S+)$", page, re.MULTILINE)}


def test_promtool_finds_nothing_wrong_and_every_family_has_a_value(make_server):
    server = make_server(PLACET_RATE_LIMIT="1000").start()
    owner = server.owner()
    sent = b"x" * 100_000
    file_id = owner.store(sent)["id"]
    assert owner.content(file_id) == sent
    page = metrics(server)
    assert page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=page.text, capture_output=True, text=True, timeout=30
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")

    seen = values(page.text)
    for family in re.findall(r"^# TYPE (\S+)", page.text, re.MULTILINE):
        if family.startswith("placet_s3_"):  # Without a bucket there is nothing to count.
            continue
        assert any(name.split("{")[0].startswith(family) for name in seen), f"nothing is recorded as {family}"
    assert seen["placet_http_request_body_bytes_total"] > len(sent)
    assert seen["placet_http_response_body_bytes_total"] > len(sent)
    assert seen["placet_http_open_connections"] >= 2  # The session of the owner, and this one.
    assert seen["placet_commit_units_count"] > 0
    assert seen["process_resident_memory_bytes"] > 1 << 20
    assert seen["process_cpu_seconds_total"] > 0
    assert seen["process_open_fds"] == pytest.approx(len(server.descriptors()), abs=3)
    started = Path(f"/proc/{server.process.pid}").stat().st_ctime
    assert seen["process_start_time_seconds"] == pytest.approx(started, abs=2)


@pytest.mark.parametrize("headers", [
    {"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}, {"via": "1.1 proxy"},
    {"x-real-ip": "127.0.0.1"}, {"host": "placet.example.org"},
], ids=lambda headers: next(iter(headers)))
def test_what_may_have_been_passed_on_is_not_of_this_machine(server, headers):
    assert metrics(server).status_code == 200
    assert metrics(server, **headers).status_code == 403


def test_a_proxy_that_is_trusted_speaks_for_nobody_of_this_machine(make_server):
    server = make_server(PLACET_TRUSTED_PROXIES="127.0.0.1").start()
    assert metrics(server).status_code == 200
    assert metrics(server, **{"x-forwarded-for": "127.0.0.1"}).status_code == 403


def test_with_a_token_this_machine_is_like_any_other(make_server):
    server = make_server(PLACET_METRICS_TOKEN=TOKEN).start()
    assert metrics(server).status_code == 401
    assert metrics(server, authorization=f"Bearer {TOKEN}").status_code == 200
