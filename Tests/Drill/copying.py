"""Two backups into one folder and a restore of the second, written down: what the replay of a power loss looks at."""

import hashlib
import json
import os
import sqlite3
import subprocess
import threading
import time
from contextlib import closing

import disk_trace
from ledger import Ledger, check_store, fsck_alone
from placet_server import ADMIN_PASSWORD
from shim import Faults, ShimmedServer
from work import Client


class Copying:
    """A store that is backed up twice, with work before each, and restored. It is kept until the replay is over."""

    def __init__(self, binary, library):
        self.library = library
        self.server = ShimmedServer(binary, library, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
        try:
            self.server.start()
            client, folder = Client(self.server.owner(), self.server.person(), Ledger()), self.server.folder / "backup"
            self.backups, gone, ends = Backups(self.server.storage), None, []
            for _ in range(2):
                if gone:  # Only the first backup has it: a collection takes what was deleted before this second.
                    client.delete(gone)
                    time.sleep(1.05)
                    client.collect()
                client.story()
                gone = client.store(os.urandom(3000))
                ends.append(self.traced("backup", folder))
                self.backups.add(folder, client.ledger.copy())
            self.backups.follow(self.server.folder / "trace-of-backup", ends)
            twin = self.server.folder / "restored"
            end = self.traced("restore", twin, str(folder))
            self.restore = Restored(folder, self.backups.ledgers[-1])
            self.restore.follow(self.server.folder / "trace-of-restore", [end])
            self.server.stop()
        except BaseException:
            self.server.dispose()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.dispose()

    def traced(self, command, target, *source):
        """The command writes what it does to `target` down. Returns the length of its trace when it had succeeded."""
        trace = self.server.folder / f"trace-of-{command}"
        faults = Faults(self.library, self.server.folder / f"control-of-{command}", target, trace)
        plain, self.server.storage = self.server.storage, target if source else self.server.storage
        try:
            self.server.command(command, *(source or [str(target)]), **faults.settings)
        finally:
            self.server.storage = plain
        return trace.stat().st_size


class Copies:
    """A trace of commands, of which so many have succeeded at any moment."""

    def follow(self, trace, ends):
        self.events, self.ends = disk_trace.read(trace), ends

    def moments(self, chosen):
        """After each chosen event, the disk and how many commands had succeeded by then."""
        disk = disk_trace.Disk()
        for number, event in enumerate(self.events):
            disk.take(event)
            if number in chosen:
                yield number, event, disk, sum(end <= event.end for end in self.ends)

    def state(self, succeeded):
        return succeeded


class Backups(Copies):
    """In the folder of backups the last one that succeeded is whole, or a later one."""

    def __init__(self, storage):
        self.storage, self.digests, self.ledgers, self.turn = storage, [], [], threading.Lock()

    def add(self, folder, ledger):
        """A backup that has succeeded, and what was confirmed before it."""
        self.digests.append(told(folder))
        self.ledgers.append(ledger)

    def look(self, binary, folder, succeeded, asks_placet, _):
        if digest := told(folder):
            number = self.digests.index(digest)
            assert number + 1 >= succeeded, "an earlier backup came back"
            check_backup(folder, digest, self.ledgers[number])
        else:
            assert not succeeded, "the manifest of a backup that succeeded is lost"
        if asks_placet:
            with self.turn:  # A store is backed up by one process at a time.
                command(binary, "backup", folder, "--storage", self.storage)
            check_backup(folder, told(folder), self.ledgers[-1])


class Restored(Copies):
    """A restored store is whole, or nobody opens it and the same command goes on."""

    def __init__(self, backup, ledger):
        self.backup, self.ledger = backup, ledger

    def look(self, binary, storage, succeeded, asks_placet, _):
        is_whole = (storage / "STORE").exists() and not (storage / "RESTORING").exists()
        assert is_whole or not succeeded, "a restore that succeeded is to be done again"
        if asks_placet and not is_whole:
            command(binary, "restore", self.backup, "--storage", storage)
            assert not (storage / "RESTORING").exists()
        if asks_placet or is_whole:
            assert (storage / "index.sqlite").exists(), "a restored store without an index"
            check_store(storage, self.ledger)
        if asks_placet:
            fsck_alone(binary, storage)


def told(folder):
    """Which index the backup has, by the digest that its manifest says; None without a backup."""
    manifest = folder / "manifest.json"
    return json.loads(manifest.read_text())["indexSHA256"] if manifest.exists() else None


def check_backup(folder, digest, ledger):
    """The index of a backup is whole, has what was confirmed before it, and all that it names is there."""
    path = folder / f"index-{digest[:32]}.sqlite"
    assert path.exists(), "the index of the manifest is not there"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, "the index is not that of the manifest"
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as index:
        ledger.check_rows(index)
        blobs = [digest for digest, in index.execute("SELECT sha256 FROM blobs")]
    for digest in blobs:
        content = folder / "blobs/sha256" / digest[:2] / digest[2:]
        assert content.exists(), f"a content is not in the backup: {digest}"
        assert hashlib.sha256(content.read_bytes()).hexdigest() == digest, f"other bytes in the backup: {digest}"


def command(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"placet {arguments[0]} ended with {done.returncode}: {done.stderr[-1000:]}"
