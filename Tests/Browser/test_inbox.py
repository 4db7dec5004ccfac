"""The inbox in a real browser: found again, counted, answered several at a time, kept while the server is away."""

import json
import subprocess

from dashboard import Agent, Watch, begin, open_review
from placet_server import ADMIN_PASSWORD, eventually
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}, {"id": "no", "label": "Hold it"}]}


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('placet.outbox.'))")


def test_the_first_steps_lead_to_the_first_question(page, server, person, watch):
    """A new owner sees the question of the very line that the page gives to a terminal."""
    made = person.request("POST", "users", json={"email": "first@example.org", "displayName": "F"}).json()
    page = watch.page()
    page.goto(server.url)
    begin(page, "first@example.org", made["password"])
    page.get_by_role("button", name="Make a channel").click()
    page.get_by_role("button", name="Make a key").click()
    line = page.get_by_label("The line").inner_text()
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20)
    assert json.loads(ran.stdout)["review"]["status"] == "pending", ran
    page.get_by_role("link", name="Is this thing on?").click()
    page.get_by_role("button", name="Yes, it works").click()
    expect(page.locator(".card .note.success")).to_contain_text("Yes, it works")
    page.goto(f"{server.url}/inbox")
    expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()
    expect(page.get_by_text("1 answered today.")).to_be_visible()


def test_filters_stand_in_the_address_and_in_every_list(page, server, agent, person):
    needle = agent.ask("The NEEDLE release", "approval", APPROVAL)
    agent.ask("Hay", "approval", APPROVAL)
    form = agent.ask("needle in a form", "form", {"fields": [{"name": "a", "type": "text", "label": "A"}]})
    done = agent.ask("A needle that is over", "approval", APPROVAL)
    assert person.request("POST", f"messages/{done}/respond", json={"response": {"selectedOption": "no"}}).ok
    rows = lambda: page.locator("[data-row]").evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    page.goto(f"{server.url}/inbox")
    page.get_by_label("Text of a question").fill("needle")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert set(rows()) == {needle, form}
    page.get_by_label("Kind").select_option("Approval")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)
    assert rows() == [needle]
    page.get_by_role("link", name="Answered").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    assert rows() == [done]
    page.locator("[data-row] a").click()
    expect(page.locator("#review-title")).to_have_text("A needle that is over")
    page.get_by_label("Text of a question").fill("no such text")
    expect(page.get_by_role("heading", name="No reviews match")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator(f"[data-row='{done}']")).to_be_visible()
    answered = int(page.locator("[data-count=answered]").inner_text())
    assert person.request("POST", f"messages/{needle}/respond", json={"response": {"selectedOption": "no"}}).ok
    expect(page.locator("[data-count=answered]")).to_have_text(str(answered + 1))


