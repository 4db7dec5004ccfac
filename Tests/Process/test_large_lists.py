"""What lists of large rows take in memory, which only a process shows."""

import pytest

MIB = 1 << 20
SIZE, COUNT = 7 * MIB, 12


@pytest.fixture
def owner(make_server):
    return make_server().start().owner()


def send(owner, text, **members):
    answer = owner.request("POST", "messages", json={"channelId": owner.channel, "text": text, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def rows_of(owner, path, rows):
    """All rows, in as many answers as they come in, and the size of the largest answer."""
    found, largest, reference = [], 0, ""
    while reference is not None:
        answer = owner.request("GET", f"{path}{reference}")
        assert answer.status_code == 200, answer.text
        found += [row["id"] for row in rows(answer.json())]
        largest = max(largest, len(answer.content))
        reference = answer.links["next"]["url"] if answer.links else None
    return found, largest


@pytest.mark.slow
def test_the_versions_of_a_question_come_one_by_one_when_each_is_large(owner):
    server = owner.server
    root = send(owner, "first", review={"type": "freeform"})
    assert server.command("respond", root, "{}").returncode == 0
    versions = [root] + [send(owner, "x" * SIZE, iterationOf=root) for _ in range(COUNT)]
    before = server.peak_memory()
    found, largest = rows_of(owner, f"messages/iterations/{root}", lambda answer: answer["iterations"])
    assert found == versions
    assert largest < SIZE + 10_000
    assert server.peak_memory() - before < 60 * MIB, "one version at a time"


@pytest.mark.slow
def test_pending_reviews_come_one_by_one_when_each_is_large(owner):
    asked = [send(owner, "x" * SIZE, review={"type": "approval"}) for _ in range(COUNT)]
    before = owner.server.peak_memory()
    found, largest = rows_of(owner, "reviews/pending", lambda answer: answer)
    assert found == asked[::-1]
    assert largest < SIZE + 10_000
    assert owner.server.peak_memory() - before < 60 * MIB, "one review at a time"
