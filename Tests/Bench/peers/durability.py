"""What each server syncs before it answers one request, as strace sees it."""

import os, re, signal, subprocess, time
from . import api, load

CALLS = "fsync,fdatasync,sync,syncfs,sync_file_range,msync,openat"


class Trace:
    """strace on all processes of a server; `calls` are those that began before the moment that is given."""

    def __init__(self, server, path):
        self.path = path
        command = ["strace", "-f", "-ttt", "-y", "-e", f"trace={CALLS}", "-o", path]
        for pid in server.tree():
            command += ["-p", str(pid)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for _ in server.tree():
            self.process.stderr.readline()  # "Process N attached"

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=20)

    def calls(self, answered):
        """Each with the kind of file that it syncs, and how often."""
        found = {}
        for line in open(self.path):
            match = re.match(r"\d+ +([\d.]+) (\w+)\((.*)", line)
            if not match or float(match[1]) > answered:
                continue
            call, rest = match[2], match[3]
            if call == "openat" and not re.search(r"O_D?SYNC", rest):
                continue
            path = re.search(r"<(/[^>]*)>", rest)
            what = f"{call} of {kind(path[1])}" if path else call
            found[what] = found.get(what, 0) + 1
        return found


def kind(path):
    name = os.path.basename(path)
    if os.path.isdir(path):
        return f"the folder {re.sub('[0-9a-f-]{2,}', '…', name)}"
    if re.search("sqlite", name):
        return name
    return "the bytes"


def requests(servers):
    """What is asked of whom: a function that returns when it is answered."""
    all, path = servers.all, f"{servers.folder}/sample"
    with open(path, "w") as file:
        file.write(os.urandom(2048).hex())  # Known to nobody.

    def form(server, url, *fields):
        return lambda: load.curl("-H", server.header, "-F", f"file=@{path}", *fields, url)

    us, plain = servers.ours, servers.plain
    digest = load.digest(path)
    message = lambda server, base, channel: lambda: api.post(
        f"{base}/messages", {"channelId": channel} | api.MESSAGE, server.header)
    return {
        ("placet", "upload"): form(us, f"{us.base}/files/store", "-F", f"channelId={us.channel}"),
        ("placet", "message"): message(us, us.base, us.channel),
        ("nginx", "PUT"): lambda: load.curl("-T", path, f"{all['nginx'].root}/put/sample"),
        ("docker-registry", "upload"): lambda: load.registry_upload(all["docker-registry"].root, path, digest),
        ("copyparty", "upload"): lambda: load.curl("-F", "act=bput", "-F", f"f=@{path}", f"{all['copyparty'].root}/?j"),
        ("FastAPI", "upload"): form(plain, f"{plain.root}/files", "-F", "channelId=c"),
        ("FastAPI", "message"): message(plain, plain.root, "c"),
    }


def rows(servers):
    for (name, what), ask in requests(servers).items():
        trace = Trace(servers.all[name], f"{servers.folder}/strace")
        try:
            ask()
            answered = time.time()
        finally:
            trace.stop()
        calls = trace.calls(answered)
        shown = ", ".join(call + (f" {count} times" if count > 1 else "") for call, count in calls.items())
        yield name, what, shown or "nothing", durability(calls)


def durability(calls):
    """What a power cut right after the answer may take."""
    if not calls:
        return "nothing: a power cut may take it"
    if any("the bytes" in call for call in calls) and not any("the folder" in call for call in calls):
        return "bytes, but not their names"
    return "all: it survives a power cut"
