"""One file of 1 GiB: downloads, ranges, uploads."""

import hashlib, os, shutil, time
from service import run
from . import downloads, load

SIZE = 1 << 30


def reads(servers, report, paths):
    us = servers.ours
    urls = {name: servers.all[name].root + paths[name] for name in ("placet", "nginx", "caddy")}
    key = {"placet": ["-H", us.header]}
    for count, names in ((1, urls), (16, ["placet", "nginx"])):
        works = {name: lambda name=name: (load.curls(count, *key.get(name, []), urls[name]), count) for name in names}
        report.times(f"1 GiB download, {count} client" + "s" * (count > 1), works, {"nginx": 1})
    works = {name: lambda name=name: load.wrk(urls[name], script="ranges.lua", arguments=[us.header]) for name in urls}
    report.rates("64 KiB at random places of 1 GiB", works, {"nginx": 0.7})


def uploads(servers, report, body):
    us, plain = servers.ours, servers.plain
    digest = None

    def changed():
        """Other bytes in each round, and nothing of what was before left to write back."""
        nonlocal digest
        with open(body, "r+b") as file:
            file.write(os.urandom(16))
        digest = load.digest(body)
        servers.empty()

    def work(ask, before=lambda: None):
        def timed():
            before()
            os.sync()
            return ask(), 1
        return timed

    def disk():
        start = time.perf_counter()
        run("dd", f"if={body}", f"of={body}.copy", "bs=1M", "conv=fdatasync")
        taken = time.perf_counter() - start
        os.remove(f"{body}.copy")
        return taken

    form = lambda server, url, *fields: load.curl("-H", server.header, "-F", f"file=@{body}", *fields, url)
    root = lambda name: servers.all[name].root
    report.times("1 GiB upload", {
        "placet": work(lambda: form(us, f"{us.base}/files/store", "-F", f"channelId={us.channel}"), changed),
        "nginx": work(lambda: load.curl("-T", body, "-H", "Expect:", f"{root('nginx')}/put/body")),
        "docker-registry": work(lambda: load.registry_upload(root("docker-registry"), body, digest)),
        "copyparty": work(lambda: load.curl("-F", "act=bput", "-F", f"f=@{body}", f"{root('copyparty')}/?j")),
        "FastAPI": work(lambda: form(plain, f"{plain.root}/files", "-F", "channelId=c")),
        "the disk, by dd with fdatasync": work(disk),
    }, {"nginx": 1, "docker-registry": 1.6, "copyparty": 1.8, "FastAPI": 2.2})

    def hashing():
        block, start = bytes(1 << 20), time.perf_counter()
        digest = hashlib.sha256()
        for _ in range(SIZE >> 20):
            digest.update(block)
        return time.perf_counter() - start

    report.times("the same 1 GiB again", {
        "placet": work(lambda: form(us, f"{us.base}/files/store", "-F", f"channelId={us.channel}")),
        "SHA-256 of one core": lambda: (hashing(), 1)}, {"SHA-256 of one core": 0.8})


def measure(servers, report):
    paths = downloads.place(servers, "1g", SIZE)
    reads(servers, report, paths)
    body = f"{servers.folder}/body"
    shutil.copy(f"{servers.all['nginx'].folder}/files/1g", body)
    uploads(servers, report, body)
    os.remove(body)
    servers.empty()
