"""JSON in the dashboard: as a tree, exactly as it is spelt."""

import json

import pytest
from axe import faults_of
from dashboard import open_review
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
DATA = (
    '{"id": 12345678901234567890, "cost": 1.10, "tiny": 1e-999, "a": [1, 2, {"b": "x\\ny", "c d": [true, null]}],'
    '"id": "again", "name": "Caf\\u00e9 \\u202e", "__proto__": {}, "": []}'
)
#: A debug build, and a browser, take seconds for what is long.
LONG = 60_000


def opened(page, server, owner, content, name="data.json"):
    file = owner.store(content if isinstance(content, bytes) else content.encode(), name)["id"]
    page.goto(f"{server.url}/files/{file}")
    return file


def value(page, text):
    return page.get_by_role("treeitem").filter(has_text=text)


def chosen(page):
    return page.locator("[role=treeitem][aria-selected=true]")


def test_values_are_shown_as_they_are_spelt(page, server, owner):
    opened(page, server, owner, DATA)
    items = page.get_by_role("treeitem")
    expect(items).to_have_text([
        "8 keys", "id: 12345678901234567890", "cost: 1.10", "tiny: 1e-999", "a: 3 items", "0: 1",
        "1: 2", "2: {\"b\": \"x\\ny\", \"c d\": [true, null]}2 keys", "id: \"again\"", "name: \"Café ⟨U+202E⟩\"",
        "__proto__: {}0 keys", "“”: []0 items",
    ])
    expect(page.get_by_text("16 values")).to_be_visible()
    expect(page.get_by_role("link", name="Raw")).to_be_visible()


def test_paths_and_values_are_copied(watch, server, person, owner):
    page = watch.page(person, permissions=["clipboard-read", "clipboard-write"])
    opened(page, server, owner, DATA)
    page.get_by_role("button", name="Unfold all").click()
    value(page, "c d").last.click()
    expect(page.locator(".path")).to_have_text('$.a[2]["c d"]')
    page.get_by_role("button", name="Copy path").click()
    page.wait_for_function("async () => await navigator.clipboard.readText() === `$.a[2][\"c d\"]`")
    value(page, "12345678901234567890").last.click()
    page.keyboard.press("Shift+C")
    page.wait_for_function("async () => await navigator.clipboard.readText() === `12345678901234567890`")
    value(page, "b:").last.click()
    page.get_by_role("button", name="Open the value").click()
    expect(page.get_by_role("dialog").locator("pre")).to_have_text("x\ny")


