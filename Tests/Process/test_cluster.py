"""Three nodes on one PostgreSQL and one bucket: what one of them has stored, all of them have."""

import re
from base64 import b64encode
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
        eventually(lambda: other.request("GET", "agents").status_code == 401, "the key is dead", 5)


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


def test_an_upload_in_parts_goes_on_where_it_began_and_no_other_node_forgets_it(cluster, owners):
    tus = {"tus-resumable": "1.0.0"}
    name = b64encode(b"parts.bin").decode()
    begun = owners[0].request("POST", "files/tus", data=b"0123456789", headers=tus | {
        "upload-length": "20", "upload-metadata": f"filename {name},channelId {b64encode(owners[0].channel.encode()).decode()}",
        "content-type": "application/offset+octet-stream"})
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "10"), begun.text
    path = begun.headers["location"].partition("/api/v1/")[2]
    rest = tus | {"upload-offset": "10", "content-type": "application/offset+octet-stream"}
    assert owners[1].request("HEAD", path, headers=tus).status_code == 503
    assert owners[2].request("PATCH", path, data=b"abcdefghij", headers=rest).status_code == 503
    ended = owners[0].request("PATCH", path, data=b"abcdefghij", headers=rest)
    assert ended.status_code == 204, ended.text
    assert owners[1].content(ended.headers["placet-file-id"]) == b"0123456789abcdefghij"


def test_one_node_works_for_all_and_another_goes_on_when_it_dies(own_cluster):
    cluster = own_cluster(2)
    [[first]] = eventually(lambda: cluster.query("SELECT holder FROM leases WHERE name = 'background'"), "one has it")
    ids = {(node.storage / "STORE").read_text().split()[-1]: node for node in cluster.nodes}
    survivor = next(node for id, node in ids.items() if id != first)
    owner = survivor.owner()
    message = ask(owner, review=REVIEW | {"expiresInSeconds": 60})
    ids[first].kill()
    # The time of the question is over at once, and somebody has to note it.
    cluster.query(f"UPDATE reviews SET expires_at = 1 WHERE message_id = '{message}'")
    eventually(lambda: cluster.query(f"SELECT status FROM reviews WHERE message_id = '{message}'") == [["expired"]],
               "the survivor works for all", 40)
    assert cluster.query("SELECT holder FROM leases WHERE name = 'background'") != [[first]]
