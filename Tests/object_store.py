#!/usr/bin/env python3
"""A real S3-compatible store for tests: OpenStack Swift, as four processes on loopback with all files in one folder.

    object_store.py                    runs one until Ctrl-C; prints its address, then the credentials
    object_store.py --folder FOLDER    keeps its files there for the next time, on the same port
    object_store.py --control          does what lines of its input say (kill object), and ends with its input
    object_store.py -- COMMAND         runs a command with the address as PLACET_TEST_S3, and with the credentials

It is no mock: it checks signatures and digests, flushes each object, and can be stopped, killed and started again.
"""

import argparse
import base64
import email.utils
import hmac
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

from placet_server import quiet_port

VENV = Path(os.environ.get("PLACET_OBJECTS_VENV", Path(__file__).resolve().parent.parent / ".venv-objects"))
KINDS = ("account", "container", "object")
ACCESS_KEY, SECRET = "placet:tests", "secretsecret"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
BUCKET = "placet-tests"

SWIFT = """\
[swift-hash]
swift_hash_path_suffix = tests
[storage-policy:0]
name = single
default = yes
[swift-constraints]
"""
STORAGE = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {etc}
devices = {node}
mount_check = false
fallocate_reserve = 0
recon_cache_path = {log}
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
#: Makes the rings of all kinds at once; to start Python for each step takes seconds.
RINGS = """\
import sys
from swift.common.ring import RingBuilder
for kind, port in zip(sys.argv[2::2], sys.argv[3::2]):
    builder = RingBuilder(2, 1, 0)
    where = {"ip": "127.0.0.1", "port": int(port), "device": "d1"}
    builder.add_dev(where | {"region": 1, "zone": 1, "weight": 1, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""
#: What a request goes through, in this order, and what of it is not as it comes.
PIPELINE = (
    "catch_errors gatekeeper healthcheck proxy-logging cache listing_formats bulk s3api tempauth copy slo dlo "
    "versioned_writes symlink proxy-logging")
CODE = {"cache": "paste.filter_factory = object_cache:filter_factory"}
FILTERS = {
    "s3api": "location = us-east-1\nmax_upload_part_num = 10000",
    "tempauth": f"user_{ACCESS_KEY.replace(':', '_')} = {SECRET} .admin",
    "slo": "max_manifest_segments = 10000",
}
PROXY = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {etc}
[pipeline:main]
pipeline = {pipeline} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 2
recoverable_node_timeout = 1
conn_timeout = 0.3
error_suppression_interval = 0
"""


