"""Many files as one archive: what other programs make of it, what it costs, and how it ends when it cannot be finished."""

import io
import json
import os
import re
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest
import requests
from placet_server import ADMIN_PASSWORD, Server, eventually
from wire import Wire, head

MIB = 1 << 20
GIB = 1 << 30


@pytest.fixture
def owner(server):
    return server.owner()


def ask(person, ids):
    """The head and the body of the request, as bytes."""
    body = json.dumps({"ids": ids}).encode()
    lines = [person.cookie, "content-type: application/json", f"content-length: {len(body)}"]
    return head("POST", "/api/files/bulk-download", *lines) + body


def archive(person, ids):
    answer = person.request("POST", "files/bulk-download", json={"ids": ids})
    assert answer.status_code == 200, answer.text
    return answer


def unzip(path):
    """Tested by Info-ZIP: the exit code and what it said."""
    done = subprocess.run(["unzip", "-tqq", str(path)], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_what_comes_out_is_what_went_in(owner, person, tmp_path):
    """By Python's zipfile, Info-ZIP and its extraction, with names of three kinds and every size of interest."""
    files = {
        "empty.log": b"", "build.log": b"all is well\n" * 50_000, "Übersicht 🎉.md": "# größer\n".encode(),
        "noise.bin": os.urandom(3 * MIB), "tiny.bin": b"\0", "photo.png": b"\x89PNG\r\n\x1a\n" + os.urandom(40_000),
    }
    ids = [owner.store(content, name)["id"] for name, content in files.items()]
    answer = archive(person, ids)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="files.zip"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as read:
        assert read.testzip() is None
        assert {info.filename: read.read(info) for info in read.infolist()} == files
        methods = {info.filename: info.compress_type for info in read.infolist()}
        assert methods["build.log"] == zipfile.ZIP_DEFLATED and read.getinfo("build.log").compress_size < 10_000
        assert methods["photo.png"] == methods["noise.bin"] == zipfile.ZIP_STORED
        assert all(info.external_attr >> 16 == 0o100644 for info in read.infolist())
    path = tmp_path / "files.zip"
    path.write_bytes(answer.content)
    assert unzip(path) == (0, "")
    subprocess.run(["unzip", "-qq", path, "-d", tmp_path / "out"], check=True, timeout=60)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == files
    stored = owner.files()
    created = {file["filename"]: file["createdAt"] for file in stored}["tiny.bin"]
    seconds = int((tmp_path / "out/tiny.bin").stat().st_mtime)
    stamp = subprocess.run(["date", "-u", "-d", f"@{seconds}", "+%FT%T"], capture_output=True, text=True).stdout.strip()
    assert created.startswith(stamp)


def test_equal_and_hostile_names_are_told_apart_and_stay_in_the_folder(owner, person, tmp_path):
    names = ["log.txt", "log.txt", "LOG.TXT", "log (2).txt", "..", "C:evil.exe", "nul.txt", "a\u202eb.txt"]
    ids = [owner.store(f"{number}".encode(), name)["id"] for number, name in enumerate(names)]
    path = tmp_path / "files.zip"
    path.write_bytes(archive(person, ids).content)
    subprocess.run(["unzip", "-qq", path, "-d", tmp_path / "out"], check=True, timeout=60)
    out = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert len({name.lower() for name in out}) == len(names)
    assert sorted(out.values()) == sorted(str(number) for number in range(len(names)))
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("files.zip", "out")] == []


def test_the_length_is_announced_when_nothing_is_compressed(owner, person):
    ids = [owner.store(os.urandom(70_000), f"{number}.bin")["id"] for number in range(3)]
    answer = archive(person, ids + ids)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert len(zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) == 3, "repeats count once"


def test_bad_requests_say_what_to_do(server, owner, person):
    mine = owner.store(b"mine")["id"]
    for body in ({}, {"ids": []}, {"ids": "x"}, {"ids": [1]}, {"ids": None}, []):
        answer = person.request("POST", "files/bulk-download", json=body)
        assert answer.status_code == 400, (body, answer.text)
    assert person.request("POST", "files/bulk-download", data="{").status_code == 400
    gone = person.request("POST", "files/bulk-download", json={"ids": [mine, "no-such-file"]})
    assert gone.status_code == 404 and "no-such-file" in gone.json()["message"]
    assert requests.post(f"{server.url}/api/files/bulk-download", json={"ids": [mine]}, timeout=10).status_code == 401
    server.command("users", "create", "eve@example.org")
    foreign = server.owner(user="eve@example.org").store(b"hers")["id"]
    answer = person.request("POST", "files/bulk-download", json={"ids": [mine, "no-such-file", foreign]})
    assert answer.status_code == 403


