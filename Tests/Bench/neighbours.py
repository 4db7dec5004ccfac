"""Measures what one caller's costly requests do to others; called by scripts/bench neighbours. Loopback only, bounded in time.

One caller does one costly thing again and again, from several connections, while others upload, wait for answers, list, sign in
and ask for /health. A row for each thing: what the others waited, p50 / p99, without him (the first row) and with him.
"""

import contextlib, http.client, json, multiprocessing, os, sys, tempfile, threading, time
import urllib.request
from service import PERSON, Table, placet, run, sign_in

SECONDS = 8  # For each costly thing.
REPEATERS = 4  # Connections of the one caller.
MESSAGES = 30_000
MAX_BODY = 8 * 2**20


class Caller:
    """One keep-alive connection of a user."""

    def __init__(self, peer, token=None):
        self.peer, self.token = peer, token
        self.connection = http.client.HTTPConnection(*peer.address, timeout=60)

    def ask(self, method, path, body=None, **headers):
        if isinstance(body, dict):
            body, headers["content-type"] = json.dumps(body), "application/json"
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0, b""

    def made(self, path, body):
        status, answer = self.ask("POST", path, body)
        assert status == 201, (path, status, answer[:200])
        return json.loads(answer)


def form(channel, content):
    return (f'--b\r\ncontent-disposition: form-data; name="channelId"\r\n\r\n{channel}\r\n--b\r\ncontent-disposition: form-data; '
            f'name="file"; filename="a"\r\n\r\n').encode() + content + b"\r\n--b--\r\n"


FORM = {"content-type": "multipart/form-data; boundary=b"}


