"""What clients do while a drill goes on, what they were told, and whether the server still keeps it."""

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import threading
import uuid
from contextlib import closing

import requests

#: What a client may hear from a server that is ill, besides what it asked for.
ILL = (500, 503, 507)


class Ledger:
    """What the server has confirmed. What it was asked and did not confirm is in none of these."""

    def __init__(self):
        self.files = {}
        self.messages = {}
        self.answered = set()
        self.deleted = set()
        self.lock = threading.Lock()

    def take(self, kind, value):
        """Something confirmed; nothing with None."""
        if kind in ("files", "messages"):
            getattr(self, kind).update([value])
        elif kind:
            getattr(self, kind).add(value)

    def copy(self):
        twin = Ledger()
        twin.files, twin.messages = dict(self.files), dict(self.messages)
        twin.answered, twin.deleted = set(self.answered), set(self.deleted)
        return twin

    def check_none(self):
        """Before there is an index nothing may have been confirmed."""
        assert not self.files and not self.messages, "what was confirmed has gone with the index"
        return set()

    def check_rows(self, index):
        """By the rows of the index alone."""
        rows = dict(index.execute("SELECT id, sha256 FROM attachments"))
        lost = [file for file, digest in self.files.items() if rows.get(file) != digest]
        assert not lost, f"a confirmed file has no row: {lost}"
        assert not self.deleted & rows.keys(), f"a confirmed deletion came back: {self.deleted & rows.keys()}"
        texts = dict(index.execute("SELECT id, text FROM messages"))
        lost = [message for message, text in self.messages.items() if texts.get(message) != text]
        assert not lost, f"a confirmed message is not there: {lost}"
        reviews = {row[0] for row in index.execute("SELECT message_id FROM reviews WHERE status = 'completed'")}
        assert self.answered <= reviews, f"a confirmed answer is not there: {self.answered - reviews}"


def check_store(storage, ledger, known=()):
    """Everything confirmed is there, no row is without its bytes, and no bytes are others than their name says.

    `known` has files whose bytes were read before and need not be again. Bytes without a row are for the caller.
    """
    if not (storage / "index.sqlite").exists():
        return ledger.check_none()
    with closing(sqlite3.connect(f"file:{storage}/index.sqlite?mode=rw", uri=True, timeout=10)) as index:
        found = index.execute("PRAGMA quick_check").fetchall() + index.execute("PRAGMA foreign_key_check").fetchall()
        assert found == [("ok",)], found
        if not index.execute("SELECT 1 FROM sqlite_master WHERE name = 'attachments'").fetchone():
            return ledger.check_none()
        ledger.check_rows(index)
        blobs = index.execute("SELECT key, sha256, size FROM blobs WHERE damaged_at IS NULL").fetchall()
        damaged = index.execute("SELECT key FROM blobs WHERE damaged_at IS NOT NULL").fetchall()
    assert not damaged, f"marked as damaged: {damaged}"
    for key, digest, size in blobs:
        path = storage / "blobs" / key
        assert path.exists(), f"a row without bytes: {key}"
        assert path.stat().st_size == size, f"{key} has {path.stat().st_size} bytes, not {size}"
        if key not in known:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"other bytes: {key}"
    return {key for key, _, _ in blobs}


def fsck(server, but=()):
    """What `placet fsck` asks a running server finds nothing, or only what is named."""
    body = {"check": str(uuid.uuid4()), "repair": False}
    pieces = [server.control("POST", "fsck/index", body)]
    while pieces[-1][0] == 200 and (len(pieces) == 1 or "after" in body):
        pieces.append(server.control("POST", "fsck/files", body))
        body = {**body, "after": pieces[-1][1].get("next")}
        if not body["after"]:
            del body["after"]
    assert pieces[-1][0] == 200, pieces[-1]
    faults = [fault for _, piece in pieces for fault in piece["faults"] if fault["kind"] not in but]
    assert not faults, faults


