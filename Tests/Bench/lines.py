"""Measures the lines of a log beside wc, grep and ripgrep; called by scripts/bench lines. Loopback only.

    LINES=N SIZE=GB    the lines of the log for windows, and the size of the one for counting, tails and searches

The programs run on one core, as the server does for one request, and read the stored file itself.
"""

import glob, json, os, shutil, statistics, subprocess, sys, tempfile, time
import urllib.parse, urllib.request
from service import ROUNDS, Table, placet

PORT = 3923
LINES = int(os.environ.get("LINES", 10_000_000))
SIZE = int(float(os.environ.get("SIZE", 1)) * 1e9)
WORDS = "INFO worker handled request in ms status=200 path=/api/v1/files bytes DEBUG cache hit retry queue".split()
#: What is searched for: rare, so that all of the log is looked at.
PATTERNS = {"a text": ({"grep": "panic: disk full"}, ["-F", "panic: disk full"]),
            "a text, any case": ({"grep": "PANIC: Disk", "case": "false"}, ["-iF", "PANIC: Disk"]),
            "an expression with a beginning": ({"grep": r"panic: \w+ full", "regex": "true"}, ["-E", r"panic: \w+ full"]),
            "an expression without one": ({"grep": r"(error|panic|fatal): disk", "regex": "true"},
                                          ["-E", "(error|panic|fatal): disk"])}


def write(path, lines=None, size=None):
    """A log that has one hit in ten million bytes, and at its end."""
    number = written = 0
    with open(path, "w") as file:
        while number < lines if lines else written < size:
            block = []
            for _ in range(min(100_000, lines - number if lines else 100_000)):
                number += 1
                words = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(3, 9))
                block.append(f"2026-11-26T13:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03}Z {number} {words}\n")
            text = "".join(block) + ("panic: disk full\n" if not lines else "")
            written += file.write(text)


def upload(peer, path):
    """Stores a file by curl, and answers where its lines are, and the file in the store."""
    out = subprocess.run(
        ["curl", "-sSf", "-H", f"x-api-key: {peer.key}", "-F", f"channelId={peer.channel}", "-F", f"file=@{path}",
         f"{peer.base}/files/store"], check=True, capture_output=True, text=True).stdout
    id = out.split('"id":"')[1].split('"')[0]
    digest = out.split('"sha256":"')[1].split('"')[0]
    stored, = glob.glob(f"{peer.storage}/blobs/sha256/{digest[:2]}/{digest[2:]}.*")
    return f"{peer.base}/files/{id}/lines", stored


def forget(peer, stored, bytes_too=False):
    """The next request finds no index, and nothing of the file in the page cache either."""
    shutil.rmtree(f"{peer.storage}/derived", ignore_errors=True)
    if bytes_too:
        os.sync()
        file = os.open(stored, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def ask(peer, url, **query):
    """Milliseconds until the answer is there."""
    request = urllib.request.Request(f"{url}?{urllib.parse.urlencode(query)}", headers={"x-api-key": peer.key})
    began = time.perf_counter()
    urllib.request.urlopen(request, timeout=60).read()
    return (time.perf_counter() - began) * 1000


def search(peer, url, query):
    """Milliseconds until a log is searched to its end, in as many answers as that takes."""
    total, place = 0.0, 1
    while place:
        request = urllib.request.Request(f"{url}?{urllib.parse.urlencode(query | {'from': place, 'limit': 1000})}",
                                         headers={"x-api-key": peer.key})
        began = time.perf_counter()
        page = json.load(urllib.request.urlopen(request, timeout=60))
        total, place = total + (time.perf_counter() - began) * 1000, page["next"]
    return total


def program(*command):
    """The same for a program on one core."""
    began = time.perf_counter()
    # Into a pipe: at /dev/null, GNU grep stops at its first hit.
    subprocess.run(["taskset", "-c", "0", *command], stdout=subprocess.PIPE, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return (time.perf_counter() - began) * 1000


def median(measure, *arguments, before=lambda: None, **query):
    times = []
    for _ in range(ROUNDS):
        before()
        times.append(measure(*arguments, **query))
    return statistics.median(times)


def windows(table, peer, folder):
    path = f"{folder}/windows.log"
    write(path, lines=LINES)
    url, stored = upload(peer, path)
    middle = {"from": LINES // 2, "count": 200}
    cold = median(ask, peer, url, before=lambda: forget(peer, stored, bytes_too=True), **middle)
    table.row(f"first window of {LINES:,} lines, nothing in memory", f"{cold:.0f} ms", "≤ 1 s")
    table.row("the same again", f"{median(ask, peer, url, **middle):.1f} ms", "≤ 20 ms")
    index, = glob.glob(f"{peer.storage}/derived/*")
    share = os.path.getsize(index) / os.path.getsize(stored)
    table.row("its index", f"{os.path.getsize(index) / 1024:.0f} KiB, {share:.4%} of the text", "≤ 1 %")
    os.remove(path)


def searches(table, peer, folder):
    path = f"{folder}/searches.log"
    write(path, size=SIZE)
    url, stored = upload(peer, path)
    os.remove(path)
    size, plain = os.path.getsize(stored), {"tail": 100, "format": "text"}
    program("wc", "-l", stored)
    counted = median(ask, peer, url, before=lambda: forget(peer, stored), **{"from": 1, "count": 1})
    wc = median(program, "wc", "-l", stored)
    table.row(f"index of {size / 1e9:.1f} GB", f"{size / counted / 1e6:.2f} GB/s; wc -l {size / wc / 1e6:.2f} GB/s", "≥ 1.5 GB/s")
    table.row("tail=100, no index", f"{median(ask, peer, url, before=lambda: forget(peer, stored), **plain):.1f} ms", "≤ 50 ms")
    ask(peer, url, count=1)
    table.row("tail=100 as JSON, with one", f"{median(ask, peer, url, tail=100):.1f} ms", "≤ 10 ms")
    for name, (query, words) in PATTERNS.items():
        ours = median(search, peer, url, query)
        grep = median(program, "grep", "-c", *words, stored)
        # To ripgrep -E is an encoding: its patterns are expressions anyway.
        rg = median(program, "rg", "-j1", "-c", *[word for word in words if word != "-E"], stored)
        table.row(f"grep for {name}", f"{size / ours / 1e6:.2f} GB/s; grep {size / grep / 1e6:.2f}, rg {size / rg / 1e6:.2f}; "
                  f"ratio to rg {rg / ours:.2f}", "≥ 0.5 × rg")


def main():
    binary, folder = sys.argv[1], tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    table, peer = Table(), placet(binary, folder, PORT)
    try:
        windows(table, peer, folder)
        searches(table, peer, folder)
        table.row("memory of the server: idle, at its peak, uploads included",
                  f"{peer.idle:.0f} MiB, {peer.status('VmHWM'):.0f} MiB")
        table.show()
    finally:
        peer.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
