"""A client that can misbehave: bytes on a socket, answers read one by one."""

import json
import re
import socket
import struct
from dataclasses import dataclass

BOUNDARY = "----7d0f3a91"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes = b""

    def json(self):
        return json.loads(self.body)


class Wire:
    """One TCP connection. Every wait has a deadline of `timeout` seconds."""

    def __init__(self, server, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, *data):
        self.socket.sendall(b"".join(data))
        return self

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.reader.close()
        self.socket.close()

    def reset(self):
        """Closes so that the server sees a reset rather than an orderly end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def answer(self, method="GET"):
        """The next answer, interim ones (1xx) included."""
        line = self.reader.readline()
        assert line.startswith(b"HTTP/1."), f"no answer but {line!r}"
        status = int(line.split(b" ")[1])
        headers = {}
        while (line := self.reader.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if status < 200 or status in (204, 304) or method == "HEAD":
            return Answer(status, headers)
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, self._chunks())
        length = headers.get("content-length")
        return Answer(status, headers, self.reader.read(int(length)) if length else self.reader.read())

    def _chunks(self):
        body = b""
        while size := int(self.reader.readline().split(b";")[0], 16):
            body += self.reader.read(size)
            self.reader.readline()
        self.reader.readline()
        return body

    def ended(self):
        """Waits for the server to close; fails when it sends something instead or the deadline passes."""
        try:
            rest = self.reader.read(1)
        except ConnectionResetError:
            return True
        assert rest == b"", "the server sent more"
        return True


def head(method, path, *lines, key=None):
    """The head of a request; header lines come as they are."""
    credentials = [f"x-api-key: {key}"] if key else []
    text = "\r\n".join([f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *credentials, *lines])
    return text.encode("utf-8", "surrogateescape") + b"\r\n\r\n"


FORM = f"content-type: multipart/form-data; boundary={BOUNDARY}"


def field(name, value):
    value = value if isinstance(value, bytes) else value.encode()
    return f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def file_part(content, filename="file.bin", mime="application/octet-stream", name="file"):
    disposition = f'content-disposition: form-data; name="{name}"; filename="{filename}"'
    return f"--{BOUNDARY}\r\n{disposition}\r\ncontent-type: {mime}\r\n\r\n".encode() + content + b"\r\n"


CLOSING = f"--{BOUNDARY}--\r\n".encode()


def form(*parts):
    return b"".join(parts) + CLOSING


def upload(owner, body, *lines, route="store"):
    """A whole upload with a declared length."""
    return head(
        "POST", f"/api/v1/files/{route}", FORM, f"content-length: {len(body)}", *lines, key=owner.key
    ) + body


def upload_head(owner, *lines, route="store"):
    return head("POST", f"/api/v1/files/{route}", FORM, *lines, key=owner.key)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def assert_error(answer, status, path=None):
    """The one shape of all errors (docs/api.md, Conventions)."""
    assert answer.status == status, f"{answer.status}: {answer.body[:300]!r}"
    assert answer.headers["content-type"].startswith("application/json"), answer.headers
    error = answer.json()
    assert error["statusCode"] == status
    assert isinstance(error["message"], str) and error["message"]
    assert TIMESTAMP.fullmatch(error["timestamp"]), error
    if path is not None:
        assert error["path"] == path
    assert error["requestId"], "an error without a request id"
    assert error["requestId"] == answer.headers.get("x-request-id")
    for leak in ("/tmp/", "sqlite", "SELECT", ".swift", "hp_", "blobs/"):
        assert leak not in error["message"]
    return error
