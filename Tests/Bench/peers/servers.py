"""Starts each server that is compared, on loopback, with its data in a folder of its own."""

import os, shutil
from service import Peer, placet

PORTS = {name: 3951 + number for number, name in enumerate(
    ["placet", "nginx", "nginx with its log", "caddy", "docker-registry", "copyparty", "FastAPI", "a commit for each"])}
VENV = os.path.abspath(".venv/bin")
HERE = os.path.dirname(os.path.abspath(__file__))


def ours(name, binary, folder):
    """As in production: the access log at `info`, in a file."""
    return placet(binary, folder, PORTS[name], "info", f"{folder}.log")


def nginx(name, folder):
    """It has no upload of forms; PUT is the nearest to it."""
    port, log = PORTS[name], f"{folder}/access.log" if "log" in name else "off"
    os.makedirs(f"{folder}/files/put")
    configuration = f"{folder}/nginx.conf"
    with open(configuration, "w") as file:
        file.write(f"""
            worker_processes auto; daemon off; user root; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{ access_log {log}; sendfile on; tcp_nopush on; keepalive_requests 1000000000; client_max_body_size 0;
                client_body_temp_path {folder}/body; open_file_cache off;
                server {{ listen 127.0.0.1:{port}; root {folder}/files;
                          location /put/ {{ dav_methods PUT; }} }} }}""")
    return Peer(["nginx", "-p", folder, "-c", configuration], f"http://127.0.0.1:{port}/ready")


def caddy(name, folder):
    configuration = f"{folder}/Caddyfile"
    with open(configuration, "w") as file:
        file.write(f"""{{
            admin off
            auto_https off
        }}
        http://127.0.0.1:{PORTS[name]} {{
            root * {folder}/files
            file_server
        }}
        """)
    return Peer(["caddy", "run", "--config", configuration, "--adapter", "caddyfile"],
                f"http://127.0.0.1:{PORTS[name]}/ready", HOME=folder)


def registry(name, folder):
    configuration = f"{folder}/registry.yml"
    with open(configuration, "w") as file:
        file.write(f"""
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/files}}}}
http: {{addr: "127.0.0.1:{PORTS[name]}"}}
""")
    return Peer(["docker-registry", "serve", configuration], f"http://127.0.0.1:{PORTS[name]}/v2/")


def copyparty(name, folder):
    """As it comes, without its database of files, which would only cost it time."""
    return Peer([f"{VENV}/copyparty", "-q", "-i", "127.0.0.1", "-p", str(PORTS[name]), "-v", f"{folder}/files::rw"],
                f"http://127.0.0.1:{PORTS[name]}/", HOME=folder, XDG_CONFIG_HOME=folder, TMPDIR=folder)


def fastapi(name, folder):
    """One process, as its waits in memory want it; uvicorn with uvloop and httptools, no access log."""
    return Peer([f"{VENV}/uvicorn", "plain:app", "--app-dir", HERE, "--port", str(PORTS[name]), "--loop", "uvloop",
                 "--http", "httptools", "--no-access-log", "--log-level", "error"],
                f"http://127.0.0.1:{PORTS[name]}/health", PLAIN_FOLDER=folder, TMPDIR=folder)


class Servers:
    """All of them by name, each with `root`, the beginning of its addresses, and `folder`, whose `files` it serves."""

    START = {"nginx": nginx, "nginx with its log": nginx, "caddy": caddy, "docker-registry": registry,
             "copyparty": copyparty, "FastAPI": fastapi}

    def __init__(self, binary, single, folder):
        self.folder, self.binary, self.all = folder, binary, {}
        os.chmod(folder, 0o755)
        try:
            self.start("placet", lambda name, folder: ours(name, binary, folder))
            for name, start in self.START.items():
                self.start(name, start)
            if single:
                self.start("a commit for each", lambda name, folder: ours(name, single, folder))
            self.idle = {name: server.memory() for name, server in self.all.items()}
        except BaseException:
            self.stop()
            raise
        self.ours, self.plain = self.all["placet"], self.all["FastAPI"]
        self.plain.header = "x-api-key: plain"

    def start(self, name, start):
        folder = f"{self.folder}/{name.replace(' ', '-')}"
        os.makedirs(f"{folder}/files")
        with open(f"{folder}/files/ready", "w") as file:
            file.write("ready")
        server = self.all[name] = start(name, folder)
        server.port, server.folder = PORTS[name], folder
        server.root = f"http://127.0.0.1:{server.port}"

    def empty(self):
        """Removes what the peers have stored; ours keeps it, as nothing but its collector may."""
        for name in ("docker-registry", "copyparty", "FastAPI"):
            for entry in os.scandir(f"{self.all[name].folder}/files"):
                shutil.rmtree(entry.path) if entry.is_dir() else os.remove(entry.path)
        for entry in os.scandir(f"{self.all['nginx'].folder}/files/put"):
            os.remove(entry.path)

    def stop(self):
        for server in self.all.values():
            server.stop()
