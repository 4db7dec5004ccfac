"""A full disk: nothing is left behind, old files stay readable, and uploads work again when there is room."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import requests
from placet_server import ADMIN_PASSWORD, eventually
from wire import Wire, assert_error, chunk, field, file_part, upload_head

DISK_MIB = 16


@pytest.fixture(scope="module")
def disk():
    yield from mounted(DISK_MIB)


@pytest.fixture
def large_disk():
    """Has room for more than one ballast."""
    yield from mounted(80)


def mounted(mebibytes):
    """A file system of our own."""
    folder = tempfile.mkdtemp(prefix="placet-disk-")
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        os.rmdir(folder)
        pytest.skip(f"a small disk needs the right to mount a tmpfs: {done.stderr.strip()}")
    yield Path(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)
    os.rmdir(folder)


@pytest.fixture
def server(disk, make_server):
    server = make_server(storage=disk / "s", PLACET_MIN_FREE_BYTES="0").start()
    yield server
    server.kill()
    for left in disk.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


@pytest.fixture
def owner(server):
    return server.owner()


def fill(disk, leave=0):
    """Something else takes the space, all but `leave` bytes of it."""
    left = free_bytes(disk) - leave
    with open(disk / "filler", "ab", buffering=0) as filler:
        while left > 0:
            try:
                left -= filler.write(b"x" * min(left, 1 << 20))
            except OSError:
                return


def free_bytes(disk):
    status = os.statvfs(disk)
    return status.f_bavail * status.f_frsize


def make_room(disk):
    (disk / "filler").unlink()


def health(server):
    answer = requests.get(f"{server.url}/health", timeout=20)
    return answer.status_code, answer.json()["checks"]


def test_a_file_larger_than_the_space_is_refused_by_its_declared_length(server, owner):
    before = server.holdings()
    with Wire(server) as wire:
        wire.send(upload_head(owner, f"content-length: {DISK_MIB << 20}", "expect: 100-continue"))
        assert_error(wire.answer(), 507)
    server.holds(before)


def test_a_file_that_turns_out_larger_than_the_space_is_refused_and_leaves_nothing(server, owner):
    old = owner.store(b"here before")["id"]
    before = server.holdings()
    with Wire(server) as wire:
        wire.send(upload_head(owner, "transfer-encoding: chunked"), chunk(field("channelId", owner.channel)))
        wire.send(chunk(file_part(b"")[:-2]))
        for _ in range(DISK_MIB + 2):
            try:
                wire.send(chunk(os.urandom(1 << 20)))
            except ConnectionError:
                break
        assert_error(wire.answer(), 507)
    server.holds(before)
    assert owner.content(old) == b"here before"
    assert owner.store(b"small ones fit still")["size"] == 20


def test_many_uploads_that_together_are_too_large_fail_alone(server, owner):
    with_room = [owner.post_file(os.urandom(3 << 20)) for _ in range(8)]
    statuses = [answer.status_code for answer in with_room]
    assert set(statuses) == {201, 507}, statuses
    for answer in with_room:
        if answer.status_code == 201:
            assert len(owner.content(answer.json()["id"])) == 3 << 20
    eventually(lambda: server.incoming() == [], "incoming/ is empty")
    server.assert_consistent()


@pytest.mark.parametrize("leave", [0, 4096, 12_288, 100_000, 300_000])
def test_a_disk_that_somebody_else_fills_comes_back(disk, server, owner, leave):
    old = owner.store(b"here before")["id"]
    fill(disk, leave)
    answer = owner.post_file(os.urandom(400_000))
    assert answer.status_code == 507, answer.text
    assert answer.json()["statusCode"] == 507
    assert owner.post_file(b"small").status_code in (201, 507)
    assert owner.content(old) == b"here before"
    assert owner.files()
    eventually(lambda: server.incoming() == [], "incoming/ is empty")
    server.assert_consistent()
    make_room(disk)
    again = os.urandom(400_000)
    assert owner.content(owner.store(again)["id"]) == again
    server.assert_consistent()
    assert "unexpected error" not in server.settled_log()


def test_health_tells_a_full_disk_and_its_end(disk, server):
    assert health(server) == (200, {"index": "ok", "storage": "ok"})
    fill(disk)
    eventually(lambda: health(server)[0] == 503, "/health says 503")
    assert "full" in health(server)[1].values()
    make_room(disk)
    eventually(lambda: health(server) == (200, {"index": "ok", "storage": "ok"}), "/health says 200 again")


def test_a_full_index_refuses_rows_and_comes_back(disk, server, owner):
    """Rows alone fill the disk here: the log of the index grows with every commit until there is no page left."""
    fill(disk, leave=200_000)
    for _ in range(400):
        answer = owner.request("POST", "agents", json={"name": "x", "description": "d" * 10_000})
        if answer.status_code != 201:
            break
    assert answer.status_code == 507, answer.text
    assert answer.json()["message"]
    agents = owner.request("GET", "agents")
    assert agents.status_code == 200
    eventually(lambda: health(server)[0] == 503, "/health says 503")
    make_room(disk)
    assert owner.request("POST", "agents", json={"name": "after"}).status_code == 201
    eventually(lambda: health(server)[0] == 200, "/health says 200 again")
    assert len(owner.request("GET", "agents").json()) == len(agents.json()) + 1
    assert "unexpected error" not in server.settled_log()


def test_known_bytes_are_refused_too_when_there_is_no_room_for_their_row(disk, server, owner):
    owner.store(b"known")
    fill(disk)
    answers = {owner.post_file(b"known", route="upload").status_code for _ in range(30)}
    assert answers <= {201, 507}
    make_room(disk)
    server.assert_consistent()
    assert server.incoming() == []
    assert owner.store(b"known")["size"] == 5


def test_a_restart_on_a_full_disk_serves_what_is_there_or_says_why_not(disk, server, owner):
    old = owner.store(b"here before")["id"]
    fill(disk)
    server.kill()
    try:
        server.start()
    except AssertionError:
        assert "full" in server.log().lower() or "space" in server.log().lower()
        assert "Fatal error" not in server.log()
    else:
        assert owner.another().content(old) == b"here before"
        server.kill()
    make_room(disk)
    server.start()
    assert owner.another().content(old) == b"here before"


@pytest.mark.parametrize("restarts", [False, True])
def test_a_disk_filled_with_messages_and_then_to_the_brim_has_a_way_out(large_disk, make_server, restarts):
    reserve = str(48 << 20)
    settings = {"PLACET_MIN_FREE_BYTES": reserve, "PLACET_ADMIN_PASSWORD": ADMIN_PASSWORD}
    server = make_server(storage=large_disk / "s", **settings).start()
    owner = server.owner()
    sent = [owner.request("POST", "messages", json={"channelId": owner.channel, "text": os.urandom(2 << 20).hex()})]
    while sent[-1].status_code == 201:
        sent.append(owner.request("POST", "messages", json=json.loads(sent[0].request.body)))
    refused = sent.pop()
    assert refused.status_code == 507, refused.text
    assert len(sent) > 1
    fill(large_disk)
    if restarts:
        assert server.stop() == 0
        fill(large_disk)
        server.start()
        owner = owner.another()
    person = server.person()
    for message in sent:
        path = f"messages/{message.json()['id']}"
        assert owner.request("DELETE", path, params={"channel": owner.channel}).status_code == 200
    eventually(lambda: free_bytes(large_disk) > 4 << 20, "their room goes back to the disk")
    make_room(large_disk)
    assert owner.content(owner.store(b"again")["id"]) == b"again"
    key = person.request("GET", "api-keys").json()[0]["id"]
    assert person.request("DELETE", f"api-keys/{key}").status_code == 200
    assert owner.request("GET", "agents").status_code == 401
    server.kill()


def test_the_reserve_holds_for_an_upload_of_unknown_length(disk, make_server):
    server = make_server(storage=disk / "unknown", PLACET_MIN_FREE_BYTES=str(6 << 20)).start()
    owner = server.owner()
    with Wire(server) as wire:
        wire.send(upload_head(owner, "transfer-encoding: chunked"))
        wire.send(chunk(field("channelId", owner.channel) + file_part(b"")[:-2]))
        for _ in range(DISK_MIB):
            try:
                wire.send(chunk(os.urandom(1 << 20)))
            except (BrokenPipeError, ConnectionResetError):
                break
        assert_error(wire.answer(), 507)
    eventually(lambda: server.incoming() == [], "the spool goes")
    server.kill()
    shutil.rmtree(disk / "unknown")


def test_the_reserve_holds_for_a_part_of_unknown_length_with_a_checksum(large_disk, make_server):
    server = make_server(storage=large_disk / "parts", PLACET_MIN_FREE_BYTES=str(20 << 20)).start()
    owner = server.owner()
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(48 << 20)}
    begun = owner.request("POST", f"files/tus?channel={owner.channel}", headers=tus)
    assert begun.status_code == 201, begun.text
    path = begun.headers["Location"].removeprefix("/api/v1/")
    fill(large_disk, leave=44 << 20)
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Checksum": "sha256 AAAA",
             "Content-Type": "application/offset+octet-stream"}
    answer = owner.request("PATCH", path, headers=piece, data=(bytes(1 << 20) for _ in range(40)))
    assert answer.status_code == 507, answer.text
    assert owner.request("HEAD", path, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "0"
    server.kill()


def test_the_reserve_is_kept_free(disk, make_server):
    server = make_server(storage=disk / "reserve", PLACET_MIN_FREE_BYTES=str(8 << 20)).start()
    owner = server.owner()
    answers = [owner.post_file(os.urandom(1 << 20)).status_code for _ in range(DISK_MIB)]
    assert answers.count(201) >= 4
    assert answers[-1] == 507
    assert free_bytes(disk) > (8 << 20) - (1 << 20)
    server.kill()
    shutil.rmtree(disk / "reserve")


def filled(large_disk, make_server):
    """A server on a disk that somebody else has filled to the last byte, and its owner."""
    settings = {"PLACET_MIN_FREE_BYTES": str(16 << 20), "PLACET_ADMIN_PASSWORD": ADMIN_PASSWORD}
    server = make_server(storage=large_disk / "s", **settings).start()
    owner = server.owner()
    kept = owner.store(b"kept" * 1000)["id"]
    for _ in range(8):
        gone = owner.store(os.urandom(1 << 20))["id"]
        assert owner.request("DELETE", f"files/{gone}", params={"channel": owner.channel}).status_code == 200
    fill(large_disk)
    assert owner.post_file(b"more").status_code == 507
    return server, owner, kept


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_collection_frees_a_full_disk(large_disk, make_server, running):
    """As docs/operations.md says, "The disk is full"."""
    server, owner, kept = filled(large_disk, make_server)
    if not running:
        assert server.stop() == 0
        fill(large_disk)
    assert "of these in no file" in server.command("stats").stdout

    def plan():
        return json.loads(server.command("gc", "plan", "--grace", "0s", "--json").stdout)

    eventually(lambda: plan()["blobs"]["count"] == 8, "the second of their deletion is over")
    taken = json.loads(server.command("gc", "apply", plan()["id"], "--json").stdout)
    assert taken["blobs"] == {"count": 8, "bytes": 8 << 20}
    eventually(lambda: free_bytes(large_disk) > 6 << 20, "their bytes are free")
    server.assert_consistent()
    make_room(large_disk)
    if not running:
        server.start()
        owner = owner.another()
    eventually(lambda: health(server)[0] == 200, "/health says 200 again")
    assert owner.content(kept) == b"kept" * 1000
    assert owner.content(owner.store(b"again")["id"]) == b"again"
    assert "unexpected error" not in server.settled_log()


def test_a_check_on_a_full_disk_finds_and_repairs(large_disk, make_server):
    server, owner, kept = filled(large_disk, make_server)
    key, = server.query("SELECT key FROM blobs WHERE size = 4000")[0]
    path = server.storage / "blobs" / key
    path.chmod(0o640)
    path.write_bytes(b"lost" * 1000)
    found = server.command("fsck", "--json", check=False)
    assert (found.returncode, json.loads(found.stdout)["faultCount"]) == (2, 1)
    assert owner.download(kept).status_code == 500
    repaired = server.command("fsck", "--repair", "--json", check=False)
    assert (repaired.returncode, json.loads(repaired.stdout)["repairedCount"]) == (2, 1)
    make_room(large_disk)
    owner.store(b"kept" * 1000)
    assert server.command("fsck").returncode == 0
    assert owner.content(kept) == b"kept" * 1000


def test_a_store_on_a_full_disk_is_backed_up_and_restored_to_another(large_disk, make_server, tmp_path):
    server, owner, kept = filled(large_disk, make_server)
    assert json.loads(server.command("backup", str(tmp_path / "b"), "--json").stdout)["contents"] == 9
    restored = make_server(storage=tmp_path / "s")
    restored.command("restore", str(tmp_path / "b"))
    restored.start()
    assert restored.command("fsck").returncode == 0
    assert type(owner)(restored, owner.key, owner.channel).content(kept) == b"kept" * 1000


def test_a_restore_to_a_full_disk_goes_on_when_there_is_room(disk, large_disk, make_server):
    server, owner, kept = filled(large_disk, make_server)
    make_room(large_disk)
    server.command("backup", str(large_disk / "b"))
    restored = make_server(storage=disk / "s")
    for leave in (100_000, 2 << 20, 3 << 20):
        fill(disk, leave)
        refused = restored.command("restore", str(large_disk / "b"), check=False)
        assert refused.returncode == 1, leave
        assert "The disk is full. Make room and run the same command again" in refused.stderr
        code, said = restored.start_failing()
        assert code == 1 and "Run the same placet restore again" in said, said
        make_room(disk)
    restored.command("restore", str(large_disk / "b"))
    restored.start()
    assert "All is well: 9 contents" in restored.command("fsck").stdout
    restored.assert_consistent()
    assert restored.incoming() == []
    assert type(owner)(restored, owner.key, owner.channel).content(kept) == b"kept" * 1000
    restored.kill()
    shutil.rmtree(disk / "s")
