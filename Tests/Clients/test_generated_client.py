"""The client that OpenAPI Generator makes of the document, used as somebody who has nothing else would use it."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from clients import respond

BYTES = bytes(range(256)) * 300


@pytest.fixture(scope="module")
def client(server, tmp_path_factory):
    """The generated package. It is made anew from what the server says of itself."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_bytes(requests.get(f"{server.url}/openapi.json", timeout=10).content)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "openapi-generator-cli", "generate", "--generator-name", "python",
            "--input-spec", folder / "openapi.json", "--output", folder, "--package-name", "generated_placet",
        ],
        capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "COLLISION" not in done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("generated_placet")
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def api(client, server, owner):
    return client.ApiClient(client.Configuration(host=server.url, api_key={"apiKey": owner.key}))


def test_a_question_is_asked_and_answered(client, api, server):
    agent = client.AgentsApi(api).create_agent(client.AgentInput(name="generated"))
    options = [{"id": "yes", "label": "Ship it"}, {"id": "no", "label": "Wait"}]
    message = client.MessagesApi(api).send_message(client.MessageInput(
        channel_id=agent.id, text="Ship 1.4.0?", metadata={"fnv": 14695981039346656037, "share": 0.5},
        review=client.ReviewInput(type="approval", payload={"options": options}, expires_in_seconds=3600),
    ))
    assert message.metadata == {"fnv": 14695981039346656037, "share": 0.5}
    assert message.review.payload == {"options": options}
    reviews = client.ReviewsApi(api)
    assert [one.id for one in reviews.list_pending_reviews(channel=agent.id)] == [message.id]
    assert reviews.wait_for_review(message.id, channel=agent.id, timeout=1).status == "timeout"
    respond(server, {"id": message.id}, {"selectedOption": "yes"})
    done = reviews.wait_for_review(message.id, channel=agent.id)
    assert (done.status, done.message.review.response) == ("completed", {"selectedOption": "yes"})
    assert client.MessagesApi(api).acknowledge(message.id, channel=agent.id).acknowledged


def test_any_payload_comes_through(client, api, owner):
    payload = {"plugin": "chart", "series": [[1, 2.5], [3, None]], "deep": {"options": "not a list"}}
    review = client.ReviewInput(type="freeform", payload=payload)
    sent = client.MessagesApi(api).send_message(client.MessageInput(channel_id=owner.channel, review=review))
    assert client.MessagesApi(api).read_message(sent.id, channel=owner.channel).review.payload == payload


def test_files_go_up_and_come_down(client, api, owner):
    files = client.FilesApi(api)
    stored = files.store_file(channel_id=owner.channel, file=("Übersicht.bin", BYTES))
    assert (stored.filename, stored.size, stored.message_id) == ("Übersicht.bin", len(BYTES), None)
    assert bytes(files.download_file(stored.id)) == BYTES
    assert stored.id in [one.id for one in files.list_files(channel=owner.channel)]
    message = client.MessagesApi(api).send_message(
        client.MessageInput(channel_id=owner.channel, status="info", attachment_ids=[stored.id])
    )
    assert [one.id for one in message.attachments] == [stored.id]
    assert files.delete_file(stored.id).deleted
    with pytest.raises(client.exceptions.NotFoundException) as refused:
        files.read_file(stored.id)
    assert refused.value.data.status_code == 404


def test_pages_follow_each_other(client, api, owner):
    messages = client.MessagesApi(api)
    sent = [messages.send_message(client.MessageInput(channel_id=owner.channel, text=f"page {number}")).id
            for number in range(3)]
    first = messages.list_messages(channel=owner.channel, limit=2)
    second = messages.list_messages(channel=owner.channel, limit=1, cursor=first.next_cursor)
    assert [one.id for one in first.data + second.data] == sent[::-1]


def test_the_event_stream_is_an_operation_of_its_own(client, api, owner):
    """Its body has no end, so it is read as it comes."""
    stream = client.EventsApi(api).stream_events_without_preload_content(channel=owner.channel)
    assert stream.headers["content-type"].startswith("text/event-stream")
    stream.close()
