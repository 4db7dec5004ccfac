"""A webhook that takes only what is signed by WEBHOOK_SECRET, each event once (Standard Webhooks).

Prints its port, then each event that it takes as a line of JSON.
"""

import base64
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE_SECONDS = 300
seen = set()


def is_genuine(headers, body):
    """The signature is over id, timestamp and the body as it arrived; old timestamps are refused."""
    identifier, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not identifier or not timestamp or not timestamp.isdigit():
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    wanted = base64.b64encode(hmac.digest(KEY, f"{identifier}.{timestamp}.".encode() + body, "sha256"))
    given = (headers["webhook-signature"] or "").split(" ")
    return any(hmac.compare_digest(b"v1," + wanted, signature.encode()) for signature in given)


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        is_taken = is_genuine(self.headers, body)
        if is_taken and self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            named = {name: self.headers[name] for name in ("authorization", "x-team", "webhook-id")}
            print(json.dumps({"headers": named, "body": json.loads(body)}), flush=True)
        self.send_response(204 if is_taken else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Webhook)
print(server.server_port, flush=True)
server.serve_forever()