def many_records(server, count):
    """Records of equal bytes, written to the index of a stopped server: uploading them would take minutes."""
    import sqlite3
    with sqlite3.connect(server.storage / "index.sqlite") as index:
        (template,) = index.execute("SELECT id FROM attachments ORDER BY id DESC LIMIT 1").fetchone()
        columns = [row[1] for row in index.execute("PRAGMA table_info(attachments)") if row[1] != "id"]
        names = ", ".join(columns)
        index.executemany(
            f"INSERT INTO attachments (id, {names}) SELECT ?, {names} FROM attachments WHERE id = ?",
            [(f"record-{number:06}", template) for number in range(count)],
        )
    index.close()
    return [f"record-{number:06}" for number in range(count)]


@pytest.fixture(scope="module")
def crowded(binary):
    """A server with 70 000 records of one small file: more than a directory without Zip64 counts."""
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_LOG_LEVEL="warning").start()
    server.owner().store(b"small and equal\n" * 20, "log.bin")
    server.stop()
    ids = many_records(server, 70_000)
    server.start()
    yield server, ids
    server.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("count", [10_000, 70_000])
def test_very_many_small_files(crowded, tmp_path, count):
    server, ids = crowded
    before = server.peak_memory()
    path = tmp_path / "files.zip"
    with server.person().request("POST", "files/bulk-download", json={"ids": ids[:count]}, stream=True) as answer:
        assert answer.status_code == 200
        with open(path, "wb") as file:
            for part in answer.iter_content(MIB):
                file.write(part)
    assert unzip(path) == (0, "")
    with zipfile.ZipFile(path) as read:
        names = read.namelist()
        assert len(names) == len(set(names)) == count
        assert all(info.file_size == 320 for info in read.infolist())
    # The request itself is 40 bytes for each id, and each entry is remembered until the directory.
    assert server.peak_memory() - before < 150 * MIB


