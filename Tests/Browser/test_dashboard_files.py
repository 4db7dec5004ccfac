"""Files in the dashboard: looked at on a page of their own, and in place where they hang."""

import re
from pathlib import Path

import pytest
from axe import faults_of
from dashboard import open_review
from placet_server import eventually
from playwright.sync_api import expect

SAMPLES = Path(__file__).parents[1] / "MediaTypesTests/Samples"
APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
MARKDOWN = "# Plan\n\nWe **move** [on](javascript:window.ran=1).\n\n<script>window.ran = 1</script>\n"


def sample(pattern):
    return next(iter(sorted(SAMPLES.glob(pattern)))).read_bytes()


def store(owner, *named):
    return [owner.store(content, name)["id"] for content, name in named]


def test_from_a_review_each_file_is_looked_at_and_the_way_leads_back(page, server, owner, agent):
    text = "one\ntwo \u202egnp.exe\x1b[31m\r\nthree"
    files = store(owner, (sample("*.png"), "shot.png"), (text.encode(), "notes.txt"), (MARKDOWN.encode(), "plan.md"))
    message = agent.ask("Look\nclosely", "approval", APPROVAL, attachmentIds=files)
    open_review(page, server, message)
    page.wait_for_function("() => document.querySelector('.thumb img')?.naturalWidth > 0")
    expect(page.locator(".peek .text")).to_have_text("one\ntwo ⟨U+202E⟩gnp.exe␛[31m\nthree")
    expect(page.locator(".peek .prose strong")).to_have_text("move")
    page.locator(".strip").get_by_role("link", name="shot.png").click()
    expect(page.get_by_role("heading", name="shot.png")).to_be_focused()
    expect(page).to_have_title(re.compile("shot.png"))
    assert page.url == f"{server.url}/files/{files[0]}?from={message}"
    expect(page.locator(".facts")).to_contain_text("sent by tests")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="notes.txt")).to_be_visible()
    expect(page.locator(".ln").nth(1)).to_contain_text("two ⟨U+202E⟩gnp.exe")
    page.get_by_role("link", name="Next file").click()
    expect(page.locator(".prose")).to_contain_text("<script>window.ran = 1</script>")
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".ln").nth(4)).to_contain_text("<script>window.ran = 1</script>")
    assert page.evaluate("window.ran") is None
    page.reload()
    page.get_by_role("link", name="Back to the review").click()
    expect(page.locator("#review-title")).to_have_text("Look")


def test_a_picture_comes_nearer_by_keys_and_fits_again(page, server, owner):
    [file] = store(owner, (sample("*.png"), "shot.png"))
    page.goto(f"{server.url}/files/{file}")
    picture = page.locator(".stage img")
    page.wait_for_function("() => document.querySelector('.stage img')?.naturalWidth > 0")
    width = lambda: picture.evaluate("(image) => image.width / image.naturalWidth")
    own = width()
    page.keyboard.press("+")
    assert width() == pytest.approx(own * 1.5, rel=0.05)
    page.keyboard.press("3")
    assert width() == 3
    page.keyboard.press("-")
    assert width() == pytest.approx(2, rel=0.05)
    page.get_by_role("button", name="1:1").click()
    assert width() == 1
    page.keyboard.press("0")
    assert width() == own
    page.get_by_role("button", name="Checkerboard").click()
    expect(page.get_by_role("button", name="Checkerboard")).to_have_attribute("aria-pressed", "false")


