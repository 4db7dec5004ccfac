"""What a server has confirmed to its clients, and whether it still keeps it."""

import hashlib
import json
import sqlite3
import subprocess
import threading
import uuid
from contextlib import closing


class Ledger:
    """What the server has confirmed. What it was asked and did not confirm is in none of these."""

    def __init__(self):
        self.files = {}
        self.messages = {}
        #: Open uploads in parts: the whole content, and how much of it has arrived.
        self.parts = {}
        self.answered = set()
        self.deleted = set()
        #: Upload addresses that were used, by the digest of their secret.
        self.used = set()
        self.lock = threading.Lock()

    def take(self, kind, value):
        """Something confirmed; nothing with None."""
        if kind in ("files", "messages", "parts"):
            getattr(self, kind).update([value])
        elif kind == "file of parts":
            upload, *file = value
            self.parts.pop(upload, None)
            self.files.update([file])
        elif kind == "file by address":
            address, *file = value
            self.used.add(address)
            self.files.update([file])
        elif kind:
            getattr(self, kind).add(value)

    def drop(self, ids):
        """Of these files and uploads it is not known any more whether they are there."""
        for known in (self.files, self.parts):
            for each in ids & known.keys():
                del known[each]

    def copy(self):
        twin = Ledger()
        for name, value in vars(self).items():
            if name != "lock":
                setattr(twin, name, value.copy())
        return twin

    def state(self):
        """Equal for ledgers that confirm the same."""
        parts = frozenset((upload, received) for upload, (_, received) in self.parts.items())
        return frozenset(self.files), parts, len(self.messages), len(self.answered), len(self.deleted), len(self.used)

    def check_none(self):
        """Before there is an index nothing may have been confirmed."""
        assert not self.files and not self.messages and not self.parts, "what was confirmed has gone with the index"
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
        addresses = {row[0] for row in index.execute("SELECT token_hash FROM upload_tokens")}
        assert not self.used & addresses, "an upload address that was used is good again"
        rows = {row[0]: row[1] for row in index.execute("SELECT id, received FROM partial_uploads")}
        lost = [upload for upload, (_, received) in self.parts.items() if rows.get(upload, -1) < received]
        assert not lost, f"a confirmed part has no row: {lost}"

    def check_parts(self, storage, index):
        """By the bytes: an open upload has those that its row says, and they are those that were sent (invariant 9)."""
        rows = index.execute("SELECT id, received FROM partial_uploads WHERE received BETWEEN 1 AND length - 1")
        for upload, received in rows.fetchall():
            path = storage / "incoming" / f"upload.{upload}"
            assert path.exists(), f"an open upload without bytes: {upload}"
            found = path.read_bytes()[:received]
            assert len(found) == received, f"{upload} has {len(found)} bytes, not {received}"
            if upload in self.parts:
                assert self.parts[upload][0].startswith(found), f"other bytes: {upload}"


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
        ledger.check_parts(storage, index)
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


def left_over(server):
    """What is in incoming/ and is not of an open upload in parts."""
    rows = server.query("SELECT id FROM partial_uploads WHERE received < length")
    return [name for name in server.incoming() if name not in {f"upload.{upload}" for upload, in rows}]
