"""Measures messages, searches and waits over HTTP; called by scripts/bench. Loopback only, bounded in time and count."""

import itertools, json, os, random, re, resource, select, socket, statistics, sys, tempfile, time
from service import ROUNDS, Table, placet, requests_per_second, run, sign_in

WAITS = (1, 1_000, 5_000)
ANSWERS = 200  # In each round; a quarter of them when each needs a wait of its own.
PACE = 0.01  # Seconds from one answer to the next.
CLIENTS = (1, 16, 64)
SIZES = (10_000, 1_000_000)
LOOKS = 400  # Requests of each kind.
WORDS = 20_000
REST = 0.3  # Seconds.


class Line:
    """One keep-alive connection; the answer's first byte is what counts, the rest is read all the same."""

    def __init__(self, address):
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method, target, token="", body=""):
        """With an API key or the token of a session."""
        self.socket.sendall(f"{method} {target} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
                            f"content-length: {len(body)}\r\n\r\n{body}".encode())

    def receive(self):
        """The status and the body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        while len(body) < length:
            body += self.read()
        return int(head[9:12]), body

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("the server closed a connection")
        return data

    def ask(self, *request):
        self.send(*request)
        status, body = self.receive()
        assert 200 <= status < 300, (request, status, body)
        return json.loads(body)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def milliseconds(times):
    return f"{percentile(times, 0.5) * 1e3:.2f} / {percentile(times, 0.99) * 1e3:.2f} ms"


def settle(peer):
    """Returns when the server has used no processor time for `REST`, as when all its waits are parked."""
    used = None
    for _ in range(100):
        fields = open(f"/proc/{peer.process.pid}/stat").read().rpartition(")")[2].split()
        now = fields[11:13]
        if now == used:
            return
        used = now
        time.sleep(REST)
    raise SystemExit("the server does not come to rest")


# Waits.


def make_reviews(peer, count):
    line, body = Line(peer.address), json.dumps(
        {"channelId": peer.channel, "review": {"type": "approval", "payload": {"options": [{"id": "a", "label": "A"}]}}})
    return [line.ask("POST", "/api/v1/messages", peer.key, body)["id"] for _ in range(count)]


def park(peer, lines, reviews):
    for line, review, key in zip(lines, reviews, itertools.cycle(peer.keys)):
        line.send("GET", f"/api/v1/reviews/{review}/wait?channel={peer.channel}", key)
    settle(peer)


def wake(person, token, line, review, poll):
    """A person answers a review. Seconds to the first byte at the waiting client: from sending the answer, and from its 201."""
    body, moments = '{"response":{"selectedOption":"a"}}', {}
    poll.register(line.socket, select.EPOLLIN)
    start = time.perf_counter()
    person.send("POST", f"/api/messages/{review}/respond", token, body)
    while len(moments) < 2:
        ready = poll.poll(5)
        now = time.perf_counter()
        assert ready, "nobody woke"
        for number, _ in ready:
            poll.unregister(number)
            moments[number] = now
    poll.register(person.socket, select.EPOLLIN)
    assert person.receive()[0] == 201 and b'"completed"' in line.receive()[1]
    return moments[line.socket.fileno()] - start, moments[line.socket.fileno()] - moments[person.socket.fileno()]


def wake_round(peer, token, lines, reviews):
    """Parks on all of `reviews`, answers up to `ANSWERS` of them, and returns the two times of each."""
    person, poll = Line(peer.address), select.epoll()
    poll.register(person.socket, select.EPOLLIN)
    times, chosen = [], random.sample(range(len(lines)), min(ANSWERS, len(lines)))
    park(peer, lines, reviews)
    start = time.perf_counter()
    for turn, index in enumerate(chosen):
        time.sleep(max(0, start + turn * PACE - time.perf_counter()))
        times.append(wake(person, token, lines[index], reviews[index], poll))
    assert time.perf_counter() - start < 20, "waits may have timed out meanwhile"
    return times


def waits(binary, folder, table):
    peer = placet(binary, f"{folder}/waits", 3921)
    try:
        # A key may have 1,000 waits at a time.
        create = [binary, "keys", "create", "--label", "bench", "--storage", peer.storage]
        peer.keys = [run(*create).strip() for _ in range(max(WAITS) // 1_000 + 1)]
        lines, before = [], 0
        reviews = make_reviews(peer, max(WAITS))
        settle(peer)
        before = peer.status("VmRSS")
        lines = [Line(peer.address) for _ in reviews]
        for line in lines:
            line.ask("GET", "/health")
        settle(peer)
        connected = peer.status("VmRSS")
        park(peer, lines, reviews)
        parked = peer.status("VmRSS")
        table.row(f"memory of a parked wait, {len(lines):,} of them, with its connection",
                  f"{(parked - before) * 1024 / len(lines):.1f} KiB, {(connected - before) * 1024 / len(lines):.1f} of it "
                  "the idle connection", "≤ 20 KiB")
        for line in lines:
            line.socket.close()
        settle(peer)

        times, token = {count: [] for count in WAITS}, sign_in(peer)
        for _ in range(ROUNDS):
            for count in WAITS:
                for _ in range(ANSWERS // 4 if count == 1 else 1):
                    lines, reviews = [Line(peer.address) for _ in range(count)], make_reviews(peer, count)
                    times[count] += wake_round(peer, token, lines, reviews)
                    for line in lines:
                        line.socket.close()
        for count in WAITS:
            table.row(f"wake-up with {count:,} parked, p50 / p99", "from sending the answer " +
                      milliseconds([whole for whole, _ in times[count]]), "p99 ≤ 10 ms" if count == max(WAITS) else "")
            table.row("", "from its 201 " + milliseconds([rest for _, rest in times[count]]))
    finally:
        peer.stop()


# Messages.


POSTS = """
local file = io.open("WORDS")
local words, sums, total = {}, {}, 0
for word in file:lines() do
  words[#words + 1] = word
  total = total + (#words) ^ -0.8
  sums[#sums + 1] = total
end
math.randomseed(SEED)

local function pick()
  local wanted, low, high = math.random() * total, 1, #sums
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sums[middle] < wanted then low = middle + 1 else high = middle end
  end
  return words[low]
end

local headers = {["content-type"] = "application/json", ["x-api-key"] = "KEY"}
local review = ', "review": {"type": "approval", "payload": {"options": [{"id": "a", "label": "A"}]}, "expiresInSeconds": 129600}'
request = function()
  local text = {}
  for place = 1, math.random(SHORTEST, LONGEST) do text[place] = pick() end
  local body = '{"channelId": "CHANNEL", "text": "' .. table.concat(text, " ") .. '"' ..
    (math.random() < REVIEWS and review or "") .. "}"
  return wrk.format("POST", nil, headers, body)
end
"""


def make_words(path):
    """Words of 2 to 9 letters, the frequent letters of English more often; the same ones in every run."""
    dice, letters = random.Random(1), "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(letters[int(dice.random() ** 1.8 * 26)] for _ in range(dice.randint(2, 9))) for _ in range(WORDS)]
    open(path, "w").write("\n".join(words) + "\n")
    return words


def script(folder, peer, words="5, 40", reviews=0):
    path, (shortest, longest) = f"{folder}/post.lua", words.split(", ")
    text = POSTS
    for name, value in {"WORDS": f"{folder}/words", "SEED": random.randrange(1 << 30), "KEY": peer.key, "CHANNEL": peer.channel,
                        "SHORTEST": shortest, "LONGEST": longest, "REVIEWS": reviews}.items():
        text = text.replace(name, str(value))
    open(path, "w").write(text)
    return path


def posts(binary, single, folder, table):
    """Posts per second, beside the trivial route and, if there is such a binary, one commit per message."""
    peers = {"us": placet(binary, f"{folder}/posts", 3922)}
    try:
        if single:
            peers["single"] = placet(single, f"{folder}/single", 3923)
        rates = {(name, clients): [] for name in ("us", "single", "health") for clients in CLIENTS}
        for _ in range(ROUNDS):
            for clients in CLIENTS:
                for name, peer in peers.items():
                    rates[name, clients].append(requests_per_second(
                        f"{peer.base}/messages", clients, 3, script(folder, peer, words="3, 8")))
                health = peers["us"].base.replace("/api/v1", "/health")
                rates["health", clients].append(requests_per_second(health, clients, 2))
        for clients in CLIENTS:
            us, health = (statistics.median(rates[name, clients]) for name in ("us", "health"))
            largest = clients == max(CLIENTS)
            table.row(f"durable messages, {clients} client" + ("s" if clients > 1 else ""),
                      f"{us:,.0f}/s; GET /health {health:,.0f}/s, ratio {us / health:.2f}", "≥ 0.45" if largest else "")
            if single:
                alone = statistics.median(rates["single", clients])
                table.row("", f"a commit for each {alone:,.0f}/s, ratio {us / alone:.1f}", "≥ 4" if largest else "")
    finally:
        for peer in peers.values():
            peer.stop()


# Lists and searches.


def fill(folder, peer, stored, size):
    """Posts until there are `size` messages, and a second's worth more."""
    while stored < size:
        seconds = max(1, min(20, (size - stored) // 5_000))
        out = run("wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script(folder, peer, reviews=0.01), f"{peer.base}/messages")
        assert "Non-2xx" not in out, out
        stored += int(re.search(r"(\d+) requests in", out).group(1))
        print(f"  {stored:,} messages", file=sys.stderr, flush=True)
    return stored


def terms(words):
    long = [word for word in words if len(word) > 3]
    frequent, rare = long[:60], long[len(long) // 2:]
    pick = random.choice
    return {
        "a frequent word": lambda: pick(frequent),
        "a rare word": lambda: pick(rare),
        "two frequent words": lambda: f"{pick(frequent)} {pick(frequent)}",
        "a rare and a frequent word": lambda: f"{pick(rare)} {pick(frequent)}",
        "an absent word": lambda: f"{pick(frequent)}zqz{pick(frequent)}",
        "two characters": lambda: "et",
    }


def lists(binary, folder, words, table):
    peer = placet(binary, f"{folder}/lists", 3924)
    try:
        stored, found = 0, {}

        def look(what, size, target, count=LOOKS):
            times, hits = [], 0
            for _ in range(count):
                path = target().replace(" ", "%20")
                start = time.perf_counter()
                line.send("GET", f"/api/v1/{path}", peer.key)
                status, body = line.receive()
                times.append(time.perf_counter() - start)
                assert status == 200, body
                hits += body.count(b'"senderType"')
            found.setdefault(what, []).append(f"{milliseconds(times)}, {hits / count:.0f} found")
            print(f"  {size:,} {what}: {found[what][-1]}", file=sys.stderr, flush=True)

        for size in SIZES:
            stored = fill(folder, peer, stored, size)
            settle(peer)
            line = Line(peer.address)
            channel = f"channel={peer.channel}"
            cursors, cursor = [], ""
            for _ in range(20):
                page = line.ask("GET", f"/api/v1/messages?{channel}&limit=100{cursor}", peer.key)
                cursors.append(f"&cursor={page['nextCursor']}")
                cursor = cursors[-1]
            look("list", size, lambda: f"messages?{channel}{random.choice(cursors)}")
            look("pending", size, lambda: f"reviews/pending?{channel}&limit=50")
            for name, term in terms(words).items():
                look(f"search, {name}", size, lambda: f"messages?{channel}&search={term()}")
            look("search, two absent characters", size, lambda: f"messages?{channel}&search=%E6%96%87%E4%BB%B6", 10)
        for what, values in found.items():
            goal = "p99 ≤ 10 ms" if what == "list" else "p99 ≤ 50 ms" if what.startswith("search") else ""
            table.row(f"{what}, p50 / p99", "; ".join(f"{size:,}: {value}" for size, value in zip(SIZES, values)), goal)
        size = os.path.getsize(f"{peer.storage}/index.sqlite")
        table.row("index of a message, memory", f"{size / stored:,.0f} bytes each; {peer.status('VmRSS'):.0f} MiB RSS")
    finally:
        peer.stop()


def main(binary, single, folder):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))  # The server inherits it.
    if files < max(WAITS) + 1000:
        raise SystemExit(f"ulimit -Hn is {files}; {max(WAITS):,} waits need more")
    table, words = Table(), make_words(f"{folder}/words")
    waits(binary, folder, table)
    posts(binary, single, folder, table)
    lists(binary, folder, words, table)
    table.show()


if __name__ == "__main__":
    above = sys.argv[2] if len(sys.argv) > 2 else None
    if above:
        os.makedirs(above, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=above) as folder:
        main(sys.argv[1], os.environ.get("SINGLE"), os.path.abspath(folder))
