"""Raw uploads and upload addresses, with the programs that people send files with."""

import hashlib
import http.client
import json
import os
import subprocess
import time

import pytest


def curl(*arguments, **options):
    return subprocess.run(["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True, text=True, timeout=60, **options)


@pytest.fixture(scope="module")
def owner(server):
    return server.owner().with_channel("raw")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "build of today.log"
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(300_000)))
    return path


def address(owner, **members):
    answer = owner.request("POST", "files/upload-addresses", json={"channelId": owner.channel, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()["url"]


def stored(owner, answer, file, name):
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["filename"], told["mimeType"]) == (name, "text/plain"), told
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert owner.content(told["id"]) == file.read_bytes()


def test_curl_and_wget_send_a_file_as_the_body(owner, file):
    url = f"{owner.server.url}/api/v1/files/raw?channel={owner.channel}&filename=a.log"
    key = ["-H", f"x-api-key: {owner.key}"]
    stored(owner, curl(*key, "-T", file, url), file, "a.log")
    # Chunked, as from a pipe.
    stored(owner, curl(*key, "-T", "-", url, input=file.read_text()), file, "a.log")
    wget = ["wget", "-qO-", "--no-proxy", "--method=PUT", f"--body-file={file}", f"--header=x-api-key: {owner.key}", url]
    stored(owner, subprocess.run(wget, capture_output=True, text=True, timeout=60), file, "a.log")


def test_curl_needs_an_address_alone(owner, file):
    stored(owner, curl("-T", file, address(owner, filename="core.log")), file, "core.log")
    # curl puts the name of its file behind a slash.
    stored(owner, curl("-T", file, address(owner)), file, "build of today.log")


def test_an_address_is_used_up_by_a_whole_file_alone(owner, file):
    url = address(owner, filename="a.log")
    path = url[len(owner.server.url):]
    connection = http.client.HTTPConnection(*owner.server.url[7:].split(":"), timeout=20)
    connection.putrequest("PUT", path)
    connection.putheader("content-length", str(file.stat().st_size))
    connection.endheaders(file.read_bytes()[:100_000])
    connection.close()  # Cut off.
    wrong = curl("-T", file, url, "-H", "repr-digest: sha-256=:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=:")
    assert json.loads(wrong.stdout)["statusCode"] == 422
    stored(owner, curl("-T", file, url), file, "a.log")
    used = json.loads(curl("-T", file, url).stdout)
    assert used["statusCode"] == 404 and "Ask for another" in used["message"]


def test_a_large_file_that_does_not_fit_is_refused_before_it_is_sent(make_server, tmp_path):
    owner = make_server(PLACET_MAX_UPLOAD_BYTES="1000000").start().owner().with_channel("small")
    large = tmp_path / "large"
    with open(large, "wb") as made:
        made.truncate(1 << 30)
    began = time.monotonic()
    for url in (address(owner, filename="a"), f"{owner.server.url}/api/v1/files/raw?channel={owner.channel}"):
        refused = curl("-T", large, "-H", f"x-api-key: {owner.key}", "-w", "%{size_upload}", url)
        told, sent = refused.stdout.rsplit("}", 1)
        assert json.loads(told + "}")["statusCode"] == 413 and int(sent) == 0, refused
    assert time.monotonic() - began < 20
    assert owner.server.incoming() == []
