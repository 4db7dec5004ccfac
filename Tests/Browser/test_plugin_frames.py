"""Reviews and messages in the frames of plugins: pages as strangers write them, one friendly, one hostile."""

import http.server
import json
import re
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe import faults_of
from browser import requests_of
from dashboard import Agent, Watch, open_review
from placet_server import ADMIN_PASSWORD, eventually
from playwright.sync_api import expect

PICTURE = next(iter(sorted((Path(__file__).parents[1] / "MediaTypesTests/Samples").glob("*.png")))).read_bytes()
BREAKS_OUT = "</script><!-- <script>parent.ran = 1</script> \u2028 ]]>"

FRIENDLY = """<!doctype html>
<html lang="en"><head><title>Board</title>
<script>document.documentElement.dataset.early = JSON.stringify([
  Placet.data.question, Placet.env, Placet.theme, Placet.isPreview, Placet.review?.status, Placet.message?.text,
])</script>
<style>:root { color-scheme: light dark } body { margin: 0; min-height: 500px }</style></head>
<body><h1 id="question"></h1><img id="picture" alt=""><pre id="notes"></pre>
<button id="yes">Yes</button><button id="emit">By an action</button>
<script>
  const element = (id) => document.getElementById(id);
  element("question").textContent = Placet.data.question;
  Placet.on("theme", (theme) => { document.body.dataset.theme = theme; });
  Placet.on("ticked", (data) => { document.body.dataset.ticked = data; });
  element("yes").onclick = () => Placet.respond({ answer: "yes" });
  element("emit").onclick = () => Placet.emit("submit", { answer: "emitted" });
  (async () => {
    const [picture, notes] = Placet.attachments;
    if (picture) element("picture").src = await Placet.getFileUrl(picture.id);
    if (notes) element("notes").textContent = await (await Placet.getFile(notes.id)).text();
    await Placet.emit("ticked", "one");
    await Placet.toast("All is there", "success");
    await Placet.resize();
    document.body.dataset.over = "yes";
  })();
</script></body></html>
"""

#: What each attempt came to stands in the page's `data-` attributes once all have been made.
HOSTILE = """<!doctype html><title>hostile</title><p>runs</p><script>
  const { other, canary, review } = Placet.data;
  const attempts = {
    page: () => parent.document.title,
    store: () => parent.localStorage.length,
    own: () => localStorage.length,
    cookie: () => document.cookie,
    away: () => { top.location = canary + "/top"; },
    window: () => { if (!open(canary + "/opened")) throw "blocked"; },
    api: () => fetch("/api/auth/me", { credentials: "include" }),
    elsewhere: () => fetch(canary + "/fetched", { mode: "no-cors" }),
    file: () => Placet.getFile(other),
    address: () => Placet.getFileUrl(other),
    ask: () => Placet.fetch(canary + "/asked"),
    number: () => Placet.getFile(0),
    method: () => call("constructor"),
    prototype: () => call("__proto__"),
    list: () => Placet.respond(["yes"]),
    text: () => Placet.respond("yes"),
  };
  const call = (method) => new Promise((done, failed) => {
    addEventListener("message", ({ data }) => {
      if (data.type === "placet:return" && data.id === method) (data.error ? failed : done)(data.error);
    });
    parent.postMessage({ type: "placet:call", id: method, method, values: [] }, "*");
  });
  (async () => {
    for (const [name, body] of Object.entries(attempts)) {
      let outcome = "reached";
      try { await body(); } catch { outcome = "refused"; }
      document.body.setAttribute("data-" + name, outcome);
    }
    parent.postMessage({ type: "placet:respond", messageId: review, response: { from: "another" } }, "*");
    parent.postMessage({ type: "placet:init", payload: {}, readOnly: false }, "*");
    parent.postMessage({ type: "placet:call", id: 1, method: "resize", values: [1e9] }, "*");
    for (let i = 0; i < 50; i += 1) Placet.toast("<b>signed out</b> ".repeat(100), "error");
    document.body.dataset.over = "yes";
  })();
</script>
"""
ATTEMPTS = re.findall(r"^    (\w+): \(\) =>", HOSTILE, re.MULTILINE)


@contextmanager
def plugin(server, person, name, page, **manifest):
    """A plugin that the server has seen."""
    folder = server.storage / f"plugins/.{name}"
    folder.mkdir()
    manifest = {"name": name, "displayName": name.capitalize(), "version": "1", **manifest}
    (folder / "plugin.json").write_text(json.dumps(manifest))
    (folder / "render.html").write_text(page)
    folder = folder.rename(folder.with_name(name))
    eventually(lambda: person.request("GET", f"plugins/{name}").status_code == 200, "the plugin is seen")
    try:
        yield
    finally:
        shutil.rmtree(folder)


ENV = [
    {"key": "LANGUAGE", "label": "Language", "default": "en"},
    {"key": "TOKEN", "label": "Token", "secret": True, "default": "hush-hush"},
]


