"""Event streams as the libraries of Python read them."""

import asyncio
import json

import httpx
import pytest
import requests
import sseclient
from aiohttp_sse_client2 import client as aiohttp_sse
from httpx_sse import connect_sse

#: The line ends at which some readers cut.
TEXT = "one\u2028two\u2029three\u0085four"


@pytest.fixture
def stream(owner):
    """Where the stream of a channel is, and who asks."""
    return f"{owner.server.url}/api/v1/events?channel={owner.channel}", {"x-api-key": owner.key}


def say(owner):
    body = {"channelId": owner.channel, "text": TEXT}
    answer = owner.another().request("POST", "messages", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def by_httpx_sse(url, headers):
    with httpx.Client(timeout=30) as client, connect_sse(client, "GET", url, headers=headers) as source:
        for event in source.iter_sse():
            yield event.event, event.id, event.json()


def by_sseclient_py(url, headers):
    with requests.get(url, headers=headers, stream=True, timeout=30) as answer:
        for event in sseclient.SSEClient(answer).events():
            yield event.event, event.id, json.loads(event.data)


def by_lines(lines):
    fields = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        yield fields["event"], fields["id"], json.loads(fields["data"])
        fields = {}


def by_lines_of_requests(url, headers):
    with requests.get(url, headers=headers, stream=True, timeout=30) as answer:
        yield from by_lines(answer.iter_lines(chunk_size=1, decode_unicode=True))


def by_lines_of_httpx(url, headers):
    with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
        yield from by_lines(answer.iter_lines())


@pytest.mark.parametrize("read", [by_httpx_sse, by_sseclient_py, by_lines_of_requests, by_lines_of_httpx])
def test_every_event_has_data_and_what_was_missed_in_a_gap_comes(owner, stream, read):
    url, headers = stream
    events = read(url, headers)
    name, start, data = next(events)
    assert (name, data) == ("ready", {"channelId": owner.channel})
    message = say(owner)
    name, _, data = next(events)
    assert (name, data["messageId"], data["message"]["text"]) == ("message:created", message, TEXT)
    events.close()
    missed = read(url, headers | {"last-event-id": start})
    assert next(missed)[0] == "ready"
    assert next(missed)[2]["messageId"] == message
    missed.close()


def test_aiohttp_sse_client2_reads_it(owner, stream):
    url, headers = stream

    async def read():
        async with aiohttp_sse.EventSource(url, headers=headers) as source:
            seen, said = [], None
            async for event in source:
                seen.append((event.type, json.loads(event.data)))
                if said:
                    return seen, said
                said = await asyncio.to_thread(say, owner)

    (ready, created), said = asyncio.run(asyncio.wait_for(read(), 30))
    assert ready == ("ready", {"channelId": owner.channel})
    assert created[0] == "message:created" and created[1]["messageId"] == said
