"""Files opened in a real browser: what may be shown is shown, and nothing that was uploaded ever runs (docs/media-types.md)."""

import json
import struct
import time
import zlib

import pytest
from browser import requests_of, settle
from playwright.sync_api import Error

#: Where an agent and where a person find a file.
APIS = ["/api/v1", "/api"]


@pytest.fixture
def page(chromium, server, owner, person):
    """A page of somebody signed in, whose every request to our server has the key: the worst case, if something ran."""
    context = chromium.new_context(accept_downloads=True)
    token = person.session.cookies["access_token"]
    context.add_cookies([{"name": "access_token", "value": token, "url": server.url, "httpOnly": True}])
    page = context.new_page()
    page.dialogs = []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))

    def with_key(route):
        route.continue_(headers={**route.request.headers, "x-api-key": owner.key})

    context.route(f"{server.url}/**", with_key)
    yield page
    context.close()


def hostile_html(canary, server):
    """Everything that runs or asks when nothing stops it."""
    return f"""<!doctype html><html><head><title>report</title>
<base href="{canary.url}/base/">
<link rel="stylesheet" href="{canary.url}/style.css"><link rel="prefetch" href="{canary.url}/prefetch">
<style>@import url("{canary.url}/import.css"); body {{ background: url({canary.url}/background.png) }}</style>
<script>document.title = "pwned"; fetch("{canary.url}/fetched"); fetch("{server.url}/api/v1/agents");
new Image().src = "{canary.url}/beacon"; alert("pwned")</script>
<script src="{canary.url}/external.js"></script>
<meta http-equiv="refresh" content="0; url={canary.url}/refreshed">
</head><body onload="document.title = 'pwned by onload'; fetch('{server.url}/api/v1/agents')">
<h1 id="seen">The report</h1>
<img src="{canary.url}/image.png" onerror="document.title = 'pwned by onerror'">
<img src="{server.url}/health"><iframe src="{canary.url}/frame"></iframe>
<iframe srcdoc="<script>parent.document.title='pwned by srcdoc'</script>"></iframe>
<object data="{canary.url}/object"></object><embed src="{canary.url}/embed"><video src="{canary.url}/video" autoplay></video>
<form id="form" action="{canary.url}/posted" method="post"><button id="send">send</button></form>
<a id="link" href="javascript:document.title='pwned by link'">link</a>
</body></html>""".encode()


def hostile_svg(canary, server):
    return f"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
