"""The dashboard in a real browser, against the real server, while real agents wait for what is answered in it."""

import re
from pathlib import Path

import pytest
from dashboard import Agent, Watch, begin, open_review
from placet_server import ADMIN_PASSWORD
from playwright.sync_api import expect

APPROVAL = {
    "options": [
        {"id": "yes", "label": "Ship it", "style": "primary"}, {"id": "no", "label": "Stop", "style": "danger"},
    ],
}
FIELDS = [
    {"name": "title", "type": "text", "label": "Title", "required": True},
    {"name": "rows", "type": "number", "label": "Rows", "min": 1, "max": 9, "step": 2, "unit": "k"},
    {"name": "mail", "type": "email", "label": "Mail"},
    {"name": "hook", "type": "url", "label": "Hook"},
    {"name": "why", "type": "textarea", "label": "Why"},
    {"name": "place", "type": "select", "label": "Place", "options": ["eu", {"value": "us", "label": "America"}]},
    {"name": "dry", "type": "checkbox", "label": "Dry run"},
    {"name": "day", "type": "date", "label": "Day"},
    {"name": "hour", "type": "time", "label": "Hour"},
    {"name": "end", "type": "datetime", "label": "End"},
    {"name": "share", "type": "range", "label": "Share", "min": 0, "max": 10, "defaultValue": 4},
    {"name": "secret", "type": "password", "label": "Secret"},
]


def test_signing_in_leads_to_what_was_asked_for_and_out_again(watch, server):
    page = watch.page()
    page.goto(f"{server.url}/channels")
    page.get_by_label("Email").fill("admin@placet.local")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Email or password is not right")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Channels")).to_be_visible()
    assert page.url == f"{server.url}/channels"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(f"{server.url}/inbox")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_password_that_was_made_up_is_changed_first(watch, server, person):
    made = person.request("POST", "users", json={"email": "new@example.org", "displayName": "New"}).json()
    page = watch.page()
    page.goto(server.url)
    begin(page, "new@example.org", made["password"])
    expect(page.get_by_text("Three steps to the first question")).to_be_visible()
    server.person("new@example.org", "a password of my own")


