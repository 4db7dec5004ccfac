"""Measures the file service against its peers; called by scripts/bench. Loopback only, bounded in time and count."""

import hashlib, json, os, re, shutil, statistics, sys, tempfile, threading
from service import ROUNDS, Peer, Table, placet, requests_per_second, run


def nginx(folder, port):
    os.makedirs(f"{folder}/nginx/files/put", exist_ok=True)
    os.chmod(folder, 0o755)
    config = f"{folder}/nginx/nginx.conf"
    modules = "/usr/lib/nginx/modules"
    open(config, "w").write(f"""
        worker_processes auto; daemon off; user root; pid {folder}/nginx/pid; error_log {folder}/nginx/error.log;
        events {{ worker_connections 1024; }}
        http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; client_max_body_size 0;
            client_body_temp_path {folder}/nginx/body; open_file_cache off;
            server {{ listen 127.0.0.1:{port}; root {folder}/nginx/files;
                      location /put/ {{ dav_methods PUT; }} }} }}""")
    return Peer(["nginx", "-p", f"{folder}/nginx", "-c", config], f"http://127.0.0.1:{port}/ready")


def registry(folder, port):
    config = f"{folder}/registry.yml"
    open(config, "w").write(f"""
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}/registry}}}}
http: {{addr: "127.0.0.1:{port}"}}
""")
    return Peer(["docker-registry", "serve", config], f"http://127.0.0.1:{port}/v2/")


def curl_time(*arguments):
    """Seconds of one transfer, and the status, which must be a success."""
    out = run("curl", "-sS", "-o", "/dev/null", "-w", "%{time_total} %{http_code}", *arguments).split()
    assert out[1].startswith("2"), (arguments, out)
    return float(out[0])


def upload(peer, path, route="store"):
    out = run("curl", "-sS", "-H", f"x-api-key: {peer.key}", "-F", f"file=@{path}", "-F", f"channelId={peer.channel}",
              f"{peer.base}/files/{route}")
    return json.loads(out)


def registry_upload(port, path, digest):
    answer = run("curl", "-sS", "-i", "-X", "POST", f"http://127.0.0.1:{port}/v2/bench/blobs/uploads/")
    location = re.search(r"(?i)^location:\s*(\S+)", answer, re.M).group(1)
    return curl_time("-T", path, "-H", "Expect:", f"{location}&digest=sha256:{digest}")


def rename_unique(path, count):
    """Changes the first bytes, so that no server has this content already."""
    with open(path, "r+b") as file:
        file.write(count.to_bytes(8, "big"))
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


SMALL_UPLOADS = """
local count = 0
local filler = string.rep("x", 4000)
request = function()
  count = count + 1
  local body = "--b\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"a.txt\\"\\r\\n\\r\\n" ..
    string.format("%s %016d", "SEED", count) .. filler ..
    "\\r\\n--b\\r\\nContent-Disposition: form-data; name=\\"channelId\\"\\r\\n\\r\\nCHANNEL\\r\\n--b--\\r\\n"
  return wrk.format("POST", nil, {["content-type"] = "multipart/form-data; boundary=b", ["x-api-key"] = "KEY"}, body)
end
"""


