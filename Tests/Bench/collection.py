"""Measures the collector on a store of many small contents, half of them in no file; called by scripts/bench.

The store is written as a server leaves it, rows and files, because a million uploads would take an hour. Then: start,
plan, and the plan applied beside uploads and downloads; docker-registry's collector on as many. Loopback only, bounded
in count.
"""

import contextlib, hashlib, json, os, re, sqlite3, subprocess, sys, tempfile, threading, time, zlib
from service import Peer, Table, placet, run

PORT = 3921
#: How long each load is measured, in seconds; connections of each kind.
SECONDS, CONNECTIONS = 10, 4
REGISTRY_MOST = 100_000


def contents(count):
    for number in range(count):
        content = str(number).encode()
        yield number, content, hashlib.sha256(content).hexdigest()


def fill(storage, channel, count):
    """Rows and files of `count` contents, every other one without a file that has it, for two days."""
    now = int(time.time() * 1000)
    old = now // 1000 * 1000 - 2 * 86_400_000
    with contextlib.closing(sqlite3.connect(f"{storage}/index.sqlite")) as index, index:
        index.execute("PRAGMA foreign_keys = ON")
        for number, content, digest in contents(count):
            key = f"sha256/{digest[:2]}/{digest[2:]}.{old:012x}{number:020x}"
            with open(f"{storage}/blobs/{key}", "wb") as file:
                file.write(content)
            row = (digest, key, len(content), zlib.crc32(content), old)
            index.execute("INSERT INTO blobs (sha256, key, size, crc32, created_at) VALUES (?, ?, ?, ?, ?)", row)
            name = f"01900000-0000-7000-8000-{number:012x}"
            attachment = (name, channel, digest, len(content), old, now + 86_400_000)
            index.execute("""INSERT INTO attachments
                (id, channel_id, sha256, filename, mime_type, detector, size, created_at, expires_at)
                VALUES (?, ?, ?, 'a.txt', 'text/plain', 'bench', ?, ?, ?)""", attachment)
        index.execute("DELETE FROM attachments WHERE rowid % 2 = 0 AND detector = 'bench'")
        index.execute("UPDATE unreferenced_blobs SET since = ?", (old,))
    os.sync()


UPLOADS = """
local count = 0
request = function()
  count = count + 1
  local body = "--b\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"a.txt\\"\\r\\n\\r\\n" ..
    string.format("%s %016d", "SEED", count) .. string.rep("x", 4000) ..
    "\\r\\n--b\\r\\nContent-Disposition: form-data; name=\\"channelId\\"\\r\\n\\r\\nCHANNEL\\r\\n--b--\\r\\n"
  return wrk.format("POST", nil, {["content-type"] = "multipart/form-data; boundary=b", ["x-api-key"] = "KEY"}, body)
end
"""


def latencies(peer, folder, file):
    """Milliseconds within which 99 of 100 uploads and downloads end, and how many there are in a second."""
    script = f"{folder}/uploads.lua"
    words = {"CHANNEL": peer.channel, "KEY": peer.key, "SEED": os.urandom(8).hex()}
    open(script, "w").write(re.sub("CHANNEL|KEY|SEED", lambda word: words[word[0]], UPLOADS))
    command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    loads = [subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True) for more in (
        ["-s", script, f"{peer.base}/files/store"],
        ["-H", f"x-api-key: {peer.key}", f"{peer.base}/files/{file}/download"])]
    found = []
    for load in loads:
        out = load.communicate(timeout=60)[0]
        assert "Non-2xx" not in out, out
        number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
        found.append((float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], rate))
    return found


