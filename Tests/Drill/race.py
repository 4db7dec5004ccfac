"""Uploads of the same few contents at two nodes on one PostgreSQL and one bucket, beside collectors at both of them.

Nodes stop for a moment at any step of a publish and of a collection (`Sources/Blobs/FaultPoint.swift`), and all leases
end at any moment. Each file is read at the other node as soon as it is stored, and then deleted.
"""

import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor

from bucket import Bucket
from cluster import Cluster, engines
from placet_server import Owner, eventually

CONTENTS = [bytes([number]) * 50 for number in range(6)]
UPLOADERS = 6
#: In milliseconds.
LONGEST_STALL = "50"
#: How long leases last at least, in seconds.
LEASE = 0.2


class Race:
    def __init__(self, binary, postgres, objects, uploads):
        self.bucket = Bucket(objects, "race")
        settings = {"PLACET_STALL": LONGEST_STALL, "PLACET_GC_SCHEDULE": "off"}
        self.cluster = Cluster(binary, postgres, objects, 2, self.bucket.prefix, **settings).start()
        self.stored, self.given_up, self.lost, self.collections = 0, 0, [], 0
        self._numbers, self._lock, self._over = itertools.count(), threading.Lock(), threading.Event()
        self._uploads = uploads

    def run(self):
        first = self.cluster.nodes[0].owner()
        with ThreadPoolExecutor(UPLOADERS + 3) as pool:
            others = [pool.submit(self._collect, node) for node in self.cluster.nodes] + [pool.submit(self._end_leases)]
            uploaders = [pool.submit(self._upload, number, first) for number in range(UPLOADERS)]
            try:
                for uploader in uploaders:
                    uploader.result()
            finally:
                self._over.set()
            for other in others:
                other.result()
        self._look()

    def _upload(self, number, owner):
        here, there = (Owner(node, owner.key, owner.channel) for node in self._nodes_from(number))
        while next(self._numbers) < self._uploads:
            content = random.choice(CONTENTS)
            answer = here.post_file(content)
            if answer.status_code != 201:
                # Its lease has ended more often than it tries.
                assert answer.status_code in (500, 503), answer.text
                with self._lock:
                    self.given_up += 1
                continue
            file = answer.json()["id"]
            read = there.download(file)
            with self._lock:
                self.stored += 1
                if (read.status_code, read.content) != (200, content):
                    self.lost.append((file, read.status_code))
            there.request("DELETE", f"files/{file}", params={"channel": owner.channel})

    def _nodes_from(self, number):
        nodes = self.cluster.nodes
        return nodes[number % 2], nodes[(number + 1) % 2]

    def _collect(self, node):
        while not self._over.is_set():
            # One that the other node's has overtaken fails, and says so.
            if node.command("gc", "run", "--grace", "0s", check=False).returncode == 0:
                with self._lock:
                    self.collections += 1

    def _end_leases(self):
        while not self._over.wait(LEASE):
            self._end_all()

    def _end_all(self):
        self.cluster.query("UPDATE doomed_keys SET not_before = 0")

    def _look(self):
        """No row without its object, no object that nothing lists; and all of it goes in the end."""
        assert not self.lost, f"{len(self.lost)} lost: {self.lost[:5]}"
        objects = self.bucket.keys()
        rows = {key for [key] in self.cluster.query("SELECT key FROM blobs")}
        doomed = {key for [key] in self.cluster.query("SELECT key FROM doomed_keys")}
        assert rows <= objects and objects <= rows | doomed, (rows - objects, objects - rows - doomed)

        def is_empty():
            self._end_all()
            self.cluster.nodes[0].command("gc", "run", "--grace", "0s", check=False)
            return not self.bucket.keys()

        eventually(is_empty, "what is left is collected", 60)


def run(binary, library, uploads=5000):
    with engines() as (postgres, objects):
        race = Race(binary, postgres, objects, uploads)
        try:
            race.run()
        finally:
            race.cluster.dispose()
        return f"{race.stored} stored at 2 nodes, {race.given_up} given up, {race.collections} collections, 0 lost"