def test_a_kind_is_called_and_found_as_its_agent_calls_it(page, server, agent):
    board = agent.ask("A board", "plugin:board", {"columns": 3})
    broken = agent.ask("No options that can be read", "approval", {"options": "yes or no"})
    row = lambda message: page.locator(f"[data-row='{message}']")
    page.goto(f"{server.url}/inbox")
    kind = page.get_by_label("Kind")
    expect(row(board)).to_contain_text("plugin:board")
    kind.select_option("plugin:board")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(row(board)).to_be_visible()
    kind.select_option("Approval")
    expect(row(board)).to_have_count(0)
    expect(row(broken)).to_contain_text("Approval")
    # What the address asks for is shown, also when there is none of it.
    page.goto(f"{server.url}/inbox?type=zzz")
    expect(kind).to_have_value("zzz")
    expect(page.get_by_role("heading", name="No reviews match")).to_be_visible()
    page.goto(f"{server.url}/inbox/answered?channel=zzz")
    expect(page.get_by_label("Channel", exact=True)).to_have_value("zzz")
    expect(page.get_by_role("heading", name="The list could not be read")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(page).to_have_url(f"{server.url}/inbox/answered")


def test_several_are_answered_alike_and_what_needs_a_look_is_left_out(page, server, agent, person):
    plain = [agent.ask(f"Plain {number}", "approval", APPROVAL, seconds=600 + number) for number in range(2)]
    form = agent.ask("A form", "form", {"fields": [{"name": "a", "type": "text", "label": "A"}]}, seconds=700)
    file = agent.owner.store(b"look at me", "evidence.txt")["id"]
    unseen = agent.ask("With evidence", "approval", APPROVAL, seconds=800, attachmentIds=[file])
    waits = [agent.wait(message) for message in plain]
    page.goto(f"{server.url}/inbox")
    page.locator(f"[data-row='{plain[0]}'] a").focus()
    page.keyboard.press("x")
    for message in [plain[1], form, unseen]:
        page.locator(f"[data-row='{message}']").get_by_role("checkbox").check()
    bar = page.get_by_role("group", name="Chosen reviews")
    expect(bar).to_contain_text("4 reviews · 1 need an answer of their own")
    bar.get_by_role("button", name="Ship it…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Plain 0")
    expect(dialog).to_contain_text("1 review with files that nobody has opened yet: not answered.")
    dialog.get_by_role("button", name="Ship it: 2").click()
    assert [wait()["response"] for wait in waits] == [{"selectedOption": "yes"}] * 2
    expect(bar).to_have_count(0)
    status = lambda message: person.request("GET", f"messages/{message}").json()["review"]["status"]
    assert [status(message) for message in [form, unseen]] == ["pending", "pending"]
    # Not when the agent has read its own file, but once somebody has opened it, it is one of them.
    openings = lambda: [one["via"] for one in person.request("GET", f"files/{file}/openings").json()["data"]]
    assert agent.owner.content(file) == b"look at me"
    eventually(lambda: openings() == ["key"], "the agent is known to have read it")
    page.locator(f"[data-row='{unseen}']").get_by_role("checkbox").check()
    bar.get_by_role("button", name="Hold it…").click()
    expect(page.get_by_role("dialog", name="Look at the files first")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    bar.get_by_role("button", name="Choose none").click()
    assert person.request("GET", f"files/{file}/download").ok
    eventually(lambda: "session" in openings(), "who opened it is known")
    page.locator(f"[data-row='{unseen}']").get_by_role("checkbox").check()
    bar.get_by_role("button", name="Hold it…").click()
    dialog.get_by_role("button", name="Hold it: 1").click()
    expect(page.locator("#toasts")).to_contain_text("1 answer sent.")
    assert status(unseen) == "completed"


def test_the_order_can_be_turned_and_what_is_chosen_let_go(page, server, agent):
    asked = [agent.ask(f"Order {seconds}", "approval", APPROVAL, seconds=seconds) for seconds in (900, 300, 600)]
    rows = lambda: [one for one in page.locator("[data-row]").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.row)") if one in asked]
    page.goto(f"{server.url}/inbox?search=Order")
    expect(page.locator(f"[data-row='{asked[0]}']")).to_be_visible()
    assert rows() == [asked[1], asked[2], asked[0]]
    page.get_by_label("Order", exact=True).select_option("Newest")
    page.reload()
    expect(page.locator(f"[data-row='{asked[0]}']")).to_be_visible()
    assert rows() == asked[::-1]
    page.locator(f"[data-row='{asked[0]}'] a").focus()
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="Chosen reviews")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Chosen reviews")).to_have_count(0)


def _choose(page, server, messages):
    """Chooses several reviews, and is asked whether they are to be shipped."""
    page.goto(f"{server.url}/inbox")
    for message in messages:
        page.locator(f"[data-row='{message}']").get_by_role("checkbox").check()
    page.get_by_role("group", name="Chosen reviews").get_by_role("button", name="Ship it…").click()
    return page.get_by_role("dialog"), page.get_by_role("button", name=f"Ship it: {len(messages)}")


def _status(person, messages):
    return [person.request("GET", f"messages/{message}").json()["review"]["status"] for message in messages]


def test_answers_to_several_can_be_stopped_and_what_became_of_each_is_told(page, server, agent, person):
    messages = [agent.ask(f"Stop {number}", "approval", APPROVAL) for number in range(4)]
    dialog, ship = _choose(page, server, messages)
    held = []
    page.route("**/respond", lambda route: held.append(route))

    def under_way():
        eventually(lambda: page.evaluate("1") and held, "an answer is on its way")
        return held.pop()

    ship.click()
    first = under_way()
    assert person.request("POST", f"messages/{messages[1]}/respond", json={"response": {"selectedOption": "no"}}).ok
    first.continue_()
    under_way().continue_()
    third = under_way()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    third.continue_()
    for words in ("2 answers sent.", "1 review had been answered, changed", "1 review left unanswered."):
        expect(page.locator("#toasts")).to_contain_text(words)
    assert _status(person, messages) == ["completed"] * 3 + ["pending"]
    assert person.request("GET", f"messages/{messages[1]}").json()["review"]["response"] == {"selectedOption": "no"}


def test_answers_to_several_that_fail_on_the_way_go_on_behind_those_that_were_sent(page, server, agent, person):
    messages = [agent.ask(f"Fail {number}", "approval", APPROVAL) for number in range(3)]
    dialog, ship = _choose(page, server, messages)
    asked = []

    def fail_second(route):
        asked.append(route.request.url)
        if len(asked) == 2:
            route.fulfill(status=503, json={"statusCode": 503, "message": "The disk is full"})
        else:
            route.continue_()

    page.route("**/respond", fail_second)
    ship.click()
    expect(dialog).to_contain_text("The disk is full")
    for words in ("1 answer sent.", "2 reviews left unanswered."):
        expect(page.locator("#toasts")).to_contain_text(words)
    assert _status(person, messages) == ["completed", "pending", "pending"]
    ship.click()
    expect(dialog).to_have_count(0)
    assert _status(person, messages) == ["completed"] * 3
    assert [url.split("/")[-2] for url in asked] == [messages[0], messages[1], *messages[1:]]


def test_an_answer_given_without_a_connection_is_kept_over_a_reload_and_sent_once(page, server, agent):
    message = agent.ask("Still there?", "approval", APPROVAL)
    wait = agent.wait(message)
    open_review(page, server, message)
    answers = []
    page.on("request", lambda request: request.url.endswith("/respond") and answers.append(request))
    page.route("**/respond", lambda route: route.abort())
    page.get_by_role("button", name="Ship it").click()
    expect(page.locator(".card .note.warning")).to_contain_text("Your answer is saved on this device")
    expect(page.get_by_role("button", name="Ship it")).to_have_count(0)
    page.unroute("**/respond")
    page.reload()
    assert wait()["response"] == {"selectedOption": "yes"}
    expect(page.locator(".card .note.success")).to_contain_text("Ship it")
    assert len(answers) == 2


def test_a_kept_answer_can_be_taken_back(page, server, agent):
    message = agent.ask("Sure?", "approval", APPROVAL)
    open_review(page, server, message)
    page.route("**/respond", lambda route: route.abort())
    page.get_by_role("button", name="Ship it").click()
    page.get_by_role("button", name="Take it back").click()
    page.unroute("**/respond")
    wait = agent.wait(message)
    page.get_by_role("button", name="Hold it").click()
    assert wait()["response"] == {"selectedOption": "no"}


def test_an_answer_whose_reply_was_lost_is_not_told_as_lost(page, server, agent):
    """The server has it; only its reply did not come. Sent again it is refused, and that is no failure."""
    message = agent.ask("Twice?", "approval", APPROVAL)
    wait = agent.wait(message)
    open_review(page, server, message)

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/respond", lose)
    page.get_by_role("button", name="Ship it").click()
    assert wait()["response"] == {"selectedOption": "yes"}
    eventually(lambda: kept(page), "the answer is kept")
    page.unroute("**/respond")
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("Your answer was sent.")
    assert not kept(page)


def test_a_password_is_kept_in_the_page_alone(page, server, agent):
    message = agent.ask("PIN?", "form", {"fields": [{"name": "pin", "type": "password", "label": "PIN"}]})
    open_review(page, server, message)
    page.route("**/respond", lambda route: route.abort())
    page.get_by_role("textbox", name="PIN").fill("hunter2")
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator(".card .note.warning")).to_contain_text("leave it open")
    assert "hunter2" not in page.evaluate("JSON.stringify(localStorage)")


