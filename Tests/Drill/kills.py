"""`kill -9` at every step that has a name, at every system call on the store, and at any moment."""

import random
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from ledger import Ledger, check_store, fsck, left_over
from placet_server import ADMIN_PASSWORD
from shim import KILL_AFTER, KILL_BEFORE, OPERATIONS, Faults, ShimmedServer
from work import Client

SOURCE = Path(__file__).resolve().parents[2] / "Sources/Blobs/FaultPoint.swift"
#: Only with a bucket, which Tests/Process/test_bucket_faults.py has, and in a move, which test_migrate.py has.
ELSEWHERE = ("leased", "partSent", "objectSent", "objectSeen", "contentMoved", "rowsMoved", "rowsFollowed",
             "targetMarked", "sourceMarked", "arrived")
POINTS = [name for line in re.findall(r"^    case ([\w, ]+)$", SOURCE.read_text(), re.M) for name in line.split(", ")
          if name not in ELSEWHERE]
COLLECTION = ("doomed", "claimed", "removed", "forgotten")
BACKUP, RESTORE = ("copied", "copiesNamed"), ("restored",)
#: What a request over the network or the control socket raises when the server dies.
CUT_OFF = (requests.exceptions.RequestException, OSError, ValueError)
#: A store is not kept for longer, so that looking at all of it stays short.
ROUNDS_OF_A_STORE = 40
WRITERS = 4
#: Killed at a time: much of a round is waiting.
STORES = 4


class Life:
    """One store, and a server on it that dies over and over."""

    def __init__(self, binary, library):
        self.server = ShimmedServer(
            binary, library, PLACET_LOG_LEVEL="error", PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD,
            PLACET_QUOTA_CHANNEL_BYTES=str(1 << 30))
        self.server.start()
        self.library = library
        self.ledger = Ledger()
        self.client = Client(self.server.owner(), self.server.person(), self.ledger)
        self.known = set()
        self.kills = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.dispose()

    def restart(self, fault=None):
        """A new process, which dies at that point. Returns whether it lived until it listened."""
        self.server.faults.disarm()
        self.server.once = {"PLACET_FAULT": fault} if fault else {}
        try:
            self.server.start()
        except AssertionError:
            if fault and self.died():
                return False
            raise
        self.client = self.client.another()
        return True

    def until_dead(self, act, deadline=20):
        """Repeats what clients do until the server is dead. Returns whether it died."""
        end = time.monotonic() + deadline
        while self.server.process.poll() is None and time.monotonic() < end:
            try:
                act()
            except CUT_OFF:
                break
        return self.died()

    def died(self):
        """Whether it was killed; that may be just under way."""
        try:
            return self.server.process.wait(2) == -signal.SIGKILL
        except subprocess.TimeoutExpired:
            return False

    def recover(self):
        """Starts again after a kill, and looks at everything."""
        self.kills += 1
        self.restart()
        assert not left_over(self.server), f"incoming/ has {left_over(self.server)}"
        self.known |= check_store(self.server.storage, self.ledger, self.known)
        self.client.go_on_all()
        keys = check_store(self.server.storage, self.ledger, self.known)
        self.known |= keys
        doomed = {key for key, in self.server.query("SELECT key FROM doomed_keys")}
        orphans = self.server.blob_keys() - keys - doomed
        assert not orphans, f"bytes that nobody will find: {orphans}"
        fsck(self.server)

    def spare(self):
        """A content that a collection takes: its second is over."""
        self.client.delete(self.client.store(random.randbytes(2000)))
        time.sleep(1.05)  # That second is the subject.

    def undo(self):
        """A collection with a second in which it can be undone, and its undo."""
        self.spare()
        _, step = self.server.control("POST", "gc/run", {"graceSeconds": 1})
        if run := step.get("run"):
            self.server.control("POST", f"gc/runs/{run['id']}/undo", {})


def at_point(life, point, count):
    """The server, or the command, dies at a named step."""
    if point in BACKUP:
        return backup(life, PLACET_FAULT=f"{point}:{count}")
    if point in RESTORE:
        return restore(life, PLACET_FAULT=f"{point}:{count}")
    if point in COLLECTION:
        life.spare()
    life.server.kill()
    if point == "swept":  # It needs one that died before.
        assert not life.restart("linked:1") or life.until_dead(life.client.story)
        life.kills += 1
        assert not life.restart("swept:1"), "what was published without a row is not swept"
    elif life.restart(f"{point}:{count}"):
        acts = {"spooled": lambda: life.client.store(random.randbytes(600_000)), "broughtBack": life.undo}
        assert life.until_dead(acts.get(point, life.client.story)), f"never reached: {point}"
    life.recover()


