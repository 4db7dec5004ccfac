"""Power loss: what was done to the store is written down, and played again up to any point with what was not flushed
lost, in part or as a whole."""

import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import disk_trace
from copying import Copying
from ledger import Ledger, check_store, fsck_alone
from placet_server import ADMIN_PASSWORD
from shim import ShimmedServer
from work import Client

REQUEST_ID = re.compile(rb"\r\nx-request-id: ([^\r]+)", re.I)
#: What becomes of names and of pages that were not flushed.
LOSSES = {
    "all is lost": (lambda _: False, lambda _: False),
    "nothing is lost": (lambda _: True, lambda _: True),
    "names stay": (lambda _: True, lambda _: False),
    "bytes stay": (lambda _: False, lambda _: True),
    "some of it": (lambda _: random.random() < 0.5, lambda _: random.random() < 0.5),
    "most of it": (lambda _: random.random() < 0.9, lambda _: random.random() < 0.9),
}


#: Every so many folders are opened by the server and checked by `placet fsck` too, which takes the most of a second.
COMMAND_AT = 10


class Recording:
    """A server from its first start on, some work, and the trace of both."""

    def __init__(self, binary, library, work):
        server = ShimmedServer(binary, library, traced=True, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
        try:
            server.start()
            client = Client(server.owner(), server.person(), Ledger())
            work(client)
            server.kill()
            self.events = disk_trace.read(server.trace)
        finally:
            server.dispose()
        self.told, self.withdrawn = client.told, sorted(client.withdrawn)
        assert self.told, "nothing was confirmed"

    def moments(self, chosen):
        """After each chosen event, the disk and what was confirmed by then."""
        disk, ledger, withdrawn, asked = disk_trace.Disk(), Ledger(), list(self.withdrawn), set()
        for number, event in enumerate(self.events):
            disk.take(event)
            # What somebody has asked to remove may go at any time.
            while withdrawn and withdrawn[0][0] <= event.end:
                asked.add(withdrawn.pop(0)[1])
            if event.kind == "answer" and (found := REQUEST_ID.search(event.payload)):
                ledger.take(*self.told.get(found[1].decode(), (None, None)))
            ledger.drop(asked)
            if number in chosen:
                yield number, event, disk, ledger.copy()

    def state(self, ledger):
        return ledger.state()

    def look(self, binary, storage, ledger, asks_placet, is_whole):
        """What a power loss left of the store has all that was confirmed."""
        check_store(storage, ledger)
        if asks_placet:
            # A name that was lost from incoming/ leaves bytes that only a check of the whole store finds.
            fsck_alone(binary, storage, () if is_whole else ("orphan",))
            check_store(storage, ledger)


class Losses:
    """Looks at one folder after another that a power loss could have left."""

    def __init__(self, binary, recording, folder):
        self.binary, self.recording, self.folder = binary, recording, Path(folder)
        self.seen, self.checked, self.commands = set(), 0, 0
        self.lock = threading.Lock()

    def check(self, what, files, folders, known, is_whole):
        state = hash((frozenset(files.items()), self.recording.state(known)))
        with self.lock:
            if state in self.seen:
                return
            self.seen.add(state)
            self.checked += 1
            storage = self.folder / f"{self.checked}"
            asks_placet = self.checked % COMMAND_AT == 0
            self.commands += asks_placet
        storage.mkdir()
        for name in folders:
            (storage / name.lstrip("/")).mkdir(exist_ok=True)
        for name, content in files.items():
            (storage / name.lstrip("/")).write_bytes(content)
        try:
            self.recording.look(self.binary, storage, known, asks_placet, is_whole)
        except AssertionError as error:
            raise AssertionError(f"power lost {what}: {error}") from None
        shutil.rmtree(storage)


def replay(binary, recording, most, losses, first=0):
    """Checks `most` moments and losses, or all there are from event `first` on."""
    pairs = [(number, loss) for number in range(first, len(recording.events)) for loss in losses]
    chosen, pairs = {}, random.sample(pairs, min(most, len(pairs)))
    for number, loss in pairs:
        chosen.setdefault(number, []).append(loss)
    with tempfile.TemporaryDirectory(prefix="placet-power-", dir="/dev/shm") as folder, ThreadPoolExecutor(2) as pool:
        checks, running = Losses(binary, recording, folder), []
        for number, event, disk, known in recording.moments(chosen):
            for loss in chosen[number]:
                what = f"after event {number} ({event.kind} {event.names[:1] if event.kind != 'write' else ''}), {loss}"
                left = disk.folder_after_loss(*LOSSES[loss])
                running.append(pool.submit(checks.check, what, *left, known, loss == "nothing is lost"))
            while len(running) > 4:
                running.pop(0).result()
        for check in running:
            check.result()
        return checks


def one_story(client):
    client.story()
    time.sleep(1.05)  # A collection takes what was deleted before this second.
    client.story()


def many_writers(client, seconds=1.5):
    over = threading.Event()
    threads = [threading.Thread(target=client.another().work, args=(over,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)  # How long it is recorded.
    client.collect()
    over.set()
    for thread in threads:
        thread.join()


def run(binary, library, most=2000):
    short = Recording(binary, library, one_story)
    of_short = replay(binary, short, most // 2, LOSSES)
    long = Recording(binary, library, many_writers)
    of_long = replay(binary, long, most // 4, LOSSES)
    with Copying(binary, library) as copying:
        of_backups = replay(binary, copying.backups, most // 8, LOSSES)
        of_restore = replay(binary, copying.restore, most // 8, LOSSES)
    asked = sum(checks.commands for checks in (of_short, of_long, of_backups, of_restore))
    return (f"{of_short.checked} folders after {len(short.events)} events of one client with {len(short.told)} answers,"
            f" {of_long.checked} after {len(long.events)} of six with {len(long.told)}, {of_backups.checked} after "
            f"{len(copying.backups.events)} of two backups, {of_restore.checked} after {len(copying.restore.events)} "
            f"of a restore; {asked} of them looked at by placet too")
