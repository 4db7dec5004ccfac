"""What the server refuses to start on, and how it ends (invariants 5 and 7)."""

import hashlib
import os
import shutil
import socket
import sqlite3

import pytest
import requests
from placet_server import eventually
from wire import Wire, field, file_part, form, head, upload_head


def refuses(server, *words):
    """A refusal is a sentence for the operator and an exit code of its own, not a crash."""
    code, said = server.start_failing()
    assert 0 < code < 128, said
    for crash in ("Fatal error", "Swift/", "stack dump", "Unexpectedly found nil"):
        assert crash not in said
    for word in words:
        assert word in said
    return said


@pytest.fixture
def filled(make_server):
    """A stopped server with one file."""
    server = make_server().start()
    server.kept = server.owner()
    server.kept_file = server.kept.store(b"kept")["id"]
    assert server.stop() == 0
    return server


def test_a_second_server_on_the_same_store_is_refused_and_names_the_first(make_server):
    first = make_server().start()
    second = make_server(storage=first.storage)
    refuses(second, str(first.process.pid), "in use")
    assert first.owner().store(b"undisturbed")["size"] == 11
    first.kill()
    second.start()
    assert second.stop() == 0


def test_the_lock_cannot_be_removed_from_under_a_server(make_server):
    first = make_server().start()
    owner = first.owner()
    (first.storage / "LOCK").unlink()
    (first.storage / "control.sock").unlink()
    refuses(make_server(storage=first.storage), "in use")
    assert "control socket is gone" in first.command("keys", "list", check=False).stderr
    assert owner.content(owner.store(b"undisturbed")["id"]) == b"undisturbed"


@pytest.mark.parametrize("name", ["index.sqlite", "index.sqlite-wal"])
def test_an_index_that_goes_while_the_server_runs_takes_no_more_writes(filled, name):
    filled.start()
    lost = (filled.storage / name).rename(filled.storage / "lost")
    answers = [filled.kept.post_file(b"new"), filled.kept.request("POST", "agents", json={"name": "new"})]
    assert [answer.status_code for answer in answers] == [503, 503]
    health = requests.get(f"{filled.url}/health", timeout=20)
    assert (health.status_code, health.json()["checks"]["index"]) == (503, "unwritable")
    assert "is not the file that was opened" in filled.log()
    filled.kill()
    lost.rename(filled.storage / name)
    filled.start()
    assert filled.kept.another().content(filled.kept_file) == b"kept"
    filled.assert_consistent()


def test_a_stale_lock_file_does_not_hold_up_a_start(filled):
    (filled.storage / "LOCK").write_text(f"{os.getpid()}\n")
    filled.start()
    assert filled.kept.content(filled.kept_file) == b"kept"


def test_a_lost_index_is_refused_and_nothing_is_removed(filled):
    saved = (filled.storage / "index.sqlite").rename(filled.storage / "saved")
    for rest in filled.storage.glob("index.sqlite-*"):
        rest.unlink()
    before = filled.blob_keys()
    assert before
    refuses(filled, "index")
    refuses(filled, "index")
    assert filled.blob_keys() == before
    for new in filled.storage.glob("index.sqlite*"):
        new.unlink()
    saved.rename(filled.storage / "index.sqlite")
    filled.start()
    assert filled.kept.content(filled.kept_file) == b"kept"


def test_the_index_of_another_store_is_refused_and_nothing_is_removed(filled, make_server):
    other = make_server().start()
    other.owner()
    assert other.stop() == 0
    shutil.copy(other.storage / "index.sqlite", filled.storage / "index.sqlite")
    before = filled.blob_keys()
    refuses(filled, "index.sqlite", "another")
    assert filled.blob_keys() == before


def test_an_index_that_is_no_database_is_refused(filled):
    (filled.storage / "index.sqlite").write_bytes(os.urandom(8192))
    refuses(filled, "index.sqlite")


def test_a_foreign_database_is_refused_and_not_written_to(filled):
    path = filled.storage / "index.sqlite"
    path.unlink()
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE users (name TEXT)")
    foreign.commit()
    foreign.close()
    refuses(filled, "index.sqlite")


def test_a_store_of_a_later_version_is_refused(filled):
    store = filled.storage / "STORE"
    store.write_text(store.read_text().replace("blobs 1", "blobs 2"))
    refuses(filled)


def test_a_store_without_its_bytes_is_refused(filled):
    (filled.storage / "blobs").rename(filled.storage / "elsewhere")
    refuses(filled, "blobs")


