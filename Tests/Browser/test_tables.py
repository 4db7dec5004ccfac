"""Tables in the dashboard: separated values of every dialect, as rows and columns."""

import re

import pytest
from axe import faults_of
from dashboard import open_review
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
PEOPLE = (
    "name,born,share,note\n"
    'Ada,1815,12.5%,"first, of many"\n'
    'Grace,1906,3%,"said ""bug"""\n'
    'Linus,1969,100%,"two\nlines"\n'
    "Barbara,,7%,=1+1\n"
)
#: A debug build takes seconds to look through a long file.
LONG = 60_000


def opened(page, server, owner, content, name="table.csv"):
    file = owner.store(content if isinstance(content, bytes) else content.encode(), name)["id"]
    page.goto(f"{server.url}/files/{file}")
    expect(page.get_by_role("row").nth(1).get_by_role("cell").first).to_be_visible(timeout=LONG)
    return file


def cells(page, row):
    """What is in a row, from 1; 0 is the head."""
    names = page.locator(f"[aria-rowindex='{row + 1}'] > *")
    expect(names.nth(1)).to_be_visible()
    return names.all_inner_texts()[1:]


def test_fields_are_read_as_the_standard_says(page, server, owner):
    opened(page, server, owner, PEOPLE)
    assert cells(page, 0) == ["name", "born", "share", "note"]
    assert cells(page, 1) == ["Ada", "1815", "12.5%", "first, of many"]
    assert cells(page, 2) == ["Grace", "1906", "3%", 'said "bug"']
    assert cells(page, 3) == ["Linus", "1969", "100%", "two ↵ lines"]
    assert cells(page, 4) == ["Barbara", "", "7%", "=1+1"]
    expect(page.get_by_text("4 rows · 4 columns · 127 B")).to_be_visible()
    alignment = "(cell) => getComputedStyle(cell).textAlign"
    row = page.locator("[aria-rowindex='2'] > *")
    assert [row.nth(column).evaluate(alignment) for column in (1, 2, 3)] == ["start", "right", "right"]
    expect(page.get_by_role("link", name="Raw")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_visible()


@pytest.mark.parametrize("name, content", [
    ("semicolons.csv", "a;b;c\n1,5;2;3\n"), ("tabs.tsv", "a\tb\tc\r\n1,5\t2\t3\r\n"), ("bars.csv", "a|b|c\n1,5|2|3\n"),
    ("bom.csv", "\ufeffa;b;c\r\n1,5;2;3"), ("old-mac.csv", "a;b;c\r1,5;2;3\r"),
])
def test_the_separator_is_found_out(page, server, owner, name, content):
    opened(page, server, owner, content, name)
    assert cells(page, 0) == ["a", "b", "c"]
    assert cells(page, 1) == ["1,5", "2", "3"]


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "utf-16"])
def test_letters_are_read_in_their_charset(page, server, owner, charset):
    opened(page, server, owner, "name,price\nCafé,5 €\n".encode(charset))
    assert cells(page, 1) == ["Café", "5 €"]


def test_how_the_text_is_read_can_be_changed(page, server, owner):
    opened(page, server, owner, 'x;y\n1,2;3\n4;"5\n')
    expect(page.get_by_text("Quotes begin that never end.")).to_be_visible()
    page.get_by_role("button", name="Quotes").click()
    expect(page.get_by_text("2 rows · 2 columns")).to_be_visible()
    assert cells(page, 2) == ["4", '"5']
    page.get_by_label("Separated by").select_option("Comma")
    expect(page.get_by_role("columnheader", name="x;y")).to_be_visible()
    page.get_by_role("button", name="Head").click()
    expect(page.get_by_role("columnheader", name="Column 1")).to_be_visible()
    assert cells(page, 1) == ["x;y", ""]


def test_columns_are_sorted_on_request_numbers_as_numbers(page, server, owner):
    opened(page, server, owner, PEOPLE + "zoë,-5,-1%,x\nÉmile,20,8%,y\n")
    column = lambda index: [cells(page, row)[index] for row in range(1, 7)]
    born = page.get_by_role("columnheader", name="born")
    born.get_by_role("button").click()
    expect(born).to_have_attribute("aria-sort", "ascending")
    expect(born.get_by_role("button")).to_be_focused()
    assert column(1) == ["-5", "20", "1815", "1906", "1969", ""]
    page.keyboard.press("Enter")
    expect(born).to_have_attribute("aria-sort", "descending")
    assert column(1) == ["1969", "1906", "1815", "20", "-5", ""]
    page.get_by_role("columnheader", name="name").get_by_role("button").click()
    assert column(0) == ["Ada", "Barbara", "Émile", "Grace", "Linus", "zoë"]
    expect(page.get_by_role("button", name="Row 4", exact=True)).to_have_text("4")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="name")).to_have_attribute("aria-sort", "none")
    assert column(0) == ["Ada", "Grace", "Linus", "Barbara", "zoë", "Émile"]


