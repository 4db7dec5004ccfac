"""Two files compared in the dashboard: texts, JSON and pictures; and where that is offered."""

import json
import re

import pytest
from axe import faults_of
from dashboard import open_review
from playwright.sync_api import expect
from test_shown_files import png

APPROVAL = {"options": [{"id": "no", "label": "No"}, {"id": "yes", "label": "Yes", "style": "primary"}]}


def compared(page, server, older, newer):
    page.goto(f"{server.url}/files/{newer}?compare={older}")


def changes(page):
    """The rows that are not the same in both, as they read."""
    return [row.inner_text().split("\n") for row in page.locator(".changes .ln:is(.del, .ins)").all()]


def texts(page, tag):
    return [text.split(": ", 1)[1] for text in page.locator(f".changes .ln {tag}").all_text_contents()]


def test_texts_are_compared_by_line_and_word_from_the_older_to_the_newer(page, server, owner):
    same = "".join(f"line {number}\n" for number in range(1, 51))
    older = owner.store(f"the deploy is on Monday\n{same}gone\n".encode(), "plan.txt")["id"]
    newer = owner.store(f"the deploy is on Friday night\n{same}".encode(), "plan.txt")["id"]
    compared(page, server, newer, older)
    expect(page.get_by_text("1 line added, 2 removed")).to_be_visible()
    assert texts(page, "del") == ["the deploy is on Monday", "gone"]
    assert texts(page, "ins") == ["the deploy is on Friday night"]
    assert page.locator(".changes mark").all_inner_texts() == ["Monday", "Friday night"]
    expect(page.get_by_text("line 20", exact=True)).to_have_count(0)
    page.get_by_role("button", name="44 lines unchanged").press("Enter")
    expect(page.get_by_text("line 20", exact=True)).to_be_visible()
    expect(page.locator(".log")).to_be_focused()
    count = page.get_by_label("How many changes")
    expect(count).to_have_text("1 of 2")
    page.keyboard.press("n")
    expect(count).to_have_text("2 of 2")
    expect(page.locator(".changes .here del")).to_be_in_viewport()
    page.keyboard.press("Shift+N")
    expect(count).to_have_text("1 of 2")


def test_a_change_that_cannot_be_seen_is_made_visible(page, server, owner):
    older = owner.store(b"one\r\ntwo\n\x1b[31mred\x1b[0m\nuser\n", "signs.txt")["id"]
    newer = owner.store("one\ntwo\nred\nuser\u202e\n".encode(), "signs.txt")["id"]
    compared(page, server, older, newer)
    expect(page.locator(".changes .ln").first).to_be_visible()
    assert texts(page, "del") == ["one␍", "␛[31mred␛[0m", "user"]
    assert texts(page, "ins") == ["one", "red", "user⟨U+202E⟩"]


def test_what_is_not_in_the_lines_is_said(page, server, owner):
    one, other, again = (owner.store(text, "end.txt")["id"] for text in (b"one\ntwo\n", b"one\ntwo", b"one\ntwo"))
    compared(page, server, one, other)
    expect(page.get_by_role("heading", name="All lines are the same")).to_be_visible()
    compared(page, server, other, again)
    expect(page.get_by_role("heading", name="Both are the same, byte by byte")).to_be_visible()


def test_long_texts_are_compared_with_few_rows_and_a_note_where_they_were_cut(page, server, owner):
    lines = [f"{number} of a text that is long enough to be cut somewhere, as it has nine megabytes\n"
             for number in range(110_000)]
    older = owner.store("".join(lines).encode(), "long.txt")["id"]
    for number in range(500, 100_000, 1000):
        lines[number] = lines[number].replace("long", "short")
    del lines[70_000:70_010]
    newer = owner.store("".join(lines).encode(), "long.txt")["id"]
    compared(page, server, older, newer)
    note = page.get_by_text("Of each the first 8.4 MB are compared, and the rest is not.")
    expect(note).to_be_visible(timeout=20_000)
    expect(page.get_by_label("How many changes")).to_have_text(re.compile("^1 of 10[12]$"), timeout=20_000)
    assert page.locator(".changes .ln").count() < 200
    page.keyboard.press("n")
    expect(page.locator(".changes .here del")).to_contain_text("1500 of")
    short = owner.store(b"one\ntwo", "long.txt")["id"]
    compared(page, server, newer, short)
    expect(page.get_by_text(re.compile("^2 lines added"))).to_be_visible(timeout=20_000)


