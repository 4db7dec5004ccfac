"""What an upload in parts costs beside a plain one of the same bytes; called by scripts/bench resumable. Loopback only."""

import os, statistics, sys, tempfile, time
from neighbours import Caller
from service import Table, placet

PORT = 18732
SIZE = 256 << 20
PART = 16 << 20
ROUNDS = 5


def plain(agent, channel, content):
    status, answer = agent.ask("PUT", f"/api/v1/files/raw?channel={channel}", content)
    assert status == 201, (status, answer[:200])


def in_parts(agent, channel, content):
    tus = {"tus-resumable": "1.0.0"}
    agent.connection.request("POST", f"/api/v1/files/tus?channel={channel}", headers=tus | {
        "upload-length": str(len(content)), "authorization": f"Bearer {agent.token}"})
    answer = agent.connection.getresponse()
    answer.read()
    assert answer.status == 201, answer.status
    for start in range(0, len(content), PART):
        status, said = agent.ask("PATCH", answer.headers["location"], content[start:start + PART], **tus, **{
            "upload-offset": str(start), "content-type": "application/offset+octet-stream"})
        assert status == 204, (status, said[:200])


def main(binary, folder):
    table, peer = Table(), placet(binary, f"{folder}/resumable", PORT)
    try:
        agent, times = Caller(peer, peer.key), {plain: [], in_parts: []}
        for _ in range(ROUNDS):
            for way, taken in times.items():
                content = os.urandom(1 << 20) * (SIZE >> 20)
                begin = time.perf_counter()
                way(agent, peer.channel, content)
                taken.append(time.perf_counter() - begin)
        once, parts = (statistics.median(times[way]) for way in (plain, in_parts))
        table.row("256 MiB as one body", f"{once:.2f} s")
        table.row("the same in 16 parts, each durable when it is answered", f"{parts:.2f} s; ratio {parts / once:.2f}")
    finally:
        peer.stop()
    table.show()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
