"""Measures lists and searches of many messages; called by scripts/bench. Loopback only, bounded in time and count."""

import os, random, re, sys, tempfile, time
from connection import Line, milliseconds, settle
from service import Table, placet, run

SIZES = (10_000, 1_000_000)
LOOKS = 400  # Requests of each kind.
WORDS = 20_000


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
  for place = 1, math.random(5, 40) do text[place] = pick() end
  local body = '{"channelId": "CHANNEL", "text": "' .. table.concat(text, " ") .. '"' ..
    (math.random() < 0.01 and review or "") .. "}"
  return wrk.format("POST", nil, headers, body)
end
"""


def make_words(path):
    """Words of 2 to 9 letters, the frequent letters of English more often; the same ones in every run."""
    dice, letters = random.Random(1), "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(letters[int(dice.random() ** 1.8 * 26)] for _ in range(dice.randint(2, 9))) for _ in range(WORDS)]
    open(path, "w").write("\n".join(words) + "\n")
    return words


def script(folder, peer):
    path, text = f"{folder}/post.lua", POSTS
    for name, value in {"WORDS": f"{folder}/words", "SEED": random.randrange(1 << 30), "KEY": peer.key,
                        "CHANNEL": peer.channel}.items():
        text = text.replace(name, str(value))
    open(path, "w").write(text)
    return path


def fill(folder, peer, stored, size):
    """Posts until there are `size` messages, and a second's worth more."""
    while stored < size:
        seconds = max(1, min(20, (size - stored) // 5_000))
        out = run("wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script(folder, peer), f"{peer.base}/messages")
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


def main(binary, folder):
    table, words = Table(), make_words(f"{folder}/words")
    lists(binary, folder, words, table)
    table.show()


if __name__ == "__main__":
    above = sys.argv[2] if len(sys.argv) > 2 else None
    if above:
        os.makedirs(above, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=above) as folder:
        main(sys.argv[1], os.path.abspath(folder))
