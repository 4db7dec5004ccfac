"""The two example plugins in a real browser, framed as the dashboard will frame them."""

import json
from pathlib import Path

import pytest
from placet_server import ADMIN_PASSWORD, eventually
from playwright.sync_api import sync_playwright

EXAMPLES = Path(__file__).resolve().parents[2] / "Sources/Plugins/Examples"
HOSTILE = "<img src=x onerror=parent.postMessage('ran','*')><script>parent.postMessage('ran','*')</script>"


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def frame(chromium):
    """Opens a plugin with a payload and gives its frame; `answers` of the page collects what it sends."""
    page = chromium.new_page()

    def show(name, payload, read_only=False):
        message = {"type": "placet:init", "payload": payload, "readOnly": read_only}
        page.set_content('<iframe sandbox="allow-scripts" width="800" height="600"></iframe>')
        page.evaluate(
            """async ([html, message]) => {
                window.answers = [];
                window.addEventListener("message", (event) => answers.push(event.data));
                const frame = document.querySelector("iframe");
                const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
                frame.srcdoc = html;
                await loaded;
                frame.contentWindow.postMessage(message, "*");
            }""",
            [(EXAMPLES / f"{name}.html").read_text(), message],
        )
        return page.frame_locator("iframe")

    show.answer = lambda: page.wait_for_function("answers[0]").json_value()
    show.answers = lambda: page.evaluate("answers")
    yield show
    page.close()


def test_checklist_answers_what_is_ticked(frame):
    items = [{"id": "a", "label": "Tests"}, {"id": "b", "label": HOSTILE, "checked": True}, {"id": 3}, None]
    plugin = frame("checklist", {"title": "Ship?", "items": items})
    assert plugin.get_by_role("group", name="Ship?").is_visible()
    plugin.get_by_label("Tests").check()
    plugin.get_by_role("status").get_by_text("2 of 2 ticked").wait_for()
    plugin.get_by_role("button", name="Send").click()
    assert frame.answer() == {"type": "placet:respond", "response": {"checked": ["a", "b"]}}
    assert frame.answers() == [frame.answer()]


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_diff_view_answers_the_decision(frame, decision):
    diff = f"--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n {HOSTILE}\n--- a comment\n-- b\n+++ c\n\\ No newline at end of file\n"
    plugin = frame("diff-view", {"diff": diff})
    plugin.locator("pre span").first.wait_for()
    kinds = plugin.locator("pre span").evaluate_all("spans => spans.map((span) => span.className)")
    assert kinds == ["file", "file", "hunk", "", "cut", "cut", "add", ""]
    shown = plugin.locator("pre span").evaluate_all("spans => spans.map((span) => span.textContent).join('\\n')")
    assert shown == diff.rstrip("\n")
    plugin.get_by_label("Comment").fill(" why ")
    plugin.get_by_role("button", name=decision.capitalize()).click()
    assert frame.answer() == {"type": "placet:respond", "response": {"decision": decision, "comment": "why"}}
    assert frame.answers() == [frame.answer()]


@pytest.mark.parametrize("name", ["checklist", "diff-view"])
def test_read_only_offers_no_button_and_odd_payloads_are_shown(frame, name):
    for payload in ({}, {"title": 3, "diff": 3, "items": "x"}, {"items": [{"id": "a", "label": "A"}], "diff": "+"}):
        plugin = frame(name, payload, read_only=True)
        plugin.locator("#count:not(:empty), pre span").first.wait_for()  # It has seen the message.
        assert plugin.get_by_role("button").count() == 0
        assert plugin.locator("input:enabled").count() == 0
    assert frame.answers() == []


@pytest.mark.parametrize("name", ["checklist", "diff-view"])
def test_manifest_and_page_are_small_and_name_themselves(name):
    assert json.loads((EXAMPLES / f"{name}.json").read_text())["name"] == name
    assert len((EXAMPLES / f"{name}.html").read_text().splitlines()) < 80


