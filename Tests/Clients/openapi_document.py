"""The OpenAPI document of a running server, with its examples about things that are really there."""

import copy
import json
from dataclasses import dataclass, field

import requests

METHODS = ("get", "head", "post", "put", "patch", "delete")

# The ids of the examples in the document.
AGENT = "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"
MESSAGE = "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22"
FILE = "01995c41-3d64-7f55-8a4c-7d3eb0206f44"
STREAM = "run-42"


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
    def is_endless(self):
        return any("text/event-stream" in answer.get("content", {}) for answer in self.content["responses"].values())

    def examples(self, media):
        """The examples of a media type, or else those of its schema."""
        if "example" in media:
            return [media["example"]]
        if "examples" in media:
            return [resolve(self.document, example)["value"] for example in media["examples"].values()]
        return resolve(self.document, media.get("schema", {})).get("examples", [])


def operations(document, of="paths"):
    return [
        Operation(document, path, method, item)
        for path, item in document[of].items() for method in METHODS if method in item
    ]


def with_closed_objects(document):
    """A copy in which a named object of the server's has no members but the documented ones: none may be forgotten."""
    closed = copy.deepcopy(document)
    for name in (
        "Agent", "Message", "MessagePage", "Review", "Attachment", "AttachmentPage", "StatusEvent", "Error", "FieldError",
        "Health", "Deleted", "Answers", "Answer", "Plugin", "PluginSetting",
    ):
        closed["components"]["schemas"][name]["additionalProperties"] = False
    return closed


class World:
    """One of everything that the examples are about."""

    def __init__(self, owner):
        self.owner = owner.another().with_channel("openapi")
        self.agent = self.owner.channel
        self.message = self.send(text="Ship 1.4.0?", review={"type": "approval", "expiresInSeconds": 3600})
        self.file = self.owner.store(b"all green", "build.log")["id"]
        self.send(text="Working", streamId=STREAM)

    def send(self, **members):
        answer = self.owner.request("POST", "messages", json={"channelId": self.agent} | members)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def applied_to(self, document):
        """The document with its examples about the things of this world."""
        text = json.dumps(document)
        for theirs, ours in ((AGENT, self.agent), (MESSAGE, self.message), (FILE, self.file)):
            text = text.replace(theirs, ours)
        return json.loads(text)
