"""The real binary under test: started, asked, watched from outside, killed.

Nothing here knows how the server works inside; what it looks at is what an operator sees: processes, files, the index.
"""

import copy
import http.client
import json
import os
import queue
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import requests

START_DEADLINE = 30
#: For servers whose first owner is to sign in.
ADMIN_PASSWORD = "correct horse battery"
LISTENS = re.compile(r"Placet \S+ listens on http://127\.0\.0\.1:(\d+)$")


def eventually(condition, what, deadline=15):
    """Waits for a condition that nothing announces, such as a file that goes. Returns its first true value."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not within {deadline} s: {what}"
        time.sleep(0.01)


def quiet_port():
    """A free port that no outgoing connection is given, so that it is still free after a restart."""
    for port in random.sample(range(20_000, 30_000), 100):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no free port")


SANITIZER = ("TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD", "SWIFT_BACKTRACE")


class Lines:
    """The lines of a stream, each to be waited for."""

    def __init__(self, stream):
        self.seen = []
        self._queue = queue.Queue()
        threading.Thread(target=self._pump, args=(stream,), daemon=True).start()

    def _pump(self, stream):
        for line in stream:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def next(self, deadline):
        """The next line; None at the end of the stream."""
        line = self._queue.get(timeout=deadline)
        if line is not None:
            self.seen.append(line)
        return line


class Server:
    """One `placet serve` process on a storage folder of its own; may be started again after it ended."""

    def __init__(self, binary, storage=None, **settings):
        self.binary = binary
        self._own = None if storage else tempfile.mkdtemp(prefix="placet-")
        self.storage = Path(storage or f"{self._own}/s")
        log_folder = Path(self._own or tempfile.gettempdir())
        self.log_path = log_folder / f"placet-{os.getpid()}-{id(self)}.log"
        # Of the outer environment only what a sanitizer wants (scripts/sanitize).
        inherited = {name: os.environ[name] for name in SANITIZER if name in os.environ}
        self.environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PLACET_RATE_LIMIT": "off"} | inherited | settings
        self.process = None
        self.output = None
        self.port = None

    @property
    def node(self):
        """The server itself: nothing stands in front of it."""
        return self

    # Life

    def start(self, port=0):
        """On a free port, or on the one given: for clients that do not learn of another."""
        self.process = self._spawn(port)
        self.output = Lines(self.process.stdout)
        end = time.monotonic() + START_DEADLINE
        while True:
            line = self.output.next(max(0.1, end - time.monotonic()))
            assert line is not None, f"ended with {self.process.wait()}: {self.log()[-2000:]}"
            if found := LISTENS.search(line):
                self.port = int(found[1])
                return self

    def _spawn(self, port):
        with open(self.log_path, "ab") as log:
            return subprocess.Popen(
                [self.binary, "serve", "--port", str(port), "--storage", str(self.storage)],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            )

    def start_failing(self):
        """Starts where that must fail; returns the exit code and what was said."""
        done = subprocess.run(
            [self.binary, "serve", "--port", "0", "--storage", str(self.storage)],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_DEADLINE,
        )
        return done.returncode, done.stdout + done.stderr

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self, deadline=15):
        """SIGTERM; returns the exit code."""
        self.terminate()
        return self.process.wait(deadline)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def dispose(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)
        else:
            self.log_path.unlink(missing_ok=True)

    def command(self, *arguments, check=True, given="", **settings):
        """A command of the same binary on the same storage folder, as an operator types it; `given` is its input."""
        done = subprocess.run(
            [self.binary, *arguments, "--storage", str(self.storage)],
            env=self.environment | settings, input=given, capture_output=True, text=True, timeout=60,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def background(self, *arguments, **settings):
        """The same, still running."""
        return subprocess.Popen(
            [self.binary, *arguments, "--storage", str(self.storage)],
            env=self.environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    # Asking

    def control(self, method, path, body):
        """A request over the control socket, as the commands send it; the status and the answer."""
        connection = ControlConnection(str(self.storage / "control.sock"))
        with closing(connection):
            connection.request(method, f"/local/{path}", json.dumps(body), {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def owner(self, label="tests", user=None):
        """A caller with a key and a channel of its own."""
        arguments = ["--user", user] if user else []
        key = self.command("keys", "create", "--label", label, *arguments).stdout.strip()
        return Owner(self, key).with_channel(label)

    def person(self, email="admin@placet.local", password=ADMIN_PASSWORD):
        """Somebody signed in: by default the first owner of a server started with `PLACET_ADMIN_PASSWORD`."""
        return Person(self, email, password)

    # Looking from outside

    def log(self):
        return self.log_path.read_text(errors="replace")

    def settled_log(self):
        """The log with all that was said before this call. Lines are written by a thread of their own, in order, so it
        asks for a page that is not there and waits for the line about that."""
        mark = requests.get(f"{self.url}/settled", timeout=10).headers["x-request-id"]
        return eventually(lambda: mark in (log := self.log()) and log, "the log has caught up")

    def thread_count(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def descriptors(self):
        """What the process has open, by name."""
        links = []
        for name in os.listdir(f"/proc/{self.process.pid}/fd"):
            try:
                links.append(os.readlink(f"/proc/{self.process.pid}/fd/{name}"))
            except FileNotFoundError:
                pass
        return links

    def descriptor_count(self):
        """Without those of the index: it opens a connection more when two read at once, and keeps it."""
        return sum("/index.sqlite" not in link for link in self.descriptors())

    def socket_count(self):
        """Listening sockets and accepted connections."""
        return sum(link.startswith("socket:") for link in self.descriptors())

    def has_read_all(self):
        """Whether the server has taken everything that clients have sent to its port so far from the kernel."""
        sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        queues = [fields[4] for fields in sockets if fields[1].endswith(f":{self.port:04X}")]
        return all(queue.endswith(":00000000") for queue in queues)

    def peak_memory(self):
        """VmHWM in bytes: the most that was ever resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def memory(self):
        """VmRSS in bytes: what is resident now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def query(self, sql, *values):
        with closing(sqlite3.connect(f"file:{self.storage}/index.sqlite?mode=ro", uri=True, timeout=10)) as index:
            return index.execute(sql, values).fetchall()

    def incoming(self):
        return sorted(os.listdir(self.storage / "incoming"))

    def blob_keys(self):
        """The keys that have bytes on disk."""
        found = set()
        root = self.storage / "blobs"
        for leaf in os.scandir(root / "sha256"):
            found |= {f"sha256/{leaf.name}/{name}" for name in os.listdir(leaf.path)}
        return found

    def holdings(self):
        """How much there is of everything an upload may leave behind."""
        tables = ("attachments", "messages", "blobs", "doomed_keys")
        counts = self.query("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))[0]
        return Holdings(*counts, blob_files=len(self.blob_keys()), incoming=len(self.incoming()))

    def holds(self, expected, deadline=15):
        """Waits until there is exactly that much, for clean-up that follows an answer or a hang-up."""
        seen = []

        def same():
            seen[:] = [self.holdings()]
            return seen[0] == expected

        try:
            eventually(same, "", deadline)
        except AssertionError:
            raise AssertionError(f"left behind: {seen[0]}\n   expected: {expected}") from None

    def assert_consistent(self):
        """Invariants 1 and 2 as they stand on disk: every blob row has bytes of its size, all bytes have a row."""
        rows = dict(self.query("SELECT key, size FROM blobs"))
        files = self.blob_keys()
        assert files == set(rows), f"rows without bytes {set(rows) - files}, bytes without row {files - set(rows)}"
        for key, size in rows.items():
            assert (self.storage / "blobs" / key).stat().st_size == size, key
        assert self.query("PRAGMA foreign_key_check") == []
        lost = self.query("SELECT id FROM attachments WHERE sha256 NOT IN (SELECT sha256 FROM blobs)")
        assert lost == []


class ControlConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


@dataclass(frozen=True)
class Holdings:
    attachments: int = 0
    messages: int = 0
    blobs: int = 0
    doomed_keys: int = 0
    blob_files: int = 0
    incoming: int = 0


class Owner:
    """A caller: a key, a channel, and the requests a well-behaved client makes. Not for use by two threads."""

    def __init__(self, server, key, channel=None):
        self.server = server
        self.key = key
        self.channel = channel
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["x-api-key"] = key

    def another(self):
        """The same caller on a connection of its own, for another thread or after a restart."""
        return Owner(self.server, self.key, self.channel)

    def with_channel(self, name):
        answer = self.request("POST", "agents", json={"name": name})
        assert answer.status_code == 201, answer.text
        self.channel = answer.json()["id"]
        return self

    def request(self, method, path, **options):
        return self.session.request(method, f"{self.server.url}/api/v1/{path}", timeout=60, **options)

    def post_file(self, content, name="file.bin", route="store", channel=None, **fields):
        files = {"file": (name, content)}
        return self.request(
            "POST", f"files/{route}", files=files, data={"channelId": channel or self.channel, **fields}
        )

    def store(self, content, name="file.bin", **options):
        answer = self.post_file(content, name, **options)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def files(self):
        answer = self.request("GET", "files", params={"channel": self.channel})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def download(self, file_id, **headers):
        return self.request("GET", f"files/{file_id}/download", headers=headers)

    def content(self, file_id):
        answer = self.download(file_id)
        assert answer.status_code == 200, answer.text
        return answer.content


class Person:
    """Somebody signed in, with a cookie as a browser has it. Not for use by two threads."""

    def __init__(self, server, email, password):
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        answer = self.request("POST", "auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text

    def another(self):
        """The same session on a connection of its own, for another thread or after a restart."""
        twin = copy.copy(self)
        twin.session = requests.Session()
        twin.session.trust_env = False
        twin.session.cookies.set("access_token", self.session.cookies["access_token"])
        return twin

    def request(self, method, path, **options):
        return self.session.request(method, f"{self.server.url}/api/{path}", timeout=60, **options)

    @property
    def cookie(self):
        """The header line of the cookie, for clients of their own."""
        return f"cookie: access_token={self.session.cookies['access_token']}"
