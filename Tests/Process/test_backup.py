"""`placet backup` and `placet restore`: under load, cut off at any moment, on a full disk, with damage."""

import hashlib
import json
import os
import random
import signal
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from placet_server import eventually


@pytest.fixture
def folder():
    """Where backups go and restored stores are."""
    with tempfile.TemporaryDirectory(prefix="placet-backup-") as path:
        yield Path(path)


def back_up(server, target, **options):
    return server.command("backup", str(target), "--json", **options)


def restore(make_server, source, storage):
    """The server of a restored store, not started yet."""
    restored = make_server(storage=storage)
    restored.command("restore", str(source))
    return restored


def contents(server, owner):
    """What each file of the owner has, as a download says."""
    return {file["id"]: hashlib.sha256(owner.content(file["id"])).hexdigest() for file in owner.files()}


def collect(server):
    """Until no blob is left without a file: one that lost its last file in this second is not yet due."""
    def is_done():
        server.command("gc", "run", "--grace", "0s")
        return server.query("SELECT count(*) FROM unreferenced_blobs") == [(0,)]

    eventually(is_done, "all is collected")


def manifest(target):
    return json.loads((target / "manifest.json").read_text())


def damage(path):
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def copied(target):
    return [path for path in (target / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_backup_restores_to_the_same_files_and_the_next_one_copies_only_what_is_new(make_server, folder, running):
    server = make_server().start()
    owner = server.owner()
    for number in range(40):
        owner.store(b"%d" % number * 1000)
    if not running:
        server.stop()
    first = json.loads(back_up(server, folder / "b").stdout)
    assert (first["contents"], first["copied"]["count"], first["faultCount"]) == (40, 40, 0)
    if not running:
        server.start()
    gone = owner.files()[0]
    owner.request("DELETE", f"files/{gone['id']}")
    collect(server)
    owner.store(b"new")
    if not running:
        server.stop()
    second = json.loads(back_up(server, folder / "b").stdout)
    assert (second["contents"], second["copied"]["count"], second["copied"]["bytes"]) == (40, 1, 3)
    assert len(copied(folder / "b")) == 40, "what nothing names any more is removed"
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [folder / "b", *(folder / "b").rglob("*")]}
    assert modes == {0}

    if not running:
        server.start()
    restored = restore(make_server, folder / "b", folder / "s").start()
    assert contents(restored, type(owner)(restored, owner.key, owner.channel)) == contents(server, owner)
    assert restored.query("SELECT id FROM store") != server.query("SELECT id FROM store")
    assert restored.command("fsck").returncode == 0
    restored.assert_consistent()


def test_a_backup_under_full_load_restores_to_a_store_in_which_all_is_well(make_server, folder):
    server = make_server().start()
    owner = server.owner()
    popular = [os.urandom(200_000) for _ in range(5)]
    for _ in range(60):
        owner.store(os.urandom(100_000))
    over = threading.Event()
    odd = []

    def load(caller):
        mine, dice = [], random.Random()
        while not over.is_set():
            if len(mine) > 5:
                answer = caller.request("DELETE", f"files/{mine.pop(dice.randrange(len(mine)))}")
                ok = answer.status_code == 200
            else:
                answer = caller.post_file(dice.choice([*popular, os.urandom(50_000)]), route="store")
                ok = answer.status_code == 201
                if ok:
                    mine.append(answer.json()["id"])
            if not ok:
                odd.append(answer.text)

    def keep_collecting():
        while not over.is_set():
            status, answer = server.control("POST", "gc/run", {"graceSeconds": 0})
            if status != 200:
                odd.append(answer)

    threads = [threading.Thread(target=load, args=(owner.another(),)) for _ in range(4)]
    threads.append(threading.Thread(target=keep_collecting))
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            done = json.loads(back_up(server, folder / "b").stdout)
            assert done["faultCount"] == 0
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
    assert odd == []
    restored = restore(make_server, folder / "b", folder / "s").start()
    assert "All is well" in restored.command("fsck").stdout
    restored.assert_consistent()
    caller = type(owner)(restored, owner.key, owner.channel)
    named = {file["id"]: file["sha256"] for file in caller.files()}
    assert contents(restored, caller) == named
    assert len(named) >= 60
    # The hold has ended with the command.
    collect(server)
    server.assert_consistent()


def test_killed_at_any_moment_backup_and_restore_go_on_and_are_never_taken_for_whole(make_server, folder):
    server = make_server().start()
    owner = server.owner()
    for _ in range(300):
        owner.store(os.urandom(30_000))
    began = time.monotonic()
    back_up(server, folder / "whole")
    usual = time.monotonic() - began
    for moment in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95]:
        running = server.background("backup", str(folder / "b"))
        try:
            running.wait(usual * moment)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        running.communicate()
        if not (folder / "b/manifest.json").exists():
            refused = make_server(storage=folder / "no").command("restore", str(folder / "b"), check=False)
            assert refused.returncode == 1
            assert "There is no backup here" in refused.stderr or "was cut off" in refused.stderr
            assert not (folder / "no").exists()
    assert json.loads(back_up(server, folder / "b").stdout)["faultCount"] == 0
    assert len(copied(folder / "b")) == 300
    assert list((folder / "b/incoming").iterdir()) == []

    restored = make_server(storage=folder / "s")
    for moment in [0.3, 0.5, 0.7, 0.9]:
        running = restored.background("restore", str(folder / "b"))
        try:
            running.wait(usual * moment)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        running.communicate()
        if (folder / "s/RESTORING").exists():
            code, said = restored.start_failing()
            assert code == 1 and "Run the same placet restore again" in said
    if not (folder / "s/index.sqlite").exists() or (folder / "s/RESTORING").exists():
        restored.command("restore", str(folder / "b"))
    restored.start()
    assert "All is well: 300 contents" in restored.command("fsck").stdout
    restored.assert_consistent()
    assert restored.incoming() == []


