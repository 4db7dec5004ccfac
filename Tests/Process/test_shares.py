"""Share links: whoever has one downloads the one file it is for, as long as it is good, and gets nothing else by it."""

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


def test_anybody_gets_the_bytes_as_a_download_that_cannot_run(owner, person):
    file = owner.store(PAGE, "report.html")
    url = share(person, file)
    for query in ("", "?disposition=inline", "?disposition=attachment"):
        answer = follow(url + query)
        assert (answer.status_code, answer.content) == (200, PAGE)
        assert answer.headers["content-disposition"].startswith('attachment; filename="report.html"')
        policy = answer.headers["content-security-policy"]
        assert "sandbox" in policy and "allow-" not in policy and "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
    asked = follow(url, "HEAD")
    assert (asked.status_code, asked.content, asked.headers["content-length"]) == (200, b"", str(len(PAGE)))
    part = follow(url, Range="bytes=0-4")
    assert (part.status_code, part.content) == (206, PAGE[:5])


def test_a_link_is_in_the_address_alone(server, owner, person):
    """The log and the index, from which links could be stolen, do not have it."""
    token = share(person, owner.store(PAGE)).rpartition("/")[2]
    assert follow(f"{server.url}/api/share/{token}").status_code == 200
    assert token not in server.log()
    for name in ("index.sqlite", "index.sqlite-wal"):
        assert token.encode() not in (server.storage / name).read_bytes()


FORGERIES = {
    "tampered": lambda token, _: token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
    "cut short": lambda token, _: token[:-1],
    "with a tail": lambda token, _: token + "A",
    "in another case": lambda token, _: token.swapcase(),
    "of a key": lambda token, others: others["key"],
    "of a session": lambda token, others: others["session"],
    "the secret of a session under the name of a link": lambda token, others: token[:3] + others["session"][3:],
    "the secret of a key under the name of a link": lambda token, others: token[:3] + others["key"][3:],
    "the id of the link": lambda token, others: others["id"],
    "the id of the file": lambda token, others: others["file"],
    "SQL": lambda token, _: "' OR 1=1--",
    "a wildcard": lambda token, _: token[:3] + "%" * 40,
    "NUL": lambda token, _: token + "%00",
    "very long": lambda token, _: token * 10,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_no_link_leads_nowhere(server, owner, person, name):
    file = owner.store(PAGE)
    token = share(person, file).rpartition("/")[2]
    others = {
        "key": owner.key, "session": person.session.cookies["access_token"], "file": file["id"],
        "id": shares(person, file)[0]["id"],
    }
    answer = follow(f"{server.url}/api/share/{FORGERIES[name](token, others)}")
    assert answer.status_code == 404, answer.text
    assert PAGE not in answer.content


def test_a_link_opens_nothing_else(server, owner, person):
    token = share(person, owner.store(PAGE)).rpartition("/")[2]
    for path in ("v1/agents", "auth/me", "files"):
        for headers in (
            {"authorization": f"Bearer {token}"}, {"x-api-key": token}, {"cookie": f"access_token={token}"},
            {"authorization": f"Bearer hs_{token[3:]}"}, {"x-api-key": f"hp_{token[3:]}"},
            {"cookie": f"access_token=hs_{token[3:]}"},
        ):
            assert follow(f"{server.url}/api/{path}", **headers).status_code == 401, (path, headers)


def test_a_revoked_link_is_dead_and_others_of_the_file_are_not(owner, person):
    file = owner.store(PAGE)
    first, second = share(person, file), share(person, file)
    newest, oldest = shares(person, file)
    assert newest["createdAt"] >= oldest["createdAt"] and oldest["id"] < newest["id"]
    assert person.request("DELETE", f"files/{file['id']}/shares/{oldest['id']}").json() == {"deleted": True}
    assert_dead(first)
    assert follow(second).content == PAGE
    assert shares(person, file) == [newest]
    assert person.request("DELETE", f"files/{file['id']}/shares/{oldest['id']}").status_code == 404


def test_a_link_is_revoked_by_way_of_its_own_file_only(owner, person):
    one, other = owner.store(PAGE), owner.store(PAGE)
    url = share(person, one)
    [link] = shares(person, one)
    assert person.request("DELETE", f"files/{other['id']}/shares/{link['id']}").status_code == 404
    assert follow(url).status_code == 200


@pytest.mark.parametrize("gone", ["file", "message", "channel"])
def test_a_link_goes_with_its_file(owner, person, gone):
    file = owner.post_file(PAGE, route="upload").json()
    url = share(person, file)
    assert follow(url).content == PAGE
    paths = {
        "file": f"files/{file['id']}", "message": f"messages/{file['messageId']}", "channel": f"agents/{owner.channel}",
    }
    assert owner.request("DELETE", paths[gone], params={"channel": owner.channel}).status_code == 200
    assert_dead(url)
    assert owner.another().with_channel("again").store(PAGE)["sha256"] == file["sha256"]
    assert_dead(url)


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


def test_only_who_owns_the_file_shares_it(server, owner, person):
    file = owner.store(PAGE)
    share(person, file)
    [link] = shares(person, file)
    server.command("users", "create", "eve@example.org")
    hers = server.owner(user="eve@example.org").store(PAGE)
    for method, path in (
        ("GET", f"files/{hers['id']}/share"), ("GET", f"files/{hers['id']}/shares"),
        ("DELETE", f"files/{hers['id']}/shares/{link['id']}"),
    ):
        assert person.request(method, path).status_code == 403, path
        assert person.request(method, path.replace(hers["id"], "no-such-file")).status_code == 404
        by_agent = f"{server.url}/api/{path.replace(hers['id'], file['id'])}"
        assert follow(by_agent, method, **{"x-api-key": owner.key}).status_code == 401
    assert server.query("SELECT count(*) FROM shares WHERE attachment_id = ?", hers["id"]) == [(0,)]
    assert shares(person, file) == [link]