def sparse(server, file_id, size):
    """Makes a stored file `size` zeros long, which takes no room on disk. The server must be stopped."""
    import sqlite3
    with sqlite3.connect(server.storage / "index.sqlite") as index:
        sha256, key = index.execute(
            "SELECT sha256, key FROM attachments JOIN blobs USING (sha256) WHERE attachments.id = ?", (file_id,)
        ).fetchone()
        checksum, block = 0, bytes(16 * MIB)
        for _ in range(size // len(block)):
            checksum = zlib.crc32(block, checksum)
        index.execute("UPDATE blobs SET size = ?, crc32 = ? WHERE sha256 = ?", (size, checksum, sha256))
        index.execute("UPDATE attachments SET size = ? WHERE sha256 = ?", (size, sha256))
    index.close()
    path = Path(server.storage / "blobs" / key)
    path.chmod(0o600)
    path.write_bytes(b"")
    os.truncate(path, size)


def save_sparse(answer, path):
    """Saves a body without writing the zeros."""
    zeros = bytes(MIB)
    with open(path, "wb") as file:
        for part in answer.iter_content(MIB):
            if part == zeros:
                file.seek(MIB, os.SEEK_CUR)
            else:
                file.write(part)
        file.truncate()


@pytest.mark.slow
def test_files_past_four_gibibytes(make_server, tmp_path):
    """One stored and one deflated of more than 4 GiB, and one that begins beyond them: Zip64 in all its places."""
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner = server.owner()
    stored, deflated = owner.store(b"\0" * 100, "disk.img")["id"], owner.store(b"to be zeros", "huge.log")["id"]
    last = owner.store(b"\0the last one", "last.bin")["id"]
    server.stop()
    sparse(server, stored, 5 * GIB)
    sparse(server, deflated, 4 * GIB + 16 * MIB)
    person, before = server.start().person(), server.peak_memory()
    path = tmp_path / "files.zip"
    body = {"ids": [stored, deflated, last]}
    with person.request("POST", "files/bulk-download", json=body, stream=True) as answer:
        save_sparse(answer, path)
    assert server.peak_memory() - before < 20 * MIB
    assert path.stat().st_size > 5 * GIB
    with zipfile.ZipFile(path) as read:
        sizes = {info.filename: (info.file_size, info.compress_type) for info in read.infolist()}
        assert sizes == {"disk.img": (5 * GIB, 0), "huge.log": (4 * GIB + 16 * MIB, 8), "last.bin": (13, 0)}
        assert read.read("last.bin") == b"\0the last one"
    assert unzip(path) == (0, "")


@pytest.mark.slow
def test_a_client_that_stops_reading_costs_no_memory_and_is_dropped(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_IDLE_TIMEOUT="2").start()
    owner, person = server.owner(), server.person()
    ids = [owner.store(os.urandom(8 * MIB), f"{number}.bin")["id"] for number in range(4)]
    ids.append(owner.store(b"".join(b"%d: %d\n" % (n, n * n) for n in range(400_000)), "squares.log")["id"])
    # The connections of the two clients above go too, when they are idle.
    before = eventually(lambda: server.socket_count() <= 2 and server.descriptor_count(), "quiet")
    peak = server.peak_memory()
    stalled = [Wire(server).send(ask(person, order)) for order in (ids, ids[::-1]) * 4]
    for wire in stalled:
        assert wire.reader.read(100).startswith(b"HTTP/1.1 200")
    eventually(lambda: server.descriptor_count() <= before, "the archives' connections and files are closed", 30)
    assert server.peak_memory() - peak < 64 * MIB
    for wire in stalled:
        wire.close()


def test_a_client_that_leaves_frees_everything(server, owner, person):
    ids = [owner.store(os.urandom(8 * MIB), f"{number}.bin")["id"] for number in range(4)]
    before = server.descriptor_count()
    for _ in range(5):
        wire = Wire(server).send(ask(person, ids))
        wire.reader.read(100_000)
        wire.reset()
    eventually(lambda: server.descriptor_count() <= before, "descriptors are closed")
    assert archive(person, ids).status_code == 200


def test_an_archive_goes_on_when_the_channel_is_deleted_under_it(server, owner, person):
    """Whoever was allowed when it began gets it whole; the next request finds nothing."""
    contents = [os.urandom(6 * MIB) for _ in range(4)]
    ids = [owner.store(content, f"{number}.bin")["id"] for number, content in enumerate(contents)]
    with Wire(server, timeout=60) as wire:
        wire.send(ask(person, ids))
        wire.reader.peek(1)
        assert owner.request("DELETE", f"agents/{owner.channel}").status_code == 200
        answer = wire.answer()
    with zipfile.ZipFile(io.BytesIO(answer.body)) as read:
        assert [read.read(info) for info in read.infolist()] == contents
    assert person.request("POST", "files/bulk-download", json={"ids": ids}).status_code == 404


def test_bytes_that_are_missing_break_the_archive_off(make_server):
    """A damaged disk: the client sees an end that is none, or 500 when the first bytes are missing. The log says why,
    and the server goes on."""
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner, person = server.owner(), server.person()
    for names in (["a.bin", "b.bin"], ["a.log", "b.log"]):
        files = [owner.store(os.urandom(300_000).hex().encode(), name) for name in names]
        (key,) = server.query("SELECT key FROM blobs WHERE sha256 = ?", files[1]["sha256"])[0]
        (server.storage / "blobs" / key).unlink()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            archive(person, [file["id"] for file in files])
        ids = [file["id"] for file in reversed(files)]
        assert person.request("POST", "files/bulk-download", json={"ids": ids}).status_code == 500
    eventually(lambda: len(re.findall("response could not be sent", server.log())) == 2, "both are logged")
    assert person.request("GET", "auth/me").status_code == 200


def test_an_archive_downloaded_by_a_browser(server, owner, person, tmp_path):
    """As a page of ours would do it: ask, keep what comes, let the browser save it."""
    from playwright.sync_api import sync_playwright
    ids = [owner.store(content, name)["id"] for name, content in (("a.log", b"a" * 9000), ("b.bin", os.urandom(9000)))]
    script = """async (ids) => {
        const answer = await fetch('/api/files/bulk-download', {
            method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({ids})});
        const link = document.createElement('a');
        link.href = URL.createObjectURL(await answer.blob());
        link.download = 'files.zip';
        link.click();
    }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(accept_downloads=True)
        context.add_cookies([
            {"name": "access_token", "value": person.session.cookies["access_token"], "url": server.url}
        ])
        page = context.new_page()
        page.goto(f"{server.url}/health")
        with page.expect_download() as download:
            page.evaluate(script, ids)
        download.value.save_as(tmp_path / "files.zip")
        browser.close()
    assert unzip(tmp_path / "files.zip") == (0, "")
