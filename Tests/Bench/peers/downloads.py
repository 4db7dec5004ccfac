"""Downloads of small files, and the answers without a body."""

import functools, json, os
import urllib.request
from service import run
from . import load


def store(peer, path):
    """Ours has the file afterwards; what it says about it."""
    return json.loads(run("curl", "-sSf", "-H", peer.header, "-F", f"file=@{path}", "-F", f"channelId={peer.channel}",
                          f"{peer.base}/files/store"))


def place(servers, name, size):
    """The paths of a file of noise at each server, by its name."""
    path = f"{servers.all['nginx'].folder}/files/{name}"
    if not os.path.exists(path):
        run("dd", "if=/dev/urandom", f"of={path}", f"bs={min(size, 1 << 20)}", f"count={max(1, size >> 20)}")
        for other in ("nginx with its log", "caddy"):
            os.link(path, f"{servers.all[other].folder}/files/{name}")
    found = {other: f"/{name}" for other in ("nginx", "nginx with its log", "caddy")}
    return found | {"placet": f"/api/v1/files/{store(servers.ours, path)['id']}/download"}


def works(servers, paths, names, *headers, ask=load.wrk):
    def work(name):
        server = servers.all[name]
        own = [servers.ours.header] if name == "placet" else []
        tags = [header.replace("TAG", tag(server.root + paths[name], own)) for header in headers]
        return lambda: ask(server.root + paths[name], headers=own + tags)
    return {name: work(name) for name in names}


def tag(url, headers):
    request = urllib.request.Request(url, headers=dict(header.split(": ") for header in headers))
    with urllib.request.urlopen(request) as answer:
        return answer.headers["etag"]


def in_registry(servers, path):
    """The path of a blob of the same bytes."""
    digest = load.digest(path)
    load.registry_upload(servers.all["docker-registry"].root, path, digest)
    return f"/v2/bench/blobs/sha256:{digest}"


def measure(servers, report):
    small, tiny = place(servers, "64k", 65536), place(servers, "1k", 1024)
    small["docker-registry"] = in_registry(servers, f"{servers.all['nginx'].folder}/files/64k")
    every, two = ["placet", "nginx", "nginx with its log", "caddy", "docker-registry"], ["placet", "nginx", "caddy"]
    goals = {"nginx": 0.5, "caddy": 2}
    report.rates("64 KiB download, 32 connections", works(servers, small, every),
                 {"nginx": 0.8, "caddy": 1.5, "docker-registry": 20})
    report.rates("1 KiB download", works(servers, tiny, two), goals)
    report.rates("304 by `If-None-Match`", works(servers, small, two, "If-None-Match: TAG"), goals)
    heads = functools.partial(load.heads, servers.folder)
    report.rates("`HEAD` of 64 KiB", works(servers, small, two, ask=heads), goals)
    report.rates("`GET /health`", {"placet": lambda: load.wrk(f"{servers.ours.root}/health")}, {})
