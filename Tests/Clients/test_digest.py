"""The program of docs/api.md that computes what its question asks, as it stands there."""

import hashlib
import json
import re
from pathlib import Path

import requests
from clients import respond

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/api.md"


def test_an_agent_computes_what_was_approved_from_what_it_sent(server, tmp_path, monkeypatch):
    owner = server.owner()
    (tmp_path / "plan.sql").write_bytes(b"DROP TABLE b;")
    monkeypatch.chdir(tmp_path)
    section = PAGE.read_text().split("### What an answer stands for")[1].split("\n## ")[0]
    [program] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names = {
        "hashlib": hashlib, "json": json, "requests": requests,
        "url": server.url, "headers": {"x-api-key": owner.key}, "channel": owner.channel,
    }
    exec(program, names)
    message = names["message"]
    respond(server, message, {"selectedOption": "yes"})
    review = owner.request("GET", f"reviews/{message['id']}", params={"channel": owner.channel}).json()["review"]
    sha256 = hashlib.sha256(b"DROP TABLE b;").hexdigest()
    assert review["digest"] == names["digest"](names["body"], [sha256])
    for other in [{**names["body"], "text": "Drop C?"}, {**names["body"], "review": {"type": "approval"}}]:
        assert review["digest"] != names["digest"](other, [sha256])
