"""`placet migrate` over real engines: all that a store has goes to PostgreSQL and a bucket, and back."""

import json
import os
import random
import shutil
import signal
import sqlite3
import threading

import pytest
import requests
from bucket import Bucket
from cluster import engines
from object_store import ObjectStore
from placet_server import ADMIN_PASSWORD, eventually
from test_full_disk import mounted

MIB = 1 << 20
REVIEW = {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}]}}
TEXTS = ["build failed: OutOfMemoryError", "žluťoučký kůň", "日本語のログ", "мир 🕊", "x" * 20_000]
#: What each engine or server makes for itself.
LEFT = {"leases", "removal_holds", "search_changes", "feed", "schema_files"}
#: A PNG of one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "050001a5f645400000000049454e44ae426082")


@pytest.fixture(scope="module")
def both():
    with engines() as started:
        yield started


@pytest.fixture
def moved(make_server, both):
    """Makes a server on file and disk, and says where its store may go."""

    def make(storage=None, **settings):
        server = make_server(storage, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, **both[1].environment | settings)
        postgres, objects = both
        server.there = {
            "PLACET_INDEX": postgres.address(postgres.database()),
            "PLACET_BLOBS": objects.address(f"move-{random.randrange(1 << 32)}")}
        return server

    return make


def arguments(place):
    """What says to `migrate` that the store is to go there."""
    return ["--to-index", place.get("PLACET_INDEX", "file"), "--to-blobs", place.get("PLACET_BLOBS", "disk")]


def migrate(server, place, **settings):
    moving = server.background("migrate", *arguments(place), "--json", **settings)
    said, remarks = moving.communicate(timeout=240)
    assert moving.returncode == 0, remarks
    return json.loads(said)


def refused(server, place, words, **settings):
    done = server.command("migrate", *arguments(place), check=False, **settings)
    assert done.returncode == 1 and words in done.stderr, done.stderr


def start(server, place):
    for name in ("PLACET_INDEX", "PLACET_BLOBS"):
        server.environment.pop(name, None)
    server.environment |= place
    server.start()


def restart(server, place):
    server.stop()
    start(server, place)


def start_failing(server, place):
    """Where it must not start."""
    before = server.environment
    server.environment = {name: value for name, value in before.items() if name not in server.there} | place
    try:
        return server.start_failing()
    finally:
        server.environment = before


def fsck(server):
    return json.loads(server.command("fsck", "--json").stdout)["faults"]


@pytest.fixture
def small_disk():
    yield from mounted(32)


class Everything:
    """A store with all kinds of things, and how to see that they are there."""

    def __init__(self, server):
        self.owner, self.person = server.owner(), server.person()
        self.server = server
        self.files = []
        for size in (0, 1, 5_000, 300_000, 3 * MIB):
            content = random.randbytes(size)
            self.files.append((self.owner.store(content, f"{size}.bin")["id"], content))
        self.messages = [self.send(text) for text in TEXTS]
        self.pending, answered = [self.send("Deploy?", review=REVIEW) for _ in range(2)]
        self.answered = answered
        assert self.respond(answered).status_code == 201
        self.send("with files", attachmentIds=[self.owner.store(b"attached", "a.txt")["id"]])
        # Gone again, with its number in the feed of answers.
        acknowledged = self.owner.store(b"gone again")
        self.owner.request("DELETE", f"files/{acknowledged['id']}", params={"channel": self.owner.channel})
        share = self.person.request("GET", f"files/{self.files[3][0]}/share").json()["url"]
        self.share = "/api/" + share.partition("/api/")[2]
        picture = self.person.request("POST", f"agents/{self.owner.channel}/avatar", files={"file": ("p.png", PICTURE)})
        assert picture.status_code == 200, picture.text
        assert self.person.request("PATCH", "preferences", json={"theme": "dark"}).status_code == 200
        self.person.request("PATCH", f"agents/{self.owner.channel}", json={"webhookUrl": "https://example.org/hook"})
        server.command("users", "create", "second@placet.local", PLACET_NEW_PASSWORD="correct horse battery")

    def send(self, text, **members):
        answer = self.owner.request("POST", "messages", json={"channelId": self.owner.channel, "text": text, **members})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def respond(self, message):
        return self.person.request("POST", f"messages/{message}/respond", json={"response": {"selectedOption": "yes"}})

    def assert_there(self, server):
        """By the key and the session of before."""
        owner, person = self.owner.another(), self.person.another()
        owner.server = person.server = server
        for file, content in self.files:
            assert owner.content(file) == content
        for message, text in zip(self.messages, TEXTS):
            found = owner.request("GET", "messages", params={"channel": owner.channel, "search": text[-7:].upper()})
            assert message in [each["id"] for each in found.json()["data"]], text
        review = owner.request("GET", f"reviews/{self.answered}", params={"channel": owner.channel}).json()
        assert review["review"]["status"] == "completed"
        assert requests.get(server.url + self.share, timeout=20).content == self.files[3][1]
        assert person.request("GET", "preferences").json()["theme"] == "dark"
        assert person.request("GET", f"agents/{owner.channel}/avatar").content == PICTURE
        assert server.person("second@placet.local").request("GET", "auth/me").status_code == 200
        assert fsck(server) == []


