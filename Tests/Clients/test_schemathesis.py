"""Schemathesis: requests made from the OpenAPI document, right and wrong ones, and every check it has on the answers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_document import ADMIN, Person, World, fetch, operations, with_closed_objects
from placet_server import eventually

DEADLINE = 600
EXAMPLES = 15
FOLDER = Path(__file__).parent
SETTINGS = ["LANGUAGE", "TOKEN", "PROJECT"]

A_FUTURE_TIME = r"^2[1-9][0-9]{2}-0[1-9]-[01][1-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"

ENDS_THE_RUN = {
    "signOut",  # The session that all other requests need.
    "refreshSession",  # The same: only the answer knows the next token.
    "changePassword",  # The password that the stateful run could not know; wrong ones lock the address out.
}

#: Judged by other tests: the one is never refused, and a repeat of the other with other bytes is.
LEFT_TO_OTHERS = {"#/components/parameters/timeout", "#/components/parameters/idempotencyKey"}

CONFIG = """
[generation]
allow-x00 = false
allow-extra-parameters = false
database = "none"

[auth.openapi.apiKey]
api_key = "${API_KEY}"

[auth.openapi.sessionToken]
bearer = "${TOKEN}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "416"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "415", "416", "422"]

# A password takes a debug build a second to hash.
[[operations]]
include-operation-id = "updateUser"
generation.max-examples = 5

# No schema says what may stand around the @ of an email.
[[operations]]
include-operation-id = "createUser"
generation.max-examples = 5
checks.positive_data_acceptance.expected-statuses = ["201", "400", "401", "403", "409"]

# Whether there is something to send depends on the channel's webhook, which other requests take away.
[[operations]]
include-operation-id = ["retryDelivery", "testWebhook"]
checks.positive_data_acceptance.expected-statuses = ["200", "400", "403", "404"]

# Which message asks for which plugin is not in a schema, nor where a plugin may go.
[[operations]]
include-operation-id = ["renderPlugin", "fetchForPlugin"]
checks.positive_data_acceptance.expected-statuses = ["200", "400", "403", "404"]

# Which settings a plugin has is not in a schema.
[[operations]]
include-operation-id = "changePluginConfig"
checks.positive_data_acceptance.expected-statuses = ["200", "400", "403", "404"]

# No schema says what makes bytes a picture.
[[operations]]
include-operation-id = "setAvatar"
checks.positive_data_acceptance.expected-statuses = ["200", "404", "415"]

# Of two values of a parameter the first counts, and here any text is one.
[[operations]]
include-operation-id = [
    "listAgents", "listOwnAgents", "listMessages", "listConversation", "readFile", "readFileByPerson",
]
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "412"]

# No schema says which parameters go together, what is an expression, and what is text. Of two values the first counts.
[[operations]]
include-operation-id = ["readLines", "readLinesByPerson"]
checks.positive_data_acceptance.expected-statuses = ["200", "400", "401", "403", "404", "415"]
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "415"]

# No schema says which bytes are an archive. Of two values the first counts.
[[operations]]
include-operation-id = ["listEntries", "listEntriesByPerson", "readEntry", "readEntryByPerson"]
checks.positive_data_acceptance.expected-statuses = ["200", "304", "401", "403", "404", "412", "415", "422"]
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "412", "415", "422"]

# Its body may be missing, and now and then a request without one is made as a wrong one.
[[operations]]
include-operation-id = "markRead"
checks.negative_data_rejection.expected-statuses = ["201", "400", "401", "403", "404", "415"]

# No schema says what a topic of ntfy is, which hosts there are, and what is a point of P-256.
[[operations]]
include-operation-id = ["changeNotifications", "subscribeBrowser"]
checks.positive_data_acceptance.expected-statuses = ["200", "201", "400", "401", "403", "409"]

# A time must exist, and an email must be somebody's.
[[operations]]
include-operation-id = ["listAudit", "exportAudit"]
checks.positive_data_acceptance.expected-statuses = ["200", "400", "404"]

