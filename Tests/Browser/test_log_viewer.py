"""Logs in the dashboard: any number of lines, from the first error on."""

import re
import subprocess
from pathlib import Path

import pytest
from axe import faults_of
from dashboard import open_review
from placet_server import eventually
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
TOTAL, FIRST_ERROR, STEP = 10_000_000, 4_211, 1_000_000
LAST_ERROR = FIRST_ERROR + 9 * STEP
COLOURS = (
    "\x1b[1;31mbold red\x1b[0m plain \x1b[42mon green\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[7minverse\x1b[0m\n"
    "10 %\r50 %\r100 %\n"
    "user \u202egnp.exe\x07 \x1b]8;;https://evil.test\x07a link\x1b]8;;\x07\n"
    "Waiting for a runner\r\x1b[0KPreparing\n"
    "<img src=x onerror=ran=1>\n"
)


def long_log():
    """Ten million short lines with ten errors, each a million lines from the next."""
    usual = b"info ok\n" * STEP
    marked = usual[: 8 * (FIRST_ERROR - 1)] + b"error: no\n" + usual[8 * FIRST_ERROR:]
    return marked * (TOTAL // STEP)


#: A debug build takes seconds to look through all of it.
LONG = 60_000


@pytest.fixture(scope="module")
def long(owner):
    file = owner.store(long_log(), "long.log")["id"]
    eventually(lambda: owner.request("GET", f"files/{file}/lines").ok, "its lines are counted", deadline=60)
    return file


def opened(page, server, file, part=""):
    page.goto(f"{server.url}/files/{file}{part}")
    expect(page.locator(".ln:not(.waiting)").first).to_be_visible(timeout=LONG)


def row(page, number):
    return page.locator(f".ln[aria-posinset='{number}']")


def in_view(page, number):
    expect(row(page, number)).to_be_in_viewport()
    expect(row(page, number)).not_to_have_class(re.compile("waiting"))


def test_a_log_of_ten_million_lines_opens_at_its_first_error_with_few_rows(page, server, long):
    opened(page, server, long)
    in_view(page, FIRST_ERROR)
    expect(row(page, FIRST_ERROR)).to_contain_text("error: no")
    expect(row(page, FIRST_ERROR)).to_have_class(re.compile("bad"))
    expect(page.get_by_text("10,000,000 lines · 80.0 MB")).to_be_visible()
    assert page.locator(".ln").count() < 500
    page.keyboard.press("Shift+G")
    in_view(page, TOTAL)
    page.keyboard.press("g")
    in_view(page, 1)
    assert page.locator(".ln").count() < 500


def test_errors_are_counted_and_stepped_through_by_keys(page, server, long):
    opened(page, server, long)
    count = page.get_by_label("How many errors")
    expect(count).to_have_text("1 of 10", timeout=LONG)
    page.keyboard.press("]")
    in_view(page, FIRST_ERROR + STEP)
    expect(count).to_have_text("2 of 10")
    page.keyboard.press("[")
    page.keyboard.press("[")
    in_view(page, LAST_ERROR)
    expect(count).to_have_text("10 of 10")


def test_scrolling_is_exact_near_by_and_reaches_both_ends(page, server, long):
    opened(page, server, long, "#L5000000")
    in_view(page, 5_000_000)
    middle = "Number(document.elementFromPoint(400, 400).closest('.ln').ariaPosInSet)"
    before = page.evaluate(middle)
    page.mouse.move(400, 400)
    page.mouse.wheel(0, 400)
    page.wait_for_function(f"() => {middle} === {before + 20}")
    box = page.locator(".log")
    box.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
    in_view(page, TOTAL)
    box.evaluate("(box) => { box.scrollTop = 0 }")
    in_view(page, 1)


def test_without_an_error_a_log_opens_at_its_end(page, server, owner):
    file = owner.store(b"fine\n" * 3000 + b"done", "fine.log")["id"]
    opened(page, server, file)
    in_view(page, 3001)
    expect(row(page, 3001)).to_contain_text("done")
    expect(page.get_by_label("How many errors")).to_have_text("None")


def test_a_line_is_shown_as_a_terminal_shows_it_and_nothing_is_hidden(page, server, owner):
    file = owner.store(COLOURS.encode(), "colours.txt")["id"]
    opened(page, server, file)
    expect(row(page, 1).locator(".bold")).to_have_text("bold red")
    colour = "(element) => element.style.color"
    assert row(page, 1).locator(".bold").evaluate(colour) == "var(--a1)"
    assert [one.evaluate(colour) for one in row(page, 1).locator(".ground").all()] == ["var(--a2)", "var(--a7)"]
    expect(row(page, 1).locator("> span")).to_have_text("bold red plain on green orange inverse")
    expect(row(page, 2).locator("> span")).to_have_text("100 % ↺")
    expect(row(page, 3).locator("> span")).to_have_text("user ⟨U+202E⟩gnp.exe␇ a link")
    expect(row(page, 4).locator("> span")).to_have_text("Preparing ↺")
    expect(row(page, 5).locator("> span")).to_have_text("<img src=x onerror=ran=1>")
    assert page.evaluate("window.ran") is None


def test_a_line_that_was_cut_says_so_and_wraps(page, server, owner):
    file = owner.store(b"x" * 100_000 + b"\nnext\n" + b"y" * 40_000 + b"\nlast\n", "wide.log")["id"]
    opened(page, server, file)
    expect(row(page, 1)).to_contain_text("… cut: the line has 100 KB")
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".log").evaluate("(box) => box.scrollWidth === box.clientWidth")
    page.keyboard.press("Shift+G")
    in_view(page, 4)
    page.keyboard.press("g")
    in_view(page, 1)
    for _ in range(60):
        page.locator(".log").press("PageDown")
    in_view(page, 4)