def dump(server):
    """All rows of a file that are moved."""
    tables = server.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'message_search%'")
    rows = {name: server.query(f"SELECT * FROM {name}") for (name,) in tables if name not in LEFT | {"search_trigrams"}}
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def dump_postgresql(server, both):
    """The same of the place where the store may go."""

    def values(table):
        found = both[0].run(database(server.there), f"SELECT to_json(t) FROM {table} AS t")
        columns = [name for (name,) in server.query(f"SELECT name FROM pragma_table_info('{table}')")]
        for row in map(json.loads, map("|".join, found)):
            texts = (row[name] for name in columns)
            yield tuple(bytes.fromhex(text[2:]) if str(text).startswith("\\x") else text for text in texts)

    return {name: sorted(values(name), key=repr) for name in without_marks(dump(server))}


def without_marks(rows):
    """Without where the store is, what a move of the bytes leaves behind, and what only SQLite has."""
    return {name: found for name, found in rows.items() if name not in ("store", "doomed_keys", "sqlite_sequence")}


class Uploads:
    """A client that uploads small files one after the other, and notes what it was answered. It does not outrun the
    copies that are made meanwhile."""

    def __init__(self, owner):
        self.acknowledged, self.refusals, self._over = [], [], threading.Event()
        self._owner = owner.another()
        self._thread = threading.Thread(target=self._upload)
        self._thread.start()

    def _upload(self):
        number = 0
        while not self._over.wait(0.1):
            number += 1
            answer = self._owner.post_file(f"upload {number}".encode(), f"{number}.txt")
            if answer.status_code == 201:
                self.acknowledged.append((answer.json()["id"], f"upload {number}".encode()))
            else:
                self.refusals.append(answer)

    def end(self):
        self._over.set()
        self._thread.join(60)
        return self.acknowledged


def test_a_store_in_use_moves_to_postgresql_and_a_bucket_and_back(moved, both, make_server):
    server = moved().start()
    everything = Everything(server)
    uploads = Uploads(everything.owner)
    eventually(lambda: len(uploads.acknowledged) > 5, "uploads")
    outcome = migrate(server, server.there)
    assert outcome["copied"]["count"] >= 11 and outcome["rows"] > 50 and not outcome["wasMoved"]
    # The old server reads, and takes nothing more.
    refusal = eventually(lambda: [answer for answer in uploads.refusals if "moved" in answer.text], "a refusal")[0]
    assert refusal.status_code == 503 and refusal.headers["retry-after"]
    everything.files += uploads.end()
    assert everything.owner.content(everything.files[4][0]) == everything.files[4][1]
    assert requests.get(f"{server.url}/health", timeout=20).status_code == 503
    assert server.log().count("background work failed") == 0
    server.stop()
    code, said = server.start_failing()
    assert code == 1 and "is on PostgreSQL at" in said
    start(server, server.there)
    other = make_server(**server.environment).start()
    for node in (server, other):
        everything.assert_there(node)
    everything.owner.server = everything.person.server = other
    assert everything.respond(everything.pending).status_code == 201
    everything.files.append((everything.owner.store(b"stored at the second node")["id"], b"stored at the second node"))
    everything.messages.append(everything.send("sent at the second node"))

    uploads = Uploads(everything.owner)
    eventually(lambda: len(uploads.acknowledged) > 5, "uploads")
    migrate(server, {})
    eventually(lambda: [answer for answer in uploads.refusals if "moved" in answer.text], "refused at the other node")
    everything.files += uploads.end()
    other.stop()
    code, said = other.start_failing()
    assert code == 1 and "index.sqlite in the storage folder" in said
    restart(server, {})
    everything.assert_there(server)
    everything.owner.server = server
    everything.owner.store(b"and goes on")
    server.assert_consistent()