def fsck_alone(binary, storage, but=()):
    """The command itself, on a store that nobody has open."""
    done = subprocess.run([binary, "fsck", "--json", "--storage", str(storage)], env={"PATH": "/usr/bin:/bin"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 2), f"{done.returncode}: {done.stderr[-1000:]}"
    faults = [fault for fault in json.loads(done.stdout)["faults"] if fault["kind"] not in but]
    assert not faults, faults


class Client:
    """One agent and one person at one server. A request that fails in transit tells nothing, as in life."""

    def __init__(self, owner, person, ledger):
        self.owner, self.person, self.ledger = owner, person, ledger
        self.heard = []
        #: What each answer confirmed, by its request id: for a replay that finds the answers in a trace.
        self.told = {}
        #: Files that somebody asked to delete, and how long the trace was just before.
        self.withdrawn = []

    def another(self):
        """The same on connections of their own, for another thread or after a restart."""
        twin = Client(self.owner.another(), self.person.another(), self.ledger)
        twin.heard, twin.told, twin.withdrawn = self.heard, self.told, self.withdrawn
        return twin

    def ask(self, send, *arguments, **options):
        answer = send(*arguments, **options)
        self.heard.append((answer.request.method, answer.request.path_url, answer.status_code, answer.text[:300]))
        return answer

    def confirm(self, answer, kind, value):
        with self.ledger.lock:
            self.told[answer.headers["x-request-id"]] = (kind, value)
            self.ledger.take(kind, value)

    def store(self, content, route="store"):
        answer = self.ask(self.owner.post_file, content, route=route)
        if answer.status_code == 201:
            file, digest = answer.json(), hashlib.sha256(content).hexdigest()
            assert file["sha256"] == digest
            self.confirm(answer, "files", (file["id"], digest))
            return file["id"]

    def send(self, text):
        review = {"type": "approval", "payload": {"options": [{"id": "x", "label": "X"}]}}
        body = {"channelId": self.owner.channel, "text": text, "review": review}
        answer = self.ask(self.owner.request, "POST", "messages", json=body)
        if answer.status_code == 201:
            self.confirm(answer, "messages", (answer.json()["id"], text))
            return answer.json()["id"]

    def answer(self, message):
        body = {"response": {"selectedOption": "x"}}
        answer = self.ask(self.person.request, "POST", f"messages/{message}/respond", json=body)
        if answer.status_code in (200, 201):
            self.confirm(answer, "answered", message)

    def delete(self, file):
        """From now on it is not known whether the file is there, unless the server says so."""
        with self.ledger.lock:
            del self.ledger.files[file]
            self.withdrawn.append((self.owner.server.traced(), file))
        answer = self.ask(self.owner.request, "DELETE", f"files/{file}", params={"channel": self.owner.channel})
        if answer.status_code == 200:
            self.confirm(answer, "deleted", file)

    def collect(self):
        """What was deleted before this second goes now."""
        status, step = self.owner.server.control("POST", "gc/run", {"graceSeconds": 0})
        self.heard.append(("POST", "gc/run", status, str(step)[:300]))
        return step["blobs"]["count"] if status == 200 else 0

    def story(self, collect=True):
        """All kinds of work once, in one thread: for drills that count calls."""
        small = os.urandom(3000)
        file = self.store(small)
        large = self.store(os.urandom(300_000))
        self.store(small, route="upload")
        message = self.send("Deploy?")
        if message:
            self.answer(message)
        if collect:
            self.collect()
        if file:
            self.delete(file)
        if large:
            self.read(large)

    def read(self, file):
        """What arrives whole has to be right."""
        answer = self.ask(self.owner.download, file)
        if answer.status_code == 200:
            assert hashlib.sha256(answer.content).hexdigest() == self.ledger.files[file], "other bytes were sent"

    def work(self, over):
        """All kinds of work in any order, until the server is no more or `over` is set."""
        dice, mine, asked = random.Random(), [], []
        while not over.is_set():
            try:
                roll = dice.random()
                if roll < 0.12 and mine:
                    self.delete(mine.pop(dice.randrange(len(mine))))
                elif roll < 0.2 and asked:
                    self.answer(asked.pop())
                elif roll < 0.35:
                    asked += filter(None, [self.send(f"{roll}")])
                else:
                    size = 2 << 20 if roll < 0.38 else dice.randrange(300_000) if roll < 0.5 else dice.randrange(20_000)
                    content = b"the same everywhere" if roll > 0.9 else os.urandom(size)
                    mine += filter(None, [self.store(content, dice.choice(["store", "upload"]))])
            except (requests.exceptions.RequestException, OSError):
                return

    def odd(self):
        """Answers that nobody should hear, however ill the server is."""
        return [heard for heard in self.heard if heard[2] >= 400 and heard[2] not in ILL]