def registry(folder, count):
    """Seconds that docker-registry's collector takes, with no server beside it, which it does not allow."""
    root = f"{folder}/registry/docker/registry/v2"

    def blob(content):
        digest = hashlib.sha256(content).hexdigest()
        os.makedirs(f"{root}/blobs/sha256/{digest[:2]}/{digest}", exist_ok=True)
        open(f"{root}/blobs/sha256/{digest[:2]}/{digest}/data", "wb").write(content)
        return f"sha256:{digest}"

    kept = []
    for number, content, digest in contents(count):
        blob(content)
        if number % 2:
            kept.append({"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": len(content),
                         "digest": f"sha256:{digest}"})
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": blob(b"{}")}
    for start in range(0, len(kept), 1000):
        manifest = blob(json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": config,
            "layers": kept[start:start + 1000]}).encode())
        link = f"{root}/repositories/bench/_manifests/revisions/sha256/{manifest.removeprefix('sha256:')}"
        os.makedirs(link)
        open(f"{link}/link", "w").write(manifest)
    os.makedirs(f"{root}/repositories/bench/_manifests/tags", exist_ok=True)
    path = f"{folder}/registry.yml"
    open(path, "w").write(f"version: 0.1\nlog: {{level: error}}\n"
                          f"storage: {{filesystem: {{rootdirectory: {folder}/registry}}, delete: {{enabled: true}}}}\n")
    os.sync()
    began = time.monotonic()
    run("docker-registry", "garbage-collect", path)
    taken = time.monotonic() - began
    left = sum(len(os.listdir(folder.path)) for folder in os.scandir(f"{root}/blobs/sha256"))
    assert left < len(kept) + count // 100, f"{left} are left"
    return taken


def main(binary, folder, count):
    table, folder = Table(), f"{folder}/collection"
    row = table.row
    peer = placet(binary, folder, PORT)
    storage, key, channel = peer.storage, peer.key, peer.channel
    peer.stop()
    fill(storage, channel, count)

    def command(*arguments):
        return json.loads(run(binary, "gc", *arguments, "--json", "--storage", storage))

    began = time.monotonic()
    peer = Peer([binary, "serve", "--port", str(PORT), "--storage", storage], f"http://127.0.0.1:{PORT}/health",
                PLACET_LOG_LEVEL="warning", PLACET_RATE_LIMIT="off")
    started = (time.monotonic() - began) * 1000
    row(f"start with {count:,} contents, to the first answer", f"{started:.0f} ms", "≤ 200 ms")
    try:
        peer.base, peer.key, peer.channel = f"http://127.0.0.1:{PORT}/api/v1", key, channel
        file = "01900000-0000-7000-8000-000000000000"
        latencies(peer, folder, file)
        began = time.monotonic()
        plan = command("plan")
        row(f"plan of {plan['blobs']['count']:,} contents", f"{time.monotonic() - began:.2f} s", "≤ 3 s for 500 000")
        without = latencies(peer, folder, file)
        removed = []

        def apply():
            began = time.monotonic()
            done = command("apply", plan["id"])
            removed.append((done["blobs"]["count"], time.monotonic() - began))

        applying = threading.Thread(target=apply)
        applying.start()
        beside = latencies(peer, folder, file)
        was_whole = applying.is_alive()
        applying.join()
        (number, seconds), = removed
        row(f"removed, {SECONDS} s of it beside uploads and downloads", f"{number / seconds:,.0f}/s", "≥ 5 000/s")
        for name, before, after in zip(("upload", "download"), without, beside):
            row(f"99 of 100 {name}s beside it" + ("" if was_whole else " (it ended sooner)"),
                f"{after[0]:.1f} ms; without {before[0]:.1f} ms; ratio {after[0] / before[0]:.1f}", "≤ 2")
            row(f"{name}s beside it", f"{after[1]:,.0f}/s; without {before[1]:,.0f}/s")
        row("peak memory", f"{peer.status('VmHWM'):.0f} MiB")
    finally:
        peer.stop()
    some = min(count, REGISTRY_MOST)
    taken = registry(folder, some)
    row(f"docker-registry garbage-collect of {some:,}, half garbage, alone", f"{some / 2 / taken:,.0f}/s")
    table.show()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None, prefix="placet-bench-") as parent:
        main(sys.argv[1], parent, int(os.environ.get("CONTENTS", "1000000")))
