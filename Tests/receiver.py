"""A receiver of webhooks on loopback."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Request:
    def __init__(self, handler, body):
        self.path = handler.path
        self.method = handler.command
        self.headers = handler.headers
        self.body = body
        self.id = handler.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """A webhook on loopback. `answers` are the statuses to give, the last one for ever; None never answers."""

    def __init__(self, *answers, headers=None, tls=None, port=0):
        self.requests = queue.Queue()
        self.connections = 0
        self.released = threading.Event()
        self._answers = list(answers) or [200]
        self._headers = headers or {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle(self):
                outer.connections += 1
                super().handle()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                answer = outer._answers[0] if len(outer._answers) == 1 else outer._answers.pop(0)
                outer.requests.put(Request(self, body))
                if answer is None:
                    outer.released.wait()
                    return
                self.send_response(answer)
                for name, value in outer._headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            do_PUT = do_POST

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, path="/hook", host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.port}{path}"

    def next(self, deadline=15):
        return self.requests.get(timeout=deadline)

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
