"""64 uploads of 256 MiB at once, beside 64 slow downloads: memory, and whether anybody waits longer than the others."""

import os, socket, statistics, threading, time
from service import placet, run
from .downloads import store

COUNT, SIZE = 64, 256 << 20
PACE = 1 << 20  # Bytes a second of a slow download.
PORT = 3960


def head(method, path, peer, *fields):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: bench", peer.header, *fields, "", ""]).encode()


def reply(connection):
    """The status, once the whole head of the answer is there."""
    data = b""
    while b"\r\n\r\n" not in data:
        got = connection.recv(65536)
        assert got, "the server closed a connection"
        data += got
    return int(data[9:12])


def upload(peer, body, number, times):
    before = (f'--b\r\nContent-Disposition: form-data; name="channelId"\r\n\r\n{peer.channel}\r\n--b\r\n'
              f'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n{number:016}').encode()
    after = b"\r\n--b--\r\n"
    start = time.perf_counter()
    with socket.create_connection(peer.address) as connection, open(body, "rb") as file:
        connection.sendall(head("POST", "/api/v1/files/store", peer, "Content-Type: multipart/form-data; boundary=b",
                                f"Content-Length: {len(before) + SIZE + len(after)}") + before)
        assert connection.sendfile(file) == SIZE
        connection.sendall(after)
        assert reply(connection) == 201
    times.append(time.perf_counter() - start)


def download(peer, path, stop, rates):
    """At that pace until it is stopped; adds what it got a second."""
    start, got = time.perf_counter(), 0
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.connect(peer.address)
        connection.sendall(head("GET", path, peer))
        while not stop.is_set():
            data = connection.recv(PACE // 8)
            if not data:
                break
            got += len(data)
            stop.wait(max(0, got / PACE - (time.perf_counter() - start)))
    rates.append(got / (time.perf_counter() - start))


def measure(servers, report):
    folder = f"{servers.folder}/memory"
    peer = placet(servers.binary, folder, PORT, "info", f"{folder}.log")
    try:
        body, large = f"{servers.folder}/body256", f"{servers.folder}/1g"
        run("dd", "if=/dev/urandom", f"of={body}", "bs=1M", f"count={SIZE >> 20}")
        run("dd", "if=/dev/zero", f"of={large}", "bs=1M", "count=1024")
        path, stop, times, rates = f"/api/v1/files/{store(peer, large)['id']}/download", threading.Event(), [], []
        os.sync()
        slow = [threading.Thread(target=download, args=(peer, path, stop, rates)) for _ in range(COUNT)]
        all = [threading.Thread(target=upload, args=(peer, body, number, times)) for number in range(COUNT)]
        for thread in slow + all:
            thread.start()
        for thread in all:
            thread.join()
        stop.set()
        for thread in slow:
            thread.join()
        assert len(times) == COUNT and len(rates) == COUNT, "an upload or a download failed"
        peak, slowest, middle = peer.status("VmHWM"), max(times), statistics.median(times)
        what = f"{COUNT} uploads of {SIZE >> 20} MiB beside {COUNT} downloads of {PACE >> 20} MiB/s"
        report.row(f"{what}: peak RSS", f"{peak:.0f} MiB", "", "", report.judged("≤ 100 MiB", peak <= 100))
        report.row("slowest upload, to the median", f"{slowest:.1f} s, {middle:.1f} s", "", f"{slowest / middle:.2f}",
                   report.judged("≤ 2", slowest <= 2 * middle))
        least = min(rates) / PACE
        report.row("slowest download, to its pace", f"{min(rates) / 2**20:.2f} MiB/s", "", f"{least:.2f}",
                   report.judged("≥ 0.5", least >= 0.5))
    finally:
        peer.stop()
        run("rm", "-rf", folder, f"{servers.folder}/body256", f"{servers.folder}/1g")
