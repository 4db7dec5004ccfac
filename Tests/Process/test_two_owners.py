"""Two users on one server: what one has, the other can neither see nor touch (contract section 1, Ownership)."""

import pytest


@pytest.fixture(scope="module")
def two(server):
    for email in ("a@example.org", "b@example.org"):
        server.command("users", "create", email)
    return server.owner("a", user="a@example.org"), server.owner("b", user="b@example.org")


@pytest.fixture(scope="module")
def secret(two):
    return two[0].store(b"only for a", "secret.txt")


def refused(answer):
    assert answer.status_code == 403, answer.text
    assert answer.json()["message"] == "Not your agent"


def test_b_does_not_see_the_channels_of_a(two):
    a, b = two
    assert [agent["id"] for agent in b.request("GET", "agents").json()] == [b.channel]
    assert [agent["id"] for agent in a.request("GET", "agents").json()] == [a.channel]


def test_b_cannot_list_the_files_of_a(two, secret):
    a, b = two
    refused(b.request("GET", "files", params={"channel": a.channel}))
    refused(b.request("GET", "files", params={"channel": a.channel, "limit": 1, "cursor": secret["id"]}))
    assert b.files() == []


def test_b_cannot_page_into_the_files_of_a_with_its_own_channel(two, secret):
    _, b = two
    page = b.request("GET", "files", params={"channel": b.channel, "cursor": secret["id"]}).json()
    assert page == {"data": [], "nextCursor": None}


@pytest.mark.parametrize("method, suffix", [
    ("GET", ""), ("DELETE", ""), ("GET", "/download"), ("GET", "/download?disposition=inline")])
def test_b_cannot_read_or_delete_a_file_of_a(two, secret, method, suffix):
    a, b = two
    answer = b.request(method, f"files/{secret['id']}{suffix}")
    refused(answer)
    assert b"only for a" not in answer.content
    assert a.content(secret["id"]) == b"only for a"


def test_b_learns_nothing_from_head_or_conditions(two, secret):
    _, b = two
    answer = b.request("HEAD", f"files/{secret['id']}/download", headers={"If-None-Match": "*"})
    assert answer.status_code == 403
    assert secret["sha256"] not in str(answer.headers)


@pytest.mark.parametrize("route", ["upload", "store"])
def test_b_cannot_upload_into_the_channel_of_a(server, two, secret, route):
    a, b = two
    before = server.holdings()
    refused(b.post_file(b"from b", route=route, channel=a.channel, text="hello"))
    refused(b.request("POST", "files/store-text", json={"channelId": a.channel, "content": "from b"}))
    server.holds(before)


def test_equal_bytes_of_two_users_are_two_files(two, secret):
    a, b = two
    mine = b.store(b"only for a", "mine.txt")
    assert mine["id"] != secret["id"]
    assert b.request("DELETE", f"files/{mine['id']}").status_code == 200
    assert a.content(secret["id"]) == b"only for a"
