"""`placet fsck` beside a running server and alone: what it prints, how it ends, and that a repaired store is whole."""

import json
import os
import signal
import sqlite3
from contextlib import closing

import pytest
from placet_server import eventually


def damage(server, key):
    """Flips one bit of the stored bytes, as a disk would."""
    path = server.storage / "blobs" / key
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def forge(server, *statements):
    """Changes the index behind the back of the stopped server."""
    with closing(sqlite3.connect(server.storage / "index.sqlite", isolation_level=None)) as index:
        for statement in statements:
            index.execute(statement)


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_flipped_bit_is_found_repaired_and_mended_by_an_upload(make_server, running):
    server = make_server().start()
    owner = server.owner()
    content = bytes(range(256)) * 4096
    owner.store(content)
    owner.store(b"whole")
    assert "All is well: 2 contents" in server.command("fsck").stdout
    key, = {key for key, size in server.query("SELECT key, size FROM blobs") if size == len(content)}
    damage(server, key)
    if not running:
        server.stop()

    found = server.command("fsck", "--json", check=False)
    assert found.returncode == 2, found.stderr
    assert json.loads(found.stdout) == {
        "checked": 2, "bytes": len(content) + 5, "faultCount": 1, "repairedCount": 0,
        "faults": [{"kind": "wrongBytes", "subject": key}],
    }
    assert "2 of 2 contents" in found.stderr
    repaired = server.command("fsck", "--repair", check=False)
    assert repaired.returncode == 2
    assert ["wrongBytes", key, "quarantined"] in [line.split() for line in repaired.stdout.splitlines()]
    assert len(list((server.storage / "quarantine").iterdir())) == 1
    # Now the bytes are missing, which is told until they come again.
    assert ["missing", key, "-"] in [
        line.split() for line in server.command("fsck", check=False).stdout.splitlines()
    ]

    if not running:
        server.start()
    owner.store(content)
    assert server.command("fsck").returncode == 0
    server.assert_consistent()


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_second_check_is_told_and_one_that_was_stopped_is_over(make_server, running):
    server = make_server().start()
    server.owner().store(b"content")
    key, = server.query("SELECT key FROM blobs")[0]
    server.stop()
    # It takes a while to read, and no room on the disk.
    path = server.storage / "blobs" / key
    path.chmod(0o640)
    os.truncate(path, 256 << 30)
    forge(server, f"UPDATE blobs SET size = {256 << 30}")
    if running:
        server.start()
    first = server.background("fsck")
    reader = f"/proc/{server.process.pid if running else first.pid}/fd"

    def is_reading():
        try:
            return any(os.readlink(f"{reader}/{number}").endswith(key) for number in os.listdir(reader))
        except FileNotFoundError:  # Closed meanwhile.
            return False

    try:
        eventually(is_reading, "the first one reads")
        second = server.command("fsck", check=False)
        assert (second.returncode, second.stdout) == (1, "")
        assert "Another check is under way; wait until it has ended" in second.stderr
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=30)
    finally:
        first.kill()
    os.truncate(path, 0)
    done = eventually(lambda: (done := server.command("fsck", check=False)).returncode == 2 and done, "the next one may")
    assert "wrongLength" in done.stdout


def test_an_index_that_refers_to_nothing_is_found_and_left_as_it_is(make_server):
    server = make_server().start()
    server.owner().store(b"content")
    server.stop()
    forge(server, "DELETE FROM blobs")
    done = server.command("fsck", check=False)
    assert done.returncode == 2
    assert "1 rows of attachments refer to rows of blobs that are not there" in done.stdout
    assert "orphan" in done.stdout


def test_a_damaged_file_of_the_index_is_found(make_server):
    server = make_server().start()
    owner = server.owner()
    for number in range(200):
        owner.store(b"%d" % number)
    server.stop()
    # An index of attachments loses its entries, without which SQLite finds rows missing from it.
    forge(
        server,
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'shares_by_expiry')"
        " WHERE name = 'attachments_by_blob'",
    )
    done = server.command("fsck", check=False)
    assert done.returncode == 2, done.stderr
    assert ["index"] * 3 == [line.split()[0] for line in done.stdout.splitlines()[1:4]]
