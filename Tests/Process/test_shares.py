"""Share links where the disk and the clock matter: what is written down of them, and when they end."""

import sqlite3
from contextlib import closing

import pytest
import requests
from placet_server import ADMIN_PASSWORD

PAGE = b"<!doctype html><title>report</title><script>alert(1)</script>"


@pytest.fixture
def owner(server):
    return server.owner()


def share(person, file):
    """The address of a new link."""
    answer = person.request("GET", f"files/{file['id']}/share")
    assert answer.status_code == 200, answer.text
    assert answer.json()["expiresIn"] == 3600
    return answer.json()["url"]


def shares(person, file):
    answer = person.request("GET", f"files/{file['id']}/shares")
    assert answer.status_code == 200, answer.text
    return answer.json()


def follow(url, method="GET", **headers):
    return requests.request(method, url, headers=headers, timeout=20)


def assert_dead(url):
    for method in ("GET", "HEAD"):
        answer = follow(url, method)
        assert answer.status_code == 404, answer.text
        assert PAGE not in answer.content


def test_a_link_is_in_the_address_alone(server, owner, person):
    """The log and the index, from which links could be stolen, do not have it."""
    token = share(person, owner.store(PAGE)).rpartition("/")[2]
    assert follow(f"{server.url}/api/share/{token}").status_code == 200
    assert token not in server.settled_log()
    for name in ("index.sqlite", "index.sqlite-wal"):
        assert token.encode() not in (server.storage / name).read_bytes()


def test_a_link_expires_and_is_not_listed_any_more(make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    owner, person = server.owner(), server.person()
    file = owner.store(PAGE)
    expired, good = [share(person, file).rpartition("/")[2] for _ in range(2)]
    good_share, expired_share = shares(person, file)
    server.stop()
    with closing(sqlite3.connect(server.storage / "index.sqlite")) as index, index:
        index.execute(
            "UPDATE shares SET expires_at = created_at, created_at = created_at - 3600000 WHERE id = ?",
            (expired_share["id"],),
        )
    server.start()
    assert_dead(f"{server.url}/api/share/{expired}")
    assert follow(f"{server.url}/api/share/{good}").content == PAGE
    assert shares(person.another(), file) == [good_share]