def test_the_bar_beside_a_log_shows_where_errors_and_finds_are_and_leads_there(page, server, owner):
    lines = [f"step {number}\n" for number in range(1, 100_001)]
    lines[50_000] = "error: no room\n"
    lines[89_999] = "a needle\n"
    opened(page, server, owner.store("".join(lines).encode(), "map.log")["id"], "#L1")
    bar = page.get_by_role("slider", name="Place in the log")
    expect(bar.locator(".error")).to_have_count(1)
    box = bar.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] / 2 + 2)
    in_view(page, 50_001)
    page.get_by_label("Find in the log").fill("needle")
    expect(bar.locator(".found")).to_have_count(1)
    in_view(page, 90_000)
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] / 4)
    expect(page.locator(".ln.here")).to_have_attribute("aria-posinset", re.compile(r"^2[45]\d{3}$"))
    bar.press("End")
    in_view(page, 100_000)
    bar.press("PageUp")
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"^Line 89,\d{3}$"))
    bar.press("Home")
    in_view(page, 1)
    expect(bar).to_have_attribute("aria-valuenow", "1")


def say(owner, content, name, text="Running"):
    """A message with a file, as an agent sends one that goes on."""
    file = owner.store(content, name)["id"]
    message = {"channelId": owner.channel, "text": text, "attachmentIds": [file]}
    return file, owner.request("POST", "messages", json=message).json()["id"]


def test_a_newer_file_of_the_name_is_told_of_with_its_new_lines(page, server, owner):
    older, _ = say(owner, b"step\n" * 300, "told.log")
    opened(page, server, older)
    say(owner, b"step\n", "other.log")
    # A text of this length is not in the event: the page reads the message.
    newest, _ = say(owner, b"step\n" * 1504, "told.log", text="long " * 40_000)
    expect(page.get_by_text(re.compile("A newer told.log is there, from .*, with 1,204 new lines."))).to_be_visible()
    expect(page.get_by_text("A newer other.log")).to_have_count(0)
    page.get_by_role("link", name="What has changed").click()
    expect(page.get_by_text("1,204 lines added, 0 removed")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("A newer told.log is there")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    expect(page).to_have_url(f"{server.url}/files/{newest}")
    in_view(page, 1504)
    expect(page.get_by_text("A newer told.log")).to_have_count(0)


def test_follow_goes_to_the_end_of_the_newest_file_until_the_reader_scrolls_up(page, server, owner):
    older, message = say(owner, b"error: early\n" + b"step\n" * 300, "followed.log")
    opened(page, server, older, f"?from={message}")
    in_view(page, 1)
    page.keyboard.press("f")
    in_view(page, 301)
    following = page.get_by_role("button", name="Follow")
    expect(following).to_have_attribute("aria-pressed", "true")
    second, message = say(owner, b"error: early\n" + b"step\n" * 400, "followed.log")
    in_view(page, 401)
    expect(page).to_have_url(f"{server.url}/files/{second}?from={message}&follow=true")
    page.reload()
    in_view(page, 401)
    third, message = say(owner, b"step\n" * 500, "followed.log")
    in_view(page, 500)
    page.mouse.move(400, 400)
    page.mouse.wheel(0, -200)
    expect(following).to_have_attribute("aria-pressed", "false")
    expect(page).to_have_url(f"{server.url}/files/{third}?from={message}")
    last, message = say(owner, b"step\n" * 600, "followed.log")
    expect(page.get_by_text("with 100 new lines")).to_be_visible()
    following.click()
    in_view(page, 600)
    expect(page).to_have_url(f"{server.url}/files/{last}?from={message}&follow=true")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/channels/"))


def test_raw_and_download_are_there(page, server, long):
    opened(page, server, long)
    raw = page.get_by_role("link", name="Raw")
    assert page.request.get(server.url + raw.get_attribute("href"), headers={"range": "bytes=0-6"}).text() == "info ok"
    expect(page.get_by_role("link", name="Download")).to_be_visible()


def test_a_request_that_came_while_lines_were_counted_is_repeated(page, server, owner):
    file = owner.store(b"one\ntwo\n", "slow.log")["id"]
    answers = [503, 503]
    refuse = lambda route: route.fulfill(status=answers.pop(), json={}) if answers else route.continue_()
    page.route("**/lines?*", refuse)
    opened(page, server, file)
    in_view(page, 2)
    assert answers == []


def test_find_counts_over_the_whole_file_and_steps(page, server, owner):
    text = "".join(f"line {number} {'Needle' if number % 25 == 0 else 'hay'} a+b\n" for number in range(1, 50_001))
    file = owner.store(text.encode(), "find.log")["id"]
    opened(page, server, file, "#L1001")
    page.keyboard.press("/")
    field, count = page.get_by_label("Find in the log"), page.get_by_label("How many found lines")
    expect(field).to_be_focused()
    page.keyboard.type("needle")
    expect(count).to_have_text("41 of 2,000", timeout=LONG)
    in_view(page, 1025)
    expect(row(page, 1025).locator("mark")).to_have_text("Needle")
    page.keyboard.press("Enter")
    expect(count).to_have_text("42 of 2,000")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".log")).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("Shift+N")
    expect(count).to_have_text("42 of 2,000")
    in_view(page, 1050)
    page.get_by_role("button", name="Match case").click()
    expect(count).to_have_text("None", timeout=LONG)
    field.fill("a+b")
    expect(count).to_have_text(re.compile("of the first 10,000"), timeout=LONG)


