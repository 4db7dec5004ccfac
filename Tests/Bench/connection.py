"""One connection to a server under measurement, and what is done with the times it took."""

import json, re, socket, time

REST = 0.3  # Seconds.


class Line:
    """One keep-alive connection; the answer's first byte is what counts, the rest is read all the same."""

    def __init__(self, address):
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method, target, token="", body=""):
        """With an API key or the token of a session."""
        self.socket.sendall(f"{method} {target} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
                            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())

    def receive(self):
        """The status and the body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        while len(body) < length:
            body += self.read()
        return int(head[9:12]), body

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("the server closed a connection")
        return data

    def ask(self, *request):
        self.send(*request)
        status, body = self.receive()
        assert 200 <= status < 300, (request, status, body)
        return json.loads(body)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def milliseconds(times):
    return f"{percentile(times, 0.5) * 1e3:.2f} / {percentile(times, 0.99) * 1e3:.2f} ms"


def settle(peer):
    """Returns when the server has used no processor time for `REST`, as when all its waits are parked."""
    used = None
    for _ in range(200):
        fields = open(f"/proc/{peer.process.pid}/stat").read().rpartition(")")[2].split()
        now = fields[11:13]
        if now == used:
            return
        used = now
        time.sleep(REST)
    raise SystemExit("the server does not come to rest")
