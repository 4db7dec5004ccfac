"""What the tests of what a browser is shown share: an attacker's server, and what was asked of ours."""

import http.server
import re
import threading


class Canary:
    """A web server of the attacker: remembers what was asked of it, and serves one page, to prove that it would run."""

    def __init__(self):
        canary = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                canary.hits.append(self.path)
                self.send_response(200)
                self.send_header("content-type", canary.content_type)
                self.send_header("access-control-allow-origin", "*")
                self.end_headers()
                self.wfile.write(canary.page if self.path == "/start" else b"")

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.hits, self.page, self.content_type = [], b"", "text/html"
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def settle(page):
    """Until what the page may have set off has had its chance: half a second without any traffic."""
    page.wait_for_load_state("networkidle")


def requests_of(server, since):
    """The routes our server was asked for, by its own log; not pages that are not there, as a favicon."""
    routes = re.findall(r"route=(\S+) .*request$", server.settled_log()[since:], re.MULTILINE)
    return [route for route in routes if route != "NotFound"]
