"""The same release as it can be put together: one folder; its bytes in a bucket; its index on PostgreSQL too; three such nodes.

Called by scripts/bench. Engines, nodes and the load share this machine, so three nodes show what they cost each other and
not what three machines would do. Every kind of work is done against each in turn, several rounds interleaved; the medians
are shown. Behind them: what PostgreSQL and the bucket do by themselves, and how long an answer takes from node to node.
"""

import json, os, pathlib, statistics, sys, tempfile, threading, time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from cluster import Balancer, Cluster, engines
from connection import Line, milliseconds
from peers.api import OPTIONS, fill, post, posts
from peers.kinds import KINDS
from peers.load import curl, distinct, wrk
from peers.uploads import form
from service import PERSON, ROUNDS, Table, placet, run, sign_in

WAITS = 100
LARGE = 256 << 20
SETTINGS = {"PLACET_LOG_LEVEL": "info", "PLACET_RATE_LIMIT": "off", "PLACET_ADMIN_PASSWORD": PERSON["password"]}


class Front:
    """What is asked: a server of ours, or what stands before several."""

    def __init__(self, root, key, folder):
        self.root, self.key, self.folder = root, key, folder
        self.base, self.header = f"{root}/api/v1", f"x-api-key: {key}"
        self.channel = post(f"{self.base}/agents", {"name": "bench"}, self.header)["id"]


def clustered(binary, postgres, objects, count, folder, stops):
    os.makedirs(folder)
    cluster = Cluster(binary, postgres, objects, count, **SETTINGS)
    stops.append(cluster.dispose)
    cluster.start()
    key = cluster.nodes[0].command("keys", "create", "--label", "bench").stdout.strip()
    root = cluster.nodes[0].url
    if count > 1:
        balancer = Balancer(folder, cluster.nodes)
        stops.insert(0, balancer.dispose)
        root = balancer.url
    return cluster, Front(root, key, folder)


def store(front, path):
    return run("curl", "-sSf", "-H", front.header, "-F", f"file=@{path}", "-F", f"channelId={front.channel}",
               f"{front.base}/files/store")


def prepare(front, folder):
    front.files = {size: json.loads(store(front, f"{folder}/{size}"))["id"] for size in (65536, LARGE)}
    front.message = fill(front.base, front.header, front.channel)
    make, suffix, _ = KINDS["unknown bytes"]
    front.upload = form(front, "/api/v1/files/store", {"channelId": front.channel}, make(4096), suffix)


def wakes(cluster, front, session):
    """Seconds from sending an answer at one node until the wait at another has it."""
    asks, waits = Line(("127.0.0.1", cluster.nodes[0].port)), Line(("127.0.0.1", cluster.nodes[-1].port))
    answers, times = Line(("127.0.0.1", cluster.nodes[1 % len(cluster.nodes)].port)), []
    for _ in range(WAITS):
        body = json.dumps({"channelId": front.channel, "text": "?", "review": {"type": "approval", "payload": OPTIONS}})
        message = asks.ask("POST", "/api/v1/messages", front.key, body)
        waits.send("GET", f"/api/v1/reviews/{message['id']}/wait?channel={front.channel}", front.key)
        time.sleep(0.05)  # Parked by then.
        said = json.dumps({"response": {"selectedOption": "approve"}, "digest": message["review"]["digest"]})
        begin = time.perf_counter()
        answers.send("POST", f"/api/messages/{message['id']}/respond", session, said)
        status, _ = waits.receive()
        times.append(time.perf_counter() - begin)
        assert status == 200 and answers.receive()[0] == 201
    return times


def transactions(postgres, folder):
    """Durable transactions a second of 64 clients that insert a row and commit, by pgbench."""
    address = postgres.address(postgres.database())
    postgres.run(address.rsplit("/", 1)[1], "CREATE TABLE row (id bigserial PRIMARY KEY, text text)")
    script = f"{folder}/insert.sql"
    with open(script, "w") as file:
        file.write("INSERT INTO row (text) VALUES (repeat('x', 200));\n")
    out = run("pgbench", "-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", "3", "-f", script, address)
    return float(out.partition("tps = ")[2].split()[0])


