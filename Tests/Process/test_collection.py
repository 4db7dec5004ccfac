"""`placet gc`, with the server running and stopped; and collections without pause beside many writers."""

import http.client
import json
import os
import random
import threading
import time

import pytest
import requests
from placet_server import eventually

# How long writers and collector go on, in seconds.
SOAK = float(os.environ.get("PLACET_SOAK_SECONDS", "25"))
WRITERS = 16


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
    assert collect(server, "apply", plan["id"])["blobs"] == {"bytes": 5, "count": 1}
    again = server.command("gc", "apply", plan["id"], check=False)
    assert again.returncode == 1
    assert "Make a new plan" in again.stderr
    assert len(server.blob_keys()) == 1
    server.assert_consistent()
    if not running:
        server.start()
    assert owner.content(kept) == b"kept"


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_what_a_run_took_comes_back(make_server, running):
    server = make_server().start()
    owner = server.owner().with_channel("gc")
    discard(owner, owner.store(b"gone!")["id"])
    if not running:
        assert server.stop() == 0
    taken = eventually(lambda: collect(server, "run", "--grace", "1s").get("run"), "collected")
    assert len(server.blob_keys()) == 1, "the bytes stay for an hour"
    assert collect(server, "runs") == [taken]
    stats = json.loads(server.command("stats", "--json").stdout)
    assert (stats["blobs"]["count"], stats["undoable"]) == (0, {"count": 1, "bytes": 5})
    back = collect(server, "undo", taken["id"])
    assert back == {"files": 0, "blobs": {"count": 1, "bytes": 5}, "storedAgain": 0, "lost": 0, "rest": 0}
    server.assert_consistent()
    again = server.command("gc", "undo", taken["id"], check=False)
    assert (again.returncode, "has been undone" in again.stderr) == (1, True)


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_content_is_explained_from_its_file_to_its_end(make_server, running):
    server = make_server().start()
    owner = server.owner("builder")
    file = owner.store(b"gone!")
    key, = server.query("SELECT key FROM blobs")[0]

    def explain(name):
        told = server.command("gc", "explain", name)
        assert told.stderr == ""
        return json.loads(server.command("gc", "explain", name, "--json").stdout)["state"], told.stdout

    if not running:
        assert server.stop() == 0
    for name in (file["sha256"], file["id"], key):
        state, told = explain(name)
        assert state == "kept"
        assert all(part in told for part in (file["id"], "builder", "admin@placet.local")), told
    if not running:
        server.start()
    discard(owner, file["id"])
    if not running:
        assert server.stop() == 0
    state, told = explain(file["sha256"])
    assert state == "unreferenced" and "its last file was deleted" in told and "The server collects it from" in told
    assert "was deleted at" in explain(file["id"])[1]
    run = eventually(lambda: collect(server, "run", "--grace", "1s").get("run"), "collected")["id"]
    state, told = explain(file["sha256"])
    assert state == "collected" and f"placet gc undo {run}" in told
    assert explain("0" * 64)[0] == explain("no such/file?")[0] == "unknown"
    assert "Nothing is known of it" in explain("0" * 64)[1]
    assert server.command("gc", "explain", "", check=False).returncode == 64