# As the server sends them: harmless also when opened as a page of its own.

TRIES = """<!doctype html><html><body><script>
const tries = {
  cookie: () => document.cookie, storage: () => localStorage.length, opener: () => String(open("/api/docs")),
  asked: () => fetch("/api/auth/me").then((answer) => answer.status),
  picture: () => new Promise((resolve, reject) => {
    const image = new Image(); image.onload = resolve; image.onerror = () => reject("refused");
    image.src = "/api/plugins/hostile/icon";
  }),
};
(async () => {
  const seen = {origin: origin};
  for (const [name, attempt] of Object.entries(tries)) {
    try { seen[name] = await attempt() } catch { seen[name] = "refused" }
  }
  document.title = JSON.stringify(seen);
})();
</script><form action="/api/auth/logout" method="post"></form></body></html>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>quiet</title>
<script>document.querySelector("title").textContent = "ran"; fetch("/api/auth/me")</script>
<style>rect { fill: red }</style><rect width="9" height="9" onload="document.title = 'ran'"/></svg>"""


@pytest.fixture
def visit(make_server, chromium):
    """Opens a path as somebody who is signed in; `answered` of the page has the requests that reached the server."""
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD)
    server.start()
    folder = server.storage / "plugins/.new"
    folder.mkdir()
    manifest = {"name": "hostile", "displayName": "Hostile", "version": "1", "icon": "icon.svg"}
    for name, text in (("plugin.json", json.dumps(manifest)), ("render.html", TRIES), ("icon.svg", SVG)):
        (folder / name).write_text(text)
    folder.rename(server.storage / "plugins/hostile")
    person = server.person()
    eventually(lambda: person.request("GET", "plugins/hostile").ok, "the plugin is seen")
    name, value = person.cookie.removeprefix("cookie: ").split("=", 1)
    context = chromium.new_context()
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = context.new_page()

    def visit(path):
        page.answered = []
        page.on("response", lambda answer: page.answered.append(answer.url.removeprefix(server.url)))
        page.goto(f"{server.url}/{path}")
        return page

    yield visit
    context.close()


def test_a_plugin_opened_as_its_own_page_runs_in_nobodys_origin(visit):
    page = visit("api/plugins/hostile/render")
    page.wait_for_function("document.title")
    seen = json.loads(page.title())
    assert seen.pop("origin") == "null"
    assert seen.pop("opener") == "null"
    assert set(seen.values()) == {"refused"}, seen
    assert page.answered == ["/api/plugins/hostile/render"]


def test_a_form_of_a_plugin_goes_nowhere(visit):
    page = visit("api/plugins/hostile/render")
    page.wait_for_function("document.title")
    page.evaluate("document.forms[0].submit()")
    assert page.evaluate("fetch('/health').then(() => 'asked', () => 'refused')") == "refused"
    assert page.answered == ["/api/plugins/hostile/render"]


def test_a_plugin_works_in_a_frame_of_ours(visit):
    page = visit("health")  # Any page of our origin that has no policy of its own.
    page.evaluate(
        """async () => {
            const frame = document.createElement("iframe");
            frame.sandbox = "allow-scripts";
            frame.src = "/api/plugins/checklist/render";
            const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
            document.body.append(frame);
            await loaded;
            const payload = {items: [{id: "a", label: "Tests"}]};
            frame.contentWindow.postMessage({type: "placet:init", payload, readOnly: false}, "*");
        }"""
    )
    page.frame_locator("iframe").get_by_label("Tests").wait_for()


def test_an_icon_opened_as_its_own_page_runs_nothing(visit):
    page = visit("api/plugins/hostile/icon")
    assert page.evaluate("document.querySelector('title').textContent") == "quiet"
    assert page.evaluate("origin") == "null"
    assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == "rgb(255, 0, 0)"
    assert page.answered == ["/api/plugins/hostile/icon"]
