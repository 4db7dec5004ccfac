"""What each list, count, page of an export and start costs in a small store and in a large one; called by scripts/bench growth.

The processor time of the server for one request, and what the client waits, with 10,000 and with 1,000,000 of everything
(SIZES names others). What costs more with the whole store, and not with the answer, shows in the last column. Loopback only.
"""

import json, os, pathlib, random, re, sys, tempfile, time, urllib.parse
from growth_store import Store
from connection import percentile
from messages import make_words, terms
from neighbours import Caller
from service import PERSON, Peer, Table, placet, sign_in

SIZES = [int(size) for size in os.environ.get("SIZES", "10000,1000000").split(",")]
LOOKS, SECONDS = 60, 6  # At most, for each row.
PORT = 3967
MANY = {"email": "many@example.org", "password": "a very long secret"}
API = pathlib.Path(__file__).parents[2] / "docs/api.md"
#: Answers that are one thing, a part of a file, or wait for something; `scripts/bench costs` has these.
NO_LISTS = re.compile(r"/(openapi.json|api/docs|api/markdown|dashboard/.*|api/(v1/)?plugins.*|api/(v1/)?events|api/share/.*|api/preferences|api/notifications"
                      r"|api/(v1/)?files/:id(/download|/lines|/entries|/entries/:number|/share)?|api/agents/:id/avatar|api/auth/me"
                      r"|api/(v1/)?(messages|reviews)/:id(/wait)?|api/admin/gc/runs/:id)")
PAGES = ("/", "/sign-in", "/inbox", "/channels", "/files", "/storage", "/settings")


def processor(pid):
    """Milliseconds that a process has been on a processor, by its clock: the sum of its threads lacks those that have ended."""
    return time.clock_gettime(~pid << 3 | 2) * 1000  # As clock_getcpuclockid(3) makes the number of that clock.


