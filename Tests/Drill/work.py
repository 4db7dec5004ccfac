"""What clients do while a drill goes on, and what they were told."""

import hashlib
import os
import random

import requests

#: What a client may hear from a server that is ill, besides what it asked for.
ILL = (500, 503, 507)
ROUTES = ("store", "upload", "raw", "address")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


class Client:
    """One agent and one person at one server. A request that fails in transit tells nothing, as in life."""

    def __init__(self, owner, person, ledger):
        self.owner, self.person, self.ledger = owner, person, ledger
        self.heard = []
        #: What each answer confirmed, by its request id: for a replay that finds the answers in a trace.
        self.told = {}
        #: Files and uploads that somebody asked to remove, and how long the trace was just before.
        self.withdrawn = []

    def another(self):
        """The same on connections of their own, for another thread or after a restart."""
        twin = Client(self.owner.another(), self.person.another(), self.ledger)
        twin.heard, twin.told, twin.withdrawn = self.heard, self.told, self.withdrawn
        return twin

    def ask(self, send, *arguments, **options):
        answer = send(*arguments, **options)
        text = "no body" if answer.request.method == "HEAD" else answer.text[:300]
        self.heard.append((answer.request.method, answer.request.path_url, answer.status_code, text))
        return answer

    def confirm(self, answer, kind, value):
        with self.ledger.lock:
            self.told[answer.headers["x-request-id"]] = (kind, value)
            self.ledger.take(kind, value)

    def store(self, content, route="store"):
        """By a form, as a raw body or by an upload address."""
        if route == "address":
            return self.store_by_address(content)
        if route == "raw":
            where = {"channel": self.owner.channel, "filename": "raw.bin"}
            answer = self.ask(self.owner.request, "PUT", "files/raw", params=where, data=content)
        else:
            answer = self.ask(self.owner.post_file, content, route=route)
        if answer.status_code == 201:
            file, digest = answer.json(), hashlib.sha256(content).hexdigest()
            assert file["sha256"] == digest
            self.confirm(answer, "files", (file["id"], digest))
            return file["id"]

    def store_by_address(self, content):
        made = self.ask(self.owner.request, "POST", "files/upload-addresses",
                        json={"channelId": self.owner.channel, "filename": "sent.bin"})
        if made.status_code != 201:
            return None
        url = made.json()["url"]
        answer = self.ask(requests.put, url, data=content, timeout=60)
        if answer.status_code == 201:
            file, address = answer.json()["id"], hashlib.sha256(url.rpartition("/")[2].encode()).digest()
            self.confirm(answer, "file by address", (address, file, hashlib.sha256(content).hexdigest()))
            return file

    def begin(self, content):
        """An upload in parts, with the first third of it."""
        part = content[:len(content) // 3]
        headers = PIECE | {"Upload-Length": str(len(content))}
        answer = self.ask(self.owner.request, "POST", "files/tus", params={"channel": self.owner.channel},
                          headers=headers, data=part)
        if answer.status_code == 201:
            upload = answer.headers["Location"].rpartition("/")[2]
            self.confirm(answer, "parts", (upload, (content, len(part))))
            return upload

    def go_on(self, upload, until=None):
        """Sends what comes next. Returns the file once there is one."""
        content, known = self.ledger.parts[upload]
        state = self.ask(self.owner.request, "HEAD", f"files/tus/{upload}", headers=TUS)
        if state.status_code == 200 and "placet-file-id" not in state.headers:
            here, until = int(state.headers["upload-offset"]), until or len(content)
            assert known <= here < len(content), f"an upload with {known} bytes is at {here}"
            state = self.ask(self.owner.request, "PATCH", f"files/tus/{upload}", data=content[here:until],
                             headers=PIECE | {"Upload-Offset": str(here)})
            if state.status_code == 204 and until < len(content):
                self.confirm(state, "parts", (upload, (content, until)))
        if file := state.headers.get("placet-file-id"):
            self.confirm(state, "file of parts", (upload, file, hashlib.sha256(content).hexdigest()))
        return file

    def go_on_all(self):
        """Every upload that was confirmed and is open becomes a file."""
        for upload in list(self.ledger.parts):
            assert self.go_on(upload), f"{upload} does not go on: {self.heard[-2:]}"

    def give_up(self, upload):
        self.withdraw(upload)
        self.ask(self.owner.request, "DELETE", f"files/tus/{upload}", headers=TUS)

    def withdraw(self, id):
        """From now on it is not known whether the file or upload is there, unless the server says so."""
        with self.ledger.lock:
            self.ledger.drop({id})
            self.withdrawn.append((self.owner.server.traced(), id))

    def send(self, text):
        review = {"type": "approval", "payload": {"options": [{"id": "x", "label": "X"}]}}
        body = {"channelId": self.owner.channel, "text": text, "review": review}
        answer = self.ask(self.owner.request, "POST", "messages", json=body)
        if answer.status_code == 201:
            self.confirm(answer, "messages", (answer.json()["id"], text))
            return answer.json()["id"]

    def answer(self, message):
        body = {"response": {"selectedOption": "x"}}
        answer = self.ask(self.person.request, "POST", f"messages/{message}/respond", json=body)
        if answer.status_code in (200, 201):
            self.confirm(answer, "answered", message)

    def delete(self, file):
        self.withdraw(file)
        answer = self.ask(self.owner.request, "DELETE", f"files/{file}", params={"channel": self.owner.channel})
        if answer.status_code == 200:
            self.confirm(answer, "deleted", file)

    def collect(self):
        """What was deleted before this second goes now."""
        status, step = self.owner.server.control("POST", "gc/run", {"graceSeconds": 0})
        self.heard.append(("POST", "gc/run", status, str(step)[:300]))
        return step["blobs"]["count"] if status == 200 else 0

    def story(self, collect=True):
        """All kinds of work once, in one thread: for drills that count calls."""
        small = os.urandom(3000)
        file = self.store(small)
        large = self.store(os.urandom(300_000))
        self.store(small, route="upload")
        self.store(os.urandom(3000), route="raw")
        self.store(os.urandom(3000), route="address")
        upload = self.begin(os.urandom(90_000))
        if upload:
            self.go_on(upload, 60_000)
            self.go_on(upload)
        message = self.send("Deploy?")
        if message:
            self.answer(message)
        if collect:
            self.collect()
        if file:
            self.delete(file)
        if large:
            self.read(large)

    def read(self, file):
        """What arrives whole has to be right."""
        answer = self.ask(self.owner.download, file)
        if answer.status_code == 200:
            assert hashlib.sha256(answer.content).hexdigest() == self.ledger.files[file], "other bytes were sent"

    def work(self, over):
        """All kinds of work in any order, until the server is no more or `over` is set."""
        dice, mine, asked, begun = random.Random(), [], [], []
        while not over.is_set():
            try:
                roll = dice.random()
                if roll < 0.12 and mine:
                    self.delete(mine.pop(dice.randrange(len(mine))))
                elif roll < 0.2 and asked:
                    self.answer(asked.pop())
                elif roll < 0.3 and begun:
                    upload = begun.pop(dice.randrange(len(begun)))
                    if roll < 0.22:
                        self.give_up(upload)
                    else:
                        mine += filter(None, [self.go_on(upload)])
                elif roll < 0.3:
                    begun += filter(None, [self.begin(os.urandom(dice.randrange(3, 300_000)))])
                elif roll < 0.4:
                    asked += filter(None, [self.send(f"{roll}")])
                else:
                    size = 2 << 20 if roll < 0.43 else dice.randrange(300_000 if roll < 0.55 else 20_000)
                    content = b"the same everywhere" if roll > 0.9 else os.urandom(size)
                    mine += filter(None, [self.store(content, dice.choice(ROUTES))])
            except (requests.exceptions.RequestException, OSError):
                return