class Neighbours:
    """What the others do, each at its own pace, and how long each took."""

    def __init__(self, peer, key, session, channel):
        self.peer, self.key, self.session, self.channel = peer, key, session, channel
        self.number = 0

    def upload(self, caller):
        status, _ = caller.ask("POST", "/api/v1/files/store", form(self.channel, os.urandom(1000)), **FORM)
        assert status == 201, status

    def wait(self, caller):
        """From a question to its answer at the client that waits."""
        question = {"channelId": self.channel, "review": {"type": "approval"}}
        message = caller.made("/api/v1/messages", question)["id"]
        person = Caller(self.peer, self.session)
        answering = threading.Thread(target=lambda: person.made(f"/api/messages/{message}/respond", {"response": {}}))
        answering.start()
        status, answer = caller.ask("GET", f"/api/v1/reviews/{message}/wait?channel={self.channel}")
        answering.join()
        assert status == 200 and b'"completed"' in answer, (status, answer[:200])

    def list(self, caller):
        status, _ = caller.ask("GET", f"/api/v1/messages?channel={self.channel}&limit=20")
        assert status == 200, status

    def sign_in(self, _):
        sign_in(self.peer)

    def health(self, caller):
        status, _ = caller.ask("GET", "/health")
        assert status == 200, status

    PACES = {"upload": 0.02, "wait": 0.05, "list": 0.02, "sign_in": 1.5, "health": 0.02}

    def measure(self, seconds):
        """p50 and p99 in seconds of each thing."""
        end, times = time.perf_counter() + seconds, {what: [] for what in self.PACES}

        def repeat(what):
            caller = Caller(self.peer, self.key if what in ("upload", "wait", "list") else None)
            while time.perf_counter() < end:
                start = time.perf_counter()
                with contextlib.suppress(AssertionError, OSError):  # What fails counts with the time that it took.
                    getattr(self, what)(caller)
                times[what].append(time.perf_counter() - start)
                time.sleep(self.PACES[what])

        threads = [threading.Thread(target=repeat, args=(what,)) for what in self.PACES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {what: tuple(sorted(all)[min(len(all) - 1, int(len(all) * share))] for share in (0.5, 0.99))
                for what, all in times.items()}


class Costs:
    """What can be asked that costs much, each at its limit. A method is one request; its docstring names it in the table."""

    def __init__(self, peer, channel):
        self.peer, self.channel = peer, channel
        caller = Caller(peer, peer.key)
        for number in range(MESSAGES):
            caller.made("/api/v1/messages", {"channelId": channel, "text": f"message number {number} of many"})
        self.metadata = f'{{"channelId":"{channel}","status":"info","metadata":{{"a":[' + "[1]," * 2_000_000 + "1]}}"
        self.metadata = self.metadata[:MAX_BODY]
        for text in ("aab" + "a" * 1_000_000,):
            caller.made("/api/v1/messages", {"channelId": channel, "text": text})
        status, answer = caller.ask("POST", "/api/v1/messages", self.metadata, **{"content-type": "application/json"})
        assert status == 201, (status, answer[:200])
        self.large = json.loads(answer)["id"]
        self.page = caller.made("/api/v1/agents", {"name": "page"})["id"]
        for _ in range(30):
            caller.made("/api/v1/messages", {"channelId": self.page, "status": "info", "metadata": {"a": [[1]] * 30_000}})
        for number in range(2000):
            caller.made("/api/v1/messages", {"channelId": channel, "review": {"type": "approval", "payload": {"a": "b" * 2000}}})
        cjk = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(2_500_000))
        self.cjk = json.dumps({"channelId": channel, "text": cjk}, ensure_ascii=False).encode()
        caller.made("/api/v1/messages", {"channelId": channel, "text": "a", "streamId": "s"})
        caller.made("/api/v1/messages", {"channelId": channel, "text": "a" * 7_000_000, "streamId": "large"})
        self.session = sign_in(peer)

    def slow_pattern(self, caller):
        """search for 999 a and b in a million a"""
        caller.ask("GET", f"/api/v1/messages?channel={self.channel}&search={'a' * 999}b")

    def short_search(self, caller):
        """search for two characters that nothing has"""
        caller.ask("GET", f"/api/v1/messages?channel={self.channel}&search=%E4%B8%80%E4%B8%81")

    def draft(self, caller):
        """a draft's text of 7.5 MB, again and again"""
        caller.ask("PATCH", "/api/v1/messages/streams/s", self.cjk, **{"content-type": "application/json"})

    def long_text(self, caller):
        """messages of 7.5 MB"""
        caller.ask("POST", "/api/v1/messages", self.cjk, **{"content-type": "application/json"})

    def nested(self, caller):
        """metadata of 8 MiB of small arrays"""
        caller.ask("POST", "/api/v1/messages", self.metadata, **{"content-type": "application/json"})

    def nested_read(self, caller):
        """… read again"""
        caller.ask("GET", f"/api/v1/messages/{self.large}?channel={self.channel}")

    def large_page(self, caller):
        """a page of 30 messages with 4 MB together"""
        caller.ask("GET", f"/api/v1/messages?channel={self.page}&limit=30")

    def reviews(self, caller):
        """one of 2,000 reviews"""
        caller.token = self.session
        caller.ask("GET", "/api/messages/reviews?limit=1")

    def status_events(self, caller):
        """status events of a draft with 7 MB"""
        caller.ask("POST", "/api/v1/messages/streams/large/status", {"channelId": self.channel, "text": "x"})

    def newlines(self, caller):
        """uploads of 64 KiB of newlines"""
        caller.ask("POST", "/api/v1/files/store", form(self.channel, b"\n" * 65_000 + os.urandom(4).hex().encode()), **FORM)

    def long_query(self, caller):
        """a query of 78 kB, without a key"""
        caller.token = None
        caller.ask("GET", "/api/v1/messages?" + "a=b&" * 19_500)

    def sign_in_body(self, caller):
        """sign-ins with bodies of 8 MiB"""
        caller.token = None
        caller.ask("POST", "/api/auth/login", self.metadata, **{"content-type": "application/json"})

    def parked_bodies(self, caller):
        """bodies that never end, without a key"""
        caller.token = None
        with contextlib.ExitStack() as held:
            for _ in range(75):
                line = held.enter_context(contextlib.closing(http.client.HTTPConnection(*self.peer.address, timeout=5)))
                with contextlib.suppress(OSError):
                    line.putrequest("POST", "/api/auth/login")
                    line.putheader("content-type", "application/json")
                    line.putheader("content-length", str(8_000_000))
                    line.endheaders(b'{"email":"')
            time.sleep(1)

    ALL = (slow_pattern, short_search, draft, long_text, nested, nested_read, large_page, reviews, status_events, newlines,
           long_query, sign_in_body, parked_bodies)

    @contextlib.contextmanager
    def repeated(self, cost):
        """One caller repeats it, in processes of his own: threads would take the others' turns in this one."""
        context = multiprocessing.get_context("fork")
        stop = context.Event()

        def repeat():
            caller = Caller(self.peer, self.peer.key)
            while not stop.is_set():
                cost(self, caller)

        processes = [context.Process(target=repeat) for _ in range(REPEATERS)]
        for process in processes:
            process.start()
        try:
            time.sleep(0.5)
            yield
        finally:
            stop.set()
            for process in processes:
                process.join()

    def once(self, cost):
        """Processor seconds of the server, seconds, and how much its peak of memory grew, for one request alone."""
        fields = lambda: sum(map(int, open(f"/proc/{self.peer.process.pid}/stat").read().rpartition(")")[2].split()[11:13]))
        caller, used, start = Caller(self.peer, self.peer.key), fields(), time.perf_counter()
        open(f"/proc/{self.peer.process.pid}/clear_refs", "w").write("5")  # The peak starts anew.
        memory = self.peer.status("VmHWM")
        cost(self, caller)
        seconds = time.perf_counter() - start
        return (fields() - used) / os.sysconf("SC_CLK_TCK"), seconds, self.peer.status("VmHWM") - memory


