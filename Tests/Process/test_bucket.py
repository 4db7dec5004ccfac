"""The store with its bytes in a bucket: the same promises over a real S3-compatible store."""

import hashlib
import http.client
import io
import json
import os
import random
import socket
import threading
import time
import zipfile

import pytest
import requests
from bucket import assert_consistent, doomed, parts, requests_counted, rows
from object_store import BUCKET
from placet_server import eventually
from tus import PIECE, begin, give_up, head, offset, patch

MIB = 1 << 20


# What works as it does on a disk


@pytest.mark.parametrize("size", [0, 1, 262_144, MIB, MIB + 1, 3 * MIB, 66 * MIB])
def test_what_was_uploaded_comes_back_whole_and_in_ranges(make_store, bucket, size):
    server = make_store().start()
    owner = server.owner()
    content = random.Random(size).randbytes(size)
    file = owner.store(content)
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert owner.content(file["id"]) == content
    assert owner.content(file["id"]) == content, "and again, from what was kept"
    for start, end in [(0, 1), (size // 2, size // 2 + 300_000), (max(size - 10, 0), size)]:
        if size:
            answer = owner.download(file["id"], range=f"bytes={start}-{end - 1}")
            assert (answer.status_code, answer.content) == (206, content[start:end])
    several = owner.download(file["id"], range="bytes=0-9,100-199") if size > 200 else None
    assert several is None or content[100:200] in several.content
    assert list(bucket.keys()) == list(rows(server)), "one object, under the key of its row"
    assert doomed(server) == {} and server.incoming() == []
    assert not list((server.storage / "blobs").rglob("*.*")), "nothing of it is in the folder"


def test_an_upload_in_parts_is_objects_until_it_is_whole(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    content = random.Random(1).randbytes(100 * MIB)
    path = begin(owner, len(content), "parts.bin")
    assert patch(owner, path, 0, content[:97 * MIB]).status_code == 204
    # Few for a long request, and nothing of it stays in the folder.
    assert len(parts(server)) == 4 and sum(parts(server).values()) == 97 * MIB
    assert set(parts(server)) == bucket.keys() and all(key.startswith("upload/") for key in parts(server))
    assert server.incoming() == []
    assert server.command("fsck").returncode == 0
    server.kill()
    server.start()
    owner = owner.another()
    assert offset(owner, path) == 97 * MIB
    ended = patch(owner, path, 97 * MIB, content[97 * MIB:])
    assert ended.status_code == 204, ended.text
    assert owner.content(ended.headers["Placet-File-Id"]) == content
    assert parts(server) == {} and bucket.keys() == set(rows(server)) and doomed(server) == {}
    assert_consistent(server, bucket)


def test_an_upload_in_parts_that_comes_in_one_request_is_not_read_back(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    for size in (MIB, 70 * MIB):
        content = random.Random(size).randbytes(size)
        path = begin(owner, size, "parts.bin")
        before = requests_counted(server, "get") if size > MIB else 0
        ended = patch(owner, path, 0, content)
        assert ended.status_code == 204, ended.text
        if size > MIB:
            assert requests_counted(server, "get") == before
        assert owner.content(ended.headers["Placet-File-Id"]) == content
    assert bucket.keys() == set(rows(server)) and server.incoming() == []


def test_what_came_of_an_upload_in_parts_before_its_connection_broke_is_in_the_bucket(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    content = random.Random(2).randbytes(45 * MIB)
    path = begin(owner, len(content), "parts.bin")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("PATCH", path)
    for name, value in {**PIECE, "x-api-key": owner.key, "Upload-Offset": "0", "Content-Length": len(content)}.items():
        connection.putheader(name, str(value))
    connection.endheaders()
    connection.send(content[:40 * MIB])
    connection.sock.shutdown(socket.SHUT_WR)
    eventually(lambda: offset(owner, path) == 40 * MIB, "what came is noted", 30)
    connection.close()
    assert sum(parts(server).values()) == 40 * MIB and set(parts(server)) == bucket.keys()
    # A checksum is for the whole request: nothing of one that it does not prove is kept.
    wrong = patch(owner, path, 40 * MIB, content[40 * MIB:], **{"Upload-Checksum": "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    assert wrong.status_code == 460 and offset(owner, path) == 40 * MIB
    assert give_up(owner, path).status_code == 204
    assert bucket.keys() == set() and parts(server) == {} and server.incoming() == []


def test_equal_bytes_cost_no_request(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    owner.store(b"the same")
    before = [requests_counted(server, operation) for operation in ("put", "head", "get")]
    owner.store(b"the same")
    assert [requests_counted(server, operation) for operation in ("put", "head", "get")] == before
    assert len(bucket.keys()) == 1


def test_lines_entries_facts_and_zips_are_read_from_the_bucket(make_store):
    server = make_store().start()
    owner = server.owner()
    lines = [f"line {number} {'x' * 40}" for number in range(100_000)]
    log = owner.store("\n".join(lines).encode(), "build.log")
    tail = owner.request("GET", f"files/{log['id']}/lines", params={"tail": 3, "format": "text"}).text
    assert tail.splitlines() == lines[-3:]
    found = owner.request("GET", f"files/{log['id']}/lines", params={"grep": "line 77777 "}).json()
    assert [line["number"] for line in found["lines"]] == [77_778]
    assert owner.request("GET", f"files/{log['id']}", params={"facts": "true"}).json()["facts"]["lines"] == 100_000
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/first.txt", "first" * 1000)
        archive.writestr("noise.bin", random.Random(1).randbytes(3 * MIB))
        archive.writestr("last.txt", "last")
    archive = owner.store(packed.getvalue(), "all.zip")
    entries = owner.request("GET", f"files/{archive['id']}/entries").json()["entries"]
    assert [entry["name"] for entry in entries] == ["a/first.txt", "noise.bin", "last.txt"]
    answer = owner.request("GET", f"files/{archive['id']}/entries/{entries[2]['number']}")
    assert answer.text == "last"
    noise = owner.request("GET", f"files/{archive['id']}/entries/{entries[1]['number']}").content
    assert noise == random.Random(1).randbytes(3 * MIB)


def test_a_collection_removes_the_objects_and_an_undo_brings_them_back(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    kept, gone = owner.store(b"kept"), owner.store(b"gone!")
    assert owner.request("DELETE", f"files/{gone['id']}", params={"channel": owner.channel}).status_code == 200
    run = eventually(lambda: json.loads(server.command("gc", "run", "--grace", "1s", "--json").stdout).get("run"), "taken")
    assert len(bucket.keys()) == 2, "the bytes stay for an hour"
    server.command("gc", "undo", run["id"])
    assert len(rows(server)) == 2
    eventually(lambda: json.loads(server.command("gc", "plan", "--grace", "0s", "--json").stdout)["blobs"]["count"], "due")
    server.command("gc", "run", "--grace", "0s")
    eventually(lambda: len(bucket.keys()) == 1, "removed")
    assert owner.content(kept["id"]) == b"kept"
    assert doomed(server) == {}, "nothing more can come under a key that had a row"


def test_an_upload_in_parts_ends_in_the_bucket(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    content = os.urandom(3 * MIB)
    tus = {"tus-resumable": "1.0.0"}
    made = owner.request("POST", "files/tus", headers=tus | {"upload-length": str(len(content))},
                         params={"channel": owner.channel})
    assert made.status_code == 201, made.text
    for start in (0, 2 * MIB):
        server.stop()
        server.start()
        sent = owner.session.patch(
            server.url + made.headers["location"], data=content[start:start + 2 * MIB], timeout=60,
            headers=tus | {"upload-offset": str(start), "content-type": "application/offset+octet-stream"})
        assert sent.status_code == 204, sent.text
    assert [owner.content(file["id"]) == content for file in owner.files()] == [True]
    assert_consistent(server, bucket)
    assert server.incoming() == []


def test_many_uploads_of_few_contents_beside_collections(make_store, bucket):
    server = make_store(PLACET_GC_SCHEDULE="off").start()
    contents = [os.urandom(1000) for _ in range(6)]
    until, lost = time.monotonic() + 10, []

    def upload(owner):
        while time.monotonic() < until:
            content = random.choice(contents)
            file = owner.store(content)
            answer = owner.download(file["id"])
            if answer.status_code != 200 or answer.content != content:
                lost.append((file, answer.status_code))
            owner.request("DELETE", f"files/{file['id']}", params={"channel": owner.channel})

    threads = [threading.Thread(target=upload, args=(server.owner(),)) for _ in range(4)]
    [thread.start() for thread in threads]
    while any(thread.is_alive() for thread in threads):
        server.command("gc", "run", "--grace", "0s", check=False)
    [thread.join() for thread in threads]
    assert lost == []
    assert_consistent(server, bucket)


def test_clients_are_sent_to_the_bucket_for_large_files_that_are_not_shown(make_store, objects):
    server = make_store(PLACET_REDIRECT_DOWNLOADS="on").start()
    owner = server.owner()
    large, small, text = os.urandom(9 * MIB), os.urandom(MIB), b"shown\n" * (2 * MIB)
    files = {name: owner.store(content, name) for name, content in
             [("large.bin", large), ("small.bin", small), ("large.txt", text)]}
    answer = owner.request("GET", f"files/{files['large.bin']['id']}/download", allow_redirects=False)
    assert answer.status_code == 307 and answer.headers["cache-control"] == "no-store"
    there = requests.get(answer.headers["location"], timeout=30)
    assert there.content == large and there.headers["content-type"] == "application/octet-stream"
    assert there.headers["content-disposition"].startswith("attachment; filename=")
    assert requests.head(answer.headers["location"], timeout=30).status_code == 403
    for name, content in [("small.bin", small), ("large.txt", text)]:
        answer = owner.request("GET", f"files/{files[name]['id']}/download", allow_redirects=False)
        assert (answer.status_code, answer.content) == (200, content)
    assert owner.request("HEAD", f"files/{files['large.bin']['id']}/download").status_code == 200
    server.stop()
    server.environment["PLACET_ALLOWED_HOSTS"] = "127.0.0.1"
    code, said = server.start_failing()
    assert code == 1 and "another host" in said


def test_a_backup_has_the_index_and_a_restore_takes_the_store_s_place(make_store, bucket, tmp_path):
    server = make_store().start()
    owner = server.owner()
    file = owner.store(b"in the bucket")
    made = json.loads(server.command("backup", str(tmp_path / "b"), "--json").stdout)
    assert (made["contents"], made["copied"]["count"]) == (1, 0)
    assert not list((tmp_path / "b/blobs").rglob("*.*"))
    later = owner.store(b"later")
    server.stop()
    restored = make_store(tmp_path / "restored")
    restored.command("restore", str(tmp_path / "b"), "--dry-run")
    restored.command("restore", str(tmp_path / "b"))
    restored.start()
    again = restored.owner("again")
    owner.server = restored
    assert owner.content(file["id"]) == b"in the bucket"
    assert owner.download(later["id"]).status_code == 404
    code, faults = fsck(restored)
    assert code == 2 and [fault["kind"] for fault in faults] == ["orphan"], "what came later"
    assert again.content(again.store(b"later")["id"]) == b"later"


# What a check finds


def fsck(server, *arguments):
    done = server.command("fsck", "--json", *arguments, check=False)
    return done.returncode, json.loads(done.stdout)["faults"]


def test_a_check_lists_the_bucket_and_names_what_is_wrong(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    files = {name: owner.store(os.urandom(2 * MIB)) for name in ("whole", "missing", "changed", "short")}
    keys = {name: server.query("SELECT key FROM blobs WHERE sha256 = ?", file["sha256"])[0][0]
            for name, file in files.items()}
    assert fsck(server) == (0, [])
    bucket.remove(keys["missing"])
    bucket.put(keys["changed"], os.urandom(2 * MIB))
    bucket.put(keys["short"], b"short")
    orphan = f"sha256/ab/{'0' * 62}.{'1' * 32}"
    bucket.put(orphan, b"an orphan")
    found = {(fault["kind"], fault["subject"]) for fault in fsck(server)[1]}
    assert found == {("missing", keys["missing"]), ("wrongBytes", keys["changed"]), ("wrongLength", keys["short"]),
                     ("orphan", orphan)}
    assert owner.download(files["changed"]["id"]).status_code == 500
    assert owner.download(files["missing"]["id"]).status_code == 500
    assert owner.download(files["whole"]["id"]).status_code == 200
    # In a bucket nothing is moved away; an upload of the right bytes mends a file there too.
    code, faults = fsck(server, "--repair")
    assert code == 2 and orphan in bucket.keys()


def test_an_upload_of_the_same_bytes_mends_a_damaged_file(make_store, bucket):
    server = make_store().start()
    owner = server.owner()
    content = os.urandom(2 * MIB)
    file = owner.store(content)
    bucket.remove(next(iter(rows(server))))
    assert owner.download(file["id"]).status_code == 500
    owner.store(content)
    assert owner.content(file["id"]) == content
    assert fsck(server)[0] == 0


# How it starts


def test_what_is_wrong_with_a_bucket_is_said_before_the_port_opens(make_store, make_server, objects, bucket):
    for setting, words in [
        ({"PLACET_BLOBS": f"s3://no-such-bucket/x?endpoint={objects.endpoint}"}, "has no bucket no-such-bucket"),
        ({"PLACET_BLOBS": f"s3://{BUCKET}/x?endpoint=http://127.0.0.1:9"}, "cannot be reached"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "Check the credentials"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY"),
        ({"PLACET_BLOBS": "s3:/bucket"}, "s3://bucket/prefix"),
    ]:
        code, said = make_store(**setting).start_failing()
        assert code == 1 and words in said, said


def test_a_bucket_of_another_store_is_refused_and_a_folder_remembers_its_own(make_store, make_server, objects, bucket):
    server = make_store().start()
    server.owner().store(b"mine")
    code, said = make_store().start_failing()
    assert code == 1 and "another store" in said
    server.stop()
    code, said = make_store(server.storage, PLACET_BLOBS=objects.address("another")).start_failing()
    assert code == 1 and "in another one" in said
    # The address need not be given again, to the server and to commands.
    del server.environment["PLACET_BLOBS"]
    assert len(json.loads(server.command("stats", "--json").stdout)) > 0
    server.start()
    assert len(rows(server)) == 1


def test_a_command_beside_a_server_needs_no_credentials(make_store):
    server = make_store().start()
    del server.environment["PLACET_BLOBS"]
    none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert len(json.loads(server.command("stats", "--json", **none).stdout)) > 0
    server.stop()
    done = server.command("stats", check=False, **none)
    assert done.returncode == 1 and "AWS_ACCESS_KEY_ID" in done.stderr


def test_a_folder_with_its_files_on_disk_takes_no_bucket(make_store, make_server, bucket):
    disk = make_server().start()
    disk.owner().store(b"on disk")
    disk.stop()
    code, said = make_store(disk.storage).start_failing()
    assert code == 1 and "has its files in blobs/" in said