def at_call(life, number, way):
    """The server dies at one of the system calls of a story; returns whether there are as many."""
    life.server.faults.arm(OPERATIONS, ("bytes", "index"), skip=number, way=way)
    try:
        life.client.story()
    except CUT_OFF:
        pass
    if not life.server.faults.hits:
        return False
    assert life.died()
    life.recover()
    return True


def at_any_moment(life):
    """Many clients, and a collector without pause."""
    over = threading.Event()

    def collect():
        while not over.is_set():
            try:
                life.client.collect()
            except CUT_OFF:
                return

    threads = [threading.Thread(target=life.client.another().work, args=(over,)) for _ in range(WRITERS)]
    threads.append(threading.Thread(target=collect))
    for thread in threads:
        thread.start()
    over.wait(random.uniform(0.02, 0.5))  # The random moment of the kill.
    life.server.kill()
    over.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    life.recover()


def command(life, *arguments, **settings):
    """A command that is to die; returns whether it did."""
    code = life.server.command(*arguments, check=False, **settings).returncode
    assert code in (0, -signal.SIGKILL), code
    life.kills += code != 0
    return code != 0


def backup(life, **settings):
    """A backup dies; the same command again makes it whole."""
    life.client.store(random.randbytes(3000))
    folder = str(life.server.folder / "backup")
    died = command(life, "backup", folder, **settings)
    life.server.command("backup", folder)
    life.server.command("restore", folder, "--dry-run")
    return died


def restore(life, **settings):
    """A restore dies; nobody opens what it left, and the same command again makes it whole."""
    folder = str(life.server.folder / "backup")
    life.server.command("backup", folder)
    twin = life.server.folder / f"restored-{life.kills}"
    plain, life.server.storage = life.server.storage, twin
    try:
        died = command(life, "restore", folder, **settings)
        if died:
            life.server.command("restore", folder)
        check_store(twin, life.ledger)
        life.server.command("fsck")
    finally:
        life.server.storage = plain
    return died


def dying(life, root, number):
    """The settings under which a command dies at one of its system calls below `root`."""
    faults = Faults(life.library, life.server.folder / "control-of-command", root)
    faults.arm(OPERATIONS, ("bytes", "index"), skip=number, way=KILL_BEFORE)
    return faults.settings


class Rounds:
    """Rounds of one kind after another, on a few stores at a time, and how many kills there were of each."""

    def __init__(self, binary, library):
        self.binary, self.library = binary, library
        self.began, self.counts, self.lock = time.monotonic(), {}, threading.Lock()

    def take(self, kind, rounds):
        """Takes them until there are no more, or one of them returns False."""
        rounds = iter(rounds)
        with ThreadPoolExecutor(STORES) as pool:
            lives = [pool.submit(self._live, rounds) for _ in range(STORES)]
            self.counts[kind] = sum(life.result() for life in lives)
        print(f"kills: {self.counts[kind]} {kind}, {time.monotonic() - self.began:.0f} s so far", flush=True)

    def _live(self, rounds):
        kills, goes_on = 0, True
        while goes_on:
            with Life(self.binary, self.library) as life:
                for _ in range(ROUNDS_OF_A_STORE):
                    with self.lock:
                        act = next(rounds, None)
                    goes_on = act is not None and act(life) is not False
                    if not goes_on:
                        break
                kills += life.kills
        return kills


def run(binary, library, kills=200):
    """At least that many kills; from a thousand on at every system call."""
    rounds, in_full = Rounds(binary, library), kills >= 1000
    once = {"swept", *BACKUP, *RESTORE, *COLLECTION}
    rounds.take("at named steps", [
        lambda life, point=point, count=count: at_point(life, point, count)
        for point in POINTS for count in ((1, 2, 3) if in_full and point not in once else (1,))])
    step = 1 if in_full else 5
    rounds.take("at system calls", (
        lambda life, n=n: at_call(life, n, KILL_AFTER if n % 2 else KILL_BEFORE) for n in range(0, 2000, step)))
    rounds.take("in backups", (
        lambda life, n=n: backup(life, **dying(life, life.server.folder / "backup", n))
        for n in range(0, 2000, 5 * step)))
    rounds.take("in restores", (
        lambda life, n=n: restore(life, **dying(life, life.server.folder / f"restored-{life.kills}", n))
        for n in range(0, 2000, 20 * step)))
    rounds.take("at any moment", [at_any_moment] * max(0, kills - sum(rounds.counts.values())))
    return f"{sum(rounds.counts.values())} kills: " + ", ".join(f"{n} {kind}" for kind, n in rounds.counts.items())
