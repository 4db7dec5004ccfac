"""The store with its bytes in a bucket, killed between every two steps, and with an object store that stalls or dies."""

import http.client
import os
import signal
import sqlite3
from contextlib import closing

import pytest
import requests
from bucket import assert_consistent, doomed, rows
from object_store import object_store
from placet_server import eventually
from tus import PIECE, begin, head, offset, patch

MIB = 1 << 20


@pytest.fixture(scope="module")
def objects():
    """One of its own, because it is to fail."""
    with object_store() as store:
        yield store


STEPS = ["spooled:1", "leased:1", "partSent:2", "objectSent:1", "objectSeen:1", "committed:1"]


@pytest.mark.parametrize("step", STEPS)
def test_a_publish_that_is_killed_leaves_only_what_is_listed(make_store, bucket, step):
    server = make_store().start()
    owner = server.owner()
    before = owner.store(b"before")
    server.stop()
    server.environment["PLACET_FAULT"] = step
    server.start()
    content = os.urandom(70 * MIB if step.startswith("partSent") else 2 * MIB)
    with pytest.raises(requests.exceptions.RequestException):
        owner.another().store(content)
    assert server.process.wait(10) == -signal.SIGKILL
    del server.environment["PLACET_FAULT"]
    server.start()
    assert_consistent(server, bucket)
    assert server.incoming() == []
    again = owner.another()
    assert again.content(before["id"]) == b"before"
    # The same upload once more is stored, whatever the first has left.
    assert again.content(again.store(content)["id"]) == content
    end_leases(server)
    eventually(lambda: bucket.keys() == set(rows(server)), "what was left is removed")
    eventually(lambda: set(doomed(server).values()) <= {"removed"}, "and will be once more")
    eventually(lambda: bucket.uploads() == [], "no upload in parts is left")


def end_leases(server):
    """As if all that waits for its time had waited long enough."""
    server.stop()
    with closing(sqlite3.connect(server.storage / "index.sqlite")) as index, index:
        index.execute("UPDATE doomed_keys SET not_before = 0")
    server.start()


COLLECTION = ["doomed:1", "claimed:1", "removed:1", "forgotten:1"]


@pytest.mark.parametrize("step", COLLECTION)
def test_a_collection_that_is_killed_goes_on(make_store, bucket, step):
    server = make_store().start()
    owner = server.owner()
    kept, gone = owner.store(b"kept"), owner.store(b"gone!")
    assert owner.request("DELETE", f"files/{gone['id']}", params={"channel": owner.channel}).status_code == 200
    server.stop()
    server.environment["PLACET_FAULT"] = step
    server.start()
    eventually(lambda: server.command("gc", "run", "--grace", "0s", check=False).returncode != 0
               or server.process.poll() is not None, "killed")
    assert server.process.wait(10) == -signal.SIGKILL
    del server.environment["PLACET_FAULT"]
    server.start()
    eventually(lambda: len(bucket.keys()) == 1, "it went on")
    assert owner.another().content(kept["id"]) == b"kept"
    assert_consistent(server, bucket)


UPLOAD = ["spooled:1", "leased:1", "objectSent:1", "objectSeen:1", "partNoted:1", "committed:1"]


@pytest.mark.parametrize("step", UPLOAD)
def test_an_upload_in_parts_that_is_killed_goes_on_where_it_was_noted(make_store, bucket, step):
    server = make_store().start()
    owner = server.owner()
    content = os.urandom(3 * MIB)
    path = begin(owner, len(content))
    assert patch(owner, path, 0, content[:MIB]).status_code == 204
    server.stop()
    server.environment["PLACET_FAULT"] = step
    server.start()
    other = owner.another()
    with pytest.raises(requests.exceptions.RequestException):
        # One of the two passes the step.
        assert patch(other, path, MIB, content[MIB:2 * MIB]).status_code == 204
        patch(other, path, 2 * MIB, content[2 * MIB:])
    assert server.process.wait(10) == -signal.SIGKILL
    del server.environment["PLACET_FAULT"]
    server.start()
    assert_consistent(server, bucket)
    assert server.incoming() == []
    again = owner.another()
    state = head(again, path).headers
    if "Placet-File-Id" not in state:
        here = int(state["Upload-Offset"])
        assert here == (2 * MIB if step.startswith("partNoted") else MIB)
        state = patch(again, path, here, content[here:]).headers
    assert again.content(state["Placet-File-Id"]) == content
    end_leases(server)
    eventually(lambda: bucket.keys() == set(rows(server)), "what was left is removed")