def test_answers_of_an_outage_are_sent_when_the_server_is_back(chromium, make_server):
    server = make_server(PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD).start()
    watch, agent = Watch(chromium, server), Agent(server.owner())
    page = watch.page(server.person())
    message = agent.ask("Away?", "approval", APPROVAL)
    open_review(page, server, message)
    server.kill()
    page.get_by_role("button", name="Ship it").click()
    expect(page.locator(".card .note.warning")).to_contain_text("Connection lost")
    server.start(server.port)
    expect(page.locator(".card .note.success")).to_contain_text("Ship it", timeout=15_000)
    assert agent.owner.another().request("GET", f"reviews/{message}").json()["review"]["status"] == "completed"
    watch.close()
    assert watch.faults == []


def test_an_answer_that_is_taken_back_in_one_tab_is_sent_by_none(watch, server, agent, person):
    message = agent.ask("Two tabs?", "approval", APPROVAL)
    one, other = watch.page(person), None
    open_review(one, server, message)
    one.route("**/respond", lambda route: route.abort())
    one.get_by_role("button", name="Ship it").click()
    expect(one.locator(".card .note.warning")).to_be_visible()
    other = one.context.new_page()
    other.route("**/respond", lambda route: route.abort())
    open_review(other, server, message)
    expect(other.get_by_role("button", name="Take it back")).to_be_visible()
    one.get_by_role("button", name="Take it back").click()
    # The other tab hears of it.
    expect(other.get_by_role("button", name="Ship it")).to_be_visible()
    for page in (one, other):
        page.unroute("**/respond")
        page.reload()
        page.wait_for_selector("#review-title")
    assert not kept(one)
    assert person.request("GET", f"messages/{message}").json()["review"]["status"] == "pending"