class Growth:
    """One store of one size, and the rows measured in it."""

    def __init__(self, binary, folder, count):
        self.rows, self.seen, self.words = {}, set(), make_words(f"{folder}/words")
        peer = placet(binary, folder, PORT)
        owner = Caller(peer, sign_in(peer))
        made = owner.made("/api/users", {"email": MANY["email"], "displayName": "M", "role": "owner", "password": MANY["password"]})
        user = json.loads(owner.ask("GET", "/api/auth/me")[1])["user"]["id"]
        peer.stop()
        self.store = Store(peer.storage, count, self.words, user, peer.channel, made["user"]["id"])
        self.store.index.execute("UPDATE users SET must_change_password = 0")
        began = time.monotonic()
        self.store.fill()
        print(f"{count:,}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        self.starts(binary, peer)

    def starts(self, binary, old):
        waited, spent = [], []
        for _ in range(3):
            began = time.monotonic()
            self.peer = Peer([binary, "serve", "--port", str(PORT), "--storage", old.storage], f"http://127.0.0.1:{PORT}/health",
                             PLACET_LOG_LEVEL="warning", PLACET_RATE_LIMIT="off")
            waited.append((time.monotonic() - began) * 1000)
            spent.append(processor(self.peer.process.pid))
            if len(waited) < 3:
                self.peer.stop()
        self.rows["start, to the first answer"] = (waited, sorted(spent)[1])
        self.peer.base, self.peer.address = old.base, old.address
        self.agent, self.person = Caller(self.peer, old.key), Caller(self.peer, sign_in(self.peer, PERSON))
        self.many = Caller(self.peer, sign_in(self.peer, MANY))

    def look(self, route, what, path, caller=None):
        """Measures a request: the path of the documented `route`, with its query."""
        self.seen.add(route)
        caller, waited, pid = caller or self.person, [], self.peer.process.pid
        caller.ask("GET", "/health")  # The server has closed a connection that was idle for long.
        end, before = time.monotonic() + SECONDS, processor(pid)
        while len(waited) < LOOKS and (time.monotonic() < end or len(waited) < 3):
            began = time.perf_counter()
            status, body = caller.ask("GET", path() if callable(path) else path)
            waited.append((time.perf_counter() - began) * 1000)
            assert status == 200, (path, status, body[:300])
        name = f"`{route}` {what.strip()}".strip()
        assert name not in self.rows, name
        self.rows[name] = (waited, (processor(pid) - before) / len(waited))
        print(f"  {name}: {self.rows[name][1]:.2f} ms, {len(body):,} bytes", file=sys.stderr, flush=True)

    def places(self, route, path, kind, caller=None, newest_first=True, what=""):
        """The beginning, the middle and the end of a list whose rows have ids of that kind, or numbers."""
        join, count = "&" if "?" in path else "?", self.store.count
        self.look(route, f"{what} beginning", f"{path}{join}limit=50", caller)
        for place, number in (("middle", count // 2), ("end", 20 if newest_first else count - 20)):
            cursor = number if kind is None else self.store.id(number, kind)
            self.look(route, f"{what} {place}", f"{path}{join}limit=50&cursor={cursor}", caller)

    def all(self):
        store, look, places, agent, many = self.store, self.look, self.places, self.agent, self.many
        channel, file, answered = f"channel={store.channel}", store.id(0, 2), store.id(1)
        quote = urllib.parse.quote
        places("/api/v1/agents", "/api/v1/agents", 8, self.key(many))
        places("/api/agents", "/api/agents", 8, many)
        places("/api/v1/messages", f"/api/v1/messages?{channel}", 0, agent)
        look("/api/v1/messages", "has_attachments", f"/api/v1/messages?{channel}&has_attachments=true&cursor={store.id(store.count // 2)}", agent)
        for name, term in self.terms().items():
            look("/api/messages", f"search, {name}", lambda: f"/api/messages?{channel}&search={quote(term())}")
        group = f"messages/iterations/{store.id(0, 1)}"
        for what, number in (("beginning", None), ("middle", store.count // 20), ("end", store.count // 10 - 20)):
            cursor = "" if number is None else f"&cursor={store.id(number, 1)}"
            look("/api/v1/messages/iterations/:id", what, f"/api/v1/{group}?limit=50{cursor}", agent)
        look("/api/messages/:id/iterations", "", f"/api/messages/{store.id(0, 1)}/iterations?limit=50")
        places("/api/v1/reviews/pending", f"/api/v1/reviews/pending?{channel}", 0, agent)
        look("/api/v1/reviews/pending", "of all channels, one", "/api/v1/reviews/pending?limit=50", agent)
        look("/api/v1/reviews/pending", "of all channels, as many as there are", "/api/v1/reviews/pending?limit=50", self.key(many))
        for what, after in (("beginning", 0), ("middle", store.count // 4), ("end", store.count // 2 - 20)):
            look("/api/v1/answers", what, f"/api/v1/answers?{channel}&limit=50&after={after}&timeout=0", agent)
        places("/api/v1/files", f"/api/v1/files?{channel}", 2, agent)
        look("/api/auth/sessions", "", "/api/auth/sessions")
        places("/api/api-keys", "/api/api-keys", 7)
        places("/api/users", "/api/users", 5, newest_first=False)
        audit = "/api/admin/audit"
        places(audit, audit, None)
        places(audit, f"{audit}?subject={file}", None, what="of a file,")
        hour = lambda number: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(store.moment(number) / 1000))
        for what, query in {
            "user of few": f"user={store.many}", "channel": f"channel={store.channel}", "rare action": "action=log-level.changed",
            "no such action": "action=user.changed", "user and rare action": f"user={store.many}&action=log-level.changed",
            "since a late day": f"since={hour(store.count * 98 // 99)}", "until an early day": f"until={hour(store.count // 99)}",
        }.items():
            look(audit, what, f"{audit}?{query}&limit=50")
        look("/api/admin/audit/export", "1,000 entries", f"/api/admin/audit/export?user={store.many}")
        places("/api/files/:id/openings", f"/api/files/{file}/openings", None)
        look("/api/files/:id/shares", "", f"/api/files/{file}/shares")
        look("/api/admin/storage", "", "/api/admin/storage")
        look("/api/admin/gc/runs", "", "/api/admin/gc/runs")
        look("/api/admin/blobs/:id/explain", "", f"/api/admin/blobs/{store.digest(0)}/explain")
        look("/api/agents/:id/stats", "", f"/api/agents/{store.channel}/stats")
        places("/api/agents/:id/deliveries", f"/api/agents/{store.channel}/deliveries", 4)
        look("/api/agents/:id/deliveries", "of a message", f"/api/agents/{store.channel}/deliveries?message={answered}")
        for status in ("pending", "completed", "expired", "all"):
            places("/api/messages/reviews", f"/api/messages/reviews?status={status}", 0, what=f"{status},")
        look("/api/messages/reviews", "of a type", "/api/messages/reviews?type=form")
        look("/api/messages/reviews", "of a type that nothing has", "/api/messages/reviews?type=x")
        look("/api/messages/reviews", "search", lambda: f"/api/messages/reviews?search={self.terms()['a frequent word']()}")
        look("/api/messages/reviews", "of as many channels", "/api/messages/reviews", many)
        look("/api/messages/reviews/counts", "", "/api/messages/reviews/counts")
        look("/api/messages/reviews/counts", "of as many channels", "/api/messages/reviews/counts", many)
        places("/api/files", "/api/files", 2)
        for what, query in {
            "type of 1 in 1,000": "type=image/", "type of one": "type=application/x", "type of none": "type=video/", "of an agent": f"agent={store.channel}",
            "search, in all": "search=report", "search, in one": f"search=report%20{0:07}", "search, in none": "search=zzzz",
            "since": f"since={hour(store.count * 98 // 99)}", "until": f"until={hour(store.count // 99)}",
        }.items():
            look("/api/files", what, f"/api/files?{query}")
        look("/api/files", "of as many channels", "/api/files", many)
        look("/metrics", "", "/metrics")
        look("/health", "", "/health")

    def key(self, caller):
        status, body = caller.ask("POST", "/api/api-keys", {"label": "k"})
        assert status == 201, body
        return Caller(self.peer, json.loads(body)["key"])

    def terms(self):
        return terms(self.words) | {
            "six of the four most frequent letters": lambda: "".join(random.choices("etao", k=6)), "two rare characters": lambda: "qz",
            "two characters that nothing has": lambda: "文件", "a character": lambda: "e", "a rare character": lambda: "z",
            "a character that nothing has": lambda: "文"}


def show(found):
    print(f"\n{Table.machine()}; p50 / p99 in ms\n\n| list, count or start | " + " | ".join(f"{size:,}, processor" for size in SIZES)
          + " | ratio |\n|---|" + "---|" * len(SIZES) + "---|")
    for name in found[0].rows:
        cells, spent = [], [growth.rows[name][1] for growth in found]
        for growth in found:
            waited, cost = growth.rows[name]
            cells.append(f"{percentile(waited, 0.5):.1f} / {percentile(waited, 0.99):.1f}, {cost:.1f}")
        print(f"| {name} | " + " | ".join(cells) + f" | {spent[-1] / spent[0]:.1f} |")


if __name__ == "__main__":
    found = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
            found.append(Growth(sys.argv[1], folder, size))
            try:
                found[-1].all()
            finally:
                found[-1].peer.stop()
    documented = set(re.findall(r"^\| GET \| (\S+) \|", API.read_text(), re.MULTILINE))
    missing = {path for path in documented - found[0].seen if not NO_LISTS.fullmatch(path) and "/" + path.split("/")[1] not in PAGES}
    assert not missing, f"no figure for {missing}"
    show(found)
