"""Reports in the dashboard: of tests in XML, and pages of HTML."""

import pytest
from axe import faults_of
from browser import requests_of
from dashboard import open_review
from playwright.sync_api import expect

APPROVAL = {"options": [{"id": "yes", "label": "Ship it", "style": "primary"}]}
JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" tests="6">
<testcase classname="zip" name="names" time="0.012"/>
<testcase classname="zip" name="large" time="1,009.1"><failure message="wrong size &lt;b&gt;">trace of
the failure</failure><failure message="too late">at 2</failure><system-out>wrote 4 bytes</system-out></testcase>
<testcase classname="wait" name="set up" time="0.1"><error message="no fixture">no fixture, at all</error></testcase>
<testcase classname="wait" name="slow"><skipped message="not today"/></testcase>
<testcase name="two"/><testcase name="three"/>
</testsuite></testsuites>
"""
OTHERS = {
    "nunit.xml": """<?xml version="1.0"?><test-run><test-suite>
        <test-case name="a" classname="C" result="Failed" duration="0.5"><failure><message>bad</message>
        <stack-trace>at 1</stack-trace></failure></test-case><test-case name="b" result="Passed"/>
        <test-case name="c" result="Skipped"/></test-suite></test-run>""",
    "xunit.xml": """<?xml version="1.0"?><assemblies><assembly><collection>
        <test name="a" type="C" result="Fail" time="0.5"><failure><message>bad</message>
        <stack-trace>at 1</stack-trace></failure></test><test name="b" result="Pass"/><test name="c" result="Skip"/>
        </collection></assembly></assemblies>""",
    "run.trx": """<?xml version="1.0"?>
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
        <UnitTestResult testName="a" outcome="Failed" duration="00:00:00.5"><Output><ErrorInfo><Message>bad</Message>
        <StackTrace>at 1</StackTrace></ErrorInfo></Output></UnitTestResult>
        <UnitTestResult testName="b" outcome="Passed"/><UnitTestResult testName="c" outcome="NotExecuted"/>
        </Results></TestRun>""",
}
PAGE = """<!doctype html><html><head><title>Coverage</title><style>h1 {{ color: rgb(1, 2, 3) }}</style>
<script>parent.ran = 1; fetch("{url}/fetched")</script></head><body onload="parent.ran = 1">
<h1>92 percent</h1><img src="{url}/image.png" onerror="parent.ran = 1"><a href="{url}/left">out</a></body></html>"""


def opened(page, server, owner, content, name):
    file = owner.store(content if isinstance(content, bytes) else content.encode(), name)["id"]
    page.goto(f"{server.url}/files/{file}")
    return file


def test_a_report_of_tests_has_its_failures_first(page, server, owner):
    opened(page, server, owner, JUNIT, "junit.xml")
    expect(page.locator(".counts .chip")).to_have_text(["1 failed", "1 with errors", "1 skipped", "3 passed"])
    expect(page.locator(".counts")).to_contain_text("1010 s")
    expect(page.get_by_role("heading", level=2)).to_have_text(["Failed (2)", "Skipped (1)", "Passed (3)"])
    failed = page.locator(".group").first.locator(".test")
    expect(failed.first.locator("summary")).to_contain_text("largezipwrong size <b>1010 s")
    expect(failed.first.locator("pre").first).not_to_be_visible()
    failed.first.locator("summary").click()
    expect(failed.first.locator("pre")).to_have_text([
        "wrong size <b>\ntrace of\nthe failure\n\ntoo late\nat 2", "wrote 4 bytes",
    ])
    expect(failed.nth(1).locator("pre")).to_have_text("no fixture, at all")
    expect(page.get_by_text("names")).not_to_be_visible()
    page.get_by_role("heading", name="Passed").click()
    expect(page.get_by_text("names")).to_be_visible()
    expect(page.get_by_role("link", name="Raw")).to_be_visible()
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".ln").nth(2)).to_contain_text('<testcase classname="zip"')


def test_a_shape_that_cannot_be_loaded_is_chosen_again_by_one_click(page, server, owner):
    opened(page, server, owner, JUNIT, "junit.xml")
    text = page.get_by_text("Text", exact=True)
    expect(text).to_be_visible()
    page.route("**/download*", lambda route: route.abort())
    text.click()
    expect(page.locator("#toasts")).to_contain_text("The server cannot be reached")
    expect(page.get_by_role("radio", name="Summary")).to_be_checked()
    page.unroute("**/download*")
    text.click()
    expect(page.locator(".ln").nth(2)).to_contain_text('<testcase classname="zip"')


@pytest.mark.parametrize("name", OTHERS)
def test_other_tools_are_understood(page, server, owner, name):
    opened(page, server, owner, OTHERS[name], name)
    expect(page.locator(".counts .chip")).to_have_text(["1 failed", "1 skipped", "1 passed"])
    page.locator(".test summary").click()
    expect(page.locator(".test pre")).to_have_text("bad\nat 1")


def test_many_tests_come_in_portions(page, server, owner):
    cases = "".join(f'<testcase name="case {number}"/>' for number in range(1, 451))
    opened(page, server, owner, f"<testsuite>{cases}</testsuite>", "no-prolog.xml")
    expect(page.locator(".test")).to_have_count(200)
    page.get_by_role("button", name="Show 200 more").click()
    page.get_by_role("button", name="Show 50 more").click()
    expect(page.locator(".test")).to_have_count(450)
    expect(page.locator(".test").last).to_contain_text("case 450")


BOMB = '<?xml version="1.0"?><!DOCTYPE testsuite [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]><testsuite name='&a11;'>&a11;</testsuite>"


@pytest.mark.parametrize("content", [
    '<?xml version="1.0"?><feed><title>No tests</title></feed>', '<?xml version="1.0"?><testsuite><cut', BOMB,
], ids=["of something else", "cut", "a bomb"])
def test_what_is_no_report_is_text(watch, page, server, owner, content):
    opened(page, server, owner, content, "odd.xml")
    expect(page.locator(".ln").first).to_contain_text("<?xml")
    # With this style Chromium would draw what is wrong with the XML.
    watch.forgive("Applying inline style violates")


def test_nothing_outside_is_asked_for_and_no_entity_of_it_is_shown(page, canary, server, owner):
    content = (f'<?xml version="1.0"?><?xml-stylesheet href="{canary.url}/style.xsl" type="text/xsl"?>'
               f'<!DOCTYPE testsuite SYSTEM "{canary.url}/outside.dtd" ['
               f'<!ENTITY out SYSTEM "{server.url}/api/auth/me">]>'
               '<testsuite xmlns:h="http://www.w3.org/1999/xhtml"><h:script>parent.ran = 1; window.ran = 1</h:script>'
               '<testcase name="one"><failure message="no">[&out;]</failure></testcase></testsuite>')
    opened(page, server, owner, content, "outside.xml")
    expect(page.locator(".test pre, .ln").first).to_be_attached()
    assert "email" not in page.locator(".view").inner_text()
    assert canary.hits == []
    assert page.evaluate("window.ran") is None


def test_a_card_says_which_tests_failed(page, server, owner, agent):
    file = owner.store(JUNIT.encode(), "junit.xml")["id"]
    open_review(page, server, agent.ask("Look", "approval", APPROVAL, attachmentIds=[file]))
    expect(page.locator(".peek .counts")).to_contain_text("1 failed")
    expect(page.locator(".peek .test")).to_have_count(2)


def test_a_page_is_shown_on_request_without_scripts_and_network(watch, page, canary, server, owner):
    before = len(server.settled_log())
    file = opened(page, server, owner, PAGE.format(url=canary.url), "report.html")
    expect(page.get_by_text("It came in the channel tests. It is shown without its scripts")).to_be_visible()
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="Show it").click()
    shown = page.frame_locator("iframe[title='report.html']")
    expect(shown.get_by_role("heading", name="92 percent")).to_be_visible()
    expect(page.get_by_text("The page has scripts, which do not run here.")).to_be_visible()
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == ""
    answer = page.request.get(server.url + frame.get_attribute("src"))
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert shown.get_by_role("heading").evaluate("(heading) => getComputedStyle(heading).color") == "rgb(1, 2, 3)"
    assert page.evaluate("window.ran") is None
    assert canary.hits == []
    assert requests_of(server, before).count("/api/files/{id}/download") == 2
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".ln").first).to_contain_text("<!doctype html>")
    assert file in page.url
    # The page tries, and the browser says that it may not.
    watch.forgive("Blocked script execution", "Loading the image", "Connecting to", canary.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_reports(watch, server, person, owner, width, scheme):
    page = watch.page(person, viewport={"width": width, "height": 740}, color_scheme=scheme)
    opened(page, server, owner, JUNIT, "junit.xml")
    page.locator(".test summary").first.click()
    assert faults_of(page) == []
    opened(page, server, owner, PAGE.format(url=server.url), "report.html")
    page.get_by_role("button", name="Show it").wait_for()
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