def test_only_what_is_written_as_a_number_is_sorted_as_one(page, server, owner):
    opened(page, server, owner, 'n;code\n1,234,567;e10\n20;E9\n1,5;+e5\n')
    sort = lambda name: page.get_by_role("columnheader", name=name).get_by_role("button").click()
    sort("n")
    assert [cells(page, row)[0] for row in (1, 2, 3)] == ["1,5", "20", "1,234,567"]
    sort("code")
    assert [cells(page, row)[1] for row in (1, 2, 3)] == ["+e5", "E9", "e10"]


def test_what_is_copied_runs_as_a_formula_nowhere(watch, server, person, owner):
    page = watch.page(person, permissions=["clipboard-read", "clipboard-write"])
    opened(page, server, owner, 'a,b\n=1+1,-5\n"@sum\n(x)","tab\there"\n+e5,2\n')
    copied = lambda: page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("3 rows copied. 3 cells like a formula got an apostrophe in front.").first).to_be_visible()
    assert copied() == 'a\tb\n\'=1+1\t-5\n"\'@sum\n(x)"\t"tab\there"\n\'+e5\t2'
    page.get_by_role("button", name="Row 1").click()
    expect(page.get_by_role("dialog").locator("pre").first).to_have_text("=1+1")
    page.get_by_role("button", name="Copy row").click()
    page.wait_for_function("async () => await navigator.clipboard.readText() === `'=1+1\\t-5`")


def test_marked_text_is_copied_as_it_is_unless_it_runs(watch, server, person, owner):
    page = watch.page(person, permissions=["clipboard-read", "clipboard-write"])
    opened(page, server, owner, 'a,b\n=1+1,"say ""hi"""\n"""=2+2""",x\n')

    def copied(row, column):
        cell = page.locator(f"[aria-rowindex='{row + 1}'] > *").nth(column)
        cell.evaluate("(cell) => getSelection().selectAllChildren(cell)")
        page.locator(".log").press("Control+c")
        return page.evaluate("navigator.clipboard.readText()")

    assert copied(1, 2) == 'say "hi"'
    expect(page.locator(".toast")).to_have_count(0)
    assert copied(1, 1) == "'=1+1"
    expect(page.locator(".toast")).to_contain_text("Copied. 1 cell like a formula got an apostrophe in front.")
    assert copied(2, 1) == "'\"=2+2\""
    page.evaluate("getSelection().removeAllRanges()")
    page.locator(".log").press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "'\"=2+2\""


def test_a_row_that_is_opened_has_all_of_its_cells(page, server, owner):
    wide = ",".join(f"c{number}" for number in range(300))
    opened(page, server, owner, f"{wide}\n{'x' * 5000},{wide}\n")
    expect(page.get_by_text("200 of 301 columns are shown.")).to_be_visible()
    assert cells(page, 1)[0] == "x" * 300 + "…"
    page.get_by_role("button", name="Row 1").click()
    entries = page.get_by_role("dialog").locator("dd")
    expect(entries).to_have_count(301)
    expect(entries.first).to_have_text("x" * 5000)
    expect(entries.last).to_have_text("c299")


def test_no_cell_is_left_out_without_a_word(page, server, owner, agent):
    opened(page, server, owner, "a,b\n" + "1,2\n" * 250 + '1,2,"x,\ny",4\n')
    expect(page.get_by_text("251 rows · 4 columns")).to_be_visible()
    opened(page, server, owner, "a,b\n" + "1,2\n" * 250 + "1," * 201)
    expect(page.get_by_text("200 of 202 columns are shown.")).to_be_visible()
    for text in ("a\n" + f"{'x' * 30_000}\n" * 3, "a,b\n" + "1," * 9):
        file = owner.store(text.encode(), "peek.csv")["id"]
        open_review(page, server, agent.ask("Look", "approval", APPROVAL, attachmentIds=[file]))
        expect(page.locator(".peek")).to_contain_text("This is the beginning.")


