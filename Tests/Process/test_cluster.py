"""Three nodes on one PostgreSQL and one bucket: what one of them has stored, all of them have."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from cluster import Cluster, engines
from events import Events
from placet_server import Owner, eventually

REVIEW = {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}]}}


@pytest.fixture(scope="module")
def both():
    with engines() as started:
        yield started


@pytest.fixture(scope="module")
def cluster(binary, both):
    cluster = Cluster(binary, *both).start()
    yield cluster
    cluster.dispose()


@pytest.fixture
def own_cluster(binary, both):
    """Makes clusters of one test, on engines that others use too."""
    made = []

    def make(count=2, **settings):
        made.append(Cluster(binary, *both, count, **settings).start())
        return made[-1]

    yield make
    for cluster in made:
        cluster.dispose()


@pytest.fixture(scope="module")
def owners(cluster):
    """The same caller at each node."""
    first = cluster.nodes[0].owner()
    return [first] + [Owner(node, first.key, first.channel) for node in cluster.nodes[1:]]


def at(node, owner):
    return Owner(node, owner.key, owner.channel)


def ask(owner, **members):
    answer = owner.request("POST", "messages", json={
        "channelId": owner.channel, "text": "Deploy?", "review": REVIEW, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def respond(node, message):
    person = node.person()
    return person.request("POST", f"messages/{message}/respond", json={"response": {"selectedOption": "yes"}})


def test_what_one_node_stores_another_has(owners):
    content = bytes(range(256)) * 5000  # Larger than what a node keeps for itself.
    stored = owners[0].store(content, "bytes.bin")
    for owner in owners:
        assert owner.content(stored["id"]) == content
        part = owner.download(stored["id"], range="bytes=1000000-1000009")
        assert (part.status_code, part.content) == (206, content[1000000:1000010])
    assert [file["id"] for file in owners[2].files()] == [stored["id"]]


def test_a_wait_at_one_node_ends_with_the_answer_at_another(cluster, owners):
    message, before = ask(owners[0]), parked(cluster.nodes[1])
    with ThreadPoolExecutor(1) as pool:
        waited = pool.submit(owners[1].another().request, "GET", f"reviews/{message}/wait", params={
            "channel": owners[0].channel})
        eventually(lambda: parked(cluster.nodes[1]) > before, "the wait is parked")
        assert respond(cluster.nodes[2], message).status_code == 201
        answer = waited.result(10)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


def parked(node):
    """How many sleep there until something changes, background work among them."""
    text = requests.get(f"{node.url}/metrics", timeout=10).text
    return float(re.search(r"^placet_parked_waits (\S+)$", text, re.M)[1])


def test_events_go_on_at_another_node_where_they_were_cut_off(owners):
    with Events(owners[0]) as events:
        first = ask(owners[1])
        _, number, data = events.next()
        assert data["messageId"] == first
    second = ask(owners[2])
    with Events(owners[1], last_id=number) as events:
        assert events.next()[2]["messageId"] == second


def test_a_key_that_is_revoked_at_one_node_is_dead_at_all_within_a_second(cluster):
    owner = cluster.nodes[0].owner("revoked")
    elsewhere = [at(node, owner) for node in cluster.nodes[1:]]
    for other in elsewhere:
        # So that it is remembered there.
        assert other.request("GET", "agents").status_code == 200
    key = next(row[0] for row in cluster.query("SELECT id FROM api_keys WHERE label = 'revoked'"))
    cluster.nodes[0].command("keys", "revoke", key)
    for other in elsewhere:
        eventually(lambda: other.request("GET", "agents").status_code == 401, "the key is dead", 1)


def test_of_three_answers_at_three_nodes_one_counts(cluster, owners):
    for _ in range(10):
        message = ask(owners[0])
        with ThreadPoolExecutor(3) as pool:
            people = [node.person() for node in cluster.nodes]
            answers = list(pool.map(lambda person: person.request(
                "POST", f"messages/{message}/respond", json={"response": {"selectedOption": "yes"}}), people))
        assert sorted(answer.status_code for answer in answers) == [201, 403, 403]


def test_the_same_client_id_at_three_nodes_is_one_message(owners):
    for number in range(10):
        body = {"channelId": owners[0].channel, "text": "once", "clientId": f"c-{number}"}
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda owner: owner.another().request("POST", "messages", json=body), owners))
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_same_bytes_at_three_nodes_are_one_content(cluster, owners):
    for number in range(5):
        content = f"the same bytes, {number}".encode() * 100
        with ThreadPoolExecutor(3) as pool:
            stored = list(pool.map(lambda owner: owner.another().store(content), owners))
        digest = stored[0]["sha256"]
        assert cluster.query(f"SELECT count(*) FROM blobs WHERE sha256 = '{digest}'") == [["1"]]
        for owner, file in zip(owners, stored):
            assert owner.content(file["id"]) == content
