"""Fixtures of the tests that drive the real binary."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True

from bucket import Bucket  # noqa: E402
from cluster import BalancedNodes, PostgreSQL  # noqa: E402
from object_store import object_store  # noqa: E402
from placet_server import ADMIN_PASSWORD, Server  # noqa: E402
from receiver import Receiver  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes ten seconds or more; `scripts/test quick` leaves it out")


@pytest.fixture(scope="session")
def binary():
    """A copy of the binary named by PLACET, so that a build going on beside us does not change it."""
    built = Path(os.environ.get("PLACET", ROOT / ".build/debug/placet"))
    folder = tempfile.mkdtemp(prefix="placet-binary-")
    yield shutil.copy2(built, f"{folder}/placet")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL, which the tests of one process share."""
    postgres = PostgreSQL()
    yield postgres
    postgres.dispose()


@pytest.fixture(scope="module")
def server(binary, request):
    """A running server that the tests of one file share; with PLACET_TEST_ASSEMBLY=nodes three of them on PostgreSQL and
    a bucket, behind nginx."""
    assembly = os.environ.get("PLACET_TEST_ASSEMBLY", "folder")
    if assembly == "nodes":
        engines = [request.getfixturevalue(name) for name in ("postgres", "objects")]
        server = BalancedNodes(binary, *engines)
    else:
        assert assembly == "folder", "PLACET_TEST_ASSEMBLY is folder or nodes"
        server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
    server.start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def person(server):
    """Its first owner, signed in."""
    return server.person()


@pytest.fixture(scope="module")
def owner(server):
    return server.owner()


@pytest.fixture
def make_server(binary):
    """Makes servers with storage of their own, not started yet; all are gone after the test."""
    servers = []

    def make(storage=None, **settings):
        servers.append(Server(binary, storage, **settings))
        return servers[-1]

    yield make
    for server in servers:
        server.dispose()


@pytest.fixture
def receive():
    """Makes receivers of webhooks; all are closed after the test."""
    receivers = []

    def make(*answers, **options):
        receivers.append(Receiver(*answers, **options))
        return receivers[-1]

    yield make
    for receiver in receivers:
        receiver.close()


@pytest.fixture(scope="session")
def objects():
    """A real object store, which the tests of one process share. One that is to fail makes its own."""
    with object_store() as store:
        yield store


@pytest.fixture
def bucket(objects, request):
    """A prefix of its own."""
    return Bucket(objects, request.node.name)


@pytest.fixture
def make_store(make_server, objects, bucket):
    """Makes servers whose bytes are in the bucket of the test."""

    def make(storage=None, **settings):
        return make_server(storage, **{"PLACET_BLOBS": bucket.address} | objects.environment | settings)

    return make