def neighbour(binary, peer):
    """Another user with a key, a session and a channel."""
    owner = Caller(peer, sign_in(peer))
    person = PERSON | {"email": "neighbour@example.org", "displayName": "N", "role": "member"}
    owner.made("/api/users", person)
    key = run(binary, "keys", "create", "--label", "n", "--user", person["email"], "--storage", peer.storage).strip()
    channel = Caller(peer, key).made("/api/v1/agents", {"name": "n"})["id"]
    return Neighbours(peer, key, sign_in(peer, person), channel)


def shown(times):
    return " | ".join(f"{p50 * 1e3:.1f} / {p99 * 1e3:.1f}" for p50, p99 in times.values())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        peer = placet(sys.argv[1], folder, 3941)
        try:
            others = neighbour(sys.argv[1], peer)
            costs = Costs(peer, peer.channel)
            os.sync()
            alone = [(cost, *costs.once(cost)) for cost in Costs.ALL]
            rows = [("nothing", others.measure(SECONDS))]
            print(f"nothing: {shown(rows[0][1])}", flush=True)
            for cost in Costs.ALL:
                with costs.repeated(cost):
                    rows.append((cost.__doc__, others.measure(SECONDS)))
                print(f"{cost.__doc__}: {shown(rows[-1][1])}", flush=True)
            print(f"\n{Table.machine()}\n\nOthers' p50 / p99 in ms while one caller repeats it on {REPEATERS} connections for {SECONDS} s\n")
            print(f"| what he repeats | {' | '.join(Neighbours.PACES)} |\n|---|{'---|' * len(Neighbours.PACES)}")
            for what, times in rows:
                print(f"| {what} | {shown(times)} |")
            print("\nOne such request alone\n\n| what | processor | time | memory at its peak |\n|---|---|---|---|")
            for cost, processor, seconds, memory in alone:
                print(f"| {cost.__doc__} | {processor:.2f} s | {seconds:.2f} s | {memory:.0f} MiB |")
        finally:
            peer.stop()
