"""Distinct small files of every kind, 32 clients."""

import os
from . import load
from .downloads import store
from .kinds import KINDS, MARK

#: Half of the others' time, because there are sixty of these in a round.
SECONDS = max(1, load.SECONDS // 2)


def form(server, path, fields, content, suffix):
    """A whole request in a file: a form with the fields, and the file last."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    name = "f" if "act" in fields else "file"
    suffix = f".{suffix}" if suffix else ""
    parts.append(b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s%s"\r\n\r\n'
                 % (name.encode(), MARK, suffix.encode()))
    body = b"".join(parts) + content + b"\r\n--b--\r\n"
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: multipart/form-data; boundary=b",
                        f"Content-Length: {len(body)}", getattr(server, "header", "x-api-key: none"), "", ""])
    place = f"{server.folder}/upload"
    with open(place, "wb") as file:
        file.write(head.encode() + body)
    return place


def requests(servers, content, suffix):
    """By name: the file with the request."""
    all = servers.all
    made = {name: form(all[name], "/api/v1/files/store", {"channelId": all[name].channel}, content, suffix)
            for name in ("placet", "a commit for each") if name in all}
    made["copyparty"] = form(all["copyparty"], "/?j", {"act": "bput"}, content, suffix)
    made["FastAPI"] = form(all["FastAPI"], "/files", {"channelId": "c"}, content, suffix)
    return made


def check(servers, kind, content, suffix, wanted):
    """That the type which is measured is the one that was meant."""
    path = f"{servers.folder}/sample" + (f".{suffix}" if suffix else "")
    with open(path, "wb") as file:
        file.write(content)
    found = store(servers.ours, path)["mimeType"]
    assert found.startswith(wanted), f"the sample of {kind} is {found}"


def work(servers, name, request, content):
    def timed():
        os.sync()
        if name == "docker-registry":
            return load.registry_uploads(servers.all[name].port, content, MARK, SECONDS)
        return load.distinct(servers.all[name].root, request, seconds=SECONDS)
    return timed


def measure(servers, report):
    goals = {"docker-registry": 5, "copyparty": 3, "FastAPI": 3, "a commit for each": 4}
    for size in (4096, 65536):
        for kind, (make, suffix, wanted) in KINDS.items():
            content = make(size)
            check(servers, kind, content, suffix, wanted)
            made = requests(servers, content, suffix)
            made["docker-registry"] = None
            report.rates(f"{size >> 10} KiB uploads of {kind}, durable, 32 clients",
                         {name: work(servers, name, request, content) for name, request in made.items()}, goals)
            servers.empty()