def test_a_table_of_any_length_comes_as_it_is_read(page, server, owner):
    row = b"2026-11-26,usual,%07d\n"
    text = b"day,what,number\n" + b"".join(row % number for number in range(400_000))
    text += b'2026-11-27,"said ""it""\nin two lines, and\nthree",1\n'
    text += b"".join(row % number for number in range(400_000))
    opened(page, server, owner, text, "long.csv")
    expect(page.get_by_text("The file is too long to be sorted here")).to_be_visible()
    expect(page.get_by_text("800,001 rows · 3 columns · 20.0 MB")).to_be_visible(timeout=LONG)
    box = page.locator(".log")
    box.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
    expect(page.locator("[aria-rowindex='800002']")).to_contain_text("0399999", timeout=LONG)
    assert page.get_by_role("row").count() < 200
    expect(page.get_by_role("columnheader", name="what")).to_be_in_viewport()
    box.evaluate("(box) => { box.scrollTop = (box.scrollHeight - box.clientHeight) / 2 }")
    middle = page.locator("[aria-rowindex='400002']")
    expect(middle).to_contain_text('said "it" ↵ in two lines, and ↵ three', timeout=LONG)


#: Two lines are longer than what is shown of one: the second of a record of three, and another with three quotes.
CUT = (
    "a,b,c,d\n" + f'"open\nq",{"y" * 40_000},"r\ntail",5\n' + f'"{"y" * 40_000}",5" pipe\n'
    + "c,1\n" * 3 + 'z,6" pipe\n' + f"{'f' * 30_000},1\n" * 560
)
ONE_BY_ONE = "Further down each line is shown as a row"


def test_behind_a_line_that_is_cut_none_are_joined(page, server, owner):
    opened(page, server, owner, CUT, "cut.csv")
    expect(page.get_by_text("566 rows · 4 columns")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(ONE_BY_ONE)).to_be_visible()
    assert cells(page, 1) == ["open ↵ q", "y" * 300 + "…", "", ""]
    assert cells(page, 3) == ["c", "1", "", ""]


def test_a_search_for_records_that_fails_is_told_and_one_that_is_left_ends(page, server, owner):
    page.route(re.compile(r"/lines\?grep="), lambda route: route.abort())
    opened(page, server, owner, CUT, "cut.csv")
    expect(page.get_by_text(ONE_BY_ONE)).to_be_visible()
    held, sought = [], []
    page.route(re.compile(r"/lines\?count=1$"), lambda route: held.append(route), times=1)
    with page.expect_request(re.compile(r"/lines\?count=1$")):
        page.get_by_label("Separated by").select_option("Bar")
    page.get_by_text("Text", exact=True).click()
    expect(page.get_by_text(ONE_BY_ONE)).to_be_hidden()
    endless = {"lines": [], "next": 2}
    page.route(re.compile(r"/lines\?grep="), lambda route: (sought.append(route), route.fulfill(json=endless)))
    with page.expect_response(re.compile(r"/lines\?grep=")):
        held[0].continue_()
    page.evaluate("fetch('/api/auth/me').then(() => fetch('/api/auth/me'))")
    assert len(sought) == 1


def test_its_text_is_a_click_away_and_a_link_leads_there(page, server, owner):
    file = opened(page, server, owner, PEOPLE)
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".ln")).to_have_count(6)
    expect(page.get_by_role("radio", name="Text")).to_be_focused()
    page.get_by_text("Table", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(5)
    page.goto(f"{server.url}/inbox")
    page.goto(f"{server.url}/files/{file}#L3")
    expect(page.locator(".ln.on")).to_contain_text("Grace")


def test_a_card_shows_the_first_rows_in_place(page, server, owner, agent):
    text = "a,b\n" + "1,2\n" * 20_000
    file = owner.store(text.encode(), "many.csv")["id"]
    open_review(page, server, agent.ask("Look", "approval", APPROVAL, attachmentIds=[file]))
    expect(page.locator(".peek tr")).to_have_count(9)
    expect(page.locator(".peek")).to_contain_text("This is the beginning.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_a_table(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    opened(page, server, owner, PEOPLE + "x,1,2,3\n" * 1000)
    page.get_by_role("columnheader", name="born").get_by_role("button").click()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name=re.compile("^Row 5$")).click()
    assert faults_of(page) == []
