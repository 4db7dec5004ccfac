"""A channel in a real browser: long threads, search, what became of a message, files on their way."""

import hashlib
import re

import pytest
from placet_server import ADMIN_PASSWORD, Server, eventually
from playwright.sync_api import expect


def _say(owner, channel, text):
    answer = owner.request("POST", "messages", json={"channelId": channel, "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture(scope="module")
def server(binary):
    server = Server(binary, PLACET_ADMIN_PASSWORD=ADMIN_PASSWORD, PLACET_WEBHOOK_ALLOW="127.0.0.1").start()
    yield server
    server.dispose()


@pytest.fixture
def channel(owner):
    return owner.request("POST", "agents", json={"name": "build-bot"}).json()["id"]


def test_a_long_thread_is_read_to_its_beginning_without_a_jump(page, server, owner, channel):
    ids = [_say(owner, channel, f"Line **{number}**\n\n- of `{number}`") for number in range(230)]
    page.goto(f"{server.url}/channels/{channel}")
    expect(page.locator(f"[data-message='{ids[-1]}']")).to_be_in_viewport()
    rows = lambda: page.locator("[data-message]").evaluate_all("(rows) => rows.map((row) => row.dataset.message)")
    # What is at the top of the view stays there, whatever comes above it.
    moved = page.evaluate("""async () => {
        const pane = document.querySelector(".thread").parentElement;
        const frame = () => new Promise(requestAnimationFrame);
        const rows = () => [...pane.querySelectorAll("[data-message]")];
        let moved = 0;
        for (let step = 0; step < 3000; step++) {
            const top = pane.getBoundingClientRect().top;
            const before = rows().length;
            const anchor = rows().find((row) => row.getBoundingClientRect().bottom > top + 1);
            const placeOf = (row) => row.querySelector(".msg").getBoundingClientRect().top;
            const place = placeOf(anchor);
            await frame();
            // The first row is drawn anew, without the day above it.
            const now = rows().find((row) => row.dataset.message === anchor.dataset.message);
            if (rows().length > before) moved = Math.max(moved, Math.abs(placeOf(now) - place));
            else if (pane.scrollTop > 0) pane.scrollTop -= 200;
            else if (rows().length === 230) break;
        }
        return moved;
    }""")
    assert rows() == ids
    assert moved <= 1
    expect(page.locator(f"[data-message='{ids[0]}']")).to_be_in_viewport()
    # Somebody who reads old messages is left where he is; at the end one is kept there.
    new = _say(owner, channel, "The newest")
    expect(page.locator(f"[data-message='{new}']")).to_have_count(1)
    expect(page.locator(f"[data-message='{ids[0]}']")).to_be_in_viewport()


def test_who_is_at_the_end_is_kept_there_while_files_are_read(page, server, owner, channel):
    """A text in place takes its room when it has come, after its message was drawn."""
    for number in range(6):
        file = owner.store("\n".join(f"line {line}" for line in range(30)).encode(), f"{number}.txt", channel=channel)
        body = {"channelId": channel, "text": f"See {number}", "attachmentIds": [file["id"]]}
        assert owner.request("POST", "messages", json=body).status_code == 201
    last = _say(owner, channel, "The end")
    page.goto(f"{server.url}/channels/{channel}")
    expect(page.get_by_text("line 29").last).to_be_attached()
    expect(page.locator(f"[data-message='{last}']")).to_be_in_viewport(ratio=1)
    left = page.evaluate("""() => {
        const pane = document.querySelector(".thread").parentElement;
        return pane.scrollHeight - pane.scrollTop - pane.clientHeight;
    }""")
    assert left <= 1


def test_messages_are_found_by_their_text(page, server, owner, channel):
    needle = _say(owner, channel, "A needle, Überraschung")
    _say(owner, channel, "Hay")
    page.goto(f"{server.url}/channels/{channel}")
    expect(page.locator("[data-message]")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("ÜBERRASCH")
    expect(page.locator("[data-message]")).to_have_count(1)
    expect(page.locator(f"[data-message='{needle}']")).to_be_visible()
    page.get_by_label("Text of a message").fill("nothing has this")
    expect(page.get_by_role("heading", name="No messages match")).to_be_visible()
    page.get_by_label("Text of a message").fill("")
    expect(page.locator("[data-message]")).to_have_count(2)


def test_a_message_that_no_webhook_took_says_why_and_is_sent_again(page, server, owner, person, channel, receive):
    receiver = receive(410, 200)
    hook = {"channelId": channel, "url": receiver.url()}
    assert owner.request("POST", "agents/setWebhook", json=hook).ok
    page.goto(f"{server.url}/channels/{channel}")
    page.get_by_label("Message to build-bot").fill("Are you there?")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="The webhook failed. Show the attempts").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("message:created: failed")
    expect(dialog).to_contain_text("answered 410")
    dialog.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("button", name="Delivered to the webhook. Show the attempts")).to_be_visible()


def test_a_large_file_has_a_bar_and_others_are_cancelled_retried_and_refused(page, server, person, channel, tmp_path):
    large, other, huge = tmp_path / "large.bin", tmp_path / "other.bin", tmp_path / "huge.bin"
    for path, size in ((large, 200 * 2**20), (other, 5), (huge, 2**30 + 1)):
        with open(path, "wb") as file:
            file.truncate(size)
    page.goto(f"{server.url}/channels/{channel}")
    page.evaluate("""() => {
        window.bars = [];
        setInterval(() => window.bars.push(document.querySelector("progress")?.value ?? -1), 5);
    }""")
    picker = page.get_by_label("Attach files")
    expect(page.get_by_text("At most 1.1 GB each.")).to_be_visible()
    picker.set_input_files(large)
    expect(page.get_by_text("large.bin is stored")).to_be_attached(timeout=60_000)
    seen = page.evaluate("window.bars.filter((value) => value > 0 && value < 200 * 2 ** 20).length")
    assert seen > 1
    # One that is under way is cancelled, and nothing of it stays.
    page.route("**/files/store", lambda route: None)
    picker.set_input_files(other)
    page.get_by_role("button", name="Cancel other.bin").click()
    expect(page.get_by_text("other.bin", exact=True)).to_have_count(0)
    # One that failed is tried again; the others stay as they are.
    page.unroute("**/files/store")
    page.route("**/files/store", lambda route: route.abort(), times=1)
    picker.set_input_files(other)
    page.get_by_role("button", name="Retry other.bin").click()
    expect(page.get_by_text("other.bin is stored")).to_be_attached()
    picker.set_input_files(huge)
    expect(page.get_by_text("the limit is 1.1 GB. Nothing of it was sent.")).to_be_visible()
    page.get_by_role("button", name="Remove huge.bin").click()
    expect(page.get_by_role("button", name="Remove other.bin")).to_be_focused()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg").last).to_contain_text("large.bin")
    files = lambda: {file["filename"] for file in person.request("GET", f"files?agent={channel}").json()["data"]}
    eventually(lambda: files() == {"large.bin", "other.bin"}, "both are stored, once")


def test_a_large_file_goes_on_after_a_broken_connection_and_after_a_reload(page, server, person, channel, tmp_path):
    content = b"".join(b"line %d\n" % number for number in range(3_500_000))
    (tmp_path / "build.log").write_bytes(content)
    starts = []
    page.on("request", lambda request: starts.append(
        int(request.headers["upload-offset"])) if request.method == "PATCH" else None)
    page.goto(f"{server.url}/channels/{channel}")
    # The second part never gets through, and then the page is gone.
    part = 16 * 2**20
    page.route("**/files/tus/*", lambda route: route.abort()
               if route.request.headers.get("upload-offset") == str(part) else route.continue_())
    page.get_by_label("Attach files").set_input_files(tmp_path / "build.log")
    eventually(lambda: page.wait_for_timeout(20) or starts.count(part) >= 2, "the second part is tried again", 60)
    page.reload()
    page.unroute_all()
    starts.clear()
    page.get_by_label("Attach files").set_input_files(tmp_path / "build.log")
    expect(page.get_by_text("build.log is stored")).to_be_attached(timeout=60_000)
    assert starts[0] == part
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg").last).to_contain_text("build.log")
    (file,) = person.request("GET", f"files?agent={channel}").json()["data"]
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('upload')).length") == 0
    # One that is taken off is given up on the server too.
    page.route("**/files/tus/*", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_())
    page.get_by_label("Attach files").set_input_files(tmp_path / "build.log")
    page.get_by_role("button", name="Cancel build.log").click()
    eventually(lambda: page.wait_for_timeout(20) or server.incoming() == [], "nothing is left")
    eventually(lambda: server.query("SELECT count(*) FROM partial_uploads WHERE received < length")[0][0] == 0, "no open upload")


