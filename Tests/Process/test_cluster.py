"""Three nodes on one PostgreSQL and one bucket: what one of them has stored, all of them have."""

import hashlib
import random
import re
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from cluster import Cluster, engines
from events import Events
from object_store import BUCKET
from placet_server import Owner, eventually
from tus import TUS, begin, give_up, head, offset, patch

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


def test_an_upload_in_parts_goes_on_at_any_node(cluster, owners):
    content = random.Random(18).randbytes(5_000_003)
    path, here = begin(owners[0], len(content), "parts.bin"), 0
    for number, size in enumerate([1_000_000, 1, 300_000, 2_000_000, 1_700_002]):
        answer = patch(owners[number % 3], path, here, content[here:here + size])
        assert answer.status_code == 204, answer.text
        here += size
        for owner in owners:
            assert offset(owner, path) == here, "each node knows where it is"
    file = head(owners[2], path).headers["Placet-File-Id"]
    for owner in owners:
        assert owner.content(file) == content
        told = owner.request("GET", f"files/{file}").json()
        assert told["sha256"] == hashlib.sha256(content).hexdigest()
    eventually(lambda: uploads_left(cluster) == (0, set()), "its parts are gone")


def uploads_left(cluster):
    """How many rows there are of parts, and which of their objects."""
    [[count]] = cluster.query("SELECT count(*) FROM upload_parts")
    name = cluster.blobs.split("?")[0].split("/", 3)[3].strip("/")
    status, body = cluster.objects.request("GET", f"/{BUCKET}?list-type=2&prefix={name}/upload/")
    assert status == 200, body
    return int(count), set(re.findall(r"<Key>([^<]*)</Key>", body.decode()))


def test_of_two_nodes_that_get_the_same_bytes_one_has_them_and_the_other_says_where_the_upload_is(cluster, owners):
    content = random.Random(19).randbytes(600_000)
    for _ in range(5):
        path, start = begin(owners[0], len(content)), 0
        while start < len(content):
            size = min(200_000, len(content) - start)
            # Other bytes of the same length: mixed up, they would give another digest than either.
            with ThreadPoolExecutor(3) as pool:
                answers = list(pool.map(
                    lambda owner: patch(owner.another(), path, start, content[start:start + size]), owners))
            codes = sorted(answer.status_code for answer in answers)
            assert codes[0] == 204 and set(codes[1:]) <= {204, 409}, [answer.text for answer in answers]
            refused = [answer for answer in answers if answer.status_code == 409]
            assert {int(answer.headers["Upload-Offset"]) for answer in refused} <= {start + size}
            assert refused or start + size == len(content)
            start += size
        assert owners[1].content(head(owners[1], path).headers["Placet-File-Id"]) == content


def test_an_upload_in_parts_is_given_up_at_another_node(cluster, owners):
    path = begin(owners[0], 1000)
    assert patch(owners[1], path, 0, b"x" * 400).status_code == 204
    assert give_up(owners[2], path).status_code == 204
    for owner in owners:
        assert owner.session.head(owner.server.url + path, headers=TUS, timeout=30).status_code == 404
        assert patch(owner, path, 400, b"x").status_code == 404
    eventually(lambda: uploads_left(cluster) == (0, set()), "its parts are gone")


def test_an_upload_in_parts_that_expires_leaves_nothing_in_the_bucket(own_cluster):
    cluster = own_cluster(2)
    owner = cluster.nodes[0].owner()
    path = begin(owner, 1000)
    for start in (0, 400):
        assert patch(owner, path, start, b"x" * 400).status_code == 204
    assert uploads_left(cluster)[0] == 2 and len(uploads_left(cluster)[1]) == 2
    cluster.query("UPDATE partial_uploads SET expires_at = 1")
    ask(owner)  # Whoever sleeps until the next expiry looks again.
    eventually(lambda: uploads_left(cluster) == (0, set()), "expired", 30)


@pytest.mark.parametrize("step", ["leased:1", "objectSent:1", "partNoted:1"])
def test_what_was_acknowledged_of_an_upload_is_there_when_its_node_dies(own_cluster, step):
    cluster = own_cluster(2)
    first, second = cluster.nodes
    owner = first.owner()
    content = random.Random(20).randbytes(3_000_000)
    path = begin(owner, len(content))
    assert patch(owner, path, 0, content[:1_000_000]).status_code == 204
    first.stop()
    first.environment["PLACET_FAULT"] = step
    first.start()
    with pytest.raises(requests.RequestException):
        patch(at(first, owner), path, 1_000_000, content[1_000_000:2_000_000])
    assert first.process.wait(10) == -signal.SIGKILL
    other = at(second, owner)
    here = offset(other, path)
    assert here == (2_000_000 if step.startswith("partNoted") else 1_000_000)
    answer = patch(other, path, here, content[here:])
    assert answer.status_code == 204, answer.text
    assert other.content(answer.headers["Placet-File-Id"]) == content
    # As if all that waits for its time had waited: what was sent and not noted is listed, and goes.
    cluster.query("UPDATE doomed_keys SET not_before = 1")
    cluster.query("DELETE FROM leases")
    ask(other)
    eventually(lambda: uploads_left(cluster) == (0, set()), "nothing is left", 40)


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