def test_a_drawing_is_seen_and_runs_nothing(page, server, owner):
    drawing = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="parent.ran = 1">
        <script>parent.ran = 1</script><rect width="40" height="40"/></svg>"""
    [file] = store(owner, (drawing, "shape.svg"))
    page.goto(f"{server.url}/files/{file}")
    page.wait_for_function("() => document.querySelector('.stage img')?.naturalWidth === 40")
    assert page.evaluate("window.ran") is None


def test_what_the_browser_plays_is_played(page, server, owner):
    film, = store(owner, (sample("film.webm"), "film.webm"))
    page.goto(f"{server.url}/files/{film}")
    page.wait_for_function("() => document.querySelector('video')?.readyState > 0 || document.querySelector('.empty')")


def test_a_pdf_is_in_a_frame_whose_answer_is_a_sandbox(page, server, owner):
    [file] = store(owner, (sample("k-*.pdf"), "report.pdf"))
    # Chromium's reader takes it.
    with page.expect_event("request", lambda request: request.url.startswith("chrome-extension://")):
        page.goto(f"{server.url}/files/{file}")
    address = page.locator("iframe.frame[title='report.pdf']").get_attribute("src")
    answer = page.request.get(server.url + address)
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("content, name, words", [
    (b"", "none.txt", "This file is empty"),
    (bytes(range(256)) * 20, "odd.bin", "There is no preview for this kind of file"),
    (sample("*.png")[:24], "cut.png", "Your browser cannot show this file"),
], ids=["empty", "unknown", "cut off"])
def test_what_cannot_be_seen_says_so_and_can_be_downloaded(page, server, owner, content, name, words):
    [file] = store(owner, (content, name))
    page.goto(f"{server.url}/files/{file}")
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == name
    assert Path(download.value.path()).read_bytes() == content


@pytest.mark.parametrize("name, content", [
    ("shot.png", sample("*.png")), ("notes.txt", b"will be lost"), ("report.pdf", sample("k-*.pdf")),
])
def test_a_file_that_is_damaged_says_so(page, server, owner, name, content):
    content += b"\n" + name.encode()  # Bytes that no other test has.
    [file] = store(owner, (content, name))
    [blob] = [path for path in (server.storage / "blobs").rglob("*") if path.is_file() and path.read_bytes() == content]
    blob.unlink()
    page.goto(f"{server.url}/files/{file}")
    expect(page.locator(".note.error")).to_contain_text(f"{name} could not be read.")
    expect(page.locator(".note.error")).to_contain_text("Request ")


def test_a_file_found_damaged_is_marked_where_it_hangs_until_it_is_uploaded_again(page, server, owner):
    content = b"what was measured in the night"
    file = owner.store(content, "night.bin")["id"]
    sent = {"channelId": owner.channel, "text": "The figures", "attachmentIds": [file]}
    assert owner.request("POST", "messages", json=sent).status_code == 201
    page.goto(f"{server.url}/channels/{owner.channel}")
    card = page.locator(".att", has_text="night.bin")
    expect(card).to_contain_text("30 B")
    [blob] = [path for path in (server.storage / "blobs").rglob("*") if path.is_file() and path.read_bytes() == content]
    blob.unlink()
    assert server.command("fsck", check=False).returncode == 2
    expect(card).to_contain_text("Damaged on the server's disk.")
    assert "damagedAt" in owner.request("GET", f"files/{file}").json()
    owner.store(content, "again.bin")
    expect(card).to_contain_text("30 B")
    assert "damagedAt" not in owner.request("GET", f"files/{file}").json()


def test_the_owner_of_a_file_sees_who_opened_it(page, server, owner, person):
    file = owner.store(b"secret plan", "plan.bin")["id"]
    page.goto(f"{server.url}/files/{file}")
    page.get_by_role("button", name="Who opened it").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nobody yet.")
    page.get_by_role("button", name="Close").click()
    assert owner.content(file) == b"secret plan"
    assert person.request("GET", f"files/{file}/download").ok
    eventually(lambda: len(person.request("GET", f"files/{file}/openings").json()["data"]) == 2, "both are noted")
    page.get_by_role("button", name="Who opened it").click()
    rows = page.get_by_role("list", name="Openings").get_by_role("listitem")
    expect(rows.filter(has_text="admin@placet.local")).to_have_count(1)
    expect(rows.filter(has_text="An agent, by a key")).to_have_count(1)


def test_a_file_that_is_gone_is_not_here(page, server, owner):
    [file] = store(owner, (b"short lived", "gone.txt"))
    assert owner.request("DELETE", f"files/{file}").status_code == 200
    page.goto(f"{server.url}/files/{file}")
    expect(page.get_by_role("heading", name="This file is not here")).to_be_visible()
    page.get_by_role("link", name="All files").click()
    expect(page.get_by_role("heading", name="Files", exact=True)).to_be_visible()


def test_viewers_are_no_part_of_the_first_load(page, server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/inbox")
    expect(page.get_by_role("link", name="Files")).to_be_visible()
    assert any("/app.js" in url for url in asked)
    assert not any("/view-" in url for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_the_page_of_any_file(watch, server, person, owner, agent, width, scheme):
    shown = {
        "shot.png": (sample("*.png"), ".stage img"), "film.webm": (sample("film.webm"), ".media"),
        "a.pdf": (sample("k-*.pdf"), ".frame"), "n" * 200 + ".txt": (b"words\n" * 60_000, ".ln:not(.waiting)"),
        "plan.md": (MARKDOWN.encode(), ".prose strong"), "odd.bin": (bytes(range(256)), ".empty h2"),
    }
    files = store(owner, *((content, name) for name, (content, _) in shown.items()))
    message = agent.ask("Look", "approval", APPROVAL, attachmentIds=files)
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    open_review(page, server, message)
    page.wait_for_selector(".peek .prose")
    faults = {"card": faults_of(page)}
    for file, (name, (_, part)) in zip(files, shown.items()):
        page.goto(f"{server.url}/files/{file}?from={message}")
        page.wait_for_selector(part)
        faults[name] = faults_of(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert {view: found for view, found in faults.items() if found} == {}