def test_two_tabs_keep_their_answers_beside_each_other(watch, server, agent, person):
    messages = [agent.ask(f"Kept {number}?", "approval", APPROVAL) for number in range(2)]
    first = watch.page(person)
    pages = [first, first.context.new_page()]
    first.context.route("**/respond", lambda route: route.abort())
    for page, message in zip(pages, messages):
        open_review(page, server, message)
        page.get_by_role("button", name="Ship it").click()
        expect(page.locator(".card .note.warning")).to_be_visible()
    assert len(kept(first)) == 2
    pages[1].close()
    first.context.unroute("**/respond")
    first.reload()
    status = lambda message: person.request("GET", f"messages/{message}").json()["review"]["status"]
    eventually(lambda: [status(message) for message in messages] == ["completed"] * 2, "both are sent")


def test_a_kept_answer_that_comes_too_late_leaves_what_was_typed(page, server, agent, person):
    message = agent.ask("Late?", "text-input", {})
    open_review(page, server, message)
    page.route("**/respond", lambda route: route.abort())
    page.get_by_label("Your text").fill("my words")
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator(".card .note.warning")).to_contain_text("saved on this device")
    assert person.request("POST", f"messages/{message}/respond", json={"response": {"text": "theirs"}}).ok
    page.unroute("**/respond")
    page.reload()
    expect(page.locator(".card")).to_contain_text("What you typed was kept")
    expect(page.locator(".card")).to_contain_text("my words")
    assert not kept(page)


def test_what_somebody_else_kept_is_neither_sent_nor_lost(watch, server, agent, person):
    message = agent.ask("Mine?", "approval", APPROVAL)
    page = watch.page(person)
    open_review(page, server, message)
    page.route("**/respond", lambda route: route.abort())
    page.get_by_role("button", name="Ship it").click()
    expect(page.locator(".card .note.warning")).to_be_visible()
    page.unroute("**/respond")
    made = person.request("POST", "users", json={"email": "b@example.org", "displayName": "B"}).json()
    asked = []
    page.on("request", lambda request: request.url.endswith("/respond") and asked.append(request))
    page.context.clear_cookies()
    page.goto(server.url)
    begin(page, "b@example.org", made["password"])
    expect(page.get_by_text("Three steps to the first question")).to_be_visible()
    assert (asked, len(kept(page))) == ([], 1)


def test_a_dialog_acts_once_however_often_it_is_pressed(page, server, agent, person):
    danger = {"options": [{"id": "stop", "label": "Stop", "style": "danger"}]}
    message = agent.ask("Stop it?", "approval", danger)
    open_review(page, server, message)
    asked = []
    page.on("request", lambda request: request.url.endswith("/respond") and asked.append(request))
    page.get_by_role("button", name="Stop…").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).dblclick()
    expect(page.locator(".card .note.success")).to_contain_text("Stop")
    assert len(asked) == 1


def test_what_the_agent_sent_is_one_click_away_and_reasons_are_offered(page, server, agent):
    stop = {"options": [{"id": "stop", "label": "Stop", "style": "danger"}]}
    message = agent.ask("Delete it?", "approval", stop, metadata={"tool": "rm", "path": "/srv/data"})
    wait = agent.wait(message)
    open_review(page, server, message)
    page.get_by_text("As the agent sent it").click()
    expect(page.get_by_label("As the agent sent it")).to_contain_text('"path": "/srv/data"')
    page.get_by_role("button", name="Stop…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Too risky.").click()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    dialog.get_by_role("button", name="Stop", exact=True).click()
    assert wait()["response"] == {"selectedOption": "stop", "comment": "Too risky."}
