"""Source and differences in the dashboard."""

import pytest
from axe import faults_of
from dashboard import open_review
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
SWIFT = '''/* A block
   of words */
let count = 0x1F + 2.5e3 // the rest
let text = "a \\"b\\" // no comment"
func returned() { return nil }
'''
PATCH = """From 1f2e Mon Sep 17 00:00:00 2001
Subject: Two files

diff --git a/greeting.txt b/greeting.txt
index 1f2e..3d4c 100644
--- a/greeting.txt
+++ b/greeting.txt
@@ -1,4 +1,5 @@ the head
 one
-hello old world
--- a dash of it
+hello new world
+++ a plus of it
+and one more
 four
\\ No newline at end of file
diff --git a/old.txt b/old.txt
deleted file mode 100644
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
"""


def opened(page, server, owner, content, name):
    file = owner.store(content.encode(), name)["id"]
    page.goto(f"{server.url}/files/{file}")
    return file


def words(page, kind):
    return page.locator(f".ln .{kind}").all_inner_texts()


def test_source_has_numbers_and_light_colours(page, server, owner):
    opened(page, server, owner, SWIFT, "count.swift")
    expect(page.locator(".ln > a")).to_have_text(["1", "2", "3", "4", "5"])
    assert words(page, "comment") == ["/* A block", "   of words */", "// the rest"]
    assert words(page, "number") == ["0x1F", "2.5e3"]
    assert words(page, "string") == ['"a \\"b\\" // no comment"']
    assert words(page, "word") == ["let", "let", "func", "return", "nil"]
    expect(page.get_by_role("link", name="Raw")).to_be_visible()


@pytest.mark.parametrize("name, text, kind, found", [
    ("run.py", 'def f(): # why\n  """doc\n  more"""\n', "string", ['"""doc', '  more"""']),
    ("run.sh", "echo $# 'x' # why\n", "comment", ["# why"]),
    ("all.sql", "SELECT 'a--b' FROM t -- why\n", "comment", ["-- why"]),
    ("site.yaml", "key: 'v' # why\n- other: 1\n", "word", ["key", "- other"]),
    ("page.css", "a { color: red } /* why */\n", "comment", ["/* why */"]),
    ("feed.xml", "<?xml version='1.0'?>\n<a b='c'><!-- why --></a>\n", "comment", ["<!-- why -->"]),
    ("script.js", "const a = `x`; // why\n", "word", ["const"]),
    ("plain.txt", "let it be 1 \"quoted\"\n", "word", []),
])
def test_each_family_of_languages_is_known(page, server, owner, name, text, kind, found):
    opened(page, server, owner, text, name)
    expect(page.locator(".ln").first).to_be_visible()
    assert words(page, kind) == found


def test_lines_of_source_are_found_linked_and_copied(watch, server, person, owner):
    page = watch.page(person, permissions=["clipboard-read", "clipboard-write"])
    file = opened(page, server, owner, SWIFT, "count.swift")
    expect(page.locator(".ln").first).to_be_visible()
    page.keyboard.press("Control+f")
    page.keyboard.type("return")
    expect(page.get_by_label("How many found lines")).to_have_text("1 of 1")
    expect(page.locator(".ln mark")).to_have_text(["return", "return"])
    page.get_by_role("link", name="Line 2").click()
    page.get_by_role("link", name="Line 3").click(modifiers=["Shift"])
    assert page.url.endswith(f"/files/{file}#L2-L3")
    page.get_by_role("button", name="Copy lines").click()
    expect(page.get_by_text("2 lines copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "   of words */\nlet count = 0x1F + 2.5e3 // the rest"
    page.reload()
    expect(page.locator(".ln.on")).to_have_count(2)
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")


def test_lines_are_those_that_the_server_counts(page, server, owner):
    opened(page, server, owner, "one\r\ntwo\rstill two\n\n\u202e\n", "odd.txt")
    expect(page.locator(".ln > span")).to_have_text(["one", "two␍still two", "", "⟨U+202E⟩"])
    expect(page.get_by_text("4 lines · 24 B")).to_be_visible()


def sides(page, row):
    return page.locator(".patch").nth(row).locator(".half").all_text_contents()


def test_a_difference_stands_side_by_side(page, server, owner):
    opened(page, server, owner, PATCH, "two.patch")
    expect(page.get_by_text("2 files · +3 −3")).to_be_visible()
    expect(page.locator(".patch.named")).to_have_text(["greeting.txt+3 −2", "old.txt+0 −1"])
    expect(page.locator(".patch.said").first).to_have_text("From 1f2e Mon Sep 17 00:00:00 2001")
    assert sides(page, 6) == ["one", "one"]
    assert sides(page, 7) == ["Removed: hello old world", "Added: hello new world"]
    assert sides(page, 8) == ["Removed: -- a dash of it", "Added: ++ a plus of it"]
    assert sides(page, 9) == ["", "Added: and one more"]
    assert sides(page, 10) == ["four", "four no end of line"]
    expect(page.locator(".patch").nth(7).locator("mark")).to_have_text(["old", "new"])
    expect(page.locator(".patch").nth(10).locator(".no")).to_have_text(["4", "5"])
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".ln")).to_have_count(22)


