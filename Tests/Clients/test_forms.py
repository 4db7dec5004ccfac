"""Forms as aiohttp, requests and curl write them: names, codings and inputs left empty (docs/api.md, "Uploads")."""

import asyncio
import json
import subprocess

import aiohttp
import pytest

NAMES = [
    "report.pdf", "quarterly report (2026).pdf", "Übersicht & Plan.txt", "日本語.txt", "🎉.png", "100%.txt", "a+b=c.txt",
    "semi;colon.txt", "it's.txt", "tilde~.txt", "e\u0301clair.txt", "a%b.txt",
]


def normal(name):
    return name.replace("e\u0301", "é")


def curl(owner, *arguments, route="store"):
    """The status and the body of what curl was told."""
    command = ["curl", "-sS", "-w", "\n%{http_code}", "-H", f"x-api-key: {owner.key}", *arguments]
    done = subprocess.run(
        [*command, f"{owner.server.url}/api/v1/files/{route}"], capture_output=True, text=True, check=True, timeout=60
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.mark.parametrize("quote_fields", [True, False])
def test_names_from_aiohttp_arrive(owner, quote_fields):
    async def send():
        stored = []
        async with aiohttp.ClientSession(headers={"x-api-key": owner.key}) as session:
            for name in NAMES:
                form = aiohttp.FormData(quote_fields=quote_fields)
                form.add_field("file", b"content", filename=name)
                form.add_field("channelId", owner.channel)
                async with session.post(f"{owner.server.url}/api/v1/files/store", data=form) as answer:
                    assert answer.status == 201, await answer.text()
                    stored.append((await answer.json())["filename"])
        return stored

    assert asyncio.run(send()) == list(map(normal, NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_names_from_requests_arrive(owner, name):
    assert owner.store(b"content", name)["filename"] == normal(name)


def test_a_spoofed_extension_from_requests_shows(owner):
    assert owner.store(b"content", "photo_\u202egnp.exe")["filename"] == "photo_gnp.exe"


@pytest.mark.parametrize("name", NAMES)
def test_names_from_curl_arrive(owner, tmp_path, name):
    (tmp_path / "plain").write_bytes(b"content")
    status, stored = curl(owner, "-F", f"channelId={owner.channel}", "-F", f'file=@{tmp_path}/plain;filename="{name}"')
    assert (status, stored["filename"]) == (201, normal(name))


@pytest.mark.parametrize("encoder", ["base64", "quoted-printable", "7bit", "8bit", "binary"])
def test_what_curl_encodes_is_stored_decoded(owner, tmp_path, encoder):
    content = b"hello = world \r\n" * 40 + (bytes(range(256)) * 300 if encoder not in ("7bit",) else b"")
    (tmp_path / "plain").write_bytes(content)
    status, stored = curl(
        owner, "-F", f"channelId={owner.channel};encoder={encoder}", "-F", f"file=@{tmp_path}/plain;encoder={encoder}"
    )
    assert status == 201 and owner.content(stored["id"]) == content


def test_an_input_left_empty_is_no_file(owner, tmp_path):
    (tmp_path / "plain").write_bytes(b"content")
    channel, empty = ["-F", f"channelId={owner.channel}"], ["-F", "file=@/dev/null;filename="]
    assert curl(owner, *channel, *empty)[0] == 400
    status, stored = curl(owner, *channel, *empty, "-F", f"other=@{tmp_path}/plain", *empty)
    assert (status, stored["filename"]) == (201, "plain")
    assert curl(owner, *channel, "-F", "file=@/dev/null;filename=empty")[1]["size"] == 0


def test_an_input_left_empty_is_no_picture(person, tmp_path):
    made = person.request("POST", "agents", json={"name": "pictured"})
    assert made.status_code == 201, made.text
    picture = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    # requests drops an empty name, so the form is written out.
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="%s"\r\n\r\n%s\r\n' % part
        for part in [(b"", b""), (b"p.png", picture), (b"", b"")]
    ) + b"--b--\r\n"
    sent = person.request(
        "POST", f"agents/{made.json()['id']}/avatar", data=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert sent.status_code in (200, 201), sent.text
