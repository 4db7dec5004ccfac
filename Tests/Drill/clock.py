"""The system's clock is set by hours, days and years while waits, expiries, sessions, limits and the collector run."""

import re

import requests
from ledger import Ledger, check_store, fsck
from placet_server import ADMIN_PASSWORD, eventually
from shim import ShimmedServer
from wire import Wire, head
from work import Client

HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400
JUMPS = (HOUR, -HOUR, 0, DAY, -DAY, 0, YEAR, 0, -YEAR, 10 * YEAR, 0)
#: So low that one who is counted by the clock would be refused, or never.
LIMIT = "200"


class Watched:
    """A server whose clock can be set, and a client whose work goes on through that."""

    def __init__(self, binary, library):
        self.server = ShimmedServer(
            binary, library, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_GC_SCHEDULE="1s", PLACET_RATE_LIMIT=LIMIT)
        self.server.start()
        self.client = Client(self.server.owner(), self.server.person(), Ledger())

    def jump(self, seconds):
        """A wait goes on through it, work goes on after it, and nothing is taken."""
        owner, message, parked = self.client.owner, self.client.send("Before?"), self.parked()
        with Wire(self.server, timeout=40) as wire:
            path = f"/api/v1/reviews/{message}/wait?channel={owner.channel}&timeout=30000"
            wire.send(head("GET", path, key=owner.key))
            eventually(lambda: self.parked() > parked, "the wait is parked")
            by = seconds - self.server.faults.control.ahead
            self.server.set_clock(seconds)
            self.stay_signed_in(by)
            self.client.answer(message)
            answer = wire.answer()
            while answer.status == 102:
                answer = wire.answer()
        # A review may have expired by a clock that is ahead, and then nobody is told that it was answered.
        was = "completed" if message in self.client.ledger.answered else "expired"
        assert answer.json()["status"] == was, answer.body
        assert was == "completed" or by >= DAY, "a review expired too early"
        self.work()
        self.look()

    def parked(self):
        page = requests.get(f"{self.server.url}/metrics", timeout=20).text
        return float(re.search(r"^placet_parked_waits (\S+)$", page, re.M)[1])

    def stay_signed_in(self, by):
        if self.client.person.request("GET", "auth/me").status_code == 401:
            assert by >= DAY, "a session ended within hours"
            self.client.person = self.server.person()

    def work(self):
        self.client.heard.clear()
        self.client.story(collect=False)
        refused = [heard for heard in self.client.heard if heard[2] >= 400]
        assert not refused, refused
        assert requests.get(f"{self.server.url}/health", timeout=20).status_code == 200

    def look(self):
        """The collector has looked at the clock since, and everything confirmed is still there, in its order."""
        last = self.server.query("SELECT max(moment) FROM clock_looks")
        eventually(lambda: self.server.query("SELECT max(moment) FROM clock_looks") != last, "a look at the clock")
        check_store(self.server.storage, self.client.ledger)
        fsck(self.server)
        sent = list(self.client.ledger.messages)
        assert sent == sorted(sent), "messages changed their order"


def run(binary, library, rounds=2, jumps=JUMPS):
    watched = Watched(binary, library)
    try:
        for _ in range(rounds):
            for seconds in jumps:
                watched.jump(seconds)
        kept = watched.client.ledger
        return (f"{rounds * len(jumps)} jumps, {len(kept.files)} files, {len(kept.messages)} messages and "
                f"{len(kept.answered)} answers kept")
    finally:
        watched.server.dispose()