def main(binary, folder):
    ours, web, images = placet(binary, folder, 3911), None, None
    table = Table()
    row = table.row

    try:
        os.makedirs(f"{folder}/nginx/files", exist_ok=True)
        open(f"{folder}/nginx/files/ready", "w").write("ok")
        web, images = nginx(folder, 3912), registry(folder, 3913)
        row("idle memory (RSS)", f"{ours.idle:.0f} MiB", "< 40 MiB")

        small, large = f"{folder}/nginx/files/64k", f"{folder}/nginx/files/1g"
        open(small, "wb").write(os.urandom(65536))
        run("dd", "if=/dev/urandom", f"of={large}", "bs=1M", "count=1024")
        small_id, large_id = upload(ours, small)["id"], upload(ours, large)["id"]
        key = ["-H", f"x-api-key: {ours.key}"]

        rates = {"us": [], "nginx": [], "trivial": []}
        for _ in range(ROUNDS):
            rates["us"].append(requests_per_second(f"{ours.base}/files/{small_id}/download", key=ours.key))
            rates["nginx"].append(requests_per_second("http://127.0.0.1:3912/64k"))
            rates["trivial"].append(requests_per_second("http://127.0.0.1:3911/health"))
        us, them = statistics.median(rates["us"]), statistics.median(rates["nginx"])
        row("64 KiB downloads, 32 connections", f"{us:,.0f}/s; nginx {them:,.0f}/s; ratio {us / them:.2f}", "≥ 0.6")
        row("trivial route (GET /health)", f"{statistics.median(rates['trivial']):,.0f}/s")

        times = {"us": [], "nginx": []}
        for _ in range(ROUNDS):
            times["us"].append(curl_time(*key, f"{ours.base}/files/{large_id}/download"))
            times["nginx"].append(curl_time("http://127.0.0.1:3912/1g"))
        us, them = statistics.median(times["us"]), statistics.median(times["nginx"])
        row("1 GiB download", f"{us:.2f} s; nginx {them:.2f} s; ratio {them / us:.2f}", "≥ 0.9")

        times, body = {"us": [], "nginx": [], "registry": []}, f"{folder}/body"
        shutil.copy(large, body)
        for count in range(ROUNDS):
            digest = rename_unique(body, count)
            os.sync()  # Each starts with nothing of the one before left to write back.
            times["us"].append(curl_time(*key, "-F", f"file=@{body}", "-F", f"channelId={ours.channel}",
                                         f"{ours.base}/files/store"))
            os.sync()
            times["nginx"].append(curl_time("-T", body, f"http://127.0.0.1:3912/put/{count}"))
            os.sync()
            times["registry"].append(registry_upload(3913, body, digest))
        us, them, other = (statistics.median(times[name]) for name in ("us", "nginx", "registry"))
        row("1 GiB upload", f"{us:.2f} s; nginx PUT {them:.2f} s, ratio {them / us:.2f}", "≥ 0.6")
        row("", f"docker-registry {other:.2f} s, ratio {other / us:.1f}", "≥ 3")

        script = f"{folder}/small.lua"
        rates = []
        for count in range(3):
            seed = os.urandom(8).hex()
            open(script, "w").write(SMALL_UPLOADS.replace("SEED", seed).replace("CHANNEL", ours.channel)
                                    .replace("KEY", ours.key))
            rates.append(requests_per_second(f"{ours.base}/files/store", script=script))
        row("4 KiB uploads, durable, 32 clients", f"{statistics.median(rates):,.0f}/s")

        memory = concurrent_uploads(binary, folder)
        row("peak memory, 64 concurrent 256 MiB uploads", f"{memory:.0f} MiB", "< 150 MiB")
    finally:
        for peer in (ours, web, images):
            if peer:
                peer.stop()
    table.show()


def concurrent_uploads(binary, folder):
    """Peak RSS of a fresh server that takes 64 uploads at once."""
    for name in os.listdir(f"{folder}/nginx/files/put"):
        os.remove(f"{folder}/nginx/files/put/{name}")
    shutil.rmtree(f"{folder}/registry", ignore_errors=True)
    body = f"{folder}/body256"
    run("dd", "if=/dev/urandom", f"of={body}", "bs=1M", "count=256")
    ours = placet(binary, f"{folder}/second", 3914)
    try:
        threads = [threading.Thread(target=upload, args=(ours, body)) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return ours.status("VmHWM")
    finally:
        ours.stop()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        os.makedirs(sys.argv[2], exist_ok=True)
        main(sys.argv[1], os.path.abspath(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(prefix="placet-bench-") as folder:
            main(sys.argv[1], folder)
