"""Pictures of the dashboard's views, at desktop and phone width, light and dark; called by scripts/screenshots."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from dashboard import Agent
from placet_server import ADMIN_PASSWORD, Server
from playwright.sync_api import sync_playwright

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 780}}
SAMPLES = Path(__file__).parents[1] / "MediaTypesTests/Samples"
OPTIONS = {"options": [
    {"id": "approve", "label": "Approve", "style": "primary"}, {"id": "reject", "label": "Reject", "style": "danger"},
]}
DEPLOY = """Deploy checkout-api 4.18.0 to production?

The canary ran for **30 minutes** with `4.18.0`, without a new error.

- [x] canary
- [x] migration, see <https://example.org/runs/4180>
- [ ] the rest of the fleet

| region | requests | errors |
|---|---:|---:|
| eu-west | 18,204 | 0.02 % |
| us-east | 22,910 | 0.01 % |
"""
LOG = "\n".join(f"12:{minute:02}:00 checkout-api-{pod} ready" for minute in range(60) for pod in range(3))
FIELDS = [
    {"name": "window", "type": "select", "label": "Window", "options": ["tonight", "Sunday", "next week"]},
    {"name": "percent", "type": "range", "label": "Share of traffic", "min": 0, "max": 100, "unit": "%"},
    {"name": "why", "type": "textarea", "label": "Why", "required": True},
]


def fill(server):
    """What a small team has after a morning. Returns the paths of the views, by name."""
    owner, person = server.owner(), server.person()
    name = lambda name: owner.request("POST", "agents", json={"name": name}).json()["id"]
    owner.channel = name("deploy-bot")
    agent = Agent(owner)
    notes = "Release notes\n\nThe worker retries {} times, then gives up.\n\n- faster start\n- {} memory\n"
    first = agent.ask(notes.format("three", "less"), "approval", OPTIONS)
    again = {"response": {"selectedOption": "reject", "comment": "Say how far apart."}}
    person.request("POST", f"messages/{first}/respond", json=again)
    versions = agent.ask(notes.format("five", "much less"), "approval", OPTIONS, iterationOf=first)
    items = [{"id": name, "label": name} for name in ("Tests are green", "Notes are written", "Ana has seen it")]
    plugin = agent.ask("Ready to ship?", "freeform", {"plugin": "checklist", "title": "Before we ship", "items": items})
    files = [owner.store(LOG.encode(), "deploy-4.18.0.log")["id"],
             owner.store((SAMPLES / "photo.jpg").read_bytes(), "dashboard.jpg")["id"],
             owner.store(b"region,requests\neu-west,18204\n", "traffic.csv")["id"]]
    deploy = agent.ask(DEPLOY, "approval", OPTIONS, attachmentIds=files, seconds=1500)
    form = agent.ask("When do we move the database?", "form", {"fields": FIELDS}, seconds=7200)
    agent.ask("Which report goes to the customer?", "selection", {
        "mode": "single", "items": [{"id": "short", "label": "Two pages"}, {"id": "long", "label": "All of it"}]})
    done = agent.ask("Publish release notes?", "approval", OPTIONS)
    answer = {"response": {"selectedOption": "approve", "comment": "Fine by me."}}
    person.request("POST", f"messages/{done}/respond", json=answer)
    for text, status in (("Canary is up.", "info"), ("Error rate is back to normal.", "success")):
        owner.request("POST", "messages", json={"channelId": owner.channel, "text": text, "status": status})
    person.request("POST", "messages", json={"channelId": owner.channel, "text": "Thanks. Hold until five."})
    name("nightly-export")
    return person, {
        "inbox": "/inbox", "card": f"/inbox/pending/{deploy}", "form": f"/inbox/pending/{form}",
        "answered": f"/inbox/answered/{done}", "channel": f"/channels/{owner.channel}", "files": "/files",
        "file": f"/files/{files[1]}", "text": f"/files/{files[0]}", "keys": "/settings/keys",
        "webhook": f"/settings/channels/{owner.channel}", "storage": "/storage", "collect": "/storage/collect",
        "audit": "/storage/audit", "versions": f"/inbox/pending/{versions}", "plugin": f"/inbox/pending/{plugin}",
        "plugins": "/settings/plugins",
    }


def main():
    binary, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    try:
        person, views = fill(server)
        with sync_playwright() as tool:
            browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for size, viewport in SIZES.items():
                for scheme in ("light", "dark"):
                    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
                    token = person.session.cookies["access_token"]
                    context.add_cookies([{"name": "access_token", "value": token, "url": server.url}])
                    page = context.new_page()
                    for view, path in views.items():
                        page.goto(server.url + path, wait_until="load")
                        # The stream of events never ends, so there is no idle network to wait for.
                        page.wait_for_timeout(500)
                        page.screenshot(path=folder / f"{view}-{size}-{scheme}.png")
            browser.close()
    finally:
        server.dispose()
    print(f"{len(views) * 4} pictures in {folder}")


main()
