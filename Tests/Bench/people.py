"""Measures what people wait for, archives and signing in; called by scripts/bench. Loopback only, bounded in time and count."""

import json, os, random, statistics, sys, tempfile, threading, time
import urllib.request
from service import PERSON, ROUNDS, Table, placet, run, sign_in

FILES, FILE_BYTES = 1000, (2 << 30) // 1000
LOGS, LOG_LINES = 20, 120_000
SIGN_INS = 10


def fill(peer, folder, name, contents):
    """Stores files, also in a folder of their own for zip; their ids."""
    os.makedirs(f"{folder}/{name}")
    ids = []
    for number, content in enumerate(contents):
        path = f"{folder}/{name}/{number}.{name}"
        open(path, "wb").write(content)
        out = run("curl", "-sS", "-H", f"x-api-key: {peer.key}", "-F", f"file=@{path}", "-F", f"channelId={peer.channel}",
                  f"{peer.base}/files/store")
        ids.append(json.loads(out)["id"])
    return ids


def log_lines(count):
    """As servers write them: times, numbers and a few dozen words again and again."""
    words = "GET POST /api/v1/messages /api/v1/files/store 200 201 404 ms request caller=key route status worker done retry".split()
    return "".join(
        f"2026-11-24T05:{line // 3600 % 60:02}:{line // 60 % 60:02}.{line % 1000:03}Z INFO "
        f"{' '.join(random.choices(words, k=6))} id={random.getrandbits(64):016x}\n" for line in range(count)
    ).encode()


def archive(peer, token, ids, folder):
    """Seconds to the first byte and to the last, and the length."""
    body = f"{folder}/ids.json"
    json.dump({"ids": ids}, open(body, "w"))
    out = run("curl", "-sS", "-o", "/dev/null", "-w", "%{time_starttransfer} %{time_total} %{size_download} %{http_code}",
              "-H", f"authorization: Bearer {token}", "-H", "content-type: application/json", "-d", f"@{body}",
              peer.base.replace("/v1", "/files/bulk-download")).split()
    assert out[3] == "200", out
    return float(out[0]), float(out[1]), int(out[2])


def zipped(folder, name, level):
    """Seconds that Info-ZIP takes for the same files, and the length."""
    start = time.perf_counter()
    run("bash", "-c", f"cd '{folder}/{name}' && zip -q {level} - * | wc -c > ../length")
    return time.perf_counter() - start, int(open(f"{folder}/length").read())


def archives(binary, folder, table):
    peer = placet(binary, f"{folder}/archives", 3931)
    try:
        token = sign_in(peer)
        noise = fill(peer, folder, "bin", (os.urandom(FILE_BYTES) for _ in range(FILES)))
        logs = fill(peer, folder, "log", (log_lines(LOG_LINES) for _ in range(LOGS)))
        os.sync()
        # The peak since the start has the uploads in it: of a fresh process it is the archives' own.
        peer.stop()
        peer = placet(binary, f"{folder}/archives", 3931)
        archive(peer, token, noise[:1], folder)
        idle = peer.status("VmHWM")
        times = {what: [] for what in ("ours", "zip", "ours log", "zip log")}
        for _ in range(ROUNDS):
            times["ours"].append(archive(peer, token, noise, folder))
            times["zip"].append(zipped(folder, "bin", "-0"))
        stored = peer.status("VmHWM")
        for _ in range(ROUNDS):
            times["ours log"].append(archive(peer, token, logs, folder))
            times["zip log"].append(zipped(folder, "log", "-1"))
        deflated = peer.status("VmHWM")

        def medians(what):
            return [statistics.median(column) for column in zip(*times[what])]

        first, whole, length = medians("ours")
        theirs, _ = medians("zip")
        table.row(f"zip of {FILES:,} files, {length / 2**30:.1f} GiB: first byte", f"{first * 1e3:.0f} ms", "≤ 50 ms")
        table.row("… throughput", f"{length / whole / 2**20:,.0f} MiB/s; zip -0 {length / theirs / 2**20:,.0f} MiB/s, "
                  f"ratio {theirs / whole:.1f}")
        table.row("… memory above idle, at its peak", f"{stored - idle:.1f} MiB", "≤ 20 MiB")
        size = sum(os.path.getsize(f"{folder}/log/{name}") for name in os.listdir(f"{folder}/log"))
        first, whole, length = medians("ours log")
        theirs, their_length = medians("zip log")
        table.row(f"zip of {LOGS} logs, {size / 2**20:.0f} MiB", f"{size / whole / 2**20:.0f} MiB/s to {length / size:.0%}; zip -1 "
                  f"{size / theirs / 2**20:.0f} MiB/s to {their_length / size:.0%}; first byte {first * 1e3:.0f} ms")
        table.row("… memory above idle, at its peak", f"{deflated - idle:.1f} MiB")
    finally:
        peer.stop()


def sign_ins(binary, folder, table):
    peer = placet(binary, f"{folder}/people", 3932)
    try:
        def timed(person):
            start = time.perf_counter()
            sign_in(peer, person)
            return time.perf_counter() - start

        # An email that is tried often at once is slowed down.
        people, token = [PERSON | {"email": f"{number}@example.org"} for number in range(SIGN_INS)], sign_in(peer)
        for person in people:
            request = urllib.request.Request(peer.base.replace("/v1", "/users"), json.dumps(person).encode(),
                                             {"content-type": "application/json", "authorization": f"Bearer {token}"})
            urllib.request.urlopen(request, timeout=60).read()
        alone = [timed(person) for person in people]
        idle, together = peer.status("VmRSS"), []
        threads = [threading.Thread(target=lambda person=person: together.append(timed(person))) for person in people]
        for thread in threads:
            thread.start()
        lag = []
        while any(thread.is_alive() for thread in threads):
            start = time.perf_counter()
            urllib.request.urlopen(peer.base.replace("/api/v1", "/health")).read()
            lag.append(time.perf_counter() - start)
        table.row("signing in, scrypt with N = 2^15, r = 8, p = 3", f"{statistics.median(alone) * 1e3:.0f} ms")
        table.row(f"… {SIGN_INS} at once", f"{max(together):.2f} s for all; GET /health meanwhile p99 "
                  f"{sorted(lag)[int(len(lag) * 0.99)] * 1e3:.0f} ms; {peer.status('VmHWM') - idle:.0f} MiB above idle")
    finally:
        peer.stop()


if __name__ == "__main__":
    above = sys.argv[2] if len(sys.argv) > 2 else None
    if above:
        os.makedirs(above, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="placet-bench-", dir=above) as folder:
        table = Table()
        archives(sys.argv[1], os.path.abspath(folder), table)
        sign_ins(sys.argv[1], os.path.abspath(folder), table)
        table.show()
