"""How long it takes from a question, and from its answer, to the notice of it; called by scripts/bench notices.

A receiver of ours on loopback stands for ntfy. Each round has a topic of its own, set up anew: more than three
notices in five minutes would come together.
"""

import http.server, json, queue, sys, tempfile, threading, time
from connection import milliseconds
from neighbours import Caller
from service import Table, placet, sign_in

PORT = 18733
ROUNDS = 100
APPROVAL = {"type": "approval", "payload": {"options": [{"id": "yes", "label": "Yes"}]}, "expiresInSeconds": 3600}

SETTINGS = {"kinds": ["question"], "mutedChannels": [], "quietHours": None, "hideText": False, "email": False}


class Receiver(http.server.BaseHTTPRequestHandler):
    arrived = queue.Queue()

    def do_POST(self):
        notice = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.arrived.put((time.perf_counter(), notice["topic"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def told(caller, method, path, body, topic):
    """What was answered, and the seconds from sending the request to the notice of it."""
    begin = time.perf_counter()
    status, answer = caller.ask(method, path, body)
    assert status in (200, 201), (status, answer[:200])
    at, found = Receiver.arrived.get(timeout=10)
    assert found == topic, (found, topic)
    return json.loads(answer), at - begin


def main(binary, folder):
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{receiver.server_port}"
    table, peer = Table(), placet(binary, f"{folder}/notices", PORT, PLACET_WEBHOOK_ALLOW=address)
    try:
        agent, person, asked, answered = Caller(peer, peer.key), Caller(peer, sign_in(peer)), [], []
        for number in range(ROUNDS):
            topic = f"round-{number}"
            for ntfy in (None, {"url": f"http://{address}/{topic}"}):
                status, said = person.ask("PUT", "/api/notifications", SETTINGS | {"ntfy": ntfy})
                assert status == 200, said
            question = {"channelId": peer.channel, "text": "Deploy?", "review": APPROVAL}
            message, seconds = told(agent, "POST", "/api/v1/messages", question, topic)
            asked.append(seconds)
            answer = {"response": {"selectedOption": "yes"}, "digest": message["review"]["digest"]}
            answered.append(told(person, "POST", f"/api/messages/{message['id']}/respond", answer, topic)[1])
        table.row("from a question to its notice, p50 / p99", milliseconds(asked))
        table.row("from its answer to the notice that says so, p50 / p99", milliseconds(answered), "≤ 1 s")
    finally:
        peer.stop()
        receiver.shutdown()
    table.show()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
