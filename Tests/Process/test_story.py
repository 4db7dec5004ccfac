"""A day with Placet, told with the tools people really use: its own command line and curl."""

import hashlib
import json
import re
import shutil
import struct
import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parent.parent / "MediaTypesTests/Samples"
LOG_BYTES = 40 << 20


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    """What an agent attaches: a big log, a PDF, a picture, an archive."""
    folder = tmp_path_factory.mktemp("artifacts")
    write_log(folder / "build.log")
    shutil.copy(SAMPLES / "page.pdf", folder / "report.pdf")
    (folder / "shot.png").write_bytes(png(8, 8))
    with tarfile.open(folder / "bundle.tar.gz", "w:gz") as archive:
        archive.add(folder / "report.pdf", "report.pdf")
    return folder


def write_log(path):
    with open(path, "w") as log:
        line, size = 0, 0
        while size < LOG_BYTES:
            lines = "".join(f"2026-01-01T00:00:00.{n:09d}Z INFO step {n * 2654435761 % 2**32:08x} done\n"
                            for n in range(line, line + 10_000))
            line, size = line + 10_000, size + log.write(lines)


def png(width, height):
    def piece(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([200, 30, 90] * width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", header) + piece(b"IDAT", zlib.compress(rows)) + piece(b"IEND", b"")


def curl(owner, *arguments):
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-H", f"x-api-key: {owner.key}", *arguments], capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def uploaded(server, owner, artifacts):
    """Every artifact, uploaded as the published example does it: the file comes before the channel."""
    found = {}
    for path in sorted(artifacts.iterdir()):
        answer = curl(
            owner, "-F", f"file=@{path}", "-F", f"channelId={owner.channel}", f"{server.url}/api/v1/files/upload"
        )
        found[path.name] = json.loads(answer)
    return found


def test_uploads_by_curl_are_answered_with_what_the_files_are(uploaded, owner, artifacts):
    types = {"build.log": "text/", "bundle.tar.gz": "application/gzip", "report.pdf": "application/pdf",
             "shot.png": "image/png"}
    for name, attachment in uploaded.items():
        content = (artifacts / name).read_bytes()
        assert attachment["filename"] == name
        assert attachment["size"] == len(content)
        assert attachment["sha256"] == hashlib.sha256(content).hexdigest()
        assert attachment["storageKey"] == f"uploads/sha256/{attachment['sha256']}"
        assert attachment["mimeType"].startswith(types[name])
        assert attachment["channelId"] == owner.channel
        assert attachment["messageId"]
        assert attachment["expiresAt"] is None
    assert uploaded["shot.png"]["pluginType"] == "@uax/image"
    assert uploaded["report.pdf"]["pluginType"] == "@uax/file"


def test_the_list_names_all_of_them_newest_first(uploaded, owner):
    listed = owner.files()
    assert listed == sorted(uploaded.values(), key=lambda file: file["id"], reverse=True)


def test_downloads_by_curl_are_the_same_bytes(uploaded, owner, artifacts, server, tmp_path):
    for name, attachment in uploaded.items():
        curl(owner, "-o", str(tmp_path / name), f"{server.url}/api/v1/files/{attachment['id']}/download")
        assert subprocess.run(["cmp", tmp_path / name, artifacts / name]).returncode == 0


def test_a_download_that_broke_off_is_resumed_by_curl(uploaded, owner, artifacts, server, tmp_path):
    part = tmp_path / "build.log"
    part.write_bytes((artifacts / "build.log").read_bytes()[: 10 << 20])
    transferred = curl(
        owner, "-C", "-", "-o", str(part), "-w", "%{size_download} %{http_code}",
        f"{server.url}/api/v1/files/{uploaded['build.log']['id']}/download",
    )
    assert transferred.decode() == f"{uploaded['build.log']['size'] - (10 << 20)} 206"
    assert subprocess.run(["cmp", part, artifacts / "build.log"]).returncode == 0


def test_head_says_what_get_would_send(uploaded, owner):
    for attachment in uploaded.values():
        path = f"files/{attachment['id']}/download"
        asked, sent = owner.request("HEAD", path), owner.request("GET", path)
        assert asked.status_code == 200
        assert asked.content == b""
        varying = {"date", "x-request-id"}
        assert {k.lower(): v for k, v in asked.headers.items() if k.lower() not in varying} == {
            k.lower(): v for k, v in sent.headers.items() if k.lower() not in varying
        }
        assert int(asked.headers["content-length"]) == attachment["size"]
        assert asked.headers["etag"] == f'"sha256-{attachment["sha256"]}"'
        assert asked.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("header, part", [
    ("bytes=0-0", slice(0, 1)),
    ("bytes=1000-99999", slice(1000, 100_000)),
    ("bytes=-500", slice(-500, None)),
    ("bytes=41943000-", slice(41_943_000, None)),
    ("bytes=5-99999999999999999999", slice(5, None)),
])
def test_a_range_is_exactly_that_part(uploaded, owner, artifacts, header, part):
    content = (artifacts / "build.log").read_bytes()
    answer = owner.download(uploaded["build.log"]["id"], Range=header)
    assert answer.status_code == 206
    assert answer.content == content[part]
    first = part.indices(len(content))[0]
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(content)}"


def test_several_ranges_come_as_multipart(uploaded, owner, artifacts):
    content = (artifacts / "build.log").read_bytes()
    answer = owner.download(uploaded["build.log"]["id"], Range="bytes=0-9, 1000000-1099999, -10")
    assert answer.status_code == 206
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\S+)", answer.headers["content-type"])[1].encode()
    parts = answer.content.split(b"\r\n--" + boundary)
    assert parts[-1] == b"--\r\n"
    bodies = [part.partition(b"\r\n\r\n")[2] for part in parts[1:-1]]
    assert bodies == [content[:10], content[1_000_000:1_100_000], content[-10:]]
