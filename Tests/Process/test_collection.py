"""`placet gc`, with the server running and stopped; and collections without pause beside many writers."""

import json
import os
import threading
import time

import pytest
from placet_server import eventually

# How long writers and collector go on, in seconds.
SOAK = float(os.environ.get("PLACET_SOAK_SECONDS", "20"))
WRITERS = 8


def collect(server, *arguments):
    return json.loads(server.command("gc", *arguments, "--json").stdout)


def discard(owner, file):
    assert owner.request("DELETE", f"files/{file}", params={"channel": owner.channel}).status_code == 200


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_what_is_planned_is_what_goes(make_server, running):
    server = make_server().start()
    owner = server.owner().with_channel("gc")
    kept, gone = owner.store(b"kept")["id"], owner.store(b"gone!")["id"]
    discard(owner, gone)
    if not running:
        assert server.stop() == 0
    assert collect(server, "plan")["blobs"]["count"] == 0, "a day is the grace"
    # The second in which it was deleted has to be over.
    eventually(lambda: collect(server, "plan", "--grace", "0s")["blobs"] == {"count": 1, "bytes": 5}, "planned")
    plan = collect(server, "plan", "--grace", "0s")
    assert len(server.blob_keys()) == 2
    assert collect(server, "apply", plan["id"]) == {"blobs": {"bytes": 5, "count": 1}, "expiredFiles": 0}
    again = server.command("gc", "apply", plan["id"], check=False)
    assert again.returncode == 1
    assert "Make a new plan" in again.stderr
    assert len(server.blob_keys()) == 1
    server.assert_consistent()
    if not running:
        server.start()
    assert owner.content(kept) == b"kept"


def test_a_grace_that_is_none_is_wrong_usage(server):
    for grace in ("1", "-1s", "1w", "s", "99999999999999999999s"):
        assert server.command("gc", "plan", f"--grace={grace}", check=False).returncode == 64


@pytest.mark.slow
def test_collections_without_pause_take_nothing_from_writers(server):
    """No 201 is followed by a 404, and at the end rows, disk and figures agree to the byte."""
    end = time.monotonic() + SOAK
    contents = [bytes([number]) * 1000 for number in range(4)]
    admin = server.owner()
    problems, collected = [], []

    def write(number):
        owner = admin.another().with_channel(f"writer {number}")
        turn = number
        while time.monotonic() < end and not problems:
            content = contents[turn % len(contents)]
            file = owner.store(content)["id"]
            if owner.content(file) != content:
                problems.append(f"{file} has other bytes")
            discard(owner, file)
            turn += 1

    def sweep():
        while time.monotonic() < end and not problems:
            done = server.command("gc", "run", "--grace", "0s", "--json", check=False)
            if done.returncode == 0:
                collected.append(json.loads(done.stdout)["blobs"]["count"])
            else:
                problems.append(done.stderr)

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except BaseException as error:
            problems.append(repr(error))

    threads = [threading.Thread(target=guarded, args=(write, number)) for number in range(WRITERS)]
    threads.append(threading.Thread(target=guarded, args=(sweep,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sum(collected) > 0, "writers and collector never met"
    eventually(lambda: not server.query("SELECT 1 FROM doomed_keys"), "doomed keys are removed")
    eventually(lambda: collect(server, "run", "--grace", "0s") and not server.blob_keys(), "all is collected")
    server.assert_consistent()
    figures = json.loads(server.command("stats", "--json").stdout)
    assert [figures[name] for name in ("files", "blobs", "reclaimable")] == [{"count": 0, "bytes": 0}] * 3