def test_ctrl_c_says_how_to_go_on(make_server, folder):
    server = make_server().start()
    stored = server.owner().store(b"content")
    key, = server.query("SELECT key FROM blobs WHERE sha256 = ?", stored["sha256"])[0]
    # Opening a pipe that nobody writes to takes forever.
    (server.storage / "blobs" / key).unlink()
    os.mkfifo(server.storage / "blobs" / key)
    running = server.background("backup", str(folder / "b"))
    eventually((folder / "b/index.new").exists, "the index is copied")
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Run the same command again: it goes on" in said


def test_damage_on_either_side_is_told_and_the_rest_is_kept(make_server, folder):
    server = make_server().start()
    owner = server.owner()
    good = owner.store(b"good" * 1000)
    bad = owner.store(b"bad!" * 1000)
    key, = server.query("SELECT key FROM blobs WHERE sha256 = ?", bad["sha256"])[0]
    damage(server.storage / "blobs" / key)
    done = back_up(server, folder / "b", check=False)
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert told["faults"] == [{"kind": "wrongBytes", "subject": key}]
    assert told["copied"] == {"count": 1, "bytes": 4000}
    assert manifest(folder / "b")["damaged"] == 1
    # Mended by an upload, it is copied with the next backup.
    server.command("fsck", "--repair", check=False)
    owner.store(b"bad!" * 1000)
    assert json.loads(back_up(server, folder / "b").stdout)["copied"]["count"] == 1
    assert "2 contents" in server.command("restore", str(folder / "b"), "--dry-run").stdout

    copy = folder / "b/blobs/sha256" / good["sha256"][:2] / good["sha256"][2:]
    damage(copy)
    tried = server.command("restore", str(folder / "b"), "--dry-run", check=False)
    assert tried.returncode == 2
    assert "wrongBytes" in tried.stdout and "1 contents" in tried.stdout
    restored = make_server(storage=folder / "s")
    assert restored.command("restore", str(folder / "b"), check=False).returncode == 2
    restored.start()
    caller = type(owner)(restored, owner.key, owner.channel)
    assert caller.content(bad["id"]) == b"bad!" * 1000
    assert caller.download(good["id"]).status_code == 500


def test_a_backup_whose_index_is_damaged_is_refused(make_server, folder):
    server = make_server().start()
    back_up(server, folder / "b")
    damage(next((folder / "b").glob("index-*.sqlite")))
    refused = make_server(storage=folder / "s").command("restore", str(folder / "b"), check=False)
    assert refused.returncode == 1
    assert "its index is not what its manifest says" in refused.stderr
    assert not (folder / "s").exists()