def test_what_comes_back_is_what_went(moved):
    """Also what no client can ask for, such as the next number of a feed, and what a collection has taken."""
    server = moved().start()
    Everything(server)
    server.command("gc", "run", "--grace", "0s")
    server.stop()
    before = dump(server)
    assert before["attachments"] and before["doomed_keys"] is not None
    migrate(server, server.there)
    server.environment |= server.there
    migrate(server, {})
    assert dump(server) == before
    start(server, {})
    assert fsck(server) == []


def test_the_files_alone_move_to_a_bucket_and_back(moved, both):
    server = moved().start()
    everything = Everything(server)
    blobs = server.there["PLACET_BLOBS"]
    server.command("migrate", "--to-blobs", blobs)
    assert everything.owner.post_file(b"late").status_code == 503
    # The folder knows.
    restart(server, {})
    everything.assert_there(server)
    everything.owner.store(b"in the bucket")
    server.stop()
    code, said = start_failing(server, {"PLACET_BLOBS": "disk"})
    assert code == 1 and "has its files in s3://" in said
    server.start()
    server.command("migrate", "--to-blobs", "disk")
    restart(server, {})
    everything.assert_there(server)
    server.assert_consistent()
    # The bucket is still this store's, but has not all of its files.
    server.stop()
    code, said = start_failing(server, {"PLACET_BLOBS": blobs})
    assert code == 1 and "has its files in blobs/" in said


def test_an_older_copy_of_a_store_takes_nothing_out_of_its_bucket(moved, make_server, tmp_path):
    server = moved().start()
    owner = server.owner()
    owner.store(b"old")
    server.stop()
    shutil.copytree(server.storage, tmp_path / "older")
    place = {"PLACET_BLOBS": server.there["PLACET_BLOBS"]}
    assert migrate(server, place)["orphans"] == 0
    start(server, place)
    younger = owner.store(b"younger than the copy")["id"]
    copy = make_server(tmp_path / "older", **server.environment)
    copy.environment.pop("PLACET_BLOBS")
    assert migrate(copy, place)["orphans"] == 1
    assert owner.content(younger) == b"younger than the copy"


POINTS = ["contentMoved:3", "rowsMoved:9", "rowsFollowed:1", "targetMarked:1", "sourceMarked:1", "arrived:1"]


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_move_that_was_killed_goes_on(moved, both, point):
    has_left = point in ("sourceMarked:1", "arrived:1")
    server = moved().start()
    everything = Everything(server)
    for place in (server.there, {}):
        for content in map(os.urandom, range(10, 15)):
            everything.files.append((everything.owner.store(content)["id"], content))
        done = server.command("migrate", *arguments(place), check=False, PLACET_FAULT=point)
        assert done.returncode == -signal.SIGKILL
        assert everything.owner.post_file(b"meanwhile").status_code == (503 if has_left else 201)
        assert bool(notes(server, both)) == (point != "contentMoved:3")
        server.stop()
        if point in ("targetMarked:1", "sourceMarked:1"):
            code, said = start_failing(server, place)
            assert code == 1 and ("The store is not here" in said or "is on PostgreSQL" in said), said
        if point == "rowsFollowed:1":
            server.start()
            assert notes(server, both) == []
            server.stop()
        assert migrate(server, place)["wasMoved"] == has_left
        assert has_left or notes(server, both) == []
        if place:
            index = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'messages_by_trigrams'::regclass"
            assert both[0].run(database(place), index) == [["t"]]
            assert both[0].run(database(place), "SELECT 1 FROM pg_constraint WHERE NOT convalidated") == []
        start(server, place)
        everything.assert_there(server)


