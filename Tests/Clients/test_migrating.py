"""The commands of docs/migrating.md, pasted as they stand: from one server to another, with channel and key."""

import re
from pathlib import Path

from clients import Client
from placet_server import Owner

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/migrating.md"


def test_an_agent_moves_with_its_channel_and_key(make_server, binary, tmp_path):
    # The old server is one of ours: it lists its agents as the published API does.
    old, new = make_server().start(), make_server().start()
    owner = old.owner()
    owner.request("PATCH", f"agents/{owner.channel}", json={
        "description": "two\nlines \"quoted\"", "tag": "ci", "webhookUrl": "https://example.org/hook",
    })
    pasted = "".join(re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL))
    (tmp_path / "placet").symlink_to(binary)
    shell = Client(
        ["bash", "-ec", f"PATH='{tmp_path}':$PATH\ncd '{tmp_path}'\n{pasted}"], owner,
        OLD_URL=old.url, PLACET_URL=new.url, PLACET_STORAGE=str(new.storage),
    )
    assert shell.prints(60).splitlines() == [
        "Would import channels: 1, keys: 1; there already: 0", "Imported channels: 1, keys: 1; there already: 0",
        owner.channel,
    ]
    assert owner.key not in (tmp_path / "placet.ndjson").read_text()
    moved = Owner(new, owner.key)
    moved.channel = owner.channel
    [before], [after] = (caller.request("GET", "agents").json() for caller in (owner, moved))
    for name in ("id", "name", "description", "tag", "webhookUrl"):
        assert after[name] == before[name]
    assert moved.content(moved.store(b"kept")["id"]) == b"kept"
