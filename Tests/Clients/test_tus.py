"""Uploads that are cut off and go on: with tuspy, with curl, over broken connections, and over a server that is killed."""

import hashlib
import http.client
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from cluster import Balancer, Cluster
from placet_server import ADMIN_PASSWORD, Server, eventually
from tus import PIECE, begin, head, offset, patch
from tusclient.client import TusClient

#: The first four are those of uploads in parts; the others are passed by every upload.
POINTS = (
    "partWritten", "partSynced", "partNoted", "partTaken", "flushed", "named", "linked", "folderFlushed", "committed", "unlinked")


@pytest.fixture(scope="module")
def owner(server):
    return server.owner().with_channel("tus")


@pytest.fixture
def content(tmp_path):
    bytes = b"".join(b"line %d\n" % number for number in range(300_000))
    (tmp_path / "build.log").write_bytes(bytes)
    return bytes


def is_stored(owner, file, content):
    told = owner.request("GET", f"files/{file}").json()
    assert (told["filename"], told["mimeType"]) == ("build.log", "text/plain"), told
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert owner.content(file) == content


def test_tuspy_sends_a_file_in_pieces_and_another_one_of_it_goes_on(owner, tmp_path, content):
    client = TusClient(f"{owner.server.url}/api/v1/files/tus?channel={owner.channel}", headers={"x-api-key": owner.key})
    options = {"file_path": str(tmp_path / "build.log"), "chunk_size": 1 << 20, "metadata": {"filename": "build.log"}}
    first = client.uploader(**options, upload_checksum=True)
    first.upload_chunk()
    path = "/" + first.url.split("/", 3)[3]
    assert offset(owner, path) == 1 << 20
    second = client.uploader(**options, url=first.url)
    assert second.offset == 1 << 20
    second.upload()
    is_stored(owner, head(owner, path).headers["Placet-File-Id"], content)


def test_tuspy_sends_each_piece_to_another_node(binary, postgres, objects, tmp_path, content):
    cluster, balancer = Cluster(binary, postgres, objects, 3), None
    try:
        cluster.start()
        balancer = Balancer(tmp_path, cluster.nodes)
        owner = cluster.nodes[0].owner().with_channel("tus")
        url = f"{balancer.url}/api/v1/files/tus?channel={owner.channel}"
        client = TusClient(url, headers={"x-api-key": owner.key})
        options = {"file_path": str(tmp_path / "build.log"), "chunk_size": 300_000}
        uploader = client.uploader(**options, metadata={"filename": "build.log"}, upload_checksum=True)
        uploader.upload(stop_at=1_500_000)
        # A node that is stopped in between is not missed.
        cluster.nodes[2].stop()
        client.uploader(**options, url=uploader.url, retries=3).upload()
        path = "/" + uploader.url.split("/", 3)[3]
        is_stored(owner, head(owner, path).headers["Placet-File-Id"], content)
    finally:
        if balancer:
            balancer.dispose()
        cluster.dispose()


def test_curl_goes_on_after_a_break(owner, tmp_path, content):
    path = begin(owner, len(content))
    assert patch(owner, path, 0, content[:1_000_000]).status_code == 204
    (tmp_path / "rest").write_bytes(content[1_000_000:])
    headers = [f"{name}: {value}" for name, value in {**PIECE, "x-api-key": owner.key, "Upload-Offset": "1000000"}.items()]
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-D", "-", "-X", "PATCH", *sum((["-H", header] for header in headers), []),
         "--data-binary", f"@{tmp_path}/rest", owner.server.url + path], capture_output=True, text=True, timeout=60)
    assert " 204 " in done.stdout, done.stdout + done.stderr
    is_stored(owner, head(owner, path).headers["Placet-File-Id"], content)


def test_who_asks_how_far_an_upload_is_keeps_nobody_from_sending(owner, content):
    path = begin(owner, len(content))
    piece = len(content) // 60 + 1
    with ThreadPoolExecutor() as askers:
        for start in range(0, len(content), piece):
            asked = [askers.submit(offset, owner, path) for _ in range(4)]
            assert patch(owner, path, start, content[start:start + piece]).status_code == 204
            for answer in asked:
                assert answer.result() in (start, min(start + piece, len(content)))
    is_stored(owner, head(owner, path).headers["Placet-File-Id"], content)


def test_what_came_before_a_connection_broke_stays(owner, content):
    path = begin(owner, len(content))
    # nginx would drop what it has not passed on yet when its client ends.
    connection = http.client.HTTPConnection("127.0.0.1", owner.server.node.port, timeout=30)
    connection.putrequest("PATCH", path)
    for name, value in {**PIECE, "x-api-key": owner.key, "Upload-Offset": "0", "Content-Length": str(len(content))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(content[:1_500_000])
    # Everything sent has arrived before the connection ends: a closed sending half comes after it.
    connection.sock.shutdown(socket.SHUT_WR)
    eventually(lambda: offset(owner, path) == 1_500_000, "what came is noted")
    connection.close()
    assert eventually(
        lambda: (answer := patch(owner, path, 1_500_000, content[1_500_000:])).status_code != 423 and answer, "the turn is free"
    ).status_code == 204
    is_stored(owner, head(owner, path).headers["Placet-File-Id"], content)


def on_disk(server, path):
    file = server.storage / "incoming" / f"upload.{path.rpartition('/')[2]}"
    return file.stat().st_size if file.exists() else 0


@pytest.mark.parametrize("point", POINTS)
def test_what_an_offset_says_survives_a_kill_at_any_step(binary, content, point):
    server = Server(binary, PLACET_LOG_LEVEL="error", PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
    try:
        owner = server.start().owner().with_channel("tus")
        path = begin(owner, len(content))
        assert patch(owner, path, 0, content[:500_000]).status_code == 204
        server.stop()
        server.environment["PLACET_FAULT"] = f"{point}:1"
        server.start()
        with pytest.raises(requests.exceptions.ConnectionError):
            # One of the two passes the point.
            assert patch(owner, path, 500_000, content[500_000:1_000_000]).status_code == 204
            patch(owner, path, 1_000_000, content[1_000_000:])
        assert server.process.wait(10) == -signal.SIGKILL
        del server.environment["PLACET_FAULT"]
        server.start()
        state = head(owner, path).headers
        here = int(state["Upload-Offset"])
        if "Placet-File-Id" not in state:
            assert 500_000 <= here < len(content) and here <= on_disk(server, path)
            state = patch(owner, path, here, content[here:]).headers
        is_stored(owner, state["Placet-File-Id"], content)
        assert len(owner.files()) == 1
        assert server.incoming() == []
        server.stop()
        server.assert_consistent()
    finally:
        server.dispose()
