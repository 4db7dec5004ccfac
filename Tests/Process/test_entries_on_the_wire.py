"""Entries of archives that unpack to far more than they have: memory, clients that leave, and damage on the wire."""

import gzip
import io
import tarfile
import zipfile

import pytest
from placet_server import eventually
from wire import Wire, head

MIB = 1 << 20
SIZE = 300 * MIB


def deflated(size):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros", "w") as entry:
        for _ in range(size // MIB):
            entry.write(bytes(MIB))
    return archive.getvalue()


def tar_in_gzip(size):
    archive = io.BytesIO()
    with gzip.open(archive, "wb", 1) as made:
        entry = tarfile.TarInfo("zeros")
        entry.size = size
        made.write(entry.tobuf())
        for _ in range(size // MIB):
            made.write(bytes(MIB))
        made.write(bytes(1024))
    return archive.getvalue()


@pytest.mark.parametrize("make", [deflated, tar_in_gzip])
def test_an_entry_costs_no_memory_and_ends_with_its_client(server, owner, make):
    """The reason for a process: memory, and a client that hangs up."""
    file = owner.store(make(SIZE), "bomb")["id"]
    assert owner.request("GET", f"files/{file}/entries").json()["entries"][0]["size"] == SIZE
    before, descriptors = server.peak_memory(), server.descriptor_count()
    answer = owner.request("GET", f"files/{file}/entries/1", stream=True)
    assert sum(len(part) for part in answer.iter_content(MIB)) == SIZE
    assert server.peak_memory() - before < 32 * MIB
    for _ in range(5):
        with Wire(server) as wire:
            wire.send(head("GET", f"/api/v1/files/{file}/entries/1", key=owner.key))
            assert wire.reader.read(100_000).startswith(b"HTTP/1.1 200")
    eventually(lambda: server.descriptor_count() <= descriptors + 2, "files and connections are closed")


def test_an_entry_that_turns_out_damaged_breaks_off_before_its_end(server, owner):
    """The reason for a process: how an answer ends on the wire."""
    archive = bytearray(deflated(3 * MIB))
    place = archive.rindex(b"PK\x01\x02") + 16
    archive[place] ^= 1  # Its checksum, in the directory.
    file = owner.store(bytes(archive), "damaged.zip")["id"]
    with Wire(server) as wire:
        wire.send(head("GET", f"/api/v1/files/{file}/entries/1", key=owner.key))
        answer = wire.answer()
    assert answer.status == 200 and answer.headers["content-length"] == str(3 * MIB)
    assert 0 < len(answer.body) < 3 * MIB
    assert owner.request("GET", f"files/{file}").status_code == 200
