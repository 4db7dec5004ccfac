"""Killed at any moment, the server forgets nothing it has confirmed and keeps nothing it has not (invariants 1, 2, 4, 7)."""

import hashlib
import os
import random
import threading
import time

import pytest
import requests
from placet_server import Server

ROUNDS = 50
UPLOADERS = 4
#: The rounds end early rather than late on a busy machine; fewer than this prove nothing.
BUDGET_SECONDS, LEAST_ROUNDS = 80, 15


class Ledger:
    """What the server has confirmed; shared by the uploaders."""

    def __init__(self):
        self._lock = threading.Lock()
        self.stored = {}
        self.deleted = set()
        self.unexpected = []

    def confirm(self, file_id, digest):
        with self._lock:
            self.stored[file_id] = digest

    def take_any(self, mine):
        """A file to delete: not known to be there from now on, nor to be gone."""
        with self._lock:
            file_id = random.choice(mine)
            mine.remove(file_id)
            del self.stored[file_id]
            return file_id

    def gone(self, file_id):
        with self._lock:
            self.deleted.add(file_id)

    def odd(self, answer):
        with self._lock:
            self.unexpected.append(f"{answer.status_code} {answer.text[:200]}")


def keep_uploading(owner, ledger, popular, until):
    """Small, large and equal files, and now and then a deletion, until the server is no more."""
    mine = []
    dice = random.Random()
    while not until.is_set():
        try:
            roll = dice.random()
            if roll < 0.15 and mine:
                file_id = ledger.take_any(mine)
                answer = owner.request("DELETE", f"files/{file_id}")
                if answer.status_code == 200:
                    ledger.gone(file_id)
                    continue
            else:
                content = (os.urandom(2 << 20) if roll < 0.25 else dice.choice(popular) if roll < 0.6
                           else os.urandom(dice.randrange(20_000)))
                answer = owner.post_file(content, route=dice.choice(["store", "upload"]))
                if answer.status_code == 201:
                    digest = hashlib.sha256(content).hexdigest()
                    assert answer.json()["sha256"] == digest
                    ledger.confirm(answer.json()["id"], digest)
                    mine.append(answer.json()["id"])
                    continue
            if answer.status_code != 503:  # What a client may hear from a server that is going.
                ledger.odd(answer)
        except requests.exceptions.RequestException:
            return


def assert_all_kept(server, ledger):
    """By the index and the disk alone; the bytes are read where that costs little and at the end."""
    server.assert_consistent()
    rows = dict(server.query("SELECT id, sha256 FROM attachments"))
    assert ledger.stored.items() <= rows.items(), "a confirmed upload has no row"
    assert not ledger.deleted & rows.keys(), "a confirmed deletion came back"


def assert_downloads(owner, ledger, ids):
    for file_id in ids:
        assert hashlib.sha256(owner.content(file_id)).hexdigest() == ledger.stored[file_id]


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_no_confirmed_upload_and_leaves_no_garbage(binary):
    server = Server(binary, PLACET_LOG_LEVEL="error").start()
    try:
        owner = server.owner()
        ledger = Ledger()
        checked, began, rounds = set(), time.monotonic(), 0
        while rounds < ROUNDS and (time.monotonic() - began < BUDGET_SECONDS or rounds < LEAST_ROUNDS):
            rounds += 1
            popular = [os.urandom(60_000), b"the same everywhere"]
            over = threading.Event()
            uploaders = [threading.Thread(target=keep_uploading, args=(owner.another(), ledger, popular, over))
                         for _ in range(UPLOADERS)]
            for thread in uploaders:
                thread.start()
            over.wait(random.uniform(0.05, 0.8))  # The random moment of the kill.
            server.kill()
            over.set()
            for thread in uploaders:
                thread.join(20)
                assert not thread.is_alive()
            server.start()
            assert server.incoming() == []
            assert_all_kept(server, ledger)
            new = ledger.stored.keys() - checked
            assert_downloads(owner.another(), ledger, new)
            checked |= new
        assert_downloads(owner.another(), ledger, ledger.stored)
        assert ledger.unexpected == []
        assert len(ledger.stored) > 3 * rounds, "too few uploads were confirmed to prove anything"
    finally:
        server.dispose()