@pytest.mark.parametrize("fault", ["frozen", "killed"])
def test_an_upload_in_parts_goes_on_when_the_object_store_is_back(make_store, bucket, objects, fault):
    server = make_store().start()
    owner = server.owner()
    content = os.urandom(2 * MIB)
    path = begin(owner, len(content))
    assert patch(owner, path, 0, content[:MIB]).status_code == 204
    (objects.freeze if fault == "frozen" else objects.kill)("object")
    try:
        for bytes in (content[MIB:MIB + 500_000], content[MIB:]):
            # A part that cannot be sent; and all of an upload, of which a part cannot be read.
            refused = patch(owner, path, MIB, bytes)
            assert refused.status_code == 503 and refused.headers["retry-after"], refused.text
            assert offset(owner, path) == MIB, "nothing of it counts"
    finally:
        (objects.resume if fault == "frozen" else objects.restart)("object")
    ended = patch(owner, path, MIB, content[MIB:])
    assert ended.status_code == 204, ended.text
    assert owner.content(ended.headers["Placet-File-Id"]) == content
    end_leases(server)
    eventually(lambda: bucket.keys() == set(rows(server)), "nothing is left over")
    assert server.incoming() == []


def test_an_object_store_that_dies_in_the_middle_of_a_request_costs_what_was_not_noted(make_store, bucket, objects):
    server = make_store().start()
    owner = server.owner()
    content = os.urandom(70 * MIB)
    path = begin(owner, len(content))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("PATCH", path)
    for name, value in {**PIECE, "x-api-key": owner.key, "Upload-Offset": "0", "Content-Length": len(content)}.items():
        connection.putheader(name, str(value))
    connection.endheaders()
    connection.send(content[:40 * MIB])
    here = eventually(lambda: offset(owner, path), "a part is noted", 30)
    assert 32 * MIB <= here < 33 * MIB
    objects.kill("object")
    try:
        try:
            connection.send(content[40 * MIB:])
        except OSError:
            pass  # It may answer before it has read all.
        assert connection.getresponse().status == 503
        assert offset(owner, path) == here
    finally:
        connection.close()
        objects.restart("object")
    ended = patch(owner, path, here, content[here:])
    assert ended.status_code == 204, ended.text
    assert owner.content(ended.headers["Placet-File-Id"]) == content


@pytest.mark.parametrize("fault", ["frozen", "killed"])
def test_without_the_object_store_nothing_is_confirmed_and_clients_hear_why(make_store, bucket, objects, fault):
    server = make_store().start()
    owner = server.owner()
    small, large = owner.store(b"small"), owner.store(os.urandom(2 * MIB))
    (objects.freeze if fault == "frozen" else objects.kill)("object")
    try:
        refused = owner.post_file(os.urandom(2 * MIB))
        assert refused.status_code == 503
        assert "object store" in refused.json()["message"] and refused.headers["retry-after"]
        assert owner.download(large["id"]).status_code == 503
        assert owner.content(small["id"]) == b"small", "what is kept on this node is served"
        assert owner.post_file(b"small").status_code == 201, "bytes that are there need no bucket"
    finally:
        (objects.resume if fault == "frozen" else objects.restart)("object")
    assert len(rows(server)) == 2
    assert len(owner.content(large["id"])) == 2 * MIB
    owner.store(os.urandom(MIB))
    end_leases(server)
    eventually(lambda: bucket.keys() == set(rows(server)), "nothing is left over")


def test_health_says_when_the_bucket_is_gone(make_store, objects):
    server = make_store().start()
    assert requests.get(f"{server.url}/health", timeout=30).status_code == 200
    objects.kill("proxy")
    try:
        eventually(lambda: requests.get(f"{server.url}/health", timeout=30).status_code == 503, "told")
        assert requests.get(f"{server.url}/health", timeout=30).json()["checks"]["storage"] == "unwritable"
    finally:
        objects.restart("proxy")
    eventually(lambda: requests.get(f"{server.url}/health", timeout=30).status_code == 200, "well again")
