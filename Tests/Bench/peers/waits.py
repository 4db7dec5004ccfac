"""10,000 parked waits: what each takes, and how soon one that is answered wakes, alone and beside uploads."""

import contextlib, itertools, json, random, resource, select, signal, subprocess, time
from connection import Line, milliseconds, percentile, settle
from service import ROUNDS, placet, run, sign_in
from . import load, uploads
from .kinds import text

COUNT = 10_000
ANSWERS = 200  # In each round.
PACE = 0.01  # Seconds from one answer to the next.
UPLOADERS = 8
PORT = 3961


def make_reviews(peer, count):
    review = {"type": "approval", "payload": {"options": [{"id": "a", "label": "A"}]}}
    line, body = Line(peer.address), json.dumps({"channelId": peer.channel, "review": review})
    return [line.ask("POST", "/api/v1/messages", peer.key, body)["id"] for _ in range(count)]


def park(peer, lines, reviews):
    for line, review, key in zip(lines, reviews, itertools.cycle(peer.keys)):
        line.send("GET", f"/api/v1/reviews/{review}/wait?channel={peer.channel}", key)
    settle(peer)


def wake(person, token, line, review, poll):
    """A person answers. Seconds to the first byte at the waiting client: from sending the answer, and from its 201."""
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
    assert person.receive()[0] == 201
    if b'"completed"' not in line.receive()[1]:
        raise SystemExit("a wait ended before it was answered: parking all took over 30 s; is the machine busy?")
    return moments[line.socket.fileno()] - start, moments[line.socket.fileno()] - moments[person.socket.fileno()]


def wake_round(peer, token, lines, reviews):
    """Answers some of the parked `reviews`, which it takes out of the list, and returns the two times of each."""
    person, poll = Line(peer.address), select.epoll()
    poll.register(person.socket, select.EPOLLIN)
    times, chosen = [], random.sample(range(len(lines)), ANSWERS)
    start = time.perf_counter()
    for turn, index in enumerate(chosen):
        time.sleep(max(0, start + turn * PACE - time.perf_counter()))
        times.append(wake(person, token, lines[index], reviews[index], poll))
    for index in sorted(chosen, reverse=True):
        del reviews[index]
    return times


@contextlib.contextmanager
def connected(peer, count):
    lines = [Line(peer.address) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            line.socket.close()
        settle(peer)


@contextlib.contextmanager
def uploading(peer):
    """Uploads of 64 KiB without a pause beside what is done meanwhile."""
    request = uploads.form(peer, "/api/v1/files/store", {"channelId": peer.channel}, text(65536), "log")
    command = ["wrk", "-t1", f"-c{UPLOADERS}", "-d60s", "-s", f"{load.HERE}/distinct.lua", peer.root, "--",
               request, str(random.randrange(10**14))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(0.5)
        yield
        assert process.poll() is None, "the uploads ended"
    finally:
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=20)[0]
    assert "requests in" in out and "Non-2xx" not in out, out


def memory(peer, reviews, report):
    settle(peer)
    before = peer.status("VmRSS")
    with connected(peer, COUNT) as lines:
        for line in lines:
            line.ask("GET", "/health")
        settle(peer)
        idle = peer.status("VmRSS")
        park(peer, lines, reviews)
        each, line = ((after - before) * 1024 / COUNT for after in (peer.status("VmRSS"), idle))
    report.row(f"memory of a parked wait, of {COUNT:,}, with its connection", f"{each:.1f} KiB",
               f"its idle connection {line:.1f}", "", report.judged("≤ 20 KiB", each <= 20))


def measure(servers, report):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))  # The server inherits it.
    if limit < COUNT * 5 // 4:
        raise SystemExit(f"ulimit -Hn is {limit}; {COUNT:,} waits need more")
    folder = f"{servers.folder}/waits"
    # Ten thousand lines are opened before the last of them says anything.
    peer = placet(servers.binary, folder, PORT, "info", f"{folder}.log", PLACET_IDLE_TIMEOUT="600")
    try:
        # A key may have 1,000 waits at a time.
        create = [servers.binary, "keys", "create", "--label", "bench", "--storage", peer.storage]
        peer.keys = [run(*create).strip() for _ in range(COUNT // 1_000 + 1)]
        token, reviews = sign_in(peer), make_reviews(peer, COUNT + 2 * ROUNDS * ANSWERS)
        memory(peer, reviews, report)
        alone, beside = [], []
        for _ in range(ROUNDS):
            for times, busy in ((alone, False), (beside, True)):
                with connected(peer, COUNT) as lines:
                    park(peer, lines, reviews)
                    with uploading(peer) if busy else contextlib.nullcontext():
                        times += wake_round(peer, token, lines, reviews)
        busy = f", beside {UPLOADERS} clients that upload 64 KiB each"
        for what, times, goal in (("", alone, 5), (busy, beside, 20)):
            whole, rest = ([time[part] for time in times] for part in (0, 1))
            report.row(f"wake-up of one of {COUNT:,} waits{what}, p50 / p99", milliseconds(whole),
                       f"from the answer's 201 on {milliseconds(rest)}", "",
                       report.judged(f"p99 ≤ {goal} ms", percentile(whole, 0.99) <= goal / 1000))
    finally:
        peer.stop()
