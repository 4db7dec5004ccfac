"""The primary of two PostgreSQL servers stops hard, and its synchronous standby takes over, while clients write."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from cluster import Cluster, engines
from placet_server import Owner

WRITERS = 4
#: How many messages are to be acknowledged before the primary stops, and after the standby has taken over.
ENOUGH = 40
#: In seconds, for an answer of any kind.
PATIENCE = 30


class Writers:
    """Clients that send messages, and note which ones were acknowledged and how long they have waited."""

    def __init__(self, owners):
        self.acknowledged, self.refused, self.longest = [], [], 0
        self._over, self._changed = threading.Event(), threading.Condition()
        self._pool = ThreadPoolExecutor(WRITERS)
        self._ends = [self._pool.submit(self._write, number, owners[number % len(owners)]) for number in range(WRITERS)]

    def _write(self, number, owner):
        owner = owner.another()
        while not self._over.is_set():
            began = time.monotonic()
            answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": f"of {number}"})
            with self._changed:
                self.longest = max(self.longest, time.monotonic() - began)
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                else:
                    self.refused.append(answer)
                self._changed.notify_all()

    def more(self):
        with self._changed:
            wanted = len(self.acknowledged) + ENOUGH
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= wanted, 60), "nothing is acknowledged"

    def end(self):
        self._over.set()
        for end in self._ends:
            end.result(PATIENCE)


def fail_over(binary, postgres, objects):
    postgres.add_standby()
    cluster = Cluster(binary, postgres, objects, 2).start()
    try:
        first = cluster.nodes[0].owner()
        owners = [Owner(node, first.key, first.channel) for node in cluster.nodes]
        writers = Writers(owners)
        writers.more()
        postgres.kill()
        postgres.promote()
        writers.more()
        writers.end()
        for owner in owners:
            for message in writers.acknowledged:
                answer = owner.request("GET", f"messages/{message}", params={"channel": owner.channel})
                assert answer.status_code == 200, f"lost: {message}"
        assert writers.longest < PATIENCE, f"somebody waited for {writers.longest:.0f} s"
        assert {answer.status_code for answer in writers.refused} <= {503}, writers.refused
        for node in cluster.nodes:
            assert requests.get(f"{node.url}/health", timeout=PATIENCE).status_code == 200
        return writers
    finally:
        cluster.dispose()


def run(binary, library, times=5):
    kept, refused, longest = 0, 0, 0
    for _ in range(times):
        with engines() as (postgres, objects):
            writers = fail_over(binary, postgres, objects)
        kept, refused = kept + len(writers.acknowledged), refused + len(writers.refused)
        longest = max(longest, writers.longest)
    return f"{times} times, {kept} messages kept, {refused} refused, the longest wait {longest:.1f} s"