def test_on_a_narrow_window_it_is_one_column(watch, server, person, owner):
    page = watch.page(person, viewport={"width": 390, "height": 780})
    opened(page, server, owner, PATCH, "two.diff")
    expect(page.locator(".patch.slim .half")).to_have_text([
        "one", "Removed: hello old world", "Removed: -- a dash of it", "Added: hello new world",
        "Added: ++ a plus of it", "Added: and one more", "four no end of line", "Removed: gone",
    ])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 780})
    expect(page.locator(".patch.wide")).to_have_count(6)


def test_a_long_difference_has_few_rows_and_steps_by_file(page, server, owner):
    hunk = "@@ -1,2 +1,2 @@\n" + " same\n-old\n+new\n"
    text = "".join(f"diff --git a/f{n} b/f{n}\n--- a/f{n}\n+++ b/f{n}\n{hunk}" for n in range(5000))
    opened(page, server, owner, text, "long.diff")
    expect(page.get_by_text("5,000 files · +5000 −5000")).to_be_visible()
    assert page.locator(".patch").count() < 200
    page.keyboard.press("]")
    page.keyboard.press("]")
    expect(page.locator(".patch.named", has_text="f2+1")).to_be_in_viewport()
    page.keyboard.press("[")
    expect(page.locator(".patch.named", has_text="f1+1")).to_be_in_viewport()
    page.keyboard.press("Shift+G")
    expect(page.locator(".patch.named", has_text="f4999+1")).to_be_in_viewport()


def test_a_long_block_is_shown_as_a_whole(page, server, owner):
    head = "--- a/x\n+++ b/x\n@@ -1,200000 +1,200000 @@\n"
    text = head + "-a\n" * 200_000 + "+b\n" * 200_000
    opened(page, server, owner, text, "long.diff")
    expect(page.locator(".patch.named")).to_have_text("x+200000 −200000")
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.locator(".patch.slim .half").first).to_have_text("Removed: a")


def test_an_end_of_line_that_changed_is_seen(page, server, owner):
    text = "--- a/x\r\n+++ b/x\r\n@@ -1,2 +1,2 @@ head\r\n \r\n-a\n+a\r\n"
    opened(page, server, owner, text, "ends.diff")
    expect(page.locator(".patch.named")).to_have_text("x+1 −1")
    assert sides(page, 2) == ["␍", "␍"]
    assert sides(page, 3) == ["Removed: a", "Added: a␍"]
    opened(page, server, owner, text.replace("-a\n", "-a\r\n"), "same.diff")
    expect(page.locator(".patch.named")).to_have_text("x+1 −1")
    assert sides(page, 3) == ["Removed: a", "Added: a"]


@pytest.mark.parametrize("text", [
    "1,2c1\n< a\n---\n> b\n", "@@ -1 +1 @@\n-a\n+b\n", "diff --git a/x b/x\nBinary files differ\n",
])
def test_what_has_no_changes_that_are_known_is_text(page, server, owner, text):
    opened(page, server, owner, text, "odd.diff")
    expect(page.get_by_text("It has no changes as diff -u and git write them")).to_be_visible()
    expect(page.locator(".ln").first).to_contain_text(text.split("\n")[0])


def test_a_card_shows_the_first_changes_in_place(page, server, owner, agent):
    file = owner.store(PATCH.encode(), "two.diff")["id"]
    open_review(page, server, agent.ask("Look", "approval", APPROVAL, attachmentIds=[file]))
    expect(page.locator(".peek .come").first).to_have_text("Added: hello new world")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_source_and_differences(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    for content, name, part in [(SWIFT, "a.swift", ".ln"), (PATCH, "a.diff", ".patch")]:
        opened(page, server, owner, content, name)
        expect(page.locator(part).first).to_be_visible()
        if name == "a.swift":
            page.get_by_role("link", name="Line 3").click()
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
