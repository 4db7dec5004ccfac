"""Measures what one request of each route costs at its limits; called by scripts/bench costs. Loopback only, bounded in count.

For each route of docs/api.md: the processor time of the server, how much of that was the writer's, and how much the peak of
memory grew. Twins of the agent and the human API are one handler, so they share a row.
"""

import gzip, io, json, os, pathlib, re, sys, tarfile, tempfile, urllib.parse, zipfile
from neighbours import FORM, Caller, form
from service import PERSON, Table, placet, sign_in

ROUNDS = 3
MAX_BODY = 8 << 20
API = pathlib.Path(__file__).parents[2] / "docs/api.md"
WIDE = {"a": [[1]] * 30_000}  # 120 kB of JSON.


def threads(pid):
    """Nanoseconds on a processor by thread id, and the threads that write the index."""
    times, writers = {}, set()
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        times[task.name] = int((task / "schedstat").read_text().split()[0])
        if "overcommit" in (task / "comm").read_text():
            writers.add(task.name)
    return times, writers


def zipped(count):
    """A zip archive with that many entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:06}", "x")
    return made.getvalue()


def browser():
    """What a browser that has subscribed sends: the key is that of the example of RFC 8291."""
    keys = {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
    return {"endpoint": "https://push.example/a", "keys": keys}


def bomb(size):
    """A tar archive in gzip whose one entry has that many zeros."""
    made = io.BytesIO()
    entry = tarfile.TarInfo("zeros")
    entry.size = size
    with gzip.open(made, "wb", 1) as packed:
        packed.write(entry.tobuf())
        for _ in range(size >> 20):
            packed.write(bytes(1 << 20))
    return made.getvalue()


class Costs:
    """The store that the requests meet. The routes stand in `requests`."""

    def __init__(self, peer):
        self.peer, self.agent = peer, Caller(peer, peer.key)
        self.person = Caller(peer, sign_in(peer))
        self.rows, self.seen = [], set()
        self.channel = peer.channel

    def fill(self):
        make, channel = self.agent.made, self.channel
        for number in range(300):
            make("/api/v1/agents", {"name": f"agent {number}", "description": "d" * 10_000})
        self.page = make("/api/v1/agents", {"name": "page"})["id"]
        for _ in range(40):
            self.question = make("/api/v1/messages", {"channelId": self.page, "status": "info", "metadata": WIDE,
                                                      "review": {"type": "approval"}})["id"]
        self.files = []
        for number in range(1000):
            status, body = self.agent.ask("POST", "/api/v1/files/store-text",
                                          {"channelId": self.page, "content": str(number), "filename": "f" * 200})
            assert status == 201, body
            self.files.append(json.loads(body)["id"])
        self.metadata = (f'{{"channelId":"{channel}","status":"info","metadata":{{"a":[' + "[1]," * 2_000_000 + "1]}}")[:MAX_BODY]
        # Its rest, cut off above, would not be JSON.
        self.metadata = self.metadata[:self.metadata.rindex(",")][:MAX_BODY - 8] + "]}}"
        self.large = self.post(self.metadata)["id"]
        question = {"channelId": self.page, "metadata": WIDE, "review": {"type": "approval"}}
        self.version = make("/api/v1/messages", question)["id"]
        for _ in range(20):
            self.answered = self.version
            self.person.made(f"/api/messages/{self.answered}/respond", {"response": {}})
            self.version = make("/api/v1/messages", question | {"iterationOf": self.version})["id"]
        make("/api/v1/messages", {"channelId": channel, "text": "a" * 7_000_000, "streamId": "large"})
        self.cjk = json.dumps({"channelId": channel, "text": "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(2_500_000))},
                              ensure_ascii=False).encode()
        _, body = self.agent.ask("POST", "/api/v1/files/store", form(channel, os.urandom(1 << 20)), **FORM)
        self.megabyte = json.loads(body)["id"]
        lines = b"".join(os.urandom(16_384).hex().encode() + b"\n" for _ in range(2048))
        self.log = json.loads(self.agent.ask("POST", "/api/v1/files/store", form(channel, lines), **FORM)[1])["id"]
        self.archive, self.bomb = (json.loads(self.agent.ask("POST", "/api/v1/files/store", form(channel, content), **FORM)[1])["id"]
                                   for content in (zipped(100_000), bomb(1 << 30)))
        for number in range(100):
            self.person.made("/api/api-keys", {"label": f"key {number}"})

    def post(self, body):
        status, answer = self.agent.ask("POST", "/api/v1/messages", body, **{"content-type": "application/json"})
        assert status == 201, (status, answer[:300])
        return json.loads(answer)

    def row(self, routes, what, ask, rounds=ROUNDS, expected=None, hashes=False):
        """Measures `ask`, a function that does one request and returns its status and body.

        `hashes`: it hashes a password, on a thread that cannot be told from the writer's.
        """
        pid, processor, writer, memory = self.peer.process.pid, [], [], 0
        for _ in range(rounds):
            open(f"/proc/{pid}/clear_refs", "w").write("5")  # The peak starts anew.
            (before, _), least = threads(pid), self.peer.status("VmHWM")
            status, answer = ask()
            assert 200 <= status < 300 or status == expected, (routes, status, answer[:300])
            after, writers = threads(pid)
            spent = {thread: after[thread] - before.get(thread, 0) for thread in after}
            processor.append(sum(spent.values()) / 1e6)
            writer.append(sum(spent[thread] for thread in writers) / 1e6)
            memory = max(memory, self.peer.status("VmHWM") - least)
        middle = len(processor) // 2
        written = "–" if hashes else f"{sorted(writer)[middle]:.1f} ms"
        self.rows.append((routes, what, f"{sorted(processor)[middle]:.1f} ms", written, f"{memory:.0f} MiB"))
        print(*self.rows[-1], flush=True)
        for route in routes.split(", "):
            self.seen.add(route)

    def requests(self):
        agent, person, row, channel, page = self.agent, self.person, self.row, self.channel, self.page
        v1 = lambda method, path, body=None, **headers: lambda: agent.ask(method, f"/api/v1/{path}", body, **headers)
        me = lambda method, path, body=None, **headers: lambda: person.ask(method, f"/api/{path}", body, **headers)
        as_json = {"content-type": "application/json"}
        new = lambda **more: agent.made("/api/v1/messages", {"channelId": channel, "text": "a"} | more)["id"]
        wide_review = {"type": "approval", "payload": WIDE}

        row("GET /health", "the last report", lambda: agent.ask("GET", "/health"))
        row("GET /metrics", "the page", lambda: agent.ask("GET", "/metrics"))
        row("GET /openapi.json, GET /api/docs", "the page", lambda: agent.ask("GET", "/api/docs"))
        row("GET /, GET /sign-in, GET /inbox, GET /inbox/:tab, GET /inbox/:tab/:id, GET /channels, GET /channels/:id, "
            "GET /files, GET /files/:id, GET /storage, GET /storage/:tab, GET /settings, GET /settings/:section, GET /settings/:section/:id",
            "the dashboard's page", lambda: agent.ask("GET", "/"))
        part = re.search(rb"/dashboard/[^\"]+", agent.ask("GET", "/")[1]).group().decode()
        row("GET /dashboard/:version/:name, GET /service-worker.js", "a file of it", lambda: agent.ask("GET", part))
        row("GET /api/v1/agents, GET /api/agents", "300 agents with 10,000 characters each", v1("GET", "agents"))
        row("POST /api/v1/agents, POST /api/agents, PATCH /api/v1/agents/:id, PATCH /api/agents/:id", "10,000 characters",
            v1("POST", "agents", {"name": "n", "description": "d" * 10_000}))
        row("DELETE /api/v1/agents/:id, DELETE /api/agents/:id", "an agent; its rows go later, in batches",
            lambda: agent.ask("DELETE", f"/api/v1/agents/{agent.made('/api/v1/agents', {'name': 'n'})['id']}"))
        row("POST /api/v1/agents/setWebhook, PUT /api/agents/:id/webhook", "50 headers",
            v1("POST", "agents/setWebhook", {"channelId": page, "url": "https://192.0.2.1/",
                                             "headers": {f"x-{n}": "v" * 100 for n in range(50)}}))
        row("POST /api/v1/agents/deleteWebhook, DELETE /api/agents/:id/webhook", "",
            v1("POST", "agents/deleteWebhook", {"channelId": page}))
        row("POST /api/v1/status/ping", "500 characters",
            v1("POST", "status/ping", {"agentId": page, "status": "busy", "message": "m" * 500}))
        row("POST /api/v1/messages, POST /api/messages", "metadata of 8 MiB of small arrays",
            v1("POST", "messages", self.metadata, **as_json))
        row("POST /api/v1/messages", "text of 7.5 MB", v1("POST", "messages", self.cjk, **as_json))
        row("GET /api/v1/messages, GET /api/messages", "a page of 4 MB", v1("GET", f"messages?channel={page}&limit=100"))
        row("GET /api/v1/messages", "a search of 1,000 characters in 7 MB",
            v1("GET", f"messages?channel={channel}&search={'a' * 999}b"))
        row("GET /api/v1/messages/:id, GET /api/messages/:id, GET /api/v1/reviews/:id", "8 MiB of small arrays",
            v1("GET", f"messages/{self.large}"))
        row("DELETE /api/v1/messages/:id", "a text of 7 MB; stored first, which counts too",
            lambda: agent.ask("DELETE", f"/api/v1/messages/{new(text='a' * 7_000_000)}"), rounds=1)
        row("POST /mcp", "a question with 64 KiB of text, not waited for",
            lambda: agent.ask("POST", "/mcp", {
                "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": {"name": "ask", "arguments": {"question": "q" * 65_536, "wait": 0, "channel": channel}},
            }))
        row("POST /api/v1/messages/:id/ack", "", lambda: agent.ask("POST", f"/api/v1/messages/{self.question}/ack"))
        row("GET /api/v1/messages/iterations/:id, GET /api/messages/:id/iterations", "21 versions with 120 kB each",
            v1("GET", f"messages/iterations/{self.version}"))
        new(streamId="s")
        row("PATCH /api/v1/messages/streams/:streamId", "text of 7.5 MB", v1("PATCH", "messages/streams/s", self.cjk, **as_json))
        row("POST /api/v1/messages/streams/:streamId/status", "10,000 characters, of a draft with 7 MB",
            v1("POST", "messages/streams/large/status", {"channelId": channel, "text": "x" * 10_000}))
        row("GET /api/v1/reviews/pending, GET /api/messages/reviews", "a page of 4 MB",
            v1("GET", f"reviews/pending?channel={page}&limit=100"))
        row("GET /api/messages/reviews/counts", "of 2,000 reviews", me("GET", "messages/reviews/counts"))
        row("GET /api/v1/reviews/:id/wait", "an answered one with 120 kB", v1("GET", f"reviews/{self.answered}/wait?channel={page}"))
        row("GET /api/v1/answers", "20 answers with 120 kB each", v1("GET", f"answers?channel={page}"))
        row("GET /api/v1/plugins, GET /api/plugins, GET /api/v1/plugins/:name, GET /api/plugins/:name", "the plugins",
            v1("GET", "plugins"))
        row("GET /api/v1/files, GET /api/files", "1,000 files with names of 200 characters", v1("GET", f"files?channel={page}"))
        row("GET /api/files", "a search that finds nothing in 1,000 names", me("GET", "files?search=zzzz"))
        for kind, content in {"line ends": b"\n" * 65_000, "text": b"line of a log\n" * 5_000, "unknown bytes": os.urandom(65_000)}.items():
            row("POST /api/v1/files/upload, POST /api/v1/files/store, POST /api/files/upload, POST /api/files/store",
                f"64 KiB of {kind}", lambda: agent.ask("POST", "/api/v1/files/store",
                                                       form(channel, content + os.urandom(4).hex().encode()), **FORM))
        row("POST /api/v1/files/store", "64 MiB of unknown bytes", v1("POST", "files/store", form(channel, os.urandom(64 << 20)), **FORM),
            rounds=1)
        row("PUT /api/v1/files/raw, PUT /api/upload/:token, PUT /api/upload/:token/:filename", "1 MiB",
            v1("PUT", "files/raw?channel=" + channel, os.urandom(1 << 20)))
        tus = {"Tus-Resumable": "1.0.0", "Upload-Length": str(1 << 20), "Content-Type": "application/offset+octet-stream"}
        row("POST /api/v1/files/tus, PATCH /api/v1/files/tus/:id, POST /api/files/tus, PATCH /api/files/tus/:id", "1 MiB at once",
            v1("POST", "files/tus?channel=" + channel, os.urandom(1 << 20), **tus))
        row("OPTIONS /api/v1/files/tus, HEAD /api/v1/files/tus/:id, DELETE /api/v1/files/tus/:id, POST /api/v1/files/tus/:id, "
            "OPTIONS /api/files/tus, HEAD /api/files/tus/:id, DELETE /api/files/tus/:id, POST /api/files/tus/:id", "",
            v1("OPTIONS", "files/tus"))
        row("POST /api/v1/files/upload-addresses", "", v1("POST", "files/upload-addresses", {"channelId": channel}))
        row("POST /api/v1/files/store-text", "5.5 MB of lines", v1("POST", "files/store-text",
                                                      {"channelId": channel, "content": "line\n" * 1_100_000 + os.urandom(4).hex(), "filename": "a"}))
        row("GET /api/v1/files/:id, GET /api/files/:id", "a record", v1("GET", f"files/{self.megabyte}"))
        row("GET /api/v1/files/:id", "and the facts of a log of 64 MiB", v1("GET", f"files/{self.log}?facts=true"))
        row("GET /api/v1/files/:id/download, GET /api/files/:id/download, GET /api/share/:token", "1 MiB",
            v1("GET", f"files/{self.megabyte}/download"))
        row("GET /api/v1/files/:id/download", "8 ranges of it",
            v1("GET", f"files/{self.megabyte}/download", range="bytes=" + ",".join(f"{n * 100_000}-{n * 100_000 + 9}" for n in range(8))))
        row("GET /api/v1/files/:id/lines, GET /api/files/:id/lines", "1 MiB of lines of 32 KiB", v1("GET", f"files/{self.log}/lines"))
        row("GET /api/v1/files/:id/lines", "an expression that is slow on purpose: 2 s and a block",
            v1("GET", f"files/{self.log}/lines?" + urllib.parse.urlencode({"grep": "(?:[0-7].*){900}[x-z]", "regex": "true"})))
        row("GET /api/v1/files/:id/entries, GET /api/files/:id/entries", "1,000 of 100,000 entries",
            v1("GET", f"files/{self.archive}/entries?count=1000"))
        row("GET /api/v1/files/:id/entries/:number, GET /api/files/:id/entries/:number", "the last of them",
            v1("GET", f"files/{self.archive}/entries/100000"))
        row("GET /api/v1/files/:id/entries", "a tar archive in gzip that unpacks to 1 GiB",
            v1("GET", f"files/{self.bomb}/entries"))
        row("DELETE /api/v1/files/:id, DELETE /api/files/:id", "", lambda: agent.ask("DELETE", f"/api/v1/files/{self.files.pop()}"))
        row("POST /api/auth/login, POST /api/auth/change-password, POST /api/auth/confirm", "one scrypt",
            lambda: Caller(self.peer).ask("POST", "/api/auth/login", PERSON), hashes=True)
        row("POST /api/markdown", "256 KiB that are hard to read", me("POST", "markdown", {"texts": ["![[]()" * 10922] * 4}))
        row("GET /api/auth/me, GET /api/preferences", "", me("GET", "auth/me"))
        row("PATCH /api/preferences, POST /api/auth/refresh, POST /api/auth/logout", "a row", me("PATCH", "preferences", {"theme": "dark"}))
        row("GET /api/auth/sessions, DELETE /api/auth/sessions/:id", "the sessions", me("GET", "auth/sessions"))
        row("GET /api/api-keys", "100 keys", me("GET", "api-keys"))
        row("POST /api/api-keys, PATCH /api/api-keys/:id, POST /api/api-keys/:id/rotate, DELETE /api/api-keys/:id", "", me("POST", "api-keys", {"label": "k"}))
        row("GET /api/users", "the users", me("GET", "users"))
        row("POST /api/users, PATCH /api/users/:id, DELETE /api/users/:id", "one scrypt, for the password",
            lambda: person.ask("POST", "/api/users", {"email": f"{os.urandom(4).hex()}@example.org", "displayName": "N",
                                                      "role": "member", "password": "a long secret"}), hashes=True)
        row("POST /api/agents/:id/read", "1,000 messages and more", me("POST", f"agents/{page}/read"))
        row("GET /api/agents/:id/stats", "", me("GET", f"agents/{page}/stats"))
        row("GET /api/notifications", "", me("GET", "notifications"))
        row("PUT /api/notifications", "", me("PUT", "notifications", {"kinds": ["question"]}))
        row("POST /api/notifications/subscriptions, DELETE /api/notifications/subscriptions/:id", "", me("POST", "notifications/subscriptions", browser()))
        row("POST /api/notifications/test", "without a way", me("POST", "notifications/test", {"to": "ntfy"}), expected=404)
        row("POST /api/agents/:id/webhook/test", "without a webhook", me("POST", f"agents/{page}/webhook/test"), expected=400)
        row("GET /api/agents/:id/deliveries, POST /api/messages/:id/retry", "", me("GET", f"agents/{page}/deliveries"))
        row("POST /api/messages/:id/respond", "120 kB", lambda: person.ask("POST", f"/api/messages/{new(review=wide_review)}/respond",
                                                                          {"response": WIDE}))
        row("GET /api/files/:id/share, GET /api/files/:id/shares, DELETE /api/files/:id/shares/:shareId", "a link",
            me("GET", f"files/{self.megabyte}/share"))
        row("POST /api/files/bulk-download", "1,000 files", me("POST", "files/bulk-download", {"ids": self.files[:900]}), rounds=1)
        row("POST /api/files/bulk-delete", "900 files", me("POST", "files/bulk-delete", {"ids": self.files[:900]}), rounds=1)
        row("GET /api/admin/audit", "100 entries of thousands", me("GET", "admin/audit?limit=100"))
        row("GET /api/admin/audit/export", "all of them", me("GET", "admin/audit/export"))
        row("GET /api/files/:id/openings", "of one file", me("GET", f"files/{self.megabyte}/openings"))
        row("GET /api/admin/storage", "1,000 files", me("GET", "admin/storage"))
        row("POST /api/admin/gc/plan", "900 contents that no file has", me("POST", "admin/gc/plan", {"graceSeconds": 0}))
        row("POST /api/admin/gc/run, POST /api/admin/gc/apply", "these 900",
            me("POST", "admin/gc/run", {"graceSeconds": 1}), rounds=1)
        row("GET /api/admin/gc/runs, GET /api/admin/gc/runs/:id", "the runs", me("GET", "admin/gc/runs"))
        run = json.loads(person.ask("GET", "/api/admin/gc/runs")[1])[0]["id"]
        row("POST /api/admin/gc/runs/:id/undo", "these 900", me("POST", f"admin/gc/runs/{run}/undo"), rounds=1)
        row("GET /api/admin/blobs/:id/explain", "a content", me("GET", f"admin/blobs/{self.megabyte}/explain"))
        plugin = json.loads(agent.ask("GET", "/api/v1/plugins")[1])[0]["name"]
        picture = form(page, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0" + os.urandom(1_000_000))
        row("POST /api/agents/:id/avatar, GET /api/agents/:id/avatar, DELETE /api/agents/:id/avatar", "a picture of 1 MB",
            me("POST", f"agents/{page}/avatar", picture, **FORM))
        row("GET /api/plugins/:name/render, GET /api/plugins/:name/icon, GET /api/plugins/:name/config, PUT /api/plugins/:name/config",
            "a page", me("GET", f"plugins/{plugin}/render"))
        row("POST /api/plugins/:name/fetch", "not allowed",
            me("POST", f"plugins/{plugin}/fetch", {"url": "https://example.org/"}), expected=403)
        self.seen |= {"GET /api/v1/events", "GET /api/events"}  # They end when the caller leaves: see scripts/bench people.

    def show(self):
        documented = set(re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| (\S+) \|", API.read_text(), re.MULTILINE))
        missing = {f"{method} {path}" for method, path in documented} - self.seen
        assert not missing, f"no figure for {missing}"
        print(f"\n{Table.machine()}; medians of {ROUNDS}\n")
        print("| routes | at the limit | processor | of that the writer | memory at its peak |\n|---|---|---|---|---|")
        for routes, what, processor, writer, memory in self.rows:
            print(f"| {routes} | {what} | {processor} | {writer} | {memory} |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        peer = placet(sys.argv[1], folder, 3941)
        try:
            costs = Costs(peer)
            costs.fill()
            costs.requests()
            costs.show()
        finally:
            peer.stop()
