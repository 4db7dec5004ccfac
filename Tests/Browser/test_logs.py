"""The logs of many tools in the dashboard: where each opens, and what is counted in it, as docs/logs.md says."""

import re
from pathlib import Path

from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
LOGS = Path(__file__).parent / "logs"
ROW = re.compile(r"^\| [^|]+ \| `([\w-]+)` \| (\d+) \| (\d+|end) \| (\d+) \| (\d+) \| (?:yes|nearly|no)", re.MULTILINE)


def test_logs_of_many_tools_open_at_their_first_error(page, server, owner):
    rows = ROW.findall((ROOT / "docs/logs.md").read_text())
    assert {f"{name}.log" for name, *_ in rows} == {path.name for path in LOGS.iterdir()}
    found = []
    for name, *_ in rows:
        file = owner.store((LOGS / f"{name}.log").read_bytes(), f"{name}.log")["id"]
        page.goto(f"{server.url}/files/{file}")
        errors = page.get_by_label("How many errors")
        expect(errors).to_have_text(re.compile("None|^[0-9]+ of [0-9]+$"))
        first = page.locator(".ln.here")
        lines = page.locator(".ln").first.get_attribute("aria-setsize")
        at = first.get_attribute("aria-posinset") if first.count() else "end"
        count = errors.inner_text().split(" of ")[-1].replace("None", "0")
        facts = owner.request("GET", f"files/{file}", params={"facts": "true"}).json()["facts"]
        # Each is said twice, by the page and by the server, which know the same markers.
        assert (lines, count, at) == (str(facts["lines"]), str(facts["errors"]), str(facts.get("firstError", "end")))
        found.append((name, lines, at, count, str(facts["warnings"])))
    assert found == rows
