"""The OpenAPI document: valid, true to its own schemas, and true to the server: every example in it works."""

import os
import subprocess
from html.parser import HTMLParser

import pytest
import requests
from jsonschema import Draft202012Validator, FormatChecker
from openapi_document import ADMIN, PICTURE, Person, World, callbacks, fetch, operations, resolve, with_closed_objects
from openapi_spec_validator import OpenAPIV31SpecValidator
from placet_server import Server
from playwright.sync_api import sync_playwright

@pytest.fixture(scope="module")
def server(binary):
    """One whose first owner has a password that is known."""
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN["password"]).start()
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def document(server):
    return fetch(server)


def validator(document, schema):
    rooted = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
    return Draft202012Validator(rooted | schema, format_checker=FormatChecker())


def assert_valid(document, schema, value, what):
    errors = [f"{error.json_path}: {error.message}" for error in validator(document, schema).iter_errors(value)]
    assert not errors, f"{what}: {errors}"


def test_it_is_valid(document):
    """OpenAPI 3.1, with schemas that are JSON Schema 2020-12."""
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert name.isalnum()


def test_examples_are_of_their_schemas(document):
    seen = 0
    closed = with_closed_objects(document)
    for name, schema in closed["components"]["schemas"].items():
        for example in schema.get("examples", []):
            assert_valid(closed, schema, example, name)
            seen += 1
    for operation in operations(closed) + callbacks(closed):
        bodies = [operation.content.get("requestBody", {})]
        answers = [resolve(closed, answer) for answer in operation.content["responses"].values()]
        for media in (media for holder in bodies + answers for media in holder.get("content", {}).values()):
            for example in operation.examples(media):
                assert_valid(closed, media["schema"], example, operation.name)
                seen += 1
        for parameter in operation.parameters:
            if "example" in parameter:
                assert_valid(closed, parameter["schema"], parameter["example"], parameter["name"])
                seen += 1
    assert seen > 100


def test_a_wrong_value_is_not_of_a_schema(document):
    """The check above can fail."""
    closed = with_closed_objects(document)
    agent = closed["components"]["schemas"]["Agent"]
    right = agent["examples"][0]
    for wrong in (right | {"status": "asleep"}, right | {"more": 1}, {"id": "a"}, right | {"createdAt": "today"}):
        assert not validator(closed, agent).is_valid(wrong)


@pytest.mark.slow
def test_every_example_works(server, document):
    """Each documented request, sent as it stands, gets a documented success that is of its schema."""
    worked, person = [], Person(server)
    for operation in operations(with_closed_objects(document)):
        if operation.is_endless or operation.asks_others:
            continue
        bodies = operation.content.get("requestBody", {}).get("content", {"": {}})
        for kind, media in bodies.items():
            for number in range(len(operation.examples(media)) if kind else 1):
                world = World(person)
                if "/gc/runs/" in operation.path:
                    world.collect()
                send_example(server, world, operation, kind, number)
                if operation.changes_an_account:
                    person = Person(server)
                worked.append(operation.name)
    assert len(worked) > 45


def send_example(server, world, original, kind, number):
    document = world.applied_to(original.document)
    operation = next(one for one in operations(document) if one.name == original.name)
    path, query = operation.path, {}
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{%s}" % parameter["name"], str(parameter["example"]))
        elif parameter["in"] == "query" and "example" in parameter:
            query[parameter["name"]] = parameter["example"]
    options = {}
    if kind:
        body = operation.examples(operation.content["requestBody"]["content"][kind])[number]
        if kind == "application/json":
            options = {"json": body}
        elif kind.endswith("octet-stream"):
            options = {"data": body.encode()}
        else:
            options = {"data": {name: value for name, value in body.items() if name != "file"},
                       "files": {"file": ("build.log", body["file"])}}
    headers = {"x-api-key": world.owner.key} if "security" not in operation.content else {}
    headers |= {one["name"]: str(one["example"]) for one in operation.parameters if one["in"] == "header" and "example" in one}
    if kind and kind.endswith("octet-stream"):
        headers["Content-Type"] = kind
    cookies = {"access_token": world.person.token} if operation.is_for_people else {}
    answer = requests.request(
        operation.method, server.url + path, params=query, headers=headers, cookies=cookies, timeout=60, **options
    )
    status = str(answer.status_code)
    assert status[0] == "2" and status in operation.content["responses"], f"{operation.name}: {status} {answer.text}"
    documented = operation.content["responses"][status]
    if "application/json" in documented.get("content", {}):
        schema = documented["content"]["application/json"]["schema"]
        assert_valid(document, schema, answer.json(), operation.name)
    for name, header in documented["headers"].items():
        header = resolve(document, header)
        if header.get("required"):
            assert_valid(document, header["schema"], answer.headers[name], f"{operation.name} {name}")


class Page(HTMLParser):
    """What a page is made of; fails where tags do not match."""

    VOID = {"meta"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.texts = [], [], [], set(), []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name == "href":
                self.links.append(value)

    def handle_data(self, text):
        self.texts.append(text)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()


def test_the_page_is_well_formed_and_its_links_lead_somewhere(server):
    page = Page(requests.get(f"{server.url}/api/docs", timeout=10).text)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) - {"/openapi.json"} <= {f"#{name}" for name in page.ids}
    assert page.tags.isdisjoint({"script", "iframe", "img", "link", "form", "object", "base"})


@pytest.mark.slow
def test_the_commands_on_the_page_work(server, document, tmp_path):
    """Pasted into a shell, each of them gets an answer that means success."""
    (tmp_path / "build.log").write_bytes(b"all green")
    (tmp_path / "picture.gif").write_bytes(PICTURE)
    page = requests.get(f"{server.url}/api/docs", timeout=10).text
    commands = [text for text in Page(page).texts if text.startswith("curl ")]
    assert len(commands) == len(operations(document))
    endless = [operation.path for operation in operations(document) if operation.is_endless]
    asking = [operation.path.rpartition("/")[2] for operation in operations(document) if operation.asks_others]
    person = Person(server)
    for command in commands:
        if any(path in command for path in endless) or any(f"/{name}'" in command for name in asking):
            continue
        world = World(person)
        if "/gc/runs/" in command:
            world.collect()
        cookie = ("127.0.0.1", "FALSE", "/", "FALSE", "0", "access_token", person.token)
        (tmp_path / "cookies.txt").write_text("\t".join(cookie) + "\n")
        script = world.applied_to(command).replace("http://127.0.0.1:3001", server.url)
        done = subprocess.run(
            ["bash", "-c", script + " --silent --show-error --fail-with-body"], cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PLACET_KEY": world.owner.key}, capture_output=True, text=True, errors="replace",
            timeout=60,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        if any(f"/api/{path}" in command for path in ("auth", "api-keys", "users")) and " -X " in command:
            person = Person(server)


def test_a_browser_shows_the_page_as_it_is_meant(server):
    """The policy lets the stylesheet through, nothing is refused or asked for, and a phone need not scroll sideways."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server.url}/api/docs")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 27)"
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.goto(f"{server.url}/api/docs#schema-Message")
        page.locator("[id=schema-Message]").wait_for(state="visible")
        assert said == [] and asked == [f"{server.url}/api/docs"], asked
        browser.close()
