"""Strange clients, all kinds of them, beside a normal one that must not notice."""

import threading
import time

import requests
import strangers
from ledger import Ledger, check_store, fsck, left_over
from placet_server import ADMIN_PASSWORD, eventually
from shim import ShimmedServer
from work import Client

MIB = 1 << 20
#: In seconds. The crowd has to be there before its first go.
IDLE_TIMEOUT = 60


class Visit:
    """Somebody who does normal work, and somebody who asks /health every 100 ms, while strangers come."""

    def __init__(self, server):
        self.server, self.over = server, threading.Event()
        self.client = Client(server.owner(), server.person(), Ledger())
        self.client.story()
        self.client.story()
        self.slowest, self.asked, self.problems = 0.0, 0, []
        self.threads = [threading.Thread(target=self._guarded, args=(act,)) for act in (self._ask, self._work)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _guarded(self, act):
        try:
            while not self.over.is_set():
                act()
        except Exception as problem:
            self.problems.append(repr(problem))

    def _ask(self):
        began = time.monotonic()
        answer = requests.get(f"{self.server.url}/health", timeout=120)
        taken = time.monotonic() - began
        assert answer.status_code == 200, answer.text
        self.asked += 1
        self.slowest = max(self.slowest, taken)
        self.over.wait(0.1)  # The pace is the subject.

    def _work(self):
        self.client.heard.clear()
        self.client.story(collect=False)
        refused = [heard for heard in self.client.heard if heard[2] >= 400]
        assert not refused, refused
        self.over.wait(0.1)

    def check(self):
        assert not self.problems, self.problems


def settled(server, descriptors, memory):
    """What strangers took is free again. The system gets it back a moment after they have gone."""
    eventually(lambda: server.descriptor_count() <= descriptors, "descriptors are closed again", IDLE_TIMEOUT + 30)
    eventually(lambda: server.memory() - memory < 48 * MIB, "memory is given back")
    return server.memory() - memory


def run(binary, library, connections=10_000, kinds=strangers.ALL):
    server = ShimmedServer(binary, library, PLACET_IDLE_TIMEOUT=str(IDLE_TIMEOUT), PLACET_LOG_LEVEL="error",
                           PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
    try:
        server.start()
        visit = Visit(server)
        strangers.pipelined(visit)
        close(visit)
        descriptors, memory = server.descriptor_count(), server.memory()
        with visit:
            for stranger in kinds:
                stranger(visit)
                visit.check()
            strangers.crowd(visit, connections)
        visit.check()
        close(visit)
        grown = settled(server, descriptors, memory)
        visit.client = visit.client.another()
        eventually(lambda: not left_over(server), "incoming/ is empty")
        check_store(server.storage, visit.client.ledger)
        fsck(server)
        return (f"{len(kinds)} kinds of strangers and {connections} connections, /health asked {visit.asked} times, "
                f"slowest {visit.slowest * 1000:.0f} ms, {max(0, grown) / MIB:.0f} MiB and no descriptor more after")
    finally:
        server.dispose()


def close(visit):
    visit.client.owner.session.close()
    visit.client.person.session.close()