def test_json_is_compared_by_path_with_numbers_as_they_are_spelt(page, server, owner):
    before = '{"name": "api", "big": 12345678901234567890, "ratio": 1.0, "list": [1, 2, {"a": "x"}, 4], "old": null,' \
        ' "same": {"b": 1, "a": 2}}'
    after = '{"name": "api2", "big": 12345678901234567891, "ratio": 1, "list": [0, 1, 2, {"a": "y"}, 4],' \
        ' "new key": [true], "same": {"a": 2, "b": 1}}'
    older, newer = (owner.store(text.encode(), "state.json")["id"] for text in (before, after))
    compared(page, server, older, newer)
    expect(page.get_by_text("2 added, 1 removed, 4 changed")).to_be_visible()
    rows = page.locator(".changes .ln")
    assert [" ".join(row.inner_text().split()) for row in rows.all()] == [
        '≠ Changed: $.name "api" → is now "api2"',
        "≠ Changed: $.big 12345678901234567890 → is now 12345678901234567891",
        "≠ Changed: $.ratio 1.0 → is now 1",
        "+ Added: $.list[0] 0",
        '≠ Changed: $.list[3].a "x" → is now "y"',
        "− Removed: $.old null",
        '+ Added: $["new key"] [true]',
    ]
    page.get_by_text("By line").click()
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()


def test_elements_of_a_list_that_have_a_name_are_compared_with_their_namesakes(page, server, owner):
    before = [{"name": "a", "n": 1}, {"name": "b", "n": 2}, {"id": 3, "n": 3}, [1], [2, 3]]
    after = [{"name": "new", "n": 0}, {"name": "b", "n": 20}, {"id": 3, "n": 30}, [10], [2, 30]]
    older, newer = (owner.store(json.dumps(values).encode(), "list.json")["id"] for values in (before, after))
    compared(page, server, older, newer)
    expect(page.get_by_text("1 added, 1 removed, 4 changed")).to_be_visible()
    paths = [path.split(": ")[1] for path in page.locator(".changes .path").all_text_contents()]
    assert paths == ["$[0]", "$[1].n", "$[2].n", "$[3][0]", "$[4][1]", "$[0]"]


def test_json_that_is_none_and_json_that_is_too_deep_are_compared_by_line(page, server, owner):
    deep = "[" * 100_000 + "]" * 100_000
    older, newer = (owner.store(text.encode(), "deep.json")["id"] for text in (f"{deep}\n1", f"{deep}\n2"))
    compared(page, server, older, newer)
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()
    assert texts(page, "del") == ["1"]


@pytest.mark.parametrize("older, newer", [
    ('{"a": 1, "a": 2}', '{"a": 9, "a": 2}'),
    (json.dumps([list(range(1000))] * 50), json.dumps([list(range(1000, 2000))] * 50)),
], ids=["a key repeats", "it would take too long"])
def test_json_that_cannot_be_compared_by_path_is_compared_by_line(page, server, owner, older, newer):
    older, newer = (owner.store(text.encode(), "state.json")["id"] for text in (older, newer))
    compared(page, server, older, newer)
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()
    expect(page.get_by_text("By path")).to_have_count(0)


#: A comparison gives the page its turn after each piece, and goes on when the test says so.
HELD = """
const held = [];
performance.now = () => (held.time = (held.time ?? 0) + 1000);
const later = setTimeout;
window.setTimeout = (act, wait, ...more) => (wait === undefined ? held.push(act) : later(act, wait, ...more));
window.goOn = () => held.splice(0).forEach((act) => act());
window.waiting = () => held.length;
"""


def test_a_comparison_ends_when_nobody_waits_for_it(page, server, owner):
    page.add_init_script(HELD)
    older, newer = (owner.store(text, "state.json")["id"] for text in (b'{"a": 1}', b'{"a": 2}'))
    compared(page, server, older, newer)
    page.get_by_text("By line").click()
    page.wait_for_function("waiting() === 1")
    page.get_by_text("By path").click()
    page.evaluate("goOn()")
    assert page.evaluate("waiting()") == 0
    expect(page.get_by_text("0 added, 0 removed, 1 changed")).to_be_visible()
    older, newer = (owner.store(text, "plan.txt")["id"] for text in (b"one\n", b"two\n"))
    compared(page, server, older, newer)
    expect(page.get_by_text("Comparing…")).to_be_visible()
    page.wait_for_function("waiting() === 1")
    page.get_by_role("link", name="Close comparison").click()
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    page.evaluate("goOn()")
    assert page.evaluate("waiting()") == 0


def picture(owner, colour):
    return owner.store(png(colour), "shot.png")["id"]


def test_pictures_are_shown_beside_each_other_and_swiped_by_keys_and_by_pointer(page, server, owner):
    older, newer = picture(owner, [255, 0, 0]), picture(owner, [0, 0, 255])
    compared(page, server, older, newer)
    expect(page.get_by_role("img", name="Before: shot.png")).to_be_visible()
    expect(page.get_by_role("img", name="After: shot.png")).to_be_visible()
    expect(page.get_by_text(re.compile("Before: 30 × 20"))).to_be_visible()
    page.get_by_text("Swipe").click()
    slider = page.get_by_role("slider")
    shown = page.locator(".swipe .after")
    assert shown.evaluate("(one) => getComputedStyle(one).clipPath") == "inset(0px 0px 0px 50%)"
    slider.press("ArrowRight")
    assert shown.evaluate("(one) => getComputedStyle(one).clipPath") == "inset(0px 0px 0px 51%)"
    slider.press("Home")
    assert shown.evaluate("(one) => getComputedStyle(one).clipPath") == "inset(0px 0px 0px 0%)"
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(slider).to_have_value("100")