class Changes:
    """A client and a person who do all kinds of things, one after the other, until they are refused."""

    def __init__(self, everything):
        self._everything, self._over = everything, threading.Event()
        self._owner, self._person = everything.owner.another(), everything.person.another()
        self.rounds = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._over.is_set() and self._round():
            self.rounds += 1

    def _round(self):
        owner, person, channel = self._owner, self._person, self._owner.channel
        sent = [owner.request("POST", "messages", json={"channelId": channel, "text": f"{kind} {self.rounds}"} | more)
                for kind, more in (("kept", {}), ("gone", {}), ("asked", {"review": REVIEW}))]
        if any(answer.status_code == 503 for answer in sent):
            return False
        kept, gone, asked = [answer.json()["id"] for answer in sent]
        here = {"channel": channel}
        draft = {"channelId": channel, "streamId": f"s{self.rounds}"}
        owner.request("POST", "messages", json=draft | {"text": "draft"})
        for end in (False, True):
            text = {"text": f"rewritten {self.rounds}", "complete": end}
            owner.request("PATCH", f"messages/streams/{draft['streamId']}", json=draft | text)
        owner.request("DELETE", f"messages/{gone}", params=here)
        person.request("POST", f"messages/{asked}/respond", json={"response": {"selectedOption": "yes"}})
        file = owner.post_file(b"of round %d" % (self.rounds % 3)).json().get("id")
        owner.request("DELETE", f"files/{file}", params=here)
        person.request("PATCH", f"agents/{channel}", json={"description": f"in round {self.rounds}"})
        key = person.request("POST", "api-keys", json={"label": "short-lived"}).json().get("id")
        person.request("DELETE", f"api-keys/{key}")
        return True

    def end(self):
        self._over.set()
        self._thread.join(60)


def database(place):
    return place["PLACET_INDEX"].rsplit("/", 1)[1]


def notes(server, both):
    """What notes changes in the index that the server was started with."""
    if "PLACET_INDEX" in server.environment:
        triggers = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'moved_rows_%'"
        return both[0].run(database(server.environment), triggers)
    return server.query("SELECT name FROM sqlite_schema WHERE name GLOB 'moved_rows_*'")


def test_what_changes_while_rows_are_copied_comes_along(moved, both):
    """With pauses between the pages, so that something changes between any two."""
    server = moved().start()
    everything = Everything(server)
    for number in range(1100):
        everything.send(f"message {number}")
    for place in (server.there, {}):
        changes = Changes(everything)
        eventually(lambda: changes.rounds > 2, "changes")
        before = changes.rounds
        migrate(server, place, PLACET_STALL="200")
        changes.end()
        assert changes.rounds > before
        server.stop()
        assert notes(server, both) == []
        assert without_marks(dump(server)) == dump_postgresql(server, both)
        start(server, place)
        everything.assert_there(server)
        query = {"channel": everything.owner.channel, "search": "rewritten"}
        assert len(everything.owner.request("GET", "messages", params=query).json()["data"]) > 2
    server.assert_consistent()


def test_ctrl_c_ends_the_noting(moved, both):
    server = moved().start()
    owner = server.owner()
    moving = server.background("migrate", *arguments(server.there), PLACET_STALL="500")
    for line in moving.stderr:
        if " rows, " in line:
            break
    assert notes(server, both)
    moving.send_signal(signal.SIGINT)
    assert moving.wait(30) == 130 and "it goes on" in moving.stderr.read()
    assert owner.post_file(b"taken").status_code == 201
    assert notes(server, both) == []


def test_a_server_waits_while_somebody_has_its_index_and_recovers(moved):
    server = moved().start()
    owner = server.owner()
    file = owner.store(b"before")
    other = sqlite3.connect(server.storage / "index.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = owner.post_file(b"meanwhile")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5") and "nothing was stored" in answer.text
    assert owner.content(file["id"]) == b"before"
    other.execute("ROLLBACK")
    other.close()
    assert owner.post_file(b"after").status_code == 201
    assert "background work failed" not in server.settled_log()


