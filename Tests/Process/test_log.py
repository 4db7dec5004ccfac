"""A log on standard error is read by another process, or is not: that must never matter to a request."""

import re
import subprocess

import pytest
import requests
from placet_server import Lines


@pytest.fixture
def logging(binary, tmp_path):
    """A server whose standard error is a pipe that only the test reads; the process and its address."""
    process = subprocess.Popen(
        [binary, "serve", "--port", "0", "--storage", str(tmp_path / "s")], env={"PLACET_RATE_LIMIT": "off"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    output = Lines(process.stdout)
    while not (listens := re.search(r"listens on (\S+)", output.next(30))):
        pass
    yield process, listens[1]
    process.kill()
    process.communicate()


def answers(url, count):
    with requests.Session() as session:
        for _ in range(count):
            assert session.get(url + "/api/docs", timeout=20).status_code == 200


def test_a_log_that_nobody_reads_stops_no_request_and_is_there_to_be_read(logging):
    process, url = logging
    answers(url, 1500)  # A pipe takes 64 KiB, which is some 400 lines.
    process.terminate()
    log = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert len(re.findall(r"route=/api/docs .*request$", log, re.MULTILINE)) == 1500


def test_a_stop_does_not_wait_for_a_reader(logging):
    process, url = logging
    answers(url, 1500)
    process.terminate()
    assert process.wait(20) == 0


def test_a_log_whose_reader_is_gone_stops_no_request(logging):
    process, url = logging
    process.stderr.close()
    answers(url, 5)
    process.terminate()
    assert process.wait(20) == 0
