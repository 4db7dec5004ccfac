"""Fixtures of the tests of clients."""

import pytest

from clients import Client


@pytest.fixture
def launch():
    """Runs programs; those that still run after the test are killed."""
    launched = []

    def keep(client):
        launched.append(client)
        return client

    yield lambda name, owner, *arguments, **environment: keep(Client.program(name, owner, *arguments, **environment))
    for client in launched:
        client.kill()
