"""Measures the dashboard in Chromium; called by scripts/bench page. Loopback only, bounded in count and time.

Each round has a browser profile of its own, so nothing is in its cache. Times are the browser's own.
"""

import json, statistics, sys, tempfile, time
from playwright.sync_api import sync_playwright
from neighbours import Caller
from service import ROUNDS, Table, placet, sign_in

PORT = 3931
PENDING, MESSAGES, EVENTS = 500, 10_000, 3_600
APPROVAL = {"options": [{"id": "yes", "label": "Yes", "style": "primary"}, {"id": "no", "label": "No"}]}

#: Notes when as many elements of a kind are there, on the clock of the page's own timeline.
COUNTED = """([selector, count]) => new Promise((resolve) => {
    const look = () => document.querySelectorAll(selector).length >= count && resolve(performance.now());
    if (!look()) new MutationObserver(look).observe(document, { childList: true, subtree: true });
})"""
FIRST = """async () => {
    const paint = await new Promise((resolve) => new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (one.name === "first-contentful-paint") resolve(one.startTime);
    }).observe({ type: "paint", buffered: true }));
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const ours = all.filter((one) => !one.name.includes("/api/"));
    return [paint, ours.length, ours.reduce((sum, one) => sum + one.transferSize, 0)];
}"""
#: Scrolls up for some seconds, and answers the time of each frame.
SCROLL = """(seconds) => new Promise((resolve) => {
    const pane = document.querySelector(".thread").parentElement;
    const frames = [];
    let last = performance.now();
    const end = last + seconds * 1000;
    const frame = (now) => {
        frames.push(now - last);
        last = now;
        pane.scrollTop -= 400;
        if (now < end) requestAnimationFrame(frame); else resolve([frames, pane.querySelectorAll(".msg").length]);
    };
    requestAnimationFrame(frame);
})"""


class Page:
    """The dashboard of a person in a browser that has not seen it before."""

    def __init__(self, browser, peer, token):
        self.base = peer.base.removesuffix("/api/v1")
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.context.add_cookies([{"name": "access_token", "value": token, "url": self.base}])
        self.page = self.context.new_page()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def open(self, path, selector, count):
        """Milliseconds from the request for the page to the moment when so many elements are there."""
        self.page.goto(self.base + path, wait_until="commit")
        return self.page.evaluate(COUNTED, [selector, count])

    def heap(self):
        """MB that the page's objects take once what nobody has is collected."""
        session = self.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        session.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return metrics["JSHeapUsedSize"] / 1e6


def median(values):
    return statistics.median(values)


def measure(table, browser, peer, folder):
    agent, token = Caller(peer), sign_in(peer)
    say = lambda text, **more: agent.ask("POST", "/api/v1/messages", {"channelId": peer.channel, "text": text} | more,
                                         **{"x-api-key": peer.key})
    ask = lambda text: say(text, review={"type": "approval", "payload": APPROVAL})
    new = lambda: Page(browser, peer, token)
    ask("The first")

    loads, firsts = [], []
    for _ in range(ROUNDS):
        with new() as page:
            firsts.append(page.open("/inbox", "[data-row]", 1))
            loads.append(page.page.evaluate(FIRST))
    paints = [paint for paint, _, _ in loads]
    _, files, transferred = loads[-1]
    table.row("first load, transferred", f"{transferred / 1000:.0f} KB in {files} files", "≤ 100 KB")
    table.row("first paint, empty cache", f"{median(paints):.0f} ms", "≤ 150 ms")
    table.row("first review on the screen, empty cache", f"{median(firsts):.0f} ms")

    with new() as page:
        page.open("/inbox", "[data-row]", 1)
        delays = []
        for number in range(20):
            waiting = page.page.evaluate_handle("""(text) => {
                const found = () => [...document.querySelectorAll(".nav .num")].some((one) => one.textContent.startsWith(text));
                return { at: new Promise((resolve) => {
                    const look = () => found() && resolve(Date.now());
                    new MutationObserver(look).observe(document, { childList: true, subtree: true });
                }) };
            }""", str(number + 2))
            began = time.time() * 1000
            ask(f"Number {number}")
            delays.append(waiting.evaluate("(one) => one.at") - began)
    table.row("from the agent's POST to the screen", f"{median(delays):.0f} ms, at most {max(delays):.0f}", "≤ 200 ms")

    for number in range(PENDING - 21):
        ask(f"Pending {number}")
    lists = []
    for _ in range(ROUNDS):
        with new() as page:
            lists.append(page.open("/inbox", "[data-row]", PENDING))
    table.row(f"{PENDING} pending reviews listed, all of the page's start included", f"{median(lists):.0f} ms", "≤ 300 ms")

    for number in range(MESSAGES):
        say(f"Message **{number}** with `code` and [a link](https://example.org/{number})\n\n- one\n- two")
    with new() as page:
        opened = page.open(f"/channels/{peer.channel}", ".msg", 30)
        frames, shown = page.page.evaluate(SCROLL, 20)
    table.row(f"channel of {MESSAGES:,} messages opened", f"{opened:.0f} ms")
    longest, over = max(frames), sum(frame > 50 for frame in frames)
    table.row(f"scrolled up for 20 s, {shown:,} messages", f"longest frame {longest:.0f} ms, {over} over 50 ms", "none over 50 ms")

    with new() as page:
        page.open("/inbox", "[data-row]", 1)
        before = page.heap()
        for number in range(EVENTS):
            say(f"Event {number}")
        time.sleep(2)
        after = page.heap()
    table.row(f"memory of the tab before and after {EVENTS:,} events", f"{before:.1f} MB, {after:.1f} MB")


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder, sync_playwright() as tool:
        table = Table()
        peer = placet(binary, folder, PORT)
        browser = tool.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            measure(table, browser, peer, folder)
            table.show()
        finally:
            browser.close()
            peer.stop()


main()
