"""What asks the servers: wrk, curl, a client for HEAD, and one for docker-registry, whose uploads are two requests."""

import asyncio, hashlib, os, random, re, subprocess, time, urllib.parse
from service import run

SECONDS = int(os.environ.get("EACH", 2))
HERE = os.path.dirname(__file__)


def wrk(url, connections=32, seconds=SECONDS, script=None, arguments=(), headers=()):
    """Requests in a second, and how many there were."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += [word for header in headers for word in ("-H", header)]
    command += ["-s", f"{HERE}/{script}"] if script else []
    out = run(*command, url, *(["--", *map(str, arguments)] if arguments else []))
    assert "Non-2xx" not in out and "Socket errors" not in out, f"{url}: {out}"
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), int(re.search(r"(\d+) requests in", out)[1])


def distinct(url, request, connections=32, seconds=SECONDS):
    """Uploads of the request in that file, each with a number of its own."""
    return wrk(url, connections, seconds, "distinct.lua", (request, random.randrange(10**8, 10**9) * 10**6))


def heads(folder, url, headers=(), connections=32):
    """As `wrk`, of HEAD."""
    address = urllib.parse.urlsplit(url)
    program = f"{folder}/heads"
    if not os.path.exists(program):
        run("clang", "-O2", "-o", program, f"{HERE}/heads.c")
    request = "\r\n".join([f"HEAD {address.path} HTTP/1.1", "Host: bench", *headers, "", ""])
    count = int(run(program, str(address.port), str(connections), str(SECONDS), input=request))
    return count / SECONDS, count


def curl(*arguments):
    """Seconds of one transfer, which must be a success."""
    out = run("curl", "-sS", "-o", "/dev/null", "-w", "%{time_total} %{http_code}", *arguments).split()
    assert out[1].startswith("2"), (arguments, out)
    return float(out[0])


def curls(count, *arguments):
    """Seconds until all of so many transfers at once have ended."""
    start = time.perf_counter()
    command = ["curl", "-sSf", "-o", "/dev/null", *arguments]
    transfers = [subprocess.Popen(command) for _ in range(count)]
    assert not any([transfer.wait() for transfer in transfers]), arguments
    return time.perf_counter() - start


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def registry_upload(base, path, digest):
    """Seconds of the second request, which carries the bytes of the file."""
    answer = run("curl", "-sS", "-i", "-X", "POST", f"{base}/v2/bench/blobs/uploads/")
    location = re.search(r"(?i)^location:\s*(\S+)", answer, re.M)[1]
    return curl("-T", path, "-H", "Expect:", f"{location}&digest=sha256:{digest}")


def registry_uploads(port, content, mark, seconds, connections=32):
    """Uploads in a second of that content, each with a number of its own in place of the mark, and how many."""
    number = random.randrange(10**15)

    async def ask(reader, writer, head, body=b""):
        writer.write(f"{head}\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        reply = await reader.readuntil(b"\r\n\r\n")
        assert re.match(rb"HTTP/1.1 20\d", reply) and re.search(rb"(?i)content-length: 0\r", reply), reply
        return reply

    async def repeat(end):
        nonlocal number
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        done = 0
        while time.perf_counter() < end:
            number += 1
            body = content.replace(mark, b"%016d" % number)
            digest = hashlib.sha256(body).hexdigest()
            reply = await ask(reader, writer, "POST /v2/bench/blobs/uploads/ HTTP/1.1")
            place = re.search(rb"(?i)location: http://[^/]+(\S+)", reply)[1].decode()
            await ask(reader, writer, f"PUT {place}&digest=sha256:{digest} HTTP/1.1", body)
            done += 1
        writer.close()
        return done

    async def all():
        start = time.perf_counter()
        done = sum(await asyncio.gather(*[repeat(start + seconds) for _ in range(connections)]))
        return done / (time.perf_counter() - start), done

    return asyncio.run(all())
