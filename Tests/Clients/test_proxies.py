"""The examples of scripts/packaging/ for nginx and Caddy, as they stand but for names, ports and certificates."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from placet_server import eventually, quiet_port
from wire import FORM, field, file_part, form

PARTS = Path(__file__).resolve().parent.parent.parent / "scripts/packaging"
NAME = "placet.example.org"
#: An address of this machine that is no listed proxy.
CLIENT = "127.0.0.9"

NGINX = """daemon off; pid FOLDER/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p; fastcgi_temp_path FOLDER/f;
  uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s; include FOLDER/site; }
"""
CADDY = "{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system FOLDER/caddy\n}\n"


def nginx(folder, port, upstream):
    site = (PARTS / "nginx.conf").read_text().replace("listen 443", f"listen 127.0.0.1:{port}")
    for name in ("fullchain.pem", "privkey.pem"):
        site = site.replace(f"/etc/letsencrypt/live/{NAME}/{name}", f"{folder}/{name}")
    (folder / "site").write_text(site.replace("127.0.0.1:3001", f"127.0.0.1:{upstream}"))
    (folder / "nginx.conf").write_text(NGINX.replace("FOLDER", str(folder)))
    return ["/usr/sbin/nginx", "-c", folder / "nginx.conf"]


def caddy(folder, port, upstream):
    site = (PARTS / "Caddyfile").read_text().replace(f"{NAME} {{", f"{NAME}:{port} {{\n\tbind 127.0.0.1\n"
                                                    f"\ttls {folder}/fullchain.pem {folder}/privkey.pem")
    text = CADDY.replace("FOLDER", str(folder)) + site.replace("127.0.0.1:3001", f"127.0.0.1:{upstream}")
    (folder / "Caddyfile").write_text(text)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


class Front:
    """A server behind a proxy, as a client on another machine reaches it."""

    def __init__(self, server, folder, port):
        self.server, self.port = server, port
        self.trust = ssl.create_default_context(cafile=folder / "fullchain.pem")

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(CLIENT, 0))
        return self.trust.wrap_socket(plain, server_hostname=NAME)

    def send(self, connection, owner, *lines, body=b""):
        head = "\r\n".join([*lines, f"host: {NAME}:{self.port}", f"x-api-key: {owner.key}", "connection: close"])
        connection.sendall(f"{head}\r\n\r\n".encode() + body)

    def answers(self):
        try:
            self.connect().close()
            return True
        except OSError:
            return False


@pytest.fixture(params=[nginx, caddy], ids=lambda make: make.__name__)
def front(request, make_server, tmp_path):
    server = make_server(PLACET_TRUSTED_PROXIES="127.0.0.1", PLACET_ALLOWED_HOSTS=NAME).start()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-addext",
         f"subjectAltName=DNS:{NAME}", "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True)
    port = quiet_port()
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(request.param(tmp_path, port, server.port), stdout=log, stderr=log)
    front = Front(server, tmp_path, port)
    try:
        eventually(front.answers, f"the proxy answers: {(tmp_path / 'log').read_text()}", 60)
        yield front
    finally:
        process.terminate()
        process.wait(30)


def test_an_upload_reaches_the_server_before_its_end_and_may_be_large(front):
    owner = front.server.owner()
    body = form(field("channelId", owner.channel), file_part(bytes(3 << 20)))
    with front.connect() as connection:
        front.send(connection, owner, "POST /api/v1/files/store HTTP/1.1",
                   FORM, f"content-length: {len(body)}", body=body[:1 << 20])
        eventually(front.server.incoming, "the first bytes are in the store")
        connection.sendall(body[1 << 20:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 201")
    # For whom it was, is in the log: not for the proxy.
    assert f"address={CLIENT}" in front.server.settled_log()


def test_an_event_arrives_while_the_stream_is_open(front):
    owner = front.server.owner()
    with front.connect() as connection:
        front.send(connection, owner, f"GET /api/v1/events?channel={owner.channel} HTTP/1.1")
        seen = bytearray()

        def sees(word):
            while word not in seen:
                more = connection.recv(65536)
                assert more, f"the stream ended: {seen}"
                seen.extend(more)

        sees(b"event: ready")
        assert owner.request("POST", "messages", json={"channelId": owner.channel, "text": "heard"}).status_code == 201
        sees(b"heard")