def puts(objects):
    """Objects of 4 KiB a second, put by 8 clients."""
    end, done, lock = time.perf_counter() + 3, [0], threading.Lock()

    def repeat(number):
        while time.perf_counter() < end:
            status, _ = objects.request("PUT", f"/placet-tests/bench-{number}-{done[0]}", os.urandom(4096))
            assert status == 200
            with lock:
                done[0] += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(repeat, range(8)))
    return done[0] / 3


def main(binary, folder):
    for size in (65536, LARGE):
        run("dd", "if=/dev/urandom", f"of={folder}/{size}", f"bs={65536}", f"count={size // 65536}")
    table, fronts, stops = Table(), {}, []
    with engines() as (postgres, objects):
        try:
            alone = placet(binary, f"{folder}/alone", 3931, "info")
            stops.append(alone.stop)
            bucket = placet(binary, f"{folder}/bucket", 3932, "info", PLACET_BLOBS=objects.address("alone"),
                            **objects.environment)
            stops.append(bucket.stop)
            fronts = {"folder": alone, "folder and bucket": bucket}
            one, fronts["1 node"] = clustered(binary, postgres, objects, 1, f"{folder}/one", stops)
            three, fronts["3 nodes"] = clustered(binary, postgres, objects, 3, f"{folder}/three", stops)
            for front in fronts.values():
                prepare(front, folder)

            def measure(what, work, unit="/s"):
                found = {name: [] for name in fronts}
                for _ in range(ROUNDS):
                    for name, front in fronts.items():
                        found[name].append(work(front))
                form = "{:,.0f}/s" if unit == "/s" else "{:.2f} s"
                table.row(what, "; ".join(f"{name} {form.format(statistics.median(values))}"
                                          for name, values in found.items()))

            def get(path):
                return lambda front: wrk(f"{front.base}/{path(front)}", headers=[front.header])[0]

            measure("64 KiB download", get(lambda front: f"files/{front.files[65536]}/download"))
            measure("GET a message", get(lambda front: f"messages/{front.message}?channel={front.channel}"))
            measure("list of 50 messages", get(lambda front: f"messages?channel={front.channel}&limit=50"))
            measure("messages, durable, 64 clients",
                    lambda front: posts(front, "/api/v1/messages", front.channel)()[0])
            measure("4 KiB uploads of unknown bytes, 32 clients", lambda front: distinct(front.base, front.upload)[0])
            measure("256 MiB download", lambda front: curl(
                "-H", front.header, f"{front.base}/files/{front.files[LARGE]}/download"), "s")

            def upload(front):
                with open(f"{folder}/{LARGE}", "r+b") as file:
                    file.write(os.urandom(16))
                return curl("-H", front.header, "-F", f"file=@{folder}/{LARGE}", "-F", f"channelId={front.channel}",
                            f"{front.base}/files/store")
            measure("256 MiB upload of new bytes", upload, "s")
            table.row("an answer at one node to the wait at another, p50 / p99",
                      milliseconds(wakes(three, fronts["3 nodes"], sign_in(fronts["3 nodes"]))), "p99 ≤ 50 ms")
            table.row("the same at one node",
                      milliseconds(wakes(one, fronts["1 node"], sign_in(fronts["1 node"]))))
            table.row("PostgreSQL by itself: rows inserted and committed by 64 clients", f"{transactions(postgres, folder):,.0f}/s")
            table.row("the bucket by itself: objects of 4 KiB put by 8 clients", f"{puts(objects):,.0f}/s")
        finally:
            for stop in stops:
                stop()
    table.show()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        main(sys.argv[1], folder)