class ObjectStore:
    """One store. `address()` is what `--blobs` takes; `environment` has the credentials."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.processes = {}
        self.environment = dict(CREDENTIALS)

    def start(self):
        """Starts the processes that do not run, with what is in the folder; makes the bucket of the tests."""
        if not (VENV / "bin/swift-proxy-server").exists():
            raise SystemExit(f"There is no object store in {VENV}. Run scripts/setup test.")
        if not (self.folder / "etc/proxy-server.conf").exists():
            self._make()
        self.port = int((self.folder / "etc/port").read_text())
        for kind in (*KINDS, "proxy"):
            self._start(kind)
        self._await()
        self.make_bucket(BUCKET)
        return self

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def address(self, prefix="", bucket=BUCKET):
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}"

    def request(self, method, path, body=None):
        """Asks as a client of its own, by the old signature, which is short. Returns status and body."""
        date = email.utils.formatdate(usegmt=True)
        # What is asked of a bucket as a whole is signed too.
        signed = path if path.endswith("?uploads") else path.split("?")[0]
        text = f"{method}\n\n\n{date}\n{signed}"
        code = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha1")).decode()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, {"Date": date, "Authorization": f"AWS {ACCESS_KEY}:{code}"})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def make_bucket(self, name):
        status, body = self.request("PUT", f"/{name}")
        assert status == 200 or b"BucketAlreadyOwnedByYou" in body, body

    # Faults. `kind` is one of account, container, object and proxy.

    def freeze(self, kind="object"):
        """It listens, and answers nothing."""
        self.processes[kind].send_signal(signal.SIGSTOP)

    def resume(self, kind="object"):
        self.processes[kind].send_signal(signal.SIGCONT)

    def kill(self, kind="object"):
        process = self.processes.pop(kind)
        process.kill()
        process.wait()

    def restart(self, kind="object"):
        self._start(kind)
        self._await()

    def stop(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def _make(self):
        etc, log, node = (self.folder / name for name in ("etc", "log", "node"))
        for folder in (etc, log, node / "d1"):
            folder.mkdir(parents=True, exist_ok=True)
        ports = set()
        while len(ports) < 4:
            ports.add(quiet_port())
        proxy, *storage = ports
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        (etc / "swift.conf").write_text(SWIFT)
        rings = [VENV / "bin/python", "-c", RINGS, etc]
        for kind, port in zip(KINDS, storage):
            conf = STORAGE.format(kind=kind, port=port, user=user, etc=etc, node=node, log=log)
            (etc / f"{kind}-server.conf").write_text(conf)
            rings += [kind, str(port)]
        subprocess.run(rings, check=True, timeout=30)
        conf = PROXY.format(port=proxy, user=user, etc=etc, pipeline=PIPELINE)
        for name in set(PIPELINE.split()):
            code = CODE.get(name) or f"use = egg:swift#{name.replace('-', '_')}"
            conf += f"[filter:{name}]\n{code}\n{FILTERS.get(name, '')}\n"
        (etc / "port").write_text(str(proxy))
        (etc / "proxy-server.conf").write_text(conf)

    def _start(self, kind):
        if kind in self.processes:
            return
        with open(self.folder / f"log/{kind}.log", "ab") as log:
            self.processes[kind] = subprocess.Popen(
                [VENV / f"bin/swift-{kind}-server", self.folder / f"etc/{kind}-server.conf", "-v"],
                stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)})

    def _await(self, deadline=30):
        """Until all processes answer."""
        end = time.monotonic() + deadline
        while True:
            for kind, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"the {kind} server ended: see {self.folder}/log/{kind}.log")
            try:
                urllib.request.urlopen(f"{self.endpoint}/healthcheck", timeout=2).close()
                ports = [self._port_of(kind) for kind in self.processes if kind != "proxy"]
                for port in ports:
                    # Any answer will do.
                    try:
                        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
                    except urllib.error.HTTPError as error:
                        error.close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise AssertionError(f"the object store does not answer: see {self.folder}/log") from None
                time.sleep(0.05)

    def _port_of(self, kind):
        lines = (self.folder / f"etc/{kind}-server.conf").read_text().splitlines()
        return next(line.split(" = ")[1] for line in lines if line.startswith("bind_port"))


@contextmanager
def object_store(folder=None):
    """A store in a folder; in one of its own, which goes with it, when there is none."""
    own = folder or tempfile.mkdtemp(prefix="placet-objects-")
    store = ObjectStore(own)
    try:
        yield store.start()
    finally:
        store.stop()
        if not folder:
            shutil.rmtree(own, ignore_errors=True)


def obey(store):
    """Does what lines of the input say: the name of a fault, and of a process."""
    for line in sys.stdin:
        command, kind = line.split()
        {"freeze": store.freeze, "resume": store.resume, "kill": store.kill, "restart": store.restart}[command](kind)
        print(f"done: {command} {kind}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Whoever starts this may do so from a thread that blocks signals; the processes could not be asked to end.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with object_store(arguments.folder) as store:
        if arguments.command:
            environment = os.environ | store.environment | {"PLACET_TEST_S3": store.address()}
            sys.exit(subprocess.run(arguments.command, env=environment).returncode)
        print(store.address())
        print(" ".join(f"{name}={value}" for name, value in store.environment.items()), flush=True)
        obey(store) if arguments.control else signal.pause()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