def test_a_session_that_ends_is_asked_for_again_and_nothing_typed_is_lost(watch, server, agent):
    other = server.person()
    page = watch.page(other)
    message = agent.ask("Late?", "approval", APPROVAL)
    answer = agent.wait(message)
    open_review(page, server, message)
    page.get_by_role("textbox", name="Comment").fill("after lunch")
    assert other.request("POST", "auth/logout").status_code == 200
    page.get_by_role("button", name="Ship it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(ADMIN_PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    assert answer()["response"] == {"selectedOption": "yes", "comment": "after lunch"}


def send(name):
    return lambda page: page.get_by_role("button", name=name).click()


def pick_two(page):
    page.get_by_label("First").check()
    page.get_by_label("Third").check()
    page.get_by_role("button", name="Take them").click()


def write(text):
    def act(page):
        page.locator(".body textarea").fill(text)
        page.locator(".body textarea").press("Control+Enter")
    return act


def fill_form(page):
    page.get_by_label("Title").fill("Nightly")
    page.get_by_role("button", name="Save").click()


ITEMS = [{"id": name.lower(), "label": name} for name in ("First", "Second", "Third")]


@pytest.mark.parametrize("kind, payload, act, response", [
    ("approval", APPROVAL, send("Ship it"), {"selectedOption": "yes"}),
    ("selection", {"mode": "multi", "items": ITEMS, "submitLabel": "Take them"}, pick_two,
     {"selectedIds": ["first", "third"]}),
    ("selection", {"mode": "single", "items": ITEMS, "dismissLabel": "None"}, send("None"), {"_dismissed": True}),
    ("form", {"fields": FIELDS[:1], "submitLabel": "Save"}, fill_form, {"title": "Nightly"}),
    ("text-input", {"maxLength": 20}, write("Two\nlines"), {"text": "Two\nlines"}),
    ("freeform", {"board": [1]}, write('{"decision": "later"}'), {"decision": "later"}),
    ("of-tomorrow", {}, write('{"a": 1}'), {"a": 1}),
    # In no shape that can be judged: it is answered as freeform.
    ("approval", {"options": "yes or no"}, write('{"selectedOption": "yes"}'), {"selectedOption": "yes"}),
])
def test_each_kind_is_answered_while_an_agent_waits(page, server, agent, kind, payload, act, response):
    message = agent.ask("Well?\nThe rest of it.", kind, payload)
    answer = agent.wait(message)
    open_review(page, server, message)
    act(page)
    review = answer()
    assert review["response"] == response
    assert review["respondedBy"]["via"] == "session"
    expect(page.locator(".card .note.success")).to_be_visible()


def test_a_form_has_twelve_types_and_says_what_is_wrong_with_a_value(page, server, agent):
    message = agent.ask("Configure", "form", {"fields": FIELDS, "submitLabel": "Save"})
    answer = agent.wait(message)
    open_review(page, server, message)
    for label, value in [("Rows", "2"), ("Mail", "nobody"), ("Hook", "example.org")]:
        page.get_by_label(label).fill(value)
    save = page.get_by_role("button", name="Save")
    save.click()
    faults = [text for text in page.locator(".fault").all_inner_texts() if text]
    assert faults == [
        "An answer is needed.", "In steps of 2 from 1.", "Write an address like name@example.org.",
        "Begin with https:// or http://.",
    ]
    expect(page.get_by_label("Title")).to_be_focused()
    values = [
        ("Title", "Nightly"), ("Rows", "5"), ("Mail", "a@example.org"), ("Hook", "https://example.org/x"),
        ("Why", "Because"), ("Day", "2026-11-30"), ("Hour", "22:15"), ("End", "2026-12-01T08:00"), ("Secret", "hush"),
    ]
    for label, value in values:
        page.get_by_label(label).fill(value)
    page.get_by_label("Place", exact=True).select_option(label="America")
    page.get_by_label("Dry run").check()
    save.click()
    assert answer()["response"] == {
        "title": "Nightly", "rows": 5, "mail": "a@example.org", "hook": "https://example.org/x", "why": "Because",
        "place": "us", "dry": True, "day": "2026-11-30", "hour": "22:15", "end": "2026-12-01T08:00", "share": 4,
        "secret": "hush",
    }


def test_what_is_dangerous_is_asked_for_once_more(page, server, agent):
    message = agent.ask("Drop the table?", "approval", APPROVAL)
    answer = agent.wait(message)
    open_review(page, server, message)
    page.get_by_role("button", name="Stop…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Drop the table?")
    reason = dialog.get_by_label("Reason")
    reason.fill("not today")
    reason.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Stop…").click()
    expect(dialog.get_by_label("Reason")).to_have_value("not today")
    dialog.get_by_role("button", name="Stop").click()
    assert answer()["response"] == {"selectedOption": "no", "comment": "not today"}


def test_a_draft_outlives_a_reload_but_no_password_is_kept(page, server, agent):
    message = agent.ask("Configure", "form", {"fields": FIELDS})
    open_review(page, server, message)
    page.get_by_label("Title").fill("Half a ti")
    page.get_by_label("Place", exact=True).select_option(label="America")
    page.get_by_label("Secret").fill("hush")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Half a ti")
    expect(page.get_by_label("Place", exact=True)).to_have_value("1")
    expect(page.get_by_label("Secret")).to_have_value("")
    assert "hush" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_second_of_two_tabs_is_told_and_keeps_its_words(watch, server, agent, person):
    message = agent.ask("Rotate the key?", "approval", APPROVAL)
    first, second = watch.page(person), watch.page(person)
    # It hears of nothing, as on a bad line: only the refusal can tell it.
    second.route("**/api/events*", lambda route: None)
    for page in (first, second):
        open_review(page, server, message)
    second.get_by_role("textbox", name="Comment").fill("at night")
    first.get_by_role("button", name="Ship it").click()
    expect(first.locator(".card .note.success")).to_be_visible()
    second.get_by_role("button", name="Ship it").click()
    notice = second.locator(".card .note.warning")
    expect(notice).to_contain_text("admin already answered this")
    expect(notice).to_contain_text("Your answer was not sent.")
    expect(notice).to_contain_text("at night")
    notice.get_by_role("button", name="Send as message").click()
    expect(notice.get_by_text("at night")).to_have_count(0)
    told = agent.owner.request("GET", "messages", params={"channel": agent.owner.channel, "search": "at night"})
    assert [one["senderType"] for one in told.json()["data"]] == ["user"]


def test_a_card_follows_what_others_do(page, server, agent, person):
    message = agent.ask("Which?", "approval", APPROVAL)
    open_review(page, server, message)
    digest = person.request("GET", f"messages/{message}").json()["review"]["digest"]
    body = {"response": {"selectedOption": "yes"}, "digest": digest}
    assert person.request("POST", f"messages/{message}/respond", json=body).status_code == 201
    expect(page.locator(".card .note.success")).to_contain_text("Ship it")
    assert agent.owner.request("DELETE", f"messages/{message}").status_code == 200
    expect(page.get_by_text("There is no such review")).to_be_visible()


def test_a_question_that_changes_is_shown_anew_and_so_is_what_is_answered(page, server, agent):
    message = agent.ask("Delete A?", "approval", APPROVAL, streamId="plan")
    answer = agent.wait(message)
    open_review(page, server, message)
    page.get_by_role("textbox", name="Comment").fill("fine")
    change = {"channelId": agent.owner.channel, "text": "Delete B?", "complete": True}
    assert agent.owner.request("PATCH", "messages/streams/plan", json=change).status_code == 200
    expect(page.locator("#review-title")).to_have_text("Delete B?")
    expect(page.locator(".card .note.warning")).to_contain_text("has changed the question")
    page.get_by_role("button", name="Ship it").click()
    assert answer()["response"] == {"selectedOption": "yes", "comment": "fine"}


def test_a_version_shows_the_others_and_what_was_answered_before(page, server, agent, person):
    first = agent.ask("Draft one", "approval", APPROVAL)
    answer = {"response": {"selectedOption": "no", "comment": "shorter, please"}}
    assert person.request("POST", f"messages/{first}/respond", json=answer).status_code == 201
    second = agent.ask("Draft two", "approval", APPROVAL, iterationOf=first)
    open_review(page, server, second)
    card = page.locator(".card")
    expect(card).to_contain_text("Stop was the answer to version 1, by admin.")
    expect(card).to_contain_text("shorter, please")
    card.get_by_role("link", name=re.compile("Version 1")).click()
    expect(page.locator("#review-title")).to_have_text("Draft one")
    assert page.url == f"{server.url}/inbox/answered/{first}"


def test_what_changed_between_versions_is_marked_line_by_line_and_word_by_word(page, server, agent, person):
    same = "\n".join(f"line {number} stays" for number in range(20))
    first = agent.ask(f"Notes\nWe ship on Monday at noon.\n{same}\ngone <b>line</b>", "approval", APPROVAL)
    answer = {"response": {"selectedOption": "no", "comment": "say when"}}
    assert person.request("POST", f"messages/{first}/respond", json=answer).status_code == 201
    text = f"Notes\nWe ship on Friday night at noon.\n{same}\nquite another one\nand a second"
    other = {"options": [*APPROVAL["options"], {"id": "later", "label": "Later"}]}
    second = agent.ask(text, "approval", other, iterationOf=first)
    open_review(page, server, second)
    diff = page.get_by_role("group", name="3 lines added, 2 removed")
    expect(diff).to_be_visible()
    assert diff.locator("mark").all_inner_texts() == ["Monday", "Friday night"]
    assert [line.split(": ", 1)[1] for line in diff.locator("del, ins").all_text_contents()] == [
        "We ship on Monday at noon.", "We ship on Friday night at noon.", "gone <b>line</b>", "quite another one",
        "and a second",
    ]
    expect(page.get_by_text("What can be answered has changed too.")).to_be_visible()
    assert diff.get_by_text("line 10 stays").count() == 0
    diff.get_by_role("button", name="14 lines unchanged").click()
    expect(diff.get_by_text("line 10 stays")).to_be_visible()
    page.get_by_text("Full text", exact=True).click()
    expect(diff).to_be_hidden()
    expect(page.locator(".card .prose")).to_contain_text("quite another one")
    third = agent.ask("Unasked", "approval", other)
    open_review(page, server, third)
    assert page.locator(".diff").count() == 0


def test_it_expires_under_the_hands_and_keeps_what_was_typed(page, server, agent):
    message = agent.ask("Quick!", "text-input", {}, seconds=2)
    open_review(page, server, message)
    page.get_by_label("Your text").fill("nearly")
    notice = page.locator(".card .note.warning")
    expect(notice).to_contain_text("The agent was told that nobody answered", timeout=15_000)
    expect(notice).to_contain_text("nearly")
    page.get_by_role("link", name=re.compile("^Expired")).click()
    expect(page.get_by_role("link", name=re.compile("Quick!"))).to_be_visible()


def test_new_reviews_wait_in_a_bar_and_counts_follow(page, server, agent):
    page.goto(f"{server.url}/inbox")
    count = page.locator("[data-count=pending]")
    expect(count).to_have_text(re.compile(r"\d+"))
    before = int(count.inner_text())
    later = agent.ask("Later one", "approval", APPROVAL, seconds=7200)
    sooner = agent.ask("Sooner one", "approval", APPROVAL, seconds=1800)
    bar = page.get_by_role("button", name="2 new")
    expect(bar).to_be_visible()
    expect(page.locator(f"[data-row='{later}']")).to_have_count(0)
    expect(count).to_have_text(str(before + 2))
    expect(page).to_have_title(f"({before + 2}) Inbox · Placet")
    bar.click()
    rows = page.locator("[data-row]").evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    assert rows.index(sooner) < rows.index(later)
    withdrawn = agent.ask("Never mind", "approval", APPROVAL)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert agent.owner.request("DELETE", f"messages/{withdrawn}").status_code == 200
    expect(page.get_by_role("button", name="1 new")).to_have_count(0)


def test_the_keyboard_is_enough(page, server, agent):
    agent.ask("By keys?", "approval", APPROVAL, seconds=60)
    agent.ask("Another", "approval", APPROVAL, seconds=90)
    page.goto(f"{server.url}/inbox")
    page.locator("[data-row] a").first.focus()
    page.keyboard.press("j")
    expect(page.locator("#review-title")).to_have_text("Another")
    page.keyboard.press("k")
    expect(page.locator("#review-title")).to_have_text("By keys?")
    expect(page.locator(":focus")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#review-title")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "Ship it":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".card .note.success")).to_be_visible()


def test_single_keys_choose_and_never_send_and_can_be_turned_off(page, server, agent, person):
    message = agent.ask("By one key?", "approval", APPROVAL)
    open_review(page, server, message)
    page.keyboard.press("a")
    expect(page.locator(":focus")).to_have_text("Ship it")
    page.keyboard.press("2")
    expect(page.locator(":focus")).to_have_text("Stop…")
    page.keyboard.press("e")
    page.keyboard.type("ar?")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("ar?")
    page.locator("#review-title").focus()
    page.keyboard.press("r")
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Choose what is proposed")
    page.keyboard.press("Escape")
    assert person.request("GET", f"messages/{message}").json()["review"]["status"] == "pending"
    page.goto(f"{server.url}/settings/shortcuts")
    page.get_by_label("Single keys, in this browser").uncheck()
    open_review(page, server, message)
    page.locator("#review-title").focus()
    page.keyboard.press("r")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_restart_of_the_server_loses_neither_words_nor_news(chromium, make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    watch, agent = Watch(chromium, server), Agent(server.owner())
    page = watch.page(server.person())
    message = agent.ask("Still there?", "text-input", {})
    open_review(page, server, message)
    page.get_by_label("Your text").fill("half a sent")
    server.stop()
    expect(page.locator("#banner")).to_contain_text("Connection lost", timeout=15_000)
    server.start(server.port)
    agent = Agent(agent.owner.another())
    expect(page.locator("#banner")).to_have_text("", timeout=15_000)
    agent.ask("And again?", "approval", APPROVAL)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value("half a sent")
    answer = agent.wait(message)
    page.get_by_role("button", name="Send answer").click()
    assert answer()["response"] == {"text": "half a sent"}
    watch.close()


def test_reading_all_anew_moves_no_row(chromium, make_server):
    """The question comes while the page reads its lists, after something could not be read."""
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    watch, agent = Watch(chromium, server), Agent(server.owner())
    page = watch.page(server.person())
    agent.ask("First?", "approval", APPROVAL)
    page.goto(f"{server.url}/inbox")
    row = page.get_by_role("list", name="1 review").get_by_role("listitem")
    expect(row).to_have_count(1)
    row.get_by_role("checkbox").check()
    lists = []

    def answer_late(route):
        if not lists:
            agent.ask("Second?", "approval", APPROVAL)
        lists.append(route.request.url)
        route.continue_()

    page.route("**/api/agents", lambda route: route.abort(), times=1)
    page.route("**/api/messages/reviews?status=pending*", answer_late)
    ping = {"agentId": agent.owner.channel, "status": "busy"}
    assert agent.owner.request("POST", "status/ping", json=ping).status_code == 201
    expect(page.get_by_role("button", name="1 new")).to_be_visible(timeout=15_000)
    assert lists
    expect(row).to_have_count(1)
    expect(row.get_by_role("checkbox")).to_be_checked()
    watch.close()
    assert watch.faults == []


def test_a_channel_shows_what_is_said_and_takes_words_and_files(page, server, owner, tmp_path):
    channel = owner.request("POST", "agents", json={"name": "build-bot"}).json()["id"]
    owner.request("POST", "messages", json={"channelId": channel, "text": "Line one\nLine two", "status": "success"})
    page.goto(f"{server.url}/channels")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("build-bot.*1 unread")).click()
    expect(page.locator(".say")).to_have_text("Line one\nLine two")
    expect(page.get_by_role("navigation").get_by_role("link", name=re.compile("build-bot.*unread"))).to_have_count(0)
    owner.request("POST", "messages", json={"channelId": channel, "text": "And now"})
    expect(page.locator(".say").last).to_have_text("And now")
    note = tmp_path / "note.txt"
    note.write_text("a note")
    page.get_by_label("Attach files").set_input_files(note)
    expect(page.get_by_text("6 B, stored")).to_be_visible()
    page.get_by_label("Message to build-bot").fill("See the file")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg").last).to_contain_text("note.txt")
    message = owner.request("GET", "messages", params={"channel": channel}).json()["data"][0]
    assert (message["text"], message["senderType"]) == ("See the file", "user")
    assert owner.content(message["attachments"][0]["id"]) == b"a note"
    expect(page.get_by_label("Message to build-bot")).to_have_value("")


MARKDOWN = """# Plan

- [x] canary
- [ ] the rest, see <https://example.org/run>

| step | time |
|------|------|
| one  | 2 s  |

```sh
rm -rf build
```
![graph](https://evil.example/graph.png) [run](javascript:window.ran=1) <img src=x onerror=window.ran=1>
"""


def test_markdown_is_shown_and_nothing_of_it_runs_or_loads(page, server, agent):
    """What is asked of another host is a fault of the watched page by itself."""
    message = agent.ask(f"Deploy?\n\n{MARKDOWN}", "approval", APPROVAL)
    for path in (f"/inbox/pending/{message}", f"/channels/{agent.owner.channel}"):
        page.goto(server.url + path)
        prose = page.locator(".prose").last
        expect(prose.locator("h3")).to_have_text("Plan")
        expect(prose.get_by_role("cell", name="2 s")).to_be_visible()
        expect(prose.locator("pre")).to_have_text("rm -rf build\n")
        expect(prose.get_by_role("img", name="Done")).to_be_visible()
        links = prose.get_by_role("link").evaluate_all("links => links.map((link) => [link.href, link.rel])")
        safe = "noopener noreferrer nofollow"
        assert links == [["https://example.org/run", safe], ["https://evil.example/graph.png", safe]]
        expect(prose).to_contain_text("<img src=x onerror=window.ran=1>")
        assert prose.locator("img").count() == 0
        assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("scheme, ground", [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 23, 28)")])
@pytest.mark.parametrize("width", [1280, 1000, 360])
def test_it_fits_the_window_in_both_themes(watch, server, person, agent, width, scheme, ground):
    long = "W" * 300
    fields = [{**field, "label": long} for field in FIELDS]
    form = agent.ask(f"{long}\n{long}", "form", {"fields": fields, "submitLabel": long})
    freeform = agent.ask("\U0001f600" * 200, "freeform", {long: long})
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    right = agent.ask("\u05e9\u05dc\u05d5\u05dd \u202e abc \u0645\u0631\u062d\u0628\u0627 " * 30, "approval", APPROVAL)
    assert agent.owner.request("POST", "messages", json={
        "channelId": agent.owner.channel, "text": "word " * 100_000 + "W" * 500_000}).status_code == 201
    shown = [
        (f"/inbox/pending/{right}", "#review-title"), (f"/inbox/pending/{form}", "#review-title"),
        (f"/inbox/pending/{freeform}", "#review-title"),
        ("/inbox", "[data-row]"), ("/channels", ".item"), (f"/channels/{agent.owner.channel}", ".msg"),
    ]
    for path, part in shown:
        page.goto(server.url + path)
        page.wait_for_selector(part)
        wide = page.evaluate("""() => [document.documentElement, ...document.querySelectorAll(".main, .pane, .body")]
            .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.className)""")
        assert wide == [], path
    assert page.evaluate("getComputedStyle(document.querySelector('.main')).backgroundColor") == ground


def test_the_theme_is_the_users_and_holds_after_a_reload(watch, server, person):
    page = watch.page(person, color_scheme="light")
    page.goto(f"{server.url}/inbox")
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as answer:
        page.get_by_role("button", name="Switch between light and dark").click()
    assert answer.value.json() == {"theme": "dark"}
    page.reload(wait_until="commit")
    assert page.wait_for_function("() => document.documentElement.dataset.theme").json_value() == "dark"
    person.request("PATCH", "preferences", json={"theme": "system"})