@pytest.fixture
def board(server, person):
    with plugin(server, person, "board", FRIENDLY, env=ENV):
        yield


@pytest.fixture
def frame(page):
    return page.frame_locator("iframe.plugin")


def test_a_page_for_the_bridge_shows_a_review_and_answers_it(page, server, owner, agent, board, frame):
    files = [owner.store(PICTURE, "shot.png")["id"], owner.store(b"the notes", "notes.txt")["id"]]
    payload = {"plugin": "board", "question": BREAKS_OUT}
    message = agent.ask("Which?", "freeform", payload, attachmentIds=files)
    answer = agent.wait(message)
    open_review(page, server, message)
    frame.locator("body[data-over=yes]").wait_for()
    early = json.loads(frame.locator("html").get_attribute("data-early"))
    assert early[:1] + early[2:] == [BREAKS_OUT, "light", False, "pending", "Which?"]
    assert early[1]["LANGUAGE"] == "en" and "hush" not in early[1]["TOKEN"]
    assert frame.locator("html").evaluate("(root) => [origin, document.compatMode, root.lang, document.title]") == [
        "null", "CSS1Compat", "en", "Board",
    ]
    expect(frame.locator("h1")).to_have_text(re.sub(r"\s+", " ", BREAKS_OUT))
    expect(frame.locator("#notes")).to_have_text("the notes")
    expect(frame.locator("body")).to_have_attribute("data-ticked", "one")
    assert frame.locator("#picture").evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    expect(page.locator(".toast")).to_contain_text("Board: All is there")
    assert page.locator("iframe.plugin").evaluate("(frame) => frame.clientHeight") >= 500
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(frame.locator("body")).to_have_attribute("data-theme", "dark")
    frame.get_by_role("button", name="Yes").click()
    assert answer()["response"] == {"answer": "yes"}
    expect(page.locator(".card .note.success")).to_be_visible()
    frame.get_by_role("heading").wait_for()
    assert page.evaluate("window.ran") is None
    page.get_by_role("button", name="Switch between light and dark").click()


def test_an_action_answers_too_and_the_keyboard_alone_does(page, server, agent, board, frame):
    message = agent.ask("Which?", "freeform", {"plugin": "board", "question": "Well?"})
    answer = agent.wait(message)
    open_review(page, server, message)
    frame.locator("body[data-over=yes]").wait_for()
    frame.get_by_role("button", name="By an action").press("Enter")
    assert answer()["response"] == {"answer": "emitted"}


def test_our_own_plugins_and_their_messages_work_in_the_dashboard(page, server, agent, frame):
    payload = {"plugin": "checklist", "items": [{"id": "a", "label": "Tests"}]}
    message = agent.ask("Ship?", "freeform", payload)
    answer = agent.wait(message)
    open_review(page, server, message)
    # As high as what the page has drawn from `placet:init`.
    frame.get_by_role("button", name="Send").wait_for()
    inside = frame.locator("html").evaluate("(root) => root.getBoundingClientRect().height")
    page.wait_for_function("(height) => document.querySelector('.plugin').offsetHeight >= height", arg=inside)
    frame.get_by_label("Tests").check()
    frame.get_by_role("button", name="Send").click()
    assert answer()["response"] == {"checked": ["a"]}
    expect(frame.get_by_label("Tests")).to_be_disabled()  # `readOnly`, now that it is answered.
    expect(frame.get_by_role("button", name="Send")).to_have_count(0)


def test_without_the_plugin_a_review_is_answered_as_json(page, server, agent, board):
    for name, click in (("not-there", False), ("..", False), ("board", True)):
        message = agent.ask("Which?", "freeform", {"plugin": name, "question": "?"})
        answer = agent.wait(message)
        open_review(page, server, message)
        if click:
            page.get_by_role("button", name="Answer without the plugin").click()
        page.get_by_label("Your answer as JSON").fill('{"by": "hand"}')
        page.get_by_role("button", name="Send answer").click()
        assert answer()["response"] == {"by": "hand"}


def test_a_message_is_shown_by_its_plugin_and_cannot_be_answered(page, server, owner, board, frame):
    body = {"channelId": owner.channel, "text": "See", "metadata": {"plugin": "board", "question": "In a message"}}
    assert owner.request("POST", "messages", json=body).status_code == 201
    page.goto(f"{server.url}/channels/{owner.channel}")
    expect(frame.get_by_role("heading", name="In a message")).to_be_visible()
    frame.locator("body[data-over=yes]").wait_for()
    assert frame.locator("body").evaluate("() => Placet.respond({a: 1}).catch((error) => error.message)") \
        == "There is nothing to answer"