def test_what_cannot_be_moved_is_refused_before_anything_is_written(moved, both, make_server):
    server = moved().start()
    owner = server.owner()
    owner.store(b"mine")
    postgres, objects = both
    index, blobs = server.there["PLACET_INDEX"], server.there["PLACET_BLOBS"]
    foreign, used = postgres.database(), postgres.database()
    postgres.run(foreign, "CREATE TABLE users (id text)")
    foreign, used = postgres.address(foreign), postgres.address(used)
    other = moved().start()
    other.command("migrate", *arguments(other.there))
    for place, words in [
        ({"PLACET_INDEX": index}, "the files are in this machine's folder"),
        ({}, "The store is there already"),
        ({"PLACET_INDEX": "postgres://placet@127.0.0.1:9/none", "PLACET_BLOBS": blobs}, "cannot be reached"),
        ({"PLACET_INDEX": foreign, "PLACET_BLOBS": blobs}, "tables that are not ours"),
        ({"PLACET_INDEX": other.there["PLACET_INDEX"], "PLACET_BLOBS": blobs}, "belongs to another store"),
        ({"PLACET_BLOBS": other.there["PLACET_BLOBS"]}, "the files of another store"),
        ({"PLACET_BLOBS": f"s3://no-such-bucket/x?endpoint={objects.endpoint}"}, "no bucket no-such-bucket"),
    ]:
        refused(server, place, words)
    refused(server, {"PLACET_BLOBS": blobs}, "Check the credentials", AWS_SECRET_ACCESS_KEY="wrong")
    bucket = Bucket(objects, "used")
    bucket.put("somebody's", b"own")
    refused(server, {"PLACET_BLOBS": bucket.address}, "no placet-store")
    # One that another server has opened, with a new store in it.
    node = make_server(PLACET_INDEX=used, PLACET_BLOBS=objects.address("node"), **objects.environment).start()
    refused(server, {"PLACET_INDEX": used, "PLACET_BLOBS": blobs}, "another store")
    node.stop()
    assert owner.post_file(b"still served").status_code == 201
    assert server.query("SELECT moved_to FROM store") == [(None,)]


def test_damaged_files_are_named_and_nothing_moves(moved):
    server = moved().start()
    owner = server.owner()
    files = [owner.store(os.urandom(1000)) for _ in range(5)]
    keys = dict(server.query("SELECT sha256, key FROM blobs"))
    paths = [server.storage / "blobs" / keys[file["sha256"]] for file in files]
    os.chmod(paths[0], 0o600)
    paths[0].write_bytes(os.urandom(1000))
    paths[1].unlink()
    done = server.command("migrate", *arguments(server.there), check=False)
    assert done.returncode == 1 and "2 files are damaged" in done.stderr
    for path in paths[:2]:
        assert str(path.relative_to(server.storage / "blobs")) in done.stderr
    assert owner.post_file(b"still here").status_code == 201
    for file in files[:2]:
        owner.request("DELETE", f"files/{file['id']}", params={"channel": owner.channel})
    plan = ("gc", "plan", "--grace", "0s", "--json")
    eventually(lambda: json.loads(server.command(*plan).stdout)["blobs"]["count"], "due")
    server.command("gc", "run", "--grace", "0s")
    migrate(server, server.there)


def test_a_disk_that_does_not_hold_what_comes_back(moved, small_disk):
    server = moved(small_disk / "s", PLACET_MIN_FREE_BYTES="0").start()
    everything = Everything(server)
    everything.owner.store(os.urandom(8 * MIB))
    migrate(server, server.there)
    server.stop()
    for path in (server.storage / "blobs").rglob("*.*"):
        path.unlink()
    filler = small_disk / "filler"
    needed = server.query("SELECT sum(size) FROM blobs")[0][0]
    server.environment |= server.there
    # Not for the files; and for the files, but not for the index.
    for room, words in [(needed - 200_000, "The files need"), (needed + 200_000, "The disk is full")]:
        filler.write_bytes(b"")
        disk = os.statvfs(small_disk)
        filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize - room))
        refused(server, {}, words)
        assert not (server.storage / "index.sqlite.moving").exists()
        for path in (server.storage / "blobs").rglob("*.*"):
            path.unlink()
    filler.unlink()
    migrate(server, {})
    start(server, {})
    everything.assert_there(server)


def test_an_object_store_that_fails_in_the_middle(moved, binary, tmp_path):
    objects = ObjectStore(tmp_path / "objects").start()
    try:
        server = moved(**objects.environment).start()
        everything = Everything(server)
        place = {"PLACET_BLOBS": objects.address("fails")}
        done = server.command("migrate", *arguments(place), check=False, PLACET_FAULT="contentMoved:3")
        objects.kill()
        refused(server, place, "object store")
        objects.restart()
        migrate(server, place)
        restart(server, {})
        everything.assert_there(server)
        assert done.returncode
    finally:
        objects.stop()
