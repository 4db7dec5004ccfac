"""Archives in the dashboard: what is in them, and one entry at a time; and what the bytes of a file say of it."""

import gzip
import io
import re
import tarfile
import zipfile

import pytest
from axe import faults_of
from playwright.sync_api import expect
from test_shown_files import png


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(entries, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in entries.items():
            head = tarfile.TarInfo(name)
            head.size, head.mtime = len(content), 1_790_000_000
            archive.addfile(head, io.BytesIO(content))
    return out.getvalue()


ENTRIES = {
    "report/log.txt": b"\x1b[31merror\x1b[0m: no room\n<b>not bold</b>\n", "report/shot.png": png([255, 0, 0]),
    "data.bin": b"\x00\x01" * 500, "../../etc/\u202epasswd": b"a name is no path\n",
}


def rows(page):
    return [" ".join(row.inner_text().split()) for row in page.get_by_role("row").all()[1:]]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_the_entries_of_an_archive_are_listed_and_opened(page, server, owner, kind):
    make = {"zip": zipped, "tar": lambda entries: tarred(entries, "w:"), "tar.gz": tarred}[kind]
    file = owner.store(make(ENTRIES), f"report.{kind}")["id"]
    page.goto(f"{server.url}/files/{file}")
    expect(page.get_by_role("row")).to_have_count(5)
    assert [row.split()[0] for row in rows(page)] == [
        "report/log.txt", "report/shot.png", "data.bin", "../../etc/\\u202epasswd",
    ]
    assert "1.0 KB" in rows(page)[2]
    page.get_by_role("link", name="report/log.txt").press("Enter")
    expect(page.locator("pre.text")).to_have_text("error: no room\n<b>not bold</b>\n")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download entry").click()
    assert waiting.value.path().read_bytes() == ENTRIES["report/log.txt"]
    assert waiting.value.suggested_filename == "log.txt"
    page.get_by_role("button", name="All entries").click()
    expect(page.get_by_role("link", name="report/log.txt")).to_be_focused()
    page.get_by_role("link", name="report/shot.png").click()
    expect(page.get_by_text(re.compile("30 × 20, "))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("30 × 20, "))).to_be_visible()
    page.get_by_role("button", name="All entries").click()
    assert page.url == f"{server.url}/files/{file}"
    page.get_by_role("link", name="data.bin").click()
    expect(page.get_by_role("heading", name="There is no preview")).to_be_visible()


def test_a_long_list_is_shown_in_portions_and_a_damaged_archive_as_far_as_it_goes(page, server, owner):
    whole = tarred({f"file-{number:04}": b"x" for number in range(1200)}, "w:")
    page.goto(f"{server.url}/files/{owner.store(whole, 'long.tar')['id']}")
    expect(page.get_by_role("row")).to_have_count(501)
    expect(page.get_by_text("500 of 1,200 entries")).to_be_visible()
    more = page.get_by_role("button", name="More entries")
    more.evaluate("(button) => { button.click(); button.click(); }")
    expect(page.get_by_role("row")).to_have_count(1001)
    more.press("Enter")
    expect(more).to_be_hidden()
    expect(page.get_by_role("row")).to_have_count(1201)
    page.get_by_role("link", name="file-1099").press("Enter")
    back = page.get_by_role("button", name="All entries")
    expect(back).to_be_focused()
    page.reload()
    expect(page.locator("b", has_text="file-1099")).to_be_visible()
    back.press("Enter")
    expect(page.locator(".scroll[aria-label=Entries]")).to_be_focused()
    page.goto(f"{server.url}/files/{owner.store(whole[:100_100], 'cut.tar')['id']}")
    expect(page.get_by_text("It is damaged: ")).to_be_visible()
    expect(page.get_by_role("link", name="file-0001")).to_be_visible()


def test_what_packs_no_archive_says_so(page, server, owner):
    page.goto(f"{server.url}/files/{owner.store(gzip.compress(b'just a text' * 99), 'notes.gz')['id']}")
    expect(page.get_by_role("heading", name="What is in it cannot be listed")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_visible()


def test_what_the_bytes_say_stands_below_the_name(page, server, owner):
    log = b"2026-11-26T12:00:00Z began\nwarning: cold\nerror: no\n2026-11-26T12:44:00Z ended\n"
    said = {
        "run.log": (log, "4 lines · 1 error · 1 warning · 44 min"), "shot.png": (png([1, 2, 3]), "30 × 20 pixels"),
        "some.csv": (b"a,b,c\n1,2,3\n4,5,6\n", "3 rows × 3 columns"),
        "two.zip": (zipped({"a": b"", "b": b""}), "2 entries"),
    }
    for name, (content, words) in said.items():
        page.goto(f"{server.url}/files/{owner.store(content, name)['id']}")
        expect(page.locator(".facts").get_by_text(words, exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_an_archive(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    file = owner.store(zipped({"n" * 200: b"text\n" * 200, **ENTRIES}), "report.zip")["id"]
    page.goto(f"{server.url}/files/{file}")
    expect(page.get_by_role("row")).to_have_count(6)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="report/log.txt").click()
    expect(page.locator("pre.text")).to_be_visible()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
