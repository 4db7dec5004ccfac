"""Fixtures of the tests with a browser."""

import pytest
from browser import Canary
from placet_server import ADMIN_PASSWORD, Server
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def person(server):
    return server.person()


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.server.shutdown()
    canary.server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