@pytest.mark.parametrize("key, value", [
    ("PLACET_MAX_UPLOAD_BYTES", "1G"), ("PLACET_MAX_UPLOAD_BYTES", "0"), ("PLACET_MIN_FREE_BYTES", "-1"),
    ("PLACET_IDLE_TIMEOUT", "0"), ("PLACET_LOG_LEVEL", "loud"), ("PLACET_LOG_FORMAT", "xml"),
    ("PLACET_ADMIN_PASSWORD", "short"), ("PLACET_ADMIN_EMAIL", ""),
    ("PLACET_WEBHOOK_ALLOW", "10.0.0.0/33"),
])
def test_a_bad_setting_is_refused_by_name_before_anything_is_made(make_server, key, value):
    server = make_server(**{key: value})
    refuses(server, key)
    assert not server.storage.exists()


def test_a_storage_path_too_long_for_a_socket_is_refused(make_server, tmp_path):
    refuses(make_server(storage=tmp_path / ("long" * 30)), "PLACET_STORAGE")


def test_a_storage_folder_that_cannot_be_made_is_refused(make_server):
    refuses(make_server(storage="/proc/no/such/folder"), "/proc/no/such/folder")


def test_a_port_in_use_is_refused(make_server):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = make_server()
        port = taken.getsockname()[1]
        done = server.command("serve", "--port", str(port), check=False)
    assert 0 < done.returncode < 128
    assert str(port) in done.stderr


# The end


def test_sigterm_ends_an_idle_server_at_once(make_server):
    server = make_server().start()
    assert server.stop(deadline=5) == 0
    assert not (server.storage / "control.sock").exists() or server.start().stop() == 0


def test_sigterm_is_not_held_up_by_clients_that_do_nothing(make_server):
    server = make_server().start()
    owner = server.owner()
    big = owner.store(os.urandom(24 << 20))["id"]

    idle = Wire(server)
    assert idle.send(head("GET", "/api/v1/agents", key=owner.key)).answer().status == 200
    silent = Wire(server)
    parked = Wire(server).send(
        upload_head(owner, "content-length: 500000"), field("channelId", owner.channel), file_part(b"x" * 300_000))
    eventually(server.incoming, "the parked upload is being received")
    stalled = Wire(server)
    stalled.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.send(head("GET", f"/api/v1/files/{big}/download", key=owner.key))
    assert stalled.socket.recv(100).startswith(b"HTTP/1.1 200")

    assert server.stop(deadline=10) == 0
    assert " error " not in server.log(), "a stop with connections open is nothing unusual"
    for wire in (idle, silent, parked, stalled):
        wire.close()
    server.start()
    assert server.incoming() == []
    server.assert_consistent()


def test_an_upload_in_flight_is_finished_after_sigterm(make_server):
    server = make_server().start()
    owner = server.owner()
    content = os.urandom(400_000)
    body = form(field("channelId", owner.channel), file_part(content))
    with Wire(server) as wire:
        wire.send(upload_head(owner, f"content-length: {len(body)}"), body[:300_000])
        eventually(server.incoming, "the upload is being received")
        server.terminate()
        eventually(lambda: refuses_connections(server), "no new connections are taken")
        answer = wire.send(body[300_000:]).answer()
    assert answer.status == 201, answer.body
    assert server.process.wait(10) == 0
    server.start()
    assert owner.another().content(answer.json()["id"]) == content


def test_a_download_in_flight_is_finished_after_sigterm(make_server):
    server = make_server().start()
    owner = server.owner()
    content = os.urandom(24 << 20)
    file_id = owner.store(content)["id"]
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        wire.send(head("GET", f"/api/v1/files/{file_id}/download", key=owner.key))
        first = wire.socket.recv(1000)
        server.terminate()
        eventually(lambda: refuses_connections(server), "no new connections are taken")
        rest = bytearray()
        while data := wire.socket.recv(1 << 20):
            rest += data
    assert hashlib.sha256((first + rest)[-len(content):]).digest() == hashlib.sha256(content).digest()
    assert server.process.wait(10) == 0


def refuses_connections(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), 1).close()
        return False
    except ConnectionError:
        return True


def test_a_second_sigterm_does_no_harm(make_server):
    server = make_server().start()
    owner = server.owner()
    with Wire(server) as wire:
        wire.send(upload_head(owner, "content-length: 5000"))
        server.terminate()
        server.terminate()
        code = server.process.wait(12)
    server.start()
    server.assert_consistent()
    assert code == 0


def test_leftovers_of_a_dead_process_are_swept_and_nothing_else(make_server):
    server = make_server().start()
    owner = server.owner()
    kept = owner.store(b"kept")["id"]
    with Wire(server) as wire:
        wire.send(upload_head(owner, "content-length: 5000000"), field("channelId", owner.channel), file_part(b"x" * 400_000))
        eventually(server.incoming, "the upload is being received")
        server.kill()
    assert len(server.incoming()) == 1
    (server.storage / "incoming" / "notes by the operator.txt").write_text("mine")
    server.start()
    assert server.incoming() == ["notes by the operator.txt"]
    assert owner.another().content(kept) == b"kept"