def test_files_that_cannot_be_compared_say_what_they_are(page, server, owner):
    older = owner.store(b"\x00\x01\x02" * 99, "data.bin")["id"]
    newer = owner.store(b"text\n", "data.txt")["id"]
    compared(page, server, older, newer)
    expect(page.get_by_text(re.compile("They differ: 297 B of .*, and 5 B of text/plain."))).to_be_visible()
    compared(page, server, "not-there", newer)
    expect(page.get_by_role("heading", name="This file is not here")).to_be_visible()
    page.get_by_role("link", name="data.txt").click()
    expect(page.locator("#file-name")).to_have_text("data.txt")


def test_the_page_of_a_file_offers_the_others_of_its_name_and_goes_back(page, server, owner):
    first = owner.store(b"one\n", "build.out")["id"]
    owner.store(b"one\n", "rebuild.out")
    alone = owner.store(b"one\n", "alone.out")["id"]
    second = owner.store(b"two\n", "build.out")["id"]
    page.goto(f"{server.url}/files/{second}")
    page.get_by_role("button", name="Compare").click()
    choice = page.get_by_role("dialog", name="Compare with")
    expect(choice.get_by_role("listitem")).to_have_count(1)
    choice.get_by_role("link", name="build.out").click()
    expect(choice).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/files/{second}?compare={first}")
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()
    page.go_back()
    expect(page.locator(".ln > span")).to_have_text(["two"])
    page.go_forward()
    page.get_by_role("link", name="Close comparison").click()
    expect(page).to_have_url(f"{server.url}/files/{second}")
    expect(page.get_by_role("link", name="Close comparison")).to_have_count(0)
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    page.keyboard.press("v")
    expect(choice).to_be_visible()
    with page.expect_response(lambda answer: "search=alone.out" in answer.url):
        page.goto(f"{server.url}/files/{alone}")
    expect(page.locator(".ln").first).to_be_visible()
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)


def test_a_card_says_what_became_of_the_files_of_the_version_before(page, server, owner, agent, person):
    store = lambda content, name: owner.store(content, name)["id"]
    before = [store(b"one\n", "plan.txt"), store(b"x\n", "same.txt"), store(b"gone\n", "gone.csv"),
              store(png([1, 2, 3]), "shot-1.png")]
    first = agent.ask("Go?", "approval", APPROVAL, attachmentIds=before)
    person.request("POST", f"messages/{first}/respond", json={"response": {"selectedOption": "no"}})
    after = [store(b"two\n", "plan.txt"), store(b"x\n", "same.txt"), store(png([3, 2, 1]), "shot-2.png"),
             store(b"new\n", "new.txt")]
    second = agent.ask("Go now?", "approval", APPROVAL, attachmentIds=after, iterationOf=first)
    open_review(page, server, second)
    files = page.get_by_role("list", name="Files since version 1")
    words = [" ".join(one.split()) for one in files.get_by_role("listitem").all_inner_texts()]
    assert words == ["plan.txt what has changed", "same.txt the same", "shot-2.png new", "new.txt new",
                     "gone.csv no longer there", "shot-1.png no longer there"]
    files.get_by_role("link", name="What has changed in plan.txt since version 1").click()
    expect(page.get_by_text("1 line added, 1 removed")).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    choice = page.get_by_role("dialog", name="Compare with")
    expect(choice.get_by_text("Version 1, ")).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#review-title")).to_have_text("Go now?")


def test_a_file_with_another_name_is_the_one_before_when_no_other_can_be(page, server, owner, agent, person):
    shots = [picture(owner, [number, 2, 3]) for number in (1, 2)]
    first = agent.ask("Go?", "approval", APPROVAL, attachmentIds=[owner.store(png([9, 9, 9]), "a.png")["id"], shots[0]])
    person.request("POST", f"messages/{first}/respond", json={"response": {"selectedOption": "no"}})
    new = owner.store(png([8, 8, 8]), "b.png")["id"]
    second = agent.ask("Go now?", "approval", APPROVAL, attachmentIds=[new, shots[1]], iterationOf=first)
    open_review(page, server, second)
    page.get_by_role("link", name="What has changed in b.png since version 1").click()
    expect(page.get_by_role("img", name="Before: a.png")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_a_comparison(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    text = "".join(f"line {number} {'word ' * 40}\n" for number in range(60))
    values = {"list": list(range(60)), "long name " * 9: "x" * 400, "same": 1}
    both = [
        (text, text.replace("line 3", "other 3").replace("line 59 ", ""), "text.txt"),
        (json.dumps(values), json.dumps({**values, "list": [1, 5, 99], "new": None}), "values.json"),
    ]
    pairs = [[owner.store(one.encode(), name)["id"] for one in (older, newer)] for older, newer, name in both]
    for older, newer in [*pairs, [picture(owner, [255, 0, 0]), picture(owner, [0, 255, 0])]]:
        compared(page, server, older, newer)
        expect(page.locator(".changes .ln, .compared figure").first).to_be_visible()
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("Swipe").click()
    assert faults_of(page) == []