def test_wrong_folders_are_refused_and_left_alone(make_server, folder):
    server = make_server().start()
    server.owner().store(b"content")
    other = make_server().start()
    (folder / "full").mkdir()
    (folder / "full/letter").write_text("mine")
    back_up(server, folder / "b")
    (folder / "inside").symlink_to(server.storage)
    for command, sentence in [
        (["backup", str(server.storage)], "must not be inside the storage folder"),
        (["backup", str(server.storage / "backup")], "must not be inside the storage folder"),
        (["backup", str(folder / "inside/backup")], "must not be inside the storage folder"),
        (["backup", str(folder / "full")], "The folder is not empty"),
        (["backup", str(folder / "no/such")], "No such file or directory"),
        (["restore", str(folder / "full")], "There is no backup here"),
        (["restore", str(folder / "b")], "The folder is not empty"),
    ]:
        refused = server.command(*command, check=False)
        assert (refused.returncode, refused.stdout) == (1, ""), command
        assert sentence in refused.stderr, command
    refused = other.command("backup", str(folder / "b"), check=False)
    assert "the backup of another store" in refused.stderr
    assert [path.name for path in (folder / "full").iterdir()] == ["letter"]
    assert not (server.storage / "backup").exists()
    assert "All is well" in server.command("fsck").stdout


def test_a_backup_that_is_refused_asks_nobody_and_leaves_nothing(make_server, folder):
    server = make_server().start()
    (folder / "full").mkdir()
    (folder / "full/letter").write_text("mine")
    # Nobody can ask the server any more.
    (server.storage / "control.sock").unlink()
    refused = server.command("backup", str(folder / "full"), check=False)
    assert "The folder is not empty" in refused.stderr
    unanswered = server.command("backup", str(folder / "new"), check=False)
    assert "its control socket is gone" in unanswered.stderr
    nothing = make_server(storage=folder / "none").command("backup", str(folder / "new"), check=False)
    assert "There is no store" in nothing.stderr
    assert [path.name for path in folder.iterdir()] == ["full"]
    assert server.query("SELECT id FROM removal_holds") == []


def test_a_backup_that_is_refused_ends_no_other_hold(make_server, folder):
    server = make_server().start()
    stored = server.owner().store(b"content")
    key, = server.query("SELECT key FROM blobs WHERE sha256 = ?", stored["sha256"])[0]
    # Opening a pipe that nobody writes to takes forever.
    (server.storage / "blobs" / key).unlink()
    os.mkfifo(server.storage / "blobs" / key)
    running = server.background("backup", str(folder / "b"))
    try:
        eventually((folder / "b/index.new").exists, "the index is copied")
        held = server.query("SELECT id FROM removal_holds")
        assert len(held) == 1
        refused = server.command("backup", str(folder / "b"), check=False)
        assert "The folder is in use" in refused.stderr
        assert server.query("SELECT id FROM removal_holds") == held
    finally:
        running.kill()
        running.communicate()


def test_a_full_disk_is_told_and_the_backup_goes_on_when_there_is_room(make_server, folder):
    server = make_server().start()
    owner = server.owner()
    for _ in range(12):
        owner.store(os.urandom(1 << 20))
    disk = folder / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a small disk needs the right to mount a tmpfs: {done.stderr.strip()}")
    try:
        refused = server.command("backup", str(disk / "b"), check=False)
        assert refused.returncode == 1
        assert "The disk is full. Make room and run the same command again" in refused.stderr
        assert not (disk / "b/manifest.json").exists()
        assert list((disk / "b/incoming").iterdir()) == []
        for path in copied(disk / "b"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name
        subprocess.run(["mount", "-o", "remount,size=40m", disk], check=True)
        assert json.loads(back_up(server, disk / "b").stdout)["contents"] == 12
        server.command("restore", str(disk / "b"), "--dry-run")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_restored_store_asks_everybody_to_sign_in_again(make_server, folder):
    server = make_server(PLACET_ADMIN_PASSWORD="correct horse battery").start()
    person = server.person()
    owner = server.owner()
    back_up(server, folder / "b")
    restored = restore(make_server, folder / "b", folder / "s").start()
    moved = person.another()
    moved.server = restored
    assert moved.request("GET", "auth/me").status_code == 401
    assert type(owner)(restored, owner.key, owner.channel).files() == []
    assert restored.person().request("GET", "auth/me").status_code == 200