def test_what_is_said_while_a_thread_is_being_read_is_in_it(page, server, owner, channel):
    first = _say(owner, channel, "**one**")
    held = []
    page.route("**/api/markdown", lambda route: held.append(route))
    with page.expect_request("**/api/markdown"):
        page.goto(f"{server.url}/channels/{channel}")
    # The page reads its channels anew when it hears of a message.
    with page.expect_request("**/api/agents"):
        second = _say(owner, channel, "two")
    for route in held:
        route.continue_()
    page.unroute("**/api/markdown")
    for message in (first, second):
        expect(page.locator(f"[data-message='{message}']")).to_be_visible()


def _held(page, pattern):
    """Holds the requests for a pattern: what is returned answers the next that comes, or has come."""
    held = []
    page.route(pattern, lambda route: held.append(route))

    def next_one():
        eventually(lambda: page.evaluate("1") and held, "it is asked for")
        return held.pop(0)

    return next_one


def _reads(page):
    reads = []
    page.on("request", lambda request: request.url.endswith("/read") and reads.append(request.url))
    return reads


def test_a_channel_that_was_left_before_it_was_seen_stays_unread(page, server, owner, channel):
    _say(owner, channel, "Unseen")
    page.goto(f"{server.url}/inbox")
    reads, held = _reads(page), _held(page, "**/api/messages?channel=*")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("build-bot.*1 unread")).last.click()
    route = held()
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    with page.expect_response("**/api/messages?channel=*"):
        route.continue_()
    assert page.evaluate("fetch('/api/agents').then((answer) => answer.ok)")
    assert reads == []


def test_what_comes_while_one_searches_stays_unread(page, server, owner, channel):
    page.goto(f"{server.url}/channels/{channel}")
    expect(page.get_by_text("No messages yet")).to_be_visible()
    search = page.get_by_label("Text of a message")
    search.fill("nothing has this")
    expect(page.get_by_role("heading", name="No messages match")).to_be_visible()
    reads = _reads(page)
    _say(owner, channel, "News")
    unread = page.locator(f".sub a[href='/channels/{channel}'] .num")
    expect(unread).to_have_text("1 unread")
    assert page.evaluate("fetch('/api/agents').then((answer) => answer.ok)")
    assert reads == []
    search.fill("")
    expect(unread).to_have_count(0)
