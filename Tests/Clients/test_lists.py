"""A list read to its end as the API page shows it."""

import re
from pathlib import Path
from urllib.parse import urljoin

import requests

PAGE = Path(__file__).resolve().parents[2] / "docs/api.md"


def test_the_loop_of_the_page_follows_the_links_of_an_array(owner):
    stored = [owner.post_file(b"x", f"{number}.bin").json()["id"] for number in range(5)]
    loop = next(code for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL) if "links" in code)
    base, key = owner.server.url, {"x-api-key": owner.key}
    for query, size in (("?limit=2", 2), (f"?limit=1&channel={owner.channel}", 1), ("", 5)):
        given = {"requests": requests, "urljoin": urljoin, "base": base, "headers": key}
        exec(loop.replace("/files", f"/files{query}"), given)  # noqa: S102
        assert [row["id"] for row in given["rows"]] == stored[::-1]
        assert len(requests.get(f"{base}/api/v1/files{query}", headers=key, timeout=20).json()) == size