def test_the_tree_is_walked_by_keys(page, server, owner):
    opened(page, server, owner, DATA)
    page.get_by_role("tree").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_contain_text("a: 3 items")
    page.keyboard.press("ArrowLeft")
    expect(chosen(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(chosen(page)).to_contain_text("0: 1")
    page.keyboard.press("ArrowLeft")
    expect(chosen(page)).to_contain_text("a: 3 items")
    page.keyboard.press("End")
    expect(chosen(page)).to_contain_text("“”: []")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    assert page.get_by_role("tree").get_attribute("aria-activedescendant") == chosen(page).get_attribute("id")


def test_find_opens_what_hides_a_value_and_steps(page, server, owner):
    rows = [{"n": number, "deep": {"er": ["Needle" if number % 100 == 99 else "hay"]}} for number in range(1000)]
    opened(page, server, owner, json.dumps({"rows": rows, "needle": 1}))
    expect(page.get_by_role("tree")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("needle")
    count = page.get_by_label("How many found values")
    expect(count).to_have_text("1 of 11")
    expect(page.locator(".path")).to_have_text("$.rows[99].deep.er[0]")
    expect(chosen(page)).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(".path")).to_have_text("$.rows[199].deep.er[0]")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("11 of 11")
    expect(page.locator(".path")).to_have_text("$.needle")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(count).to_have_text("1 of 11")
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(page.get_by_role("treeitem")).to_have_count(3)


def test_find_takes_values_as_they_are_spelt_and_as_they_read(page, server, owner):
    opened(page, server, owner, r'{"\"\\u": 1, "link": "http:\/\/x", "name": "Caf\u00e9"}')
    count = page.get_by_label("How many found values")
    for words, path in [("http://x", "$.link"), (r"http:\/\/x", "$.link"), ("café", "$.name"), (r'"\u', r'$["\"\\u"]')]:
        page.get_by_label("Find in the tree").fill(words)
        expect(page.locator(".path")).to_have_text(path)
        expect(count).to_have_text("1 of 1")


def test_a_long_tree_has_few_rows_and_one_that_is_too_long_is_text(page, server, owner):
    opened(page, server, owner, json.dumps(list(range(300_000))))
    expect(page.get_by_text("300,001 values")).to_be_visible(timeout=LONG)
    page.get_by_role("tree").press("End")
    expect(chosen(page)).to_have_text("299999: 299999")
    assert page.get_by_role("treeitem").count() < 200
    opened(page, server, owner, "[\n" + "1234567890,\n" * 1_400_000 + "0]", "huge.json")
    expect(page.get_by_text("The file has more than 16.0 MB, so it is shown as text.")).to_be_visible(timeout=LONG)
    expect(page.locator(".ln").nth(1)).to_contain_text("1234567890,")


@pytest.mark.parametrize("depth", [100, 200_000])
def test_lists_in_lists_in_lists_are_no_trouble(page, server, owner, depth):
    opened(page, server, owner, "[" * depth + "]" * depth)
    page.get_by_role("button", name="Unfold all").click()
    page.get_by_role("tree").press("End")
    expect(page.locator("[role=treeitem][aria-level='" + str(depth) + "']")).to_have_text("0: []0 items", timeout=LONG)


@pytest.mark.parametrize("text, words", [
    ('{\n "a": 1,\n "b": oops\n}\n', "Line 3, character 7: a value was expected, and “o” is there."),
    ('{"a": 1,}', "Line 1, character 9: a key in quotes was expected, and “}” is there."),
    ('[1, 2\n', "Line 2, character 1: “,” or “]” was expected, and the end is there."),
])
def test_what_is_no_json_is_shown_as_text_with_where_it_breaks(page, server, owner, text, words):
    opened(page, server, owner, text)
    expect(page.get_by_text(f"This is not JSON, so it is shown as text. {words}")).to_be_visible()
    expect(page.locator(".ln").first).to_contain_text(text[0])


EVENTS = "".join(json.dumps({"n": number, "tags": ["a", {"b": number}]}) + "\n" for number in range(300_000))


def test_lines_of_json_are_shown_one_by_one_each_as_a_tree(page, server, owner):
    file = opened(page, server, owner, EVENTS + "not JSON\n\n", "events.ndjson")
    expect(page.get_by_text("300,002 lines · 13.0 MB")).to_be_visible(timeout=LONG)
    expect(value(page, "n: 0").last).to_be_visible()
    assert page.locator(".ln").count() < 200
    page.keyboard.press("j")
    expect(value(page, "n: 1").last).to_be_visible()
    page.get_by_label("Find in the log").fill("299998")
    expect(page.get_by_label("How many found lines")).to_have_text("1 of 1", timeout=LONG)
    expect(value(page, "n: 299998").last).to_be_visible()
    page.goto(f"{server.url}/inbox")
    page.goto(f"{server.url}/files/{file}#L300001")
    expect(page.get_by_text("Line 300,001 is not JSON. Line 1, character 1: a value was expected")).to_be_visible()
    page.get_by_role("link", name="Line 300002").click()
    expect(page.get_by_text("Line 300,002 is empty.")).to_be_visible()


def test_a_line_of_which_the_server_gives_the_beginning_is_read_as_a_whole(page, server, owner):
    lines = [{"n": 1}, {"é": "x" * 100_000, "last": 2}, {"whole": "x" * 3000}]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    opened(page, server, owner, text, "wide.ndjson")
    expect(page.locator(".ln .lost")).to_have_text([f" … cut: the line has {size}" for size in ("100 KB", "3.0 KB")])
    page.get_by_role("link", name="Line 2").press("Enter")
    expect(value(page, "last: 2").last).to_be_visible()
    expect(page.get_by_role("link", name="Line 2")).to_be_focused()


@pytest.mark.parametrize("name", ["data.json", "events.ndjson"])
def test_nothing_is_looked_for_once_the_page_is_left(page, server, owner, name):
    page.clock.install()
    opened(page, server, owner, DATA, name)
    count = page.get_by_label("How many found").element_handle()
    page.get_by_role("searchbox").evaluate("""(field) => {
        field.value = "id";
        field.dispatchEvent(new Event("input"));
        document.querySelector("#nav a[href='/inbox']").click();
    }""")
    expect(page.get_by_role("link", name="Answered")).to_be_visible()
    page.clock.run_for(1000)
    assert count.text_content() == ""


def test_a_card_shows_short_json_in_place(page, server, owner, agent):
    file = owner.store(DATA.encode(), "data.json")["id"]
    open_review(page, server, agent.ask("Look", "approval", APPROVAL, attachmentIds=[file]))
    expect(page.locator(".peek")).to_contain_text("12345678901234567890")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_a_tree(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    for content, name in [(DATA, "data.json"), (EVENTS[:3000], "events.ndjson")]:
        opened(page, server, owner, content, name)
        value(page, ":").last.click()
        if name == "data.json":
            page.get_by_label("Find in the tree").fill("1")
            expect(page.get_by_label("How many found values")).to_contain_text("of")
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
