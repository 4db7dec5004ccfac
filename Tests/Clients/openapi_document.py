"""The OpenAPI document of a running server, with its examples about things that are really there."""

import copy
import io
import json
import uuid
import zipfile
from dataclasses import dataclass, field

import requests
from placet_server import Owner, eventually

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")

# The ids of the examples in the document.
ARCHIVE = "01995c4b-7d32-7f44-8e5a-3b8cae6d4e99"
AGENT = "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"
MESSAGE = "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22"
FILE = "01995c41-3d64-7f55-8a4c-7d3eb0206f44"
USER = "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55"
SESSION = "01995c45-7f02-7b11-a9d0-3c6e8f1a5b66"
KEY = "01995c46-2a10-7c22-b1e4-4d7f9a2b6c77"
UNDELIVERED = "01995c48-0d55-7e66-83b2-6f9b1c4d8e99"
RUN = "01995c4a-6c21-7e33-9d4f-2a7b9e5c3d88"
PLAN = "1764137641123.86400.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SHARE = "01995c49-5b10-7d22-9c3e-1f6a8d4b2c77"
SHARE_TOKEN = "hl_2J5rV0m8Qw1xT7nB4cK9sL6dF3gH0jZyXuPqRaEoIbM"
UPLOAD_TOKEN = "hu_2J5rV0m8Qw1xT7nB4cK9sL6dF3gH0jZyXuPqRaEoIbM"
UPLOAD = "01995c3e-8f00-7a10-9c41-0a6d5e2b7f99"
BROWSER = "01995c3e-8f00-7a10-9c41-0a6d5e2b7fa1"
STREAM = "run-42"
#: The public key of the browser in the example of RFC 8291.
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#: One grey pixel.
PICTURE = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
EMAIL, NEW_EMAIL, PASSWORD = "ada@example.org", "grace@example.org", "correct horse"

# How the first owner of a server signs in that is to have a World.
ADMIN = {"email": "admin@placet.local", "password": "the first owner's"}


