"""What clients of a cluster see, and what is lost, when something under it fails: nothing that was acknowledged."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from cluster import Cluster, engines
from placet_server import ADMIN_PASSWORD, Owner, eventually
from shim import Faults, build
from test_full_disk import mounted
from tus import begin, head, offset, patch

WRITERS = 4


@pytest.fixture(scope="module")
def both():
    with engines() as started:
        yield started


@pytest.fixture
def cluster(binary, both):
    cluster = Cluster(binary, *both, 2).start()
    yield cluster
    cluster.dispose()


@pytest.fixture
def owners(cluster):
    first = cluster.nodes[0].owner()
    return [first, Owner(cluster.nodes[1], first.key, first.channel)]


class Writers:
    """Clients that send messages with small files, and note which ones were acknowledged and what else was answered."""

    def __init__(self, owners):
        self.acknowledged, self.others, self._over = [], [], threading.Event()
        self._pool = ThreadPoolExecutor(WRITERS)
        self._ends = [self._pool.submit(self._write, number, owners[number % len(owners)]) for number in range(WRITERS)]

    def _write(self, number, owner):
        owner, count = owner.another(), 0
        while not self._over.is_set():
            count += 1
            try:
                answer = owner.post_file(f"{number}-{count}".encode(), f"{number}-{count}.txt")
            except requests.RequestException:
                self.others.append(None)
                owner = owner.another()
                continue
            if answer.status_code == 201:
                self.acknowledged.append((answer.json()["id"], f"{number}-{count}".encode()))
            else:
                self.others.append(answer)

    def more(self, count=5):
        """Waits until so many more were acknowledged."""
        wanted = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= wanted, "uploads are acknowledged again", 60)

    def end(self):
        self._over.set()
        for end in self._ends:
            end.result(60)
        return self.acknowledged


def assert_all_there(owner, acknowledged):
    for file, content in acknowledged:
        assert owner.content(file) == content


def test_postgresql_stopped_hard_and_started_again(both, cluster, owners):
    writers = Writers(owners)
    writers.more()
    both[0].kill()
    refused = eventually(lambda: [answer for answer in writers.others if answer is not None], "a refusal", 60)[0]
    assert refused.status_code == 503 and refused.headers["retry-after"], refused.text
    assert requests.get(f"{cluster.nodes[0].url}/health", timeout=20).status_code == 503
    both[0].start()
    writers.more()
    assert_all_there(owners[1].another(), writers.end())
    eventually(lambda: requests.get(f"{cluster.nodes[0].url}/health", timeout=20).status_code == 200, "it is well", 30)


def test_all_connections_to_postgresql_cut_again_and_again(cluster, owners):
    writers = Writers(owners)
    for _ in range(5):
        writers.more()
        cluster.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE datname = current_database() AND pid <> pg_backend_pid()")
    writers.more()
    assert_all_there(owners[0].another(), writers.end())
    # A group whose connection was cut is run again: no client hears of it.
    assert not [answer for answer in writers.others if answer is None or answer.status_code not in (201, 503)]


def test_a_node_killed_while_it_takes_uploads(cluster, owners):
    writers = Writers(owners)
    for _ in range(3):
        writers.more()
        cluster.nodes[0].kill()
        writers.more()
        cluster.nodes[0].start(cluster.nodes[0].port)
    assert_all_there(owners[1].another(), writers.end())


def test_an_upload_in_parts_goes_on_at_another_node_after_postgresql_was_stopped_hard(both, owners):
    content = os.urandom(2_000_000)
    path = begin(owners[0], len(content))
    assert patch(owners[0], path, 0, content[:1_000_000]).status_code == 204
    both[0].kill()
    try:
        refused = patch(owners[0], path, 1_000_000, content[1_000_000:1_500_000])
        assert refused.status_code == 503 and refused.headers["retry-after"], refused.text
    finally:
        both[0].start()
    here = eventually(lambda: requests.get(f"{owners[1].server.url}/health", timeout=20).status_code == 200
                      and offset(owners[1], path), "it is well", 60)
    assert here == 1_000_000
    assert patch(owners[1], path, here, content[here:]).status_code == 204
    assert owners[0].content(head(owners[0], path).headers["Placet-File-Id"]) == content


@pytest.fixture
def small_disk():
    for folder in mounted(40):
        os.chmod(folder, 0o755)
        (folder / "tables").mkdir()
        yield folder


def test_a_full_disk_of_postgresql_is_said_and_costs_nothing_that_was_confirmed(binary, both, small_disk):
    database = both[0].database(small_disk / "tables")
    cluster = Cluster(binary, *both, 2, database=database).start()
    try:
        nodes = [cluster.nodes[0].owner()]
        nodes.append(Owner(cluster.nodes[1], nodes[0].key, nodes[0].channel))
        filler, sent = small_disk / "filler", []
        free = os.statvfs(small_disk)
        filler.write_bytes(bytes(free.f_bavail * free.f_frsize - (2 << 20)))

        def send(text):
            return nodes[len(sent) % 2].request(
                "POST", "messages", json={"channelId": nodes[0].channel, "text": text})

        for number in range(200):
            text = os.urandom(10_000).hex()
            answer = send(text)
            if answer.status_code != 201:
                break
            sent.append((answer.json()["id"], text))
        assert answer.status_code == 507 and "nothing was stored" in answer.text, answer.text
        filler.unlink()
        assert eventually(lambda: send("room again").status_code == 201, "it goes on", 60)
        for message, text in sent:
            assert nodes[0].request("GET", f"messages/{message}", params={"channel": nodes[0].channel}).json()["text"] == text
    finally:
        cluster.dispose()
        both[0].run("postgres", f"DROP DATABASE {database}")
        both[0].run("postgres", f"DROP TABLESPACE place{database.removeprefix('placet')}")


@pytest.mark.parametrize("engine", ["PLACET_INDEX", "PLACET_BLOBS"])
@pytest.mark.parametrize("seconds", [1200, -1200])
def test_a_clock_that_is_twenty_minutes_off_is_said_before_the_port_opens(make_server, both, tmp_path, engine, seconds):
    postgres, objects = both
    database = postgres.database()
    place = {"PLACET_BLOBS": objects.address(f"clock-{database}")}
    if engine == "PLACET_INDEX":
        place["PLACET_INDEX"] = postgres.address(database)
    faults = Faults(build(tmp_path), tmp_path / "control", tmp_path)
    faults.control.ahead = seconds
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, **objects.environment | place)
    code, said = make_server(server.storage, **server.environment | faults.settings).start_failing()
    assert code == 1 and "clock" in said and "NTP" in said, said
    server.start()