def test_a_hostile_page_reaches_nothing_but_its_own_message(page, watch, server, person, owner, agent, canary, frame):
    other = agent.ask("Another", "freeform", {})
    foreign = owner.store(b"somebody else's", "secret.txt")["id"]
    with plugin(server, person, "hostile", HOSTILE):
        payload = {"plugin": "hostile", "other": foreign, "canary": canary.url, "review": other}
        message = agent.ask("Mine", "freeform", payload)
        before = len(server.settled_log())
        open_review(page, server, message)
        frame.locator("body[data-over=yes]").wait_for()
        outcomes = {name: frame.locator("body").get_attribute(f"data-{name}") for name in ATTEMPTS}
        assert outcomes == dict.fromkeys(ATTEMPTS, "refused")
        # It was not clicked, so whoever sits here is asked; for its own review, whatever it says.
        dialog = page.get_by_role("dialog", name="Send this answer?")
        expect(dialog).to_contain_text('"from": "another"')
        dialog.get_by_role("button", name="Cancel").click()
        status = lambda id: person.request("GET", f"messages/{id}").json()["review"]["status"]
        assert (status(message), status(other)) == ("pending", "pending")
        assert page.locator(".toast").count() <= 5
        expect(page.locator(".toast").first).to_contain_text("Hostile: <b>signed out</b>")
        assert page.locator("iframe.plugin").evaluate("(frame) => frame.clientHeight") <= 4000
        assert page.url == f"{server.url}/inbox/pending/{message}"
        assert len(page.context.pages) == 1
        assert canary.hits == []
        assert not any("download" in route for route in requests_of(server, before))
        # The frame cannot show itself another message: the browser sends no cookie with what it asks for.
        address = f"/api/plugins/hostile/render?message={message}"
        with page.expect_response(lambda answer: answer.url.endswith(address)) as answer:
            frame.locator("body").evaluate("(_, address) => { location = address; }", address)
        assert answer.value.status == 401
    watch.faults.clear()  # The browser's protests against that page.


def test_a_user_sets_what_a_plugin_wants_to_know(page, server, person, board):
    settings = lambda: person.request("GET", "plugins/board/config").json()["config"]
    page.goto(f"{server.url}/settings/plugins")
    expect(page.get_by_role("list", name="Plugins").get_by_text("Checklist", exact=True)).to_be_visible()
    page.get_by_role("link", name="Set up Board").click()
    expect(page.get_by_label("Token")).to_have_value("***")
    page.get_by_label("Language").fill("fr")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator(".toast")).to_contain_text("The settings of Board are saved.")
    assert settings() == {"LANGUAGE": "fr", "TOKEN": "***"}
    page.get_by_label("Language").fill("")
    page.get_by_label("Language").press("Enter")
    expect(page.get_by_label("Language")).to_have_value("en")
    assert faults_of(page) == []


ASKS = """<!doctype html><p id="got"></p><script>
  const got = document.getElementById("got");
  (async () => {
    const options = { method: "POST", body: JSON.stringify({ a: 1 }), headers: { "x-token": Placet.env.TOKEN } };
    const answer = await Placet.fetch(Placet.data.url, options);
    const { token, cookie, type, body } = await answer.json();
    const there = [answer.status, answer.ok, token, cookie, type, body, answer.headers.get("set-cookie")];
    const away = await Placet.fetch("http://other.example/").catch((error) => error.message);
    got.textContent = JSON.stringify([...there, away]);
  })();
</script>"""


@pytest.fixture
def stranger():
    """Somebody else's server, which says what it was asked with."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            names = {"token": "x-token", "cookie": "cookie", "type": "content-type"}
            told = {name: self.headers.get(header) for name, header in names.items()}
            told["body"] = self.rfile.read(int(self.headers["content-length"])).decode()
            content = json.dumps(told).encode()
            self.send_response(201)
            self.send_header("set-cookie", "mine=1")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_page_asks_others_through_the_server_and_never_has_a_secret(chromium, make_server, stranger):
    settings = {"PLACET_PLUGIN_DOMAINS": "weather:127.0.0.1", "PLACET_WEBHOOK_ALLOW": "127.0.0.1"}
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, **settings).start()
    person, agent = server.person(), Agent(server.owner())
    network = {"httpRequests": True, "maxHttpDomains": ["127.0.0.1"]}
    watch = Watch(chromium, server)
    page = watch.page(person)
    with plugin(server, person, "weather", ASKS, env=ENV, permissions=network):
        message = agent.ask("Weather?", "freeform", {"plugin": "weather", "url": stranger})
        open_review(page, server, message)
        got = page.frame_locator("iframe.plugin").locator("#got:not(:empty)")
        *there, away = json.loads(got.text_content())
        assert there == [201, True, "hush-hush", None, "text/plain;charset=UTF-8", '{"a":1}', None]
        assert away == "The manifest of weather does not ask for other.example"
    watch.close()
    assert watch.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_beside_the_frame(watch, server, person, agent, board, scheme):
    message = agent.ask("Which?", "freeform", {"plugin": "board", "question": "Well?"})
    page = watch.page(person, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    open_review(page, server, message)
    page.frame_locator("iframe.plugin").locator("body[data-over=yes]").wait_for()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
