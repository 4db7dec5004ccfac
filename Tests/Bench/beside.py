"""Measures two builds of ours beside each other, the access log on: has a change made anything slower?

Called by scripts/bench. Both servers run at once, each on a store of its own with the same contents; every kind of work is
done against one and then the other, several rounds interleaved, and the medians and their ratio are shown. Loopback only,
bounded in time and count.
"""

import json, os, statistics, sys, tempfile, urllib.request
from service import ROUNDS, Table, placet, requests_per_second, run

SECONDS = 2
#: Beginnings that libmagic tells apart quickly, slowly, and not at all.
KINDS = {"text": "line of a log ", "PNG": "\\137PNG\\r\\n\\26\\n", "unknown bytes": "\\200\\1\\254\\3\\7"}

UPLOADS = """
local count = 0
local filler = string.rep("x", 4000)
request = function()
  count = count + 1
  local body = "--b\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"a\\"\\r\\n\\r\\n" ..
    "BEGINNING" .. string.format("%s %016d", "SEED", count) .. filler ..
    "\\r\\n--b\\r\\nContent-Disposition: form-data; name=\\"channelId\\"\\r\\n\\r\\nCHANNEL\\r\\n--b--\\r\\n"
  return wrk.format("POST", nil, {["content-type"] = "multipart/form-data; boundary=b", ["x-api-key"] = "KEY"}, body)
end
"""
MESSAGES = """
request = function()
  local body = '{"channelId":"CHANNEL","text":"Build complete, all 47 tests passed","status":"success",' ..
    '"metadata":{"buildId":"build-123","duration":2.3}}'
  return wrk.format("POST", nil, {["content-type"] = "application/json", ["x-api-key"] = "KEY"}, body)
end
"""


def post(peer, path, body):
    request = urllib.request.Request(f"{peer.base}/{path}", json.dumps(body).encode(),
                                     {"x-api-key": peer.key, "content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def fill(peer, folder):
    """The same contents for both: files of three sizes, 100 messages, 20 of them questions."""
    peer.files = {}
    for name, size in {"1 KiB": 1024, "64 KiB": 65536, "1 GiB": 1 << 30}.items():
        path = f"{folder}/{size}"
        if not os.path.exists(path):
            run("dd", "if=/dev/urandom", f"of={path}", f"bs={min(size, 1 << 20)}", f"count={max(1, size >> 20)}")
        out = run("curl", "-sS", "-H", f"x-api-key: {peer.key}", "-F", f"file=@{path}",
                  "-F", f"channelId={peer.channel}", f"{peer.base}/files/store")
        peer.files[name] = json.loads(out)["id"]
    options = [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}]
    for number in range(100):
        message = {"channelId": peer.channel, "text": f"Message {number}", "metadata": {"number": number}}
        if number % 5 == 0:
            message["review"] = {"type": "approval", "payload": {"options": options}}
        peer.message = post(peer, "messages", message)["id"]


def gets(peer):
    """What is read, by name: the path of each."""
    return {
        "GET /health": f"{peer.base.removesuffix('/api/v1')}/health",
        "1 KiB download": f"{peer.base}/files/{peer.files['1 KiB']}/download",
        "64 KiB download": f"{peer.base}/files/{peer.files['64 KiB']}/download",
        "GET a message": f"{peer.base}/messages/{peer.message}?channel={peer.channel}",
        "list of 50 messages": f"{peer.base}/messages?channel={peer.channel}",
        "20 pending reviews": f"{peer.base}/reviews/pending?channel={peer.channel}",
        "files of a channel": f"{peer.base}/files?channel={peer.channel}&limit=50",
    }


def script(folder, peer, text, **words):
    path = f"{folder}/{peer.address[1]}.lua"
    for word, value in {"CHANNEL": peer.channel, "KEY": peer.key, **words}.items():
        text = text.replace(word, value)
    open(path, "w").write(text)
    return path


def seconds(*command):
    return float(run("curl", "-sS", "-o", "/dev/null", "-w", "%{time_total}", *command))


def interleaved(peers, work):
    """The medians of `work` for each of the peers."""
    found = [[] for _ in peers]
    for _ in range(ROUNDS):
        for peer, values in zip(peers, found):
            values.append(work(peer))
    return [statistics.median(values) for values in found]


def main(binary, other, folder):
    peers, table = [], Table()

    def rate(what, work):
        ours, theirs = interleaved(peers, work)
        table.row(what, f"{ours:,.0f}/s; other {theirs:,.0f}/s; ratio {ours / theirs:.2f}", "≥ 0.95")

    def time(what, work):
        ours, theirs = interleaved(peers, work)
        table.row(what, f"{ours:.2f} s; other {theirs:.2f} s; ratio {theirs / ours:.2f}", "≥ 0.95")

    try:
        for number, build in enumerate([binary, other]):
            peers.append(placet(build, f"{folder}/{number}", 3921 + number, log_level="info"))
            fill(peers[-1], folder)
        table.row("idle memory (RSS)", "; other ".join(f"{peer.idle:.0f} MiB" for peer in peers))
        for name in gets(peers[0]):
            rate(name, lambda peer: requests_per_second(gets(peer)[name], seconds=SECONDS, key=peer.key))
        rate("messages, durable, 64 clients", lambda peer: requests_per_second(
            f"{peer.base}/messages", connections=64, seconds=SECONDS, script=script(folder, peer, MESSAGES)))
        for kind, beginning in KINDS.items():
            rate(f"4 KiB uploads of {kind}, durable, 32 clients", lambda peer: requests_per_second(
                f"{peer.base}/files/store", seconds=SECONDS,
                script=script(folder, peer, UPLOADS, BEGINNING=beginning, SEED=os.urandom(8).hex())))
        key = lambda peer: ["-H", f"x-api-key: {peer.key}"]
        time("1 GiB download", lambda peer: seconds(*key(peer), f"{peer.base}/files/{peer.files['1 GiB']}/download"))

        def upload(peer):
            with open(f"{folder}/{1 << 30}", "r+b") as file:
                file.write(os.urandom(16))
            os.sync()
            return seconds(*key(peer), "-F", f"file=@{folder}/{1 << 30}", "-F", f"channelId={peer.channel}",
                           f"{peer.base}/files/store")
        time("1 GiB upload", upload)
    finally:
        for peer in peers:
            peer.stop()
    table.show()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        main(sys.argv[1], sys.argv[2], folder)
