"""The two example plugins in a real browser, framed as the dashboard will frame them."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "Sources/CAssets/Plugins"
HOSTILE = "<img src=x onerror=parent.postMessage('ran','*')><script>parent.postMessage('ran','*')</script>"


@pytest.fixture
def frame(chromium):
    """Opens a plugin with a payload and gives its frame; `answers` of the page collects what it sends."""
    page = chromium.new_page()

    def show(name, payload, read_only=False):
        message = {"type": "placet:init", "payload": payload, "readOnly": read_only}
        page.set_content('<iframe sandbox="allow-scripts" width="800" height="600"></iframe>')
        page.evaluate(
            """async ([html, message]) => {
                window.answers = [];
                window.addEventListener("message", (event) => answers.push(event.data));
                const frame = document.querySelector("iframe");
                const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
                frame.srcdoc = html;
                await loaded;
                frame.contentWindow.postMessage(message, "*");
            }""",
            [(EXAMPLES / name / "render.html").read_text(), message],
        )
        return page.frame_locator("iframe")

    show.answer = lambda: page.wait_for_function("answers[0]").json_value()
    show.answers = lambda: page.evaluate("answers")
    yield show
    page.close()


def test_checklist_answers_what_is_ticked(frame):
    items = [{"id": "a", "label": "Tests"}, {"id": "b", "label": HOSTILE, "checked": True}, {"id": 3}, None]
    plugin = frame("checklist", {"title": "Ship?", "items": items})
    assert plugin.get_by_role("group", name="Ship?").is_visible()
    plugin.get_by_label("Tests").check()
    plugin.get_by_role("status").get_by_text("2 of 2 ticked").wait_for()
    plugin.get_by_role("button", name="Send").click()
    assert frame.answer() == {"type": "placet:respond", "response": {"checked": ["a", "b"]}}
    assert frame.answers() == [frame.answer()]


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_diff_view_answers_the_decision(frame, decision):
    diff = f"--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n {HOSTILE}\n--- a comment\n-- b\n+++ c\n\\ No newline at end of file\n"
    plugin = frame("diff-view", {"diff": diff})
    plugin.locator("pre span").first.wait_for()
    kinds = plugin.locator("pre span").evaluate_all("spans => spans.map((span) => span.className)")
    assert kinds == ["file", "file", "hunk", "", "cut", "cut", "add", ""]
    shown = plugin.locator("pre span").evaluate_all("spans => spans.map((span) => span.textContent).join('\\n')")
    assert shown == diff.rstrip("\n")
    plugin.get_by_label("Comment").fill(" why ")
    plugin.get_by_role("button", name=decision.capitalize()).click()
    assert frame.answer() == {"type": "placet:respond", "response": {"decision": decision, "comment": "why"}}
    assert frame.answers() == [frame.answer()]


@pytest.mark.parametrize("name", ["checklist", "diff-view"])
def test_read_only_offers_no_button_and_odd_payloads_are_shown(frame, name):
    for payload in ({}, {"title": 3, "diff": 3, "items": "x"}, {"items": [{"id": "a", "label": "A"}], "diff": "+"}):
        plugin = frame(name, payload, read_only=True)
        plugin.locator("#count:not(:empty), pre span").first.wait_for()  # It has seen the message.
        assert plugin.get_by_role("button").count() == 0
        assert plugin.locator("input:enabled").count() == 0
    assert frame.answers() == []


@pytest.mark.parametrize("name", ["checklist", "diff-view"])
def test_manifest_and_page_are_small_and_name_themselves(name):
    assert json.loads((EXAMPLES / name / "plugin.json").read_text())["name"] == name
    assert len((EXAMPLES / name / "render.html").read_text().splitlines()) < 80