# Wrong passwords are slowed down, as documented.
[[operations]]
include-operation-id = ["signIn", "confirmPassword"]
generation.max-examples = 5
checks.positive_data_acceptance.expected-statuses = ["200", "401", "429"]
checks.negative_data_rejection.expected-statuses = ["400", "401", "415", "429"]
"""


def with_ids_that_exist(document, world):
    """The document with the ids of the world in its paths; what deletes gets others, since the rest needs its own."""
    person, parameters = world.person, document["components"]["parameters"]
    kept = {
        "messageId": [world.message] + world.reviews(5),
        "undeliveredId": [world.undelivered] + [world.say() for _ in range(2)],
        "fileId": [world.file] + world.files(3),
        "archiveId": [world.archive],
        "agentId": world.agents(3),
        "userId": [person.add_user(person.new_address()) for _ in range(2)],
        "keyId": [person.add_key()["id"] for _ in range(2)],
        "shareToken": [world.share_token],
        "pluginName": [install_plugin(world)],
    }
    deleted = {
        "messageId": world.reviews(5),
        "fileId": world.files(5),
        "agentId": world.agents(5),
        "userId": [person.add_user(person.new_address()) for _ in range(2)],
        "keyId": [person.add_key()["id"] for _ in range(3)],
        "sessionId": [person.add_session() for _ in range(2)],
    }
    for name, ids in deleted.items():
        reference = {"$ref": f"#/components/parameters/{name}"}
        own = parameters[name] | one_of(ids)
        for operation in operations(document):
            given = operation.content.get("parameters", [])
            deletes = operation.method == "delete" and operation.path.endswith("/{id}")
            if deletes and reference in operation.item.get("parameters", []) + given:
                operation.content["parameters"] = [one for one in given if one != reference] + [own]
    for name, ids in kept.items():
        parameters[name] |= one_of(ids)
    return document


def install_plugin(world):
    """The name of one that has an icon and the settings of the example in the document."""
    folder = world.owner.server.storage / "plugins/report"
    folder.mkdir(exist_ok=True)
    settings = [{"key": key, "label": key.lower(), "secret": key == "TOKEN"} for key in SETTINGS]
    manifest = {"name": "report", "displayName": "Report", "version": "1", "icon": "icon.svg", "env": settings}
    for name, text in (("icon.svg", "<svg/>"), ("render.html", "<p>"), ("plugin.json", json.dumps(manifest))):
        (folder / name).write_text(text)
    eventually(lambda: world.owner.request("GET", "plugins/report").ok, "the plugin is seen")
    return "report"


def one_of(ids):
    return {"schema": {"type": "string", "enum": ids}, "example": ids[0]}


def narrowed(document, world):
    """The document with what a schema cannot say: ids that exist, and nothing that makes a request wait.

    `timeout` and the digests are judged by other tests: the one is never refused, the others cannot be guessed.
    """
    document = with_ids_that_exist(world.applied_to(with_closed_objects(document)), world)
    # tus has rules, a type and statuses of its own, which its clients and test_tus.py know.
    document["paths"] = {path: item for path, item in document["paths"].items() if "/files/tus" not in path}
    # The key has no default channel.
    document["paths"]["/api/v1/files/raw"]["put"]["parameters"][0]["required"] = True
    schemas, parameters = document["components"]["schemas"], document["components"]["parameters"]
    schemas["ChannelId"] = {"type": "string", "enum": [world.agent]}
    parameters["channel"]["schema"] = schemas["ChannelId"]
    # Never a host that would be looked up.
    schemas["WebhookURL"] = schemas["WebURL"] = {"type": "string", "enum": ["http://127.0.0.1:9/a", "HTTPS://[::1]/b?c=d"]}
    # A file can be attached once, and a repeat of a clientId does not look at what the rest names.
    for name in ("MessageInput", "UserMessageInput"):
        del schemas[name]["properties"]["attachmentIds"]
    # Generated clients lose members beside `anyOf`, so the document says these rules in words.
    a_text = {"required": ["text"], "properties": {"text": {"minLength": 1}}}
    texts = {"required": ["textAttachments"], "properties": {"textAttachments": {"minItems": 1}}}
    schemas["UserMessageInput"]["anyOf"] = [a_text]
    schemas["MessageInput"]["anyOf"] = [a_text, {"required": ["review"]}, {"required": ["status"]}, texts]
    schemas["MessageInput"]["dependentRequired"] = {"streamState": ["streamId"]}
    del schemas["MessageInput"]["properties"]["iterationOf"]
    del document["paths"]["/api/v1/messages"]["post"]["requestBody"]["content"]["application/json"]["examples"]["files"]
    # They need a webhook to belong to.
    for name in ("webhookHeaders", "webhookAuth"):
        del schemas["AgentChange"]["properties"][name]
    del schemas["ResponseInput"]["properties"]["modifiedFileIds"]
    download, delete = [
        document["paths"][f"/api/files/bulk-{name}"]["post"]["requestBody"]["content"]["application/json"]
        for name in ("download", "delete")
    ]
    download["schema"]["properties"]["ids"]["items"] = parameters["fileId"]["schema"]
    delete["example"] = {"ids": world.files(1)}  # Not one that others need.
    config = schemas["PluginConfigChange"]["properties"]["config"]
    config |= {"properties": dict.fromkeys(SETTINGS, config["additionalProperties"]), "additionalProperties": False}
    schemas["ReviewInput"]["properties"]["expiresAt"] = {"type": ["string", "null"], "pattern": A_FUTURE_TIME}
    for name in ("Upload", "MessageUpload"):
        del schemas[name]["properties"]["sha256"]
    for operation in operations(document):
        if operation.is_endless or operation.name in ENDS_THE_RUN:
            del operation.item[operation.method]
        for holder in (operation.item, operation.content):
            listed = holder.get("parameters", [])
            listed[:] = [one for one in listed if one.get("$ref") not in LEFT_TO_OTHERS]
    return document


def run(server, folder, *arguments):
    person = Person(server)
    world = World(person)
    (folder / "openapi.json").write_text(json.dumps(narrowed(fetch(server), world)))
    (folder / "schemathesis.toml").write_text(CONFIG)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis", "--config-file", folder / "schemathesis.toml",
            "run", folder / "openapi.json", "--url", server.url,
            "--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "1", "--continue-on-failure",
            "--request-timeout", "20", "--no-color", *arguments,
        ],
        env=os.environ | {
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(FOLDER), "API_KEY": world.owner.key,
            "TOKEN": person.token, "PROTECTED": " ".join([person.id, person.session, person.owner_key]),
        },
        cwd=folder, capture_output=True, text=True, timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "unexpected error" not in server.settled_log()
    return done.stdout


@pytest.fixture
def unlimited(make_server):
    return make_server(PLACET_RATE_LIMIT="off", PLACET_ADMIN_PASSWORD=ADMIN["password"]).start()


@pytest.mark.slow
def test_requests_of_every_kind_are_answered_as_documented(unlimited, tmp_path):
    said = run(unlimited, tmp_path, "--phases", "examples,coverage,fuzzing")
    count = len(operations(json.loads((tmp_path / "openapi.json").read_text())))
    assert f"Tested: {count}" in said


@pytest.mark.slow
def test_requests_one_after_another_are_answered_as_documented(unlimited, tmp_path):
    """What one answer names is used in the next request: what was deleted is gone, what was made is there.

    An id from an answer is none of those that the schema was narrowed to, so what it takes for wrong is not.
    """
    said = run(
        unlimited, tmp_path, "--phases", "stateful", "--mode", "positive", "--exclude-checks", "negative_data_rejection"
    )
    assert "API Links" in said
