"""Several nodes on one PostgreSQL and one bucket, with nginx in front; all of it on loopback and in one folder.

    Tests/cluster.py BINARY [NODES]      runs one until Ctrl-C, and prints its address and a line to paste

The engines are real ones: Debian's PostgreSQL, and OpenStack Swift as an S3-compatible store.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from object_store import ObjectStore
from placet_server import ADMIN_PASSWORD, Server, eventually, quiet_port

NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    # Each request goes to the next node: nothing depends on which one that is.
    upstream nodes {{
{nodes}
        keepalive 64;
    }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 0;
        location / {{
            proxy_pass http://nodes;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_read_timeout 3600s;
        }}
    }}
}}
"""


class PostgreSQL:
    """A throwaway cluster, run by Tests/postgres.sh."""

    def __init__(self, *settings):
        # Its socket is in there, so the path is short.
        self.folder = tempfile.mkdtemp(prefix="pg-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self._process = subprocess.Popen(
            [Path(__file__).with_name("postgres.sh"), self.folder, *settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        line = self._process.stdout.readline().split()
        assert line[:1] == ["ready"], "PostgreSQL did not start; is it installed? scripts/setup test"
        #: The primary's first.
        self.ports = [int(line[2])]
        self._databases = 0

    def _do(self, word):
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().split()
        assert answer[:1] == ["done"], word
        return answer[1:]

    def kill(self):
        """As a power loss would."""
        self._do("kill")

    def start(self):
        self._do("start")

    def add_standby(self):
        """Another server, which has each commit before it is confirmed. Addresses made from now on name both."""
        self.ports.append(int(self._do("standby")[0]))

    def promote(self):
        """The standby takes over. The first server must have ended."""
        self._do("promote")
        self.ports.reverse()

    def database(self, folder=None):
        """Makes one, whose tables are in an empty folder if that is named, and returns its name."""
        self._databases += 1
        place = ""
        if folder:
            if os.getuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
            self.run("postgres", f"CREATE TABLESPACE place{self._databases} LOCATION '{folder}'")
            place = f" TABLESPACE place{self._databases}"
        self.run("postgres", f"CREATE DATABASE placet{self._databases}{place}")
        return f"placet{self._databases}"

    def address(self, database):
        if len(self.ports) == 1:
            return f"postgres://placet@127.0.0.1:{self.ports[0]}/{database}"
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"postgres://placet@{hosts}/{database}?target_session_attrs=read-write"

    def run(self, database, sql):
        """Runs a statement as an operator would; returns the rows as lists of texts."""
        done = subprocess.run(
            ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.address(database), "-c", sql],
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines()]

    def dispose(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


class Cluster:
    """Nodes that serve one index and one bucket. `nodes` are `Server`s, each with a folder of its own."""

    def __init__(self, binary, postgres, objects, count=3, prefix="", database=None, **settings):
        self.postgres, self.objects = postgres, objects
        self.database = database or postgres.database()
        self.index = postgres.address(self.database)
        self.blobs = objects.address(prefix or self.database)
        common = objects.environment | {
            "PLACET_INDEX": self.index, "PLACET_BLOBS": self.blobs, "PLACET_ADMIN_PASSWORD": ADMIN_PASSWORD} | settings
        self.nodes = [Server(binary, **common) for _ in range(count)]

    def start(self):
        # At once: the schema is made by one of them.
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(lambda node: node.start(), self.nodes))
        return self

    def query(self, sql):
        return self.postgres.run(self.database, sql)

    def dispose(self):
        for node in self.nodes:
            node.dispose()


class Balancer:
    """nginx, which gives each request to the next node."""

    def __init__(self, folder, nodes):
        self.port = quiet_port()
        self.url = f"http://127.0.0.1:{self.port}"
        addresses = "\n".join(f"        server 127.0.0.1:{node.port} max_fails=1 fail_timeout=2s;" for node in nodes)
        conf = Path(folder) / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, port=self.port, nodes=addresses))
        os.chmod(folder, 0o755)
        for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
            shutil.rmtree(Path(folder) / f"nginx-{name}", ignore_errors=True)
        self._process = subprocess.Popen(["nginx", "-c", conf, "-e", f"{folder}/nginx.log"])

        def answers():
            done = subprocess.run(["curl", "-sf", "-o", "/dev/null", f"{self.url}/health"], timeout=10)
            return done.returncode == 0

        eventually(answers, "nginx passes a request on", 20)

    def dispose(self):
        self._process.terminate()
        self._process.wait(10)


class BalancedNodes(Server):
    """A cluster behind a balancer, as its users meet it: one address. What an operator does is done at the first node."""

    def __init__(self, binary, postgres, objects, **settings):
        self._cluster = Cluster(binary, postgres, objects, **settings)
        self._first = self._cluster.nodes[0]
        self._folder = tempfile.mkdtemp(prefix="placet-balancer-")
        super().__init__(binary, self._first.storage)
        self.environment = self._first.environment
        self._balancer = None

    def start(self, port=0):
        self._cluster.start()
        self._balancer = Balancer(self._folder, self._cluster.nodes)
        self.process, self.port = self._first.process, self._balancer.port
        return self

    @property
    def node(self):
        return self._first

    def log(self):
        return "".join(node.log() for node in self._cluster.nodes)

    def dispose(self):
        if self._balancer:
            self._balancer.dispose()
        self._cluster.dispose()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def engines():
    """The two engines, for any number of clusters."""
    folder = tempfile.mkdtemp(prefix="placet-objects-")
    postgres, objects = None, ObjectStore(folder)
    try:
        postgres = PostgreSQL()
        yield postgres, objects.start()
    finally:
        objects.stop()
        if postgres:
            postgres.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def main(binary, count="3"):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = tempfile.mkdtemp(prefix="placet-cluster-")
    with engines() as (postgres, objects):
        cluster, balancer = Cluster(binary, postgres, objects, int(count)), None
        try:
            cluster.start()
            balancer = Balancer(folder, cluster.nodes)
            key = json.loads(cluster.nodes[0].command("keys", "create", "--json", "--label", "cluster").stdout)["key"]
            print(f"""
{count} nodes behind nginx: {balancer.url}
  nodes       {"  ".join(node.url for node in cluster.nodes)}
  PostgreSQL  {cluster.index}
  bucket      {cluster.blobs}
  sign in as  admin@placet.local, password {ADMIN_PASSWORD}

A line you can paste: it makes a channel by one node and stores this README in it by another.

  export PLACET_URL={balancer.url} API_KEY={key}
  CHANNEL_ID=$(curl -s "$PLACET_URL/api/v1/agents" -H "x-api-key: $API_KEY" -H "Content-Type: application/json" \
-d '{{"name":"my-agent"}}' | jq -r .id) && curl -sS "$PLACET_URL/api/v1/files/upload" -H "x-api-key: $API_KEY" \
-F "file=@README.md" -F "channelId=$CHANNEL_ID" | jq

Ctrl-C stops all of it.""", flush=True)
            signal.pause()
        finally:
            if balancer:
                balancer.dispose()
            cluster.dispose()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