def test_find_takes_expressions_and_says_what_is_wrong_with_one(page, server, owner):
    file = owner.store(b"one 1\ntwo 22\nthree 333\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n", "regex.log")["id"]
    opened(page, server, file)
    page.get_by_role("button", name="Regular expression").click()
    field, count = page.get_by_label("Find in the log"), page.get_by_label("How many found lines")
    field.fill("[0-9]{2}")
    expect(count).to_have_text("1 of 2")
    expect(row(page, 2).locator("mark")).to_have_text("22")
    field.fill("(a+)+$")
    # A browser's own engine would not come back from this one.
    expect(count).to_have_text("None")
    field.fill("(")
    expect(count).to_contain_text("missing")


def test_control_f_is_for_the_log_and_again_for_the_browser(page, server, owner):
    file = owner.store(b"one\ntwo\n", "keys.log")["id"]
    opened(page, server, file)
    page.evaluate("addEventListener('keydown', (event) => { window.prevented = event.defaultPrevented })")
    page.keyboard.press("Control+f")
    expect(page.get_by_label("Find in the log")).to_be_focused()
    assert page.evaluate("window.prevented") is True
    page.keyboard.press("Control+f")
    assert page.evaluate("window.prevented") is False


def test_lines_are_linked_by_click_and_by_key_over_a_reload(page, server, long):
    opened(page, server, long, "#L7000000-L7000002")
    in_view(page, 7_000_000)
    chosen = page.locator(".ln.on")
    expect(chosen).to_have_count(3)
    page.get_by_role("link", name="Line 7000004").click()
    page.get_by_role("link", name="Line 7000007").click(modifiers=["Shift"])
    expect(chosen).to_have_count(4)
    assert page.url.endswith("#L7000004-L7000007")
    page.reload()
    in_view(page, 7_000_004)
    expect(chosen).to_have_count(4)
    page.keyboard.press(":")
    page.keyboard.type("4,211")
    page.keyboard.press("Enter")
    in_view(page, 4_211)
    assert page.url.endswith("#L4211")
    page.keyboard.press(":")
    page.keyboard.type("last")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Write a number")).to_be_visible()


