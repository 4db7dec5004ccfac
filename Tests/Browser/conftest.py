"""Fixtures of the tests with a browser."""

import pytest
from browser import Canary
from dashboard import Agent, Watch
from playwright.sync_api import sync_playwright


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


@pytest.fixture
def watch(chromium, server):
    watch = Watch(chromium, server)
    yield watch
    watch.close()
    assert watch.faults == []


@pytest.fixture
def page(watch, person):
    return watch.page(person)


@pytest.fixture
def agent(owner):
    return Agent(owner)
