"""Queries as HTTP clients write them, and JSON as they send it: each with its own way to write a space, a plus and a number."""

import gzip
import json
import subprocess

import httpx
import pytest

TEXTS = ["two words", "1+1", "100%", "a&b=c", "caf\u00e9 au lait", "semi;colon/slash?"]
EXACT = '{"big":18446744073709551615,"one":1.0,"small":1e-400,"e\u0301":1,"\u00e9":2}'

NODE = """
const query = new URLSearchParams({channel: process.argv[2], search: process.argv[3]});
const answer = await fetch(`${process.argv[1]}/api/v1/messages?${query}`, {headers: {'x-api-key': process.argv[4]}});
console.log(await answer.text());
"""


@pytest.fixture(scope="module")
def messages(owner):
    for text in TEXTS:
        sent = owner.request("POST", "messages", json={"channelId": owner.channel, "text": text})
        assert sent.status_code == 201, sent.text


def by_requests(owner, text):
    return owner.request("GET", "messages", params={"channel": owner.channel, "search": text}).text


def by_httpx(owner, text):
    with httpx.Client(trust_env=False, headers={"x-api-key": owner.key}) as client:
        return client.get(f"{owner.server.url}/api/v1/messages", params={"channel": owner.channel, "search": text}).text


def by_curl(owner, text):
    return output(
        "curl", "-sS", "--noproxy", "*", "-G", f"{owner.server.url}/api/v1/messages", "-H", f"x-api-key: {owner.key}",
        "-d", f"channel={owner.channel}", "--data-urlencode", f"search={text}",
    )


def by_node(owner, text):
    return output("node", "--input-type=module", "-e", NODE, owner.server.url, owner.channel, text, owner.key)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


@pytest.mark.parametrize("search", [by_requests, by_httpx, by_curl, by_node])
@pytest.mark.parametrize("text", TEXTS)
def test_each_client_finds_what_it_looks_for(messages, owner, search, text):
    """Reported again and again: hummingbird#141, qBittorrent#10606."""
    assert [found["text"] for found in json.loads(search(owner, text))["data"]] == [text]


def test_a_name_is_found_in_either_unicode_form(owner, person):
    owner.store(b"a", "r\u00e9sum\u00e9 final.txt")
    for form in ["r\u00e9sum\u00e9 fin", "re\u0301sume\u0301 fin"]:
        found = person.request("GET", "files", params={"search": form}).json()["data"]
        assert [file["filename"] for file in found] == ["r\u00e9sum\u00e9 final.txt"]


def test_numbers_and_names_come_back_exactly(owner):
    body = f'\ufeff{{"channelId":"{owner.channel}","text":"a","metadata":{EXACT}}}'.encode()
    sent = owner.request("POST", "messages", data=body, headers={"content-type": "application/json"})
    assert sent.status_code == 201, sent.text
    read = owner.request("GET", f"messages/{sent.json()['id']}", params={"channel": owner.channel})
    pairs = json.loads(read.text, parse_float=str, object_pairs_hook=lambda found: sorted(found))
    metadata = dict(pairs)["metadata"]
    assert metadata == sorted([("big", 2**64 - 1), ("one", "1.0"), ("small", "1e-400"), ("e\u0301", 1), ("\u00e9", 2)])


def test_a_compressed_body_is_refused_and_a_broken_one_is_explained(owner):
    body = json.dumps({"channelId": owner.channel, "text": "a"}).encode()
    headers = {"content-type": "application/json"}
    coded = owner.request(
        "POST", "messages", data=gzip.compress(body), headers=headers | {"content-encoding": "gzip"}
    )
    assert (coded.status_code, coded.headers["accept-encoding"]) == (415, "identity")
    silent = owner.request("POST", "messages", data=gzip.compress(body), headers=headers)
    assert (silent.status_code, "gzip" in silent.json()["message"]) == (400, True)
    broken = owner.request("POST", "messages", data=body[:-1] + b",}", headers=headers)
    assert (broken.status_code, f"(line 1, column {len(body) + 1})" in broken.json()["message"]) == (400, True)