width="80" height="80" onload="document.documentElement.setAttribute('data-ran', 'onload')">
<script>document.documentElement.setAttribute("data-ran", "script"); fetch("{canary.url}/fetched"); alert("pwned")</script>
<script xlink:href="{canary.url}/external.js"/>
<image href="{canary.url}/image.png" width="9" height="9"/><use href="{server.url}/health#x"/>
<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="{canary.url}/frame"/></foreignObject>
<rect id="seen" width="40" height="40" fill="red"/></svg>""".encode()


def address(server, file, query="", api="/api/v1"):
    return f"{server.url}{api}/files/{file['id']}/download{query}"


class Quiet:
    """Around opening an uploaded file: nobody but the file itself may be asked for, and nothing may pop up.

    What the servers saw counts, not the browser's account: that lists the requests it blocked as well.
    """

    def __init__(self, page, canary, server):
        self.page, self.canary, self.server = page, canary, server

    def __enter__(self):
        self.before = len(self.server.settled_log())

    def __exit__(self, failure, *_):
        if failure is None:
            assert self.canary.hits == []
            assert self.page.dialogs == []
            asked = requests_of(self.server, self.before)
            assert len(set(asked)) == 1, asked
            assert asked[0] in [f"{api}/files/{{id}}/download" for api in APIS]


def png(colour):
    def piece(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour * 30) for _ in range(20))
    return (b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", struct.pack(">IIBBBBB", 30, 20, 8, 2, 0, 0, 0))
            + piece(b"IDAT", zlib.compress(rows)) + piece(b"IEND", b""))


def downloaded(page, url):
    """Opens an address that must be saved, not shown."""
    with page.expect_download() as waiting:
        with pytest.raises(Error, match="ERR_ABORTED|Download is starting"):
            page.goto(url)
    return waiting.value


def test_the_hostile_page_does_run_where_nothing_stops_it(page, canary, server):
    """The control: without our headers the same page gets through, so the tests below can fail."""
    canary.page = hostile_html(canary, server).replace(b"http-equiv", b"data-none")
    before = len(server.settled_log())
    page.goto(canary.url + "/start")
    deadline = time.monotonic() + 10
    while not ({"/fetched", "/beacon", "/external.js", "/style.css", "/frame", "/image.png"} <= set(canary.hits)
               and {"/health", "/api/v1/agents"} <= set(requests_of(server, before))):
        assert time.monotonic() < deadline, (canary.hits, requests_of(server, before))
        page.wait_for_timeout(20)
    assert page.title().startswith("pwned")
    assert page.dialogs == ["pwned"]


def test_a_picture_is_shown(page, server, owner):
    file = owner.store(png([255, 0, 0]), "red.png")
    answer = page.goto(address(server, file))
    assert answer.headers["content-type"] == "image/png"
    assert page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]") == [30, 20]


def test_a_page_is_saved_when_opened(page, canary, server, owner, tmp_path):
    content = hostile_html(canary, server)
    file = owner.store(content, "report.html")
    download = downloaded(page, address(server, file))
    assert download.suggested_filename == "report.html"
    download.save_as(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == content
    assert canary.hits == []


@pytest.mark.parametrize("api", APIS)
def test_a_page_shown_on_request_can_neither_run_nor_ask(page, canary, server, owner, api):
    url = address(server, owner.store(hostile_html(canary, server), "report.html"), "?disposition=inline", api)
    with Quiet(page, canary, server):
        page.goto(url)
        settle(page)
        assert page.locator("#seen").inner_text() == "The report"
        page.locator("#link").click()
        page.locator("#send").click()
        settle(page)
        assert page.url == url
        assert page.title() == "report"


@pytest.mark.parametrize("api", APIS)
def test_a_page_shown_on_request_has_no_origin_of_ours(page, canary, server, owner, api):
    url = address(server, owner.store(hostile_html(canary, server), "report.html"), "?disposition=inline", api)
    answer = page.goto(url)
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy and "allow-scripts" not in policy
    assert page.evaluate("window.origin") == "null"
    with pytest.raises(Error, match="sandboxed|SecurityError"):
        page.evaluate("localStorage.length")
    with pytest.raises(Error, match="sandboxed|SecurityError"):
        page.evaluate("document.cookie")


@pytest.mark.parametrize("query", ["", "?disposition=inline"], ids=["opened", "inline"])
def test_a_shared_page_is_saved_whatever_the_address_asks_for(page, canary, server, owner, person, query):
    file = owner.store(hostile_html(canary, server), "report.html")
    link = person.request("GET", f"files/{file['id']}/share").json()["url"]
    assert downloaded(page, link + query).suggested_filename == "report.html"
    assert canary.hits == []


def test_a_drawing_with_a_script_is_saved_when_opened(page, canary, server, owner):
    file = owner.store(hostile_svg(canary, server), "drawing.svg")
    assert file["mimeType"] == "image/svg+xml"
    assert downloaded(page, address(server, file)).suggested_filename == "drawing.svg"
    assert canary.hits == []


@pytest.mark.parametrize("api", APIS)
def test_a_drawing_shown_on_request_can_neither_run_nor_ask(page, canary, server, owner, api):
    url = address(server, owner.store(hostile_svg(canary, server), "drawing.svg"), "?disposition=inline", api)
    with Quiet(page, canary, server):
        page.goto(url)
        settle(page)
        assert page.locator("#seen").get_attribute("fill") == "red"
        assert page.evaluate("document.documentElement.getAttribute('data-ran')") is None


def test_text_with_markup_inside_is_shown_as_text(page, canary, server, owner):
    text = f"log line 1\n<script>document.title='pwned'</script><img src={canary.url}/image.png>\nlog line 3\n"
    url = address(server, owner.store(text.encode(), "build.log"))
    with Quiet(page, canary, server):
        answer = page.goto(url)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        settle(page)
        assert page.locator("body").inner_text().strip() == text.strip()
        assert page.title() == ""


@pytest.mark.parametrize("declared", ["image/png", "text/plain", "image/svg+xml"])
@pytest.mark.parametrize("query", ["", "?disposition=inline"], ids=["opened", "inline"])
def test_a_page_that_calls_itself_something_else_does_not_run(page, canary, server, owner, declared, query):
    answer = owner.request(
        "POST", "files/store", data={"channelId": owner.channel},
        files={"file": ("innocent.png", hostile_html(canary, server), declared)})
    assert answer.json()["mimeType"] == "text/html"
    with Quiet(page, canary, server):
        if query:
            page.goto(address(server, answer.json(), query))
            settle(page)
            assert page.title() == "report"
        else:
            downloaded(page, address(server, answer.json()))


POLYGLOTS = {
    "a picture with a page behind it": lambda html: png([0, 255, 0]) + html,
    "a GIF that is a script": lambda html: b"GIF89a/*" + b"\0" * 20 + b"*/=1;document.title='pwned';" + html,
    "JSON with a page inside": lambda html: json.dumps({"a": html.decode()}).encode(),
    "CSV with a page inside": lambda html: b"a,b\n1,\"" + html.replace(b'"', b"'") + b"\"\n",
    "Markdown with a page inside": lambda html: b"# Title\n\n" + html,
    "a page in UTF-16": lambda html: html.decode().encode("utf-16"),
    "a page in UTF-7": lambda html: b"+ADw-script+AD4-document.title='pwned'+ADw-/script+AD4-\n",
    "a page behind a thousand blanks": lambda html: b" \n" * 1000 + html,
    "a page in a comment": lambda html: b"<!-- " + b"x" * 3000 + b" -->" + html,
    "XML with a script": lambda html: b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'>"
                                       b"<script>document.title='pwned'</script></x>",
}


@pytest.mark.parametrize("name", POLYGLOTS)
@pytest.mark.parametrize("filename, query", [("x.png", ""), ("x.html", "?disposition=inline")], ids=["opened", "inline"])
def test_whatever_it_is_it_does_not_run(page, canary, server, owner, name, filename, query):
    file = owner.store(POLYGLOTS[name](hostile_html(canary, server)), filename)
    with Quiet(page, canary, server):
        try:
            page.goto(address(server, file, query))
        except Error as saved:
            assert "Download is starting" in saved.message or "ERR_ABORTED" in saved.message
        else:
            settle(page)
            assert "pwned" not in page.title()


def test_another_site_cannot_embed_a_file(page, canary, server, owner):
    """Cross-Origin-Resource-Policy: a page elsewhere that knows the address does not get to use the bytes."""
    file = owner.store(png([0, 0, 255]), "blue.png")
    canary.page = f"<img id=picture src='{address(server, file)}'>".encode()
    page.goto(canary.url.replace("127.0.0.1", "localhost") + "/start")
    page.wait_for_function("document.images[0].complete")
    assert page.evaluate("document.images[0].naturalWidth") == 0