def test_who_collects_while_a_backup_is_made_is_told_that_bytes_wait(server):
    owner = server.owner()
    file = owner.store(b"gone!")
    discard(owner, file["id"])
    assert server.control("POST", "backup/hold/a", {}) == (200, {"wasHeld": False})
    told = eventually(
        lambda: "1 contents" in (said := server.command("gc", "run", "--grace", "0s").stdout) and said, "collected"
    )
    until = server.query("SELECT until FROM removal_holds")[0][0]
    assert "are free again" not in told
    assert "A backup is being made" in told and time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(until // 1000)) in told
    assert len(server.blob_keys()) == 1
    assert "A backup is being made" in server.command("gc", "explain", file["sha256"]).stdout
    assert "removal of bytes" not in server.settled_log(), "what removes bytes waits, and does not fail"
    assert server.control("DELETE", "backup/hold/a", {})[0] == 200
    eventually(lambda: not server.blob_keys(), "the bytes go when the backup has ended")
    server.assert_consistent()


def test_a_grace_that_is_none_is_wrong_usage(server):
    for grace in ("1", "-1s", "1w", "s", "99999999999999999999s"):
        assert server.command("gc", "plan", f"--grace={grace}", check=False).returncode == 64


def test_two_admins_apply_one_plan_at_once_and_one_of_them_is_told(server):
    owner = server.owner()
    for number in range(300):
        discard(owner, owner.store(b"%d" % number)["id"])
    eventually(lambda: collect(server, "plan", "--grace", "0s")["blobs"]["count"] == 300, "planned")
    plan = collect(server, "plan", "--grace", "0s")["id"]
    start, answers = threading.Barrier(2), []

    def apply():
        start.wait()
        answers.append(server.control("POST", "gc/apply", {"plan": plan}))

    admins = [threading.Thread(target=apply) for _ in range(2)]
    for admin in admins:
        admin.start()
    for admin in admins:
        admin.join()
    (done, step), (refused, reason) = sorted(answers, key=lambda answer: answer[0])
    assert (done, step["blobs"]["count"]) == (200, 300)
    assert refused == 409
    assert "under way" in reason["message"] or "another has applied it" in reason["message"]


class Soak:
    """Writers who store, read and delete the same few contents, and a collector without pause, until the time is up."""

    def __init__(self, server):
        self.server, self.admin = server, server.owner()
        self.end = time.monotonic() + SOAK
        self.problems, self.collected, self.stored, self.kills = [], [], [], []

    @property
    def goes_on(self):
        return time.monotonic() < self.end and not self.problems

    def asked(self, ask):
        """The answer, asked for again while the server is down; and whether it was asked more than once."""
        again = False
        while True:
            try:
                return ask(), again
            except requests.ConnectionError:
                assert time.monotonic() < self.end + 30, "the server stays away"
                again = True
                time.sleep(0.05)

    def write(self, number):
        owner, turn = self.admin.another(), number
        while self.goes_on:
            # Contents that all writers share, and now and then one that nobody stores again.
            content = bytes([turn % 4]) * 1000 if turn % 8 else f"{number} {turn}".encode()
            turn += 1
            try:
                file = owner.store(content)["id"]
            except requests.ConnectionError:
                continue  # Nobody was told that it is stored.
            read, _ = self.asked(lambda: owner.download(file))
            if (read.status_code, read.content) != (200, content):
                self.problems.append(f"{file}: {read.status_code} after 201")
            self.stored.append(file)
            path, channel = f"files/{file}", {"channel": owner.channel}
            gone, again = self.asked(lambda: owner.request("DELETE", path, params=channel))
            if gone.status_code != 200 and not (again and gone.status_code == 404):
                self.problems.append(f"{file}: {gone.status_code} for its deletion")

    def sweep(self):
        while self.goes_on:
            try:
                status, step = self.server.control("POST", "gc/run", {"graceSeconds": 0})
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if status == 200:
                self.collected.append(step["blobs"]["count"])
            else:
                self.problems.append(step["message"])

    def kill(self):
        """Ends the server at any moment, every few seconds."""
        while self.goes_on:
            time.sleep(random.uniform(1, 3))
            port = self.server.port
            self.server.kill()
            self.server.start(port)
            self.kills.append(port)

    def run(self, *more):
        def guarded(work, *arguments):
            try:
                work(*arguments)
            except BaseException as error:
                self.problems.append(repr(error))

        threads = [threading.Thread(target=guarded, args=(self.write, number)) for number in range(WRITERS)]
        threads += [threading.Thread(target=guarded, args=(work,)) for work in (self.sweep, *more)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self.problems
        assert sum(self.collected) > 0, "writers and collector never met"
        print(f"{SOAK:.0f} s: {len(self.stored)} files stored and read, {len(self.collected)} collections of "
              f"{sum(self.collected)} contents, {len(self.kills)} kills")


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed"])
def test_collections_without_pause_take_nothing_from_writers(server, killed):
    """No 201 is followed by a 404, and at the end rows, disk and figures agree to the byte; also with `kill -9`."""
    soak = Soak(server)
    soak.run(*[soak.kill] * killed)
    # A deletion whose answer was lost may not have happened, and neither may a file that nobody was told of.
    admin = soak.admin.another()
    while files := admin.files():
        for file in files:
            discard(admin, file["id"])
    eventually(lambda: not server.query("SELECT 1 FROM doomed_keys"), "doomed keys are removed")
    eventually(lambda: collect(server, "run", "--grace", "0s") and not server.blob_keys(), "all is collected")
    server.assert_consistent()
    assert json.loads(server.command("fsck", "--json").stdout)["faults"] == []
    figures = json.loads(server.command("stats", "--json").stdout)
    assert [figures[name] for name in ("files", "blobs", "reclaimable")] == [{"count": 0, "bytes": 0}] * 3
