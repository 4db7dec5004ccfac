"""Measures two builds of ours beside each other, the access log on: has a change made anything slower?

Called by scripts/bench. Both servers run at once, each on a store of its own with the same contents; every kind of work is
done against one and then the other, several rounds interleaved, and the medians and their ratio are shown. Loopback only,
bounded in time and count.
"""

import os, statistics, sys, tempfile
from peers.api import fill as messages, posts
from peers.downloads import store
from peers.kinds import KINDS
from peers.load import curl, distinct, wrk
from peers.uploads import form
from service import ROUNDS, Table, placet, run


def fill(peer, folder):
    """The same contents for both: files of three sizes and 100 messages, 20 of them questions."""
    peer.files = {}
    for name, size in {"1 KiB": 1024, "64 KiB": 65536, "1 GiB": 1 << 30}.items():
        path = f"{folder}/{size}"
        if not os.path.exists(path):
            run("dd", "if=/dev/urandom", f"of={path}", f"bs={min(size, 1 << 20)}", f"count={max(1, size >> 20)}")
        peer.files[name] = store(peer, path)["id"]
    peer.message = messages(peer.base, peer.header, peer.channel)


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
            rate(name, lambda peer: wrk(gets(peer)[name], headers=[peer.header])[0])
        rate("messages, durable, 64 clients", lambda peer: posts(peer, "/api/v1/messages", peer.channel)()[0])
        for kind, (make, suffix, _) in KINDS.items():
            for peer in peers:
                peer.upload = form(peer, "/api/v1/files/store", {"channelId": peer.channel}, make(4096), suffix)
            rate(f"4 KiB uploads of {kind}, durable, 32 clients", lambda peer: distinct(peer.base, peer.upload)[0])
        time("1 GiB download", lambda peer: curl(
            "-H", peer.header, f"{peer.base}/files/{peer.files['1 GiB']}/download"))

        def upload(peer):
            with open(f"{folder}/{1 << 30}", "r+b") as file:
                file.write(os.urandom(16))
            os.sync()
            return curl("-H", peer.header, "-F", f"file=@{folder}/{1 << 30}", "-F", f"channelId={peer.channel}",
                        f"{peer.base}/files/store")
        time("1 GiB upload", upload)
    finally:
        for peer in peers:
            peer.stop()
    table.show()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        main(sys.argv[1], sys.argv[2], folder)