def fetch(server):
    answer = requests.get(f"{server.url}/openapi.json", timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def resolve(document, value):
    """What a value stands for: itself, or what its `$ref` names."""
    if isinstance(value, dict) and "$ref" in value:
        for name in value["$ref"].split("/")[1:]:
            document = document[name]
        return document
    return value


def zipped(files):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return archive.getvalue()


@dataclass
class Operation:
    """One operation, with the parameters of its path."""

    document: dict
    path: str
    method: str
    item: dict
    content: dict = field(init=False)

    def __post_init__(self):
        self.content = self.item[self.method]

    @property
    def name(self):
        return self.content["operationId"]

    @property
    def parameters(self):
        given = self.item.get("parameters", []) + self.content.get("parameters", [])
        return [resolve(self.document, parameter) for parameter in given]

    @property
    def is_for_people(self):
        return bool(self.content.get("security"))

    @property
    def changes_an_account(self):
        return self.content["tags"] == ["Accounts"] and self.method != "get"

    @property
    def is_endless(self):
        return any("text/event-stream" in answer.get("content", {}) for answer in self.content["responses"].values())

    @property
    def asks_others(self):
        """Whether the server of its example is somebody else's, and not there."""
        return self.name == "fetchForPlugin"

    def examples(self, media):
        """The examples of a media type, or else those of its schema."""
        if "example" in media:
            return [media["example"]]
        if "examples" in media:
            return [resolve(self.document, example)["value"] for example in media["examples"].values()]
        return resolve(self.document, media.get("schema", {})).get("examples", [])


def operations(document):
    return of(document, document["paths"])


def callbacks(document):
    """The requests that the server makes."""
    return [
        sent for operation in operations(document) for callback in operation.content.get("callbacks", {}).values()
        for sent in of(document, callback)
    ]


def of(document, paths):
    return [
        Operation(document, path, method, item)
        for path, item in paths.items() for method in METHODS if method in item
    ]


def with_closed_objects(document):
    """A copy in which a named object of the server's has no members but the documented ones: none may be forgotten."""
    closed = copy.deepcopy(document)
    for name in (
        "Agent", "Message", "MessagePage", "Review", "Attachment", "AttachmentPage", "StatusEvent", "Error", "FieldError",
        "QuotaFigures",
        "Health", "Deleted", "Answers", "Answer", "Plugin", "PluginSetting", "User", "SignedIn", "CreatedUser", "Session",
        "ApiKey", "CreatedApiKey", "UploadAddress", "AgentSummary", "Done", "Share", "AgentStats", "Delivery", "DeliveryPage",
        "TestedWebhook", "PluginConfig", "PluginAnswer", "Preferences", "CollectionPlan", "CollectionStep",
        "CollectionRun", "CollectionUndo", "BlobExplanation",
        "Notifications", "NotificationSettings", "Subscription",
        "AuditPage", "AuditEntry", "Lines", "Line", "Entries", "Entry", "Facts",
    ):
        closed["components"]["schemas"][name]["additionalProperties"] = False
    return closed


class Person:
    """An owner who is signed in, with a session, an API key to be changed and another that stays, and a colleague to be
    changed: nobody deletes themselves.
    """

    def __init__(self, server):
        self.server = server
        self.token = self.sign_in(ADMIN)
        self.email = self.new_address()
        self.id = self.add_user(self.email)
        self.token = self.sign_in({"email": self.email, "password": PASSWORD})
        self.session = self.ask("GET", "auth/sessions").json()[0]["id"]
        self.key = self.add_key()["id"]
        self.colleague = self.add_user(self.new_address())
        own = self.add_key()
        self.owner_key, self.owner = own["id"], Owner(server, own["key"])

    @staticmethod
    def new_address():
        return f"{uuid.uuid4().hex}@example.org"

    def ask(self, method, path, **options):
        """Asks as the person who is signed in."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.server.url}/api/{path}", headers=headers, timeout=60, **options)
        assert answer.ok, answer.text
        return answer

    def sign_in(self, credentials):
        """The token of a new session."""
        answer = requests.post(f"{self.server.url}/api/auth/login", json=credentials, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.cookies["access_token"]

    def add_session(self):
        """The id of one more session."""
        self.sign_in({"email": self.email, "password": PASSWORD})
        return self.ask("GET", "auth/sessions").json()[0]["id"]

    def add_user(self, email):
        new = {"email": email, "role": "owner", "password": PASSWORD}
        return self.ask("POST", "users", json=new).json()["user"]["id"]

    def add_key(self):
        return self.ask("POST", "api-keys", json={}).json()


class World:
    """One of everything that the examples are about."""

    def __init__(self, person):
        self.person = person
        self.new_email = person.new_address()
        self.owner = person.owner.another().with_channel("openapi")
        self.agent = self.owner.channel
        self.message = self.send(text="Ship 1.4.0?", review={"type": "approval", "expiresInSeconds": 3600})
        self.file = self.owner.store(b"all green", "build.log")["id"]
        self.archive = self.owner.store(zipped({"report.txt": b"all green"}), "report.zip")["id"]
        self.share_token = person.ask("GET", f"files/{self.file}/share").json()["url"].rpartition("/")[2]
        self.share = person.ask("GET", f"files/{self.file}/shares").json()[0]["id"]
        address = self.owner.request("POST", "files/upload-addresses", json={"channelId": self.agent}).json()
        self.upload_token = address["url"].split("/")[-2]
        begun = self.owner.request("POST", "files/tus", params={"channel": self.agent}, headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"})
        self.upload = begun.headers["Location"].split("/")[-1]
        self.send(text="Working", streamId=STREAM)
        # Never delivered: the server calls nothing on its own machine.
        hook = {"channelId": self.agent, "url": "http://127.0.0.1:9/"}
        assert self.owner.request("POST", "agents/setWebhook", json=hook).status_code == 200
        self.undelivered = self.say()
        self.plan = self.person.ask("POST", "admin/gc/plan", json={}).json()["id"]
        self.run = None
        # Nothing is listening there, and nothing may be sent there.
        self.person.ask("PUT", "notifications", json={"kinds": [], "ntfy": {"url": "http://127.0.0.1:9/topic"}})
        keys = {"p256dh": POINT, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
        endpoint = f"http://127.0.0.1:9/{self.person.id}"
        self.browser = self.person.ask("POST", "notifications/subscriptions", json={"endpoint": endpoint, "keys": keys}).json()["id"]
        self.person.ask("POST", f"agents/{self.agent}/avatar", files={"file": ("a.gif", PICTURE)})

    def collect(self):
        """Has something removed that can be brought back. It waits for a second of grace."""
        file = self.owner.store(b"not needed")["id"]
        self.owner.request("DELETE", f"files/{file}", params={"channel": self.agent})

        def collected():
            self.run = self.person.ask("POST", "admin/gc/run", json={"graceSeconds": 1}).json()["run"]
            return self.run

        eventually(collected, "collected")

    def files(self, count):
        """The ids of that many more files."""
        return [self.owner.store(b"%d" % number, "a.txt")["id"] for number in range(count)]

    def reviews(self, count):
        """The ids of that many more messages to be answered."""
        return [self.send(text="one of many", review={"type": "freeform"}) for _ in range(count)]

    def agents(self, count):
        """The ids of that many more agents."""
        return [self.owner.another().with_channel("one of many").channel for _ in range(count)]

    def say(self):
        return self.person.ask("POST", "messages", json={"channelId": self.agent, "text": "Hello"}).json()["id"]

    def send(self, **members):
        answer = self.owner.request("POST", "messages", json={"channelId": self.agent} | members)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def applied_to(self, document):
        """The document with its examples about the things of this world."""
        text = json.dumps(document)
        for theirs, ours in (
            (AGENT, self.agent), (MESSAGE, self.message), (FILE, self.file), (ARCHIVE, self.archive), (UNDELIVERED, self.undelivered),
            (USER, self.person.colleague), (SESSION, self.person.session), (KEY, self.person.key),
            (BROWSER, self.browser), (SHARE, self.share), (SHARE_TOKEN, self.share_token), (UPLOAD_TOKEN, self.upload_token), (UPLOAD, self.upload),
            (RUN, self.run["id"] if self.run else RUN), (PLAN, self.plan), (EMAIL, self.person.email),
            (NEW_EMAIL, self.new_email),
        ):
            text = text.replace(theirs, ours)
        return json.loads(text)
