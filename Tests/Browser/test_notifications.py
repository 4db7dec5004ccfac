"""The page of notifications, and the service worker that shows them. Chromium without a window has no push service, so
its subscription is made up, and pushes are handed to the worker as the browser would hand them."""

import json

import pytest
from axe import faults_of
from placet_server import eventually
from playwright.sync_api import expect

#: Of a browser: a point of P-256, and 16 bytes.
KEYS = {"p256dh": "BFEIOZ5WBdcBtdQAAakb58otBrxwOIyvWaFax9z0mk3JpGXee99M7O3RILy9D8Jt0lBQOQT45O_aeBAzuNkSoGE",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
#: A browser's subscription as the server takes it.
SUBSCRIBED = """(() => {
  const keys = %s;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  let made = null;
  const make = (options) => ({
    endpoint: "https://push.invalid/one", toJSON() { return { endpoint: this.endpoint, keys }; },
    options: { ...options, applicationServerKey: bytes(options.applicationServerKey).buffer },
    async unsubscribe() { made = null; return true; },
  });
  PushManager.prototype.subscribe = async (options) => (made ??= make(options));
  PushManager.prototype.getSubscription = async () => made;
})()""" % json.dumps(KEYS)
SHOWN = """navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map(
  ({ title, body, tag, silent, actions }) => [title, body, tag, silent, actions.map(({ action }) => action)]))"""


def subscriptions(person):
    return person.request("GET", "notifications").json()["subscriptions"]


def allowed_page(watch, person, server):
    """A page that may show notices, in a browser with a push service; no browser has any yet."""
    for one in subscriptions(person):
        person.request("DELETE", f"notifications/subscriptions/{one['id']}")
    page = watch.page(person)
    page.context.grant_permissions(["notifications"], origin=server.url)
    page.add_init_script(SUBSCRIBED)
    page.goto(f"{server.url}/settings/notifications")
    return page


@pytest.fixture
def allowed(watch, person, server):
    return allowed_page(watch, person, server)


class Worker:
    """The service worker of a page that has subscribed."""

    def __init__(self, page, server):
        page.get_by_role("button", name="Notify me in this browser").click()
        expect(page.get_by_text("This browser", exact=True)).to_be_visible()
        self.page, self.origin = page, server.url
        self.script = page.context.service_workers[0]
        self._devtools = page.context.new_cdp_session(page)
        registered = []
        self._devtools.on("ServiceWorker.workerRegistrationUpdated",
                          lambda event: registered.extend(event["registrations"]))
        self._devtools.send("ServiceWorker.enable")
        eventually(lambda: page.evaluate("1") and registered, "the worker is registered")
        self._id = registered[-1]["registrationId"]

    def push(self, **more):
        notice = {"tag": "m1", "title": "Bot asks", "body": "Deploy?", "path": "/inbox", "message": "m1",
                  "digest": "d", "actions": [], "danger": False, "settled": False} | more
        self._devtools.send("ServiceWorker.deliverPushMessage",
                            {"origin": self.origin, "registrationId": self._id, "data": json.dumps(notice)})

    def shows(self, *expected):
        eventually(lambda: self.page.evaluate(SHOWN) == [list(one) for one in expected], f"it shows {expected}")

    def run(self, call):
        """Runs a function of the worker. Only a click by a hand lets it bring a page to the front."""
        self.script.evaluate("WindowClient.prototype.focus = async function () { return this; }")
        self.script.evaluate(call)


@pytest.fixture
def worker(allowed, server):
    return Worker(allowed, server)


def test_a_browser_subscribes_is_tried_and_is_removed(allowed, person):
    page = allowed
    assert faults_of(page) == []
    page.get_by_role("button", name="Notify me in this browser").click()
    row = page.get_by_role("list", name="Browsers").get_by_role("listitem")
    expect(row).to_contain_text("push.invalid")
    expect(row).to_contain_text("This browser")
    assert len(subscriptions(person)) == 1
    row.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Not sent:")).to_be_visible()
    page.reload()
    expect(row).to_contain_text("This browser")
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No browser has them yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Notify me in this browser")).to_be_visible()
    assert subscriptions(person) == []


def test_what_is_chosen_is_kept(page, server, owner, person):
    owner.request("POST", "agents", json={"name": "Chatty"})
    page.goto(f"{server.url}/settings/notifications")
    page.get_by_label("Any other message of an agent").check()
    page.get_by_label("Half of its time is over").uncheck()
    page.get_by_text("Channels, all of them").click()
    page.get_by_label("Chatty").uncheck()
    page.get_by_label("Quiet hours").check()
    page.get_by_label("From").fill("23:30")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Say only that there is something").check()
    page.get_by_label("Address of a topic").fill("https://ntfy.example/topic")
    page.get_by_label("Access token").fill("tk_secret")
    expect(page.get_by_label("To admin@placet.local")).to_be_disabled()
    page.get_by_role("button", name="Save notifications").click()
    expect(page.locator("#toasts")).to_contain_text("saved")
    settings = person.request("GET", "notifications").json()["settings"]
    assert settings["kinds"] == ["question", "problem", "message"] and len(settings["mutedChannels"]) == 1
    assert settings["quietHours"] == {"from": "23:30", "to": "07:00", "timeZone": "Europe/Berlin"}
    assert settings["hideText"] and settings["ntfy"] == {"url": "https://ntfy.example/topic", "hasToken": True}
    page.reload()
    expect(page.get_by_label("From")).to_have_value("23:30")
    expect(page.get_by_text("1 of 2 muted")).to_be_visible()
    assert "tk_secret" not in page.content()
    # The token stays with its topic, and does not go to another one.
    page.get_by_role("button", name="Save notifications").click()
    expect(page.locator("#toasts")).to_contain_text("saved")
    assert person.request("GET", "notifications").json()["settings"]["ntfy"]["hasToken"]
    page.get_by_label("Address of a topic").fill("https://other.example/topic")
    page.get_by_label("Address of a topic").blur()
    expect(page.get_by_label("Access token")).to_have_value("")
    page.get_by_label("Address of a topic").fill("")
    page.get_by_label("Quiet hours").uncheck()
    page.get_by_role("button", name="Save notifications").click()
    eventually(lambda: person.request("GET", "notifications").json()["settings"]["ntfy"] is None, "it is taken away")


@pytest.mark.parametrize(("script", "words"), [
    ("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })", "told to refuse notices"),
    ("delete globalThis.PushManager", "takes no notices"),
    ("Object.defineProperty(globalThis, 'isSecureContext', { get: () => false })", "over https alone"),
])
def test_a_page_says_why_its_browser_has_no_notices(page, server, script, words):
    page.add_init_script(script)
    page.goto(f"{server.url}/settings/notifications")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Notify me in this browser")).to_have_count(0)


def test_a_push_is_shown_and_what_is_settled_takes_its_place(worker):
    worker.push(actions=[{"id": "approve", "label": "Approve"}])
    worker.shows(("Bot asks", "Deploy?", "m1", False, ["approve"]))
    worker.push(body="“Approve” by Ana at 14:02", settled=True)
    worker.shows(("Bot asks", "“Approve” by Ana at 14:02", "m1", True, []))
    # What nobody saw before is shown because browsers want it, and goes.
    worker.push(tag="m2", settled=True)
    eventually(lambda: len(worker.page.evaluate(SHOWN)) == 2, "it is shown")
    worker.shows(("Bot asks", "“Approve” by Ana at 14:02", "m1", True, []))


def test_an_option_on_a_notice_answers_what_was_shown_and_nothing_else(worker, server, agent, person):
    options = [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject", "style": "danger"}]
    message = agent.ask("Deploy?", "approval", {"options": options})
    result = agent.wait(message)
    digest = person.request("GET", f"messages/{message}").json()["review"]["digest"]
    notice = {"message": message, "path": f"/inbox/pending/{message}"}
    worker.run(f"answer({json.dumps(notice | {'digest': '0' * 64})}, 'approve')")
    worker.page.wait_for_url(f"**/inbox/pending/{message}")
    expect(worker.page.get_by_role("heading", name="Deploy?")).to_be_visible()
    worker.run(f"answer({json.dumps(notice | {'digest': digest})}, 'approve')")
    assert result()["response"] == {"selectedOption": "approve"}


def test_a_notice_opens_a_page_of_ours_and_no_other(worker, server):
    worker.run("openPage('https://example.org/')")
    worker.run("openPage('/channels')")
    worker.page.wait_for_url(f"{server.url}/channels")
    assert len(worker.page.context.pages) == 1


def test_a_browser_that_gets_another_address_tells_the_server(worker, person):
    moved = {"endpoint": "https://moved.invalid/two", "keys": KEYS}
    worker.run(f"subscribeAgain({{ newSubscription: {json.dumps(moved)} }})")
    services = [one["service"] for one in subscriptions(person)]
    assert sorted(services) == ["moved.invalid", "push.invalid"]


def test_who_signs_out_leaves_no_notices_behind(watch, person, server):
    page = allowed_page(watch, server.person(), server)
    Worker(page, server)
    assert len(subscriptions(person)) == 1
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert subscriptions(person) == []