def test_copied_lines_are_plain_text(watch, server, person, owner):
    file = owner.store(COLOURS.encode(), "copied.log")["id"]
    page = watch.page(person, permissions=["clipboard-read", "clipboard-write"])
    opened(page, server, file, "#L1-L3")
    page.get_by_role("button", name="Copy lines").click()
    expect(page.get_by_text("3 lines copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "bold red plain on green orange inverse\n100 %\nuser ⟨U+202E⟩gnp.exe␇ a link"
    )
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.log'))")
    assert "bold red plain on green orange inverse\n100 %" in page.evaluate("getSelection().toString()")


def test_times_can_be_left_out(page, server, owner):
    file = owner.store(b"2026-03-12T13:02:00.123Z began\n2026-03-12 13:02:01 ended\n", "times.log")["id"]
    opened(page, server, file)
    expect(row(page, 1).locator("> span")).to_have_text("2026-03-12T13:02:00.123Z began")
    page.keyboard.press("t")
    expect(row(page, 1).locator("> span")).to_have_text("began")
    expect(row(page, 2).locator("> span")).to_have_text("ended")


def test_a_card_shows_the_first_error_in_place_and_leads_to_it(page, server, owner, agent):
    text = b"".join(b"step %d\n" % number for number in range(1, 3001)) + b"error: no room\nafter\n"
    files = [owner.store(content, name)["id"] for content, name in [(text, "bad.log"), (b"step\n" * 500, "good.log")]]
    message = agent.ask("Go on?", "approval", APPROVAL, attachmentIds=files)
    open_review(page, server, message)
    expect(page.get_by_role("link", name="The end of 500 lines")).to_be_visible()
    expect(page.locator(".excerpt .bad")).to_have_text("error: no room")
    page.get_by_role("link", name="First error: line 3,001 of 3,002 lines").click()
    in_view(page, 3001)
    assert page.url == f"{server.url}/files/{files[0]}?from={message}#L3001"
    page.keyboard.press("u")
    expect(page.locator("#review-title")).to_have_text("Go on?")


GROUPS = {
    "github": "{0}##[group]{1}\n{2}{3}##[endgroup]\n",
    "gitlab": "section_start:{4}:{1}\r\x1b[0K{1}\n{2}section_end:{5}:{1}\r\x1b[0K\n",
    "buildkite": "\x1b_bk;t={4}000\x07--- {1}\n{2}\x1b_bk;t={5}000\x07done\n",
}


@pytest.mark.parametrize("dialect", GROUPS)
def test_groups_that_passed_are_folded_and_a_link_opens_them(page, server, owner, dialect):
    times = "2026-03-12T13:00:00.5Z ", "2026-03-12T13:00:44.5Z ", 1773320400, 1773320444
    group = lambda name, lines: GROUPS[dialect].format(times[0], name, lines, *times[1:])
    setup, build, rest = group("setup", "usual\n" * 300), group("build", "usual\nerror: no\n"), group("rest", "usual\n")
    text = f"before\n{setup}{build}{rest}"
    file = owner.store(text.encode(), f"{dialect}.log")["id"]
    opened(page, server, file)
    fold = lambda name: page.get_by_role("button", name=re.compile(f"^{name}"))
    expect(fold("setup")).to_have_attribute("aria-expanded", "false")
    expect(fold("rest")).to_have_attribute("aria-expanded", "false")
    expect(fold("build")).to_have_attribute("aria-expanded", "true")
    expect(fold("build").get_by_label("With errors")).to_be_visible()
    # The next group of Buildkite, which ends this one, begins at the same time here.
    took = "0 s" if dialect == "buildkite" else "44 s"
    expect(fold("setup").locator(".lost")).to_have_text(f"301 lines · {took}")
    in_view(page, 1)
    in_view(page, 305)
    expect(row(page, 4)).to_have_count(0)
    fold("setup").press("Enter")
    expect(fold("setup")).to_be_focused()
    in_view(page, 4)
    fold("setup").press("Enter")
    expect(row(page, 4)).to_have_count(0)
    page.keyboard.press(":")
    page.keyboard.type("200")
    page.keyboard.press("Enter")
    in_view(page, 200)
    with page.expect_response(lambda answer: "endgroup" in answer.url or "section_" in answer.url):
        page.reload()
    expect(page.get_by_label("How many errors")).to_have_text("1")
    in_view(page, 200)
    page.keyboard.press("g")
    expect(fold("setup")).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_a_log(watch, server, person, owner, width, scheme):
    ansi = "".join(f"\x1b[{code}m{code}\x1b[0m " for code in [*range(1, 8), *range(30, 48), *range(90, 108)])
    text = f"{ansi}\nerror: {ansi}\nwarning: waiting {ansi}\n" * 40
    name = f"{width}-{scheme}-{'n' * 90}.log"
    file, _newer = [owner.store(content, name)["id"] for content in (text.encode(), b"newer\n")]
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    opened(page, server, file, "#L7-L9")
    page.get_by_label("Find in the log").fill("waiting")
    expect(page.get_by_label("How many found lines")).to_have_text("3 of 40", timeout=LONG)
    expect(page.get_by_role("link", name="Open it")).to_be_visible()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_any_line_is_shown_whole_and_with_nothing_hidden():
    """Lines put together at random, by the same numbers each time: see Tests/Fuzz/ansi.mjs."""
    script = Path(__file__).parents[1] / "Fuzz/ansi.mjs"
    done = subprocess.run(["node", script, "3000"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
