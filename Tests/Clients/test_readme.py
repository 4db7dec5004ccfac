"""The lines of the README's walk-through, pasted as they stand."""

import json
import re
from pathlib import Path

from clients import Client, answers

README = Path(__file__).resolve().parent.parent.parent / "README.md"


def test_the_walk_through(server, binary, tmp_path):
    owner = server.owner()
    (tmp_path / ".build/release").mkdir(parents=True)
    (tmp_path / ".build/release/placet").symlink_to(binary)
    (tmp_path / "README.md").write_bytes(README.read_bytes())
    lines = "".join(re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL))
    # Only what scripts/serve would have printed is filled in.
    pasted, count = re.subn(r"^export PLACET_URL=.*$", f"export PLACET_URL={server.url} API_KEY={owner.key}", lines, 1, re.M)
    assert count == 1
    shell = Client(["bash", "-ec", f"cd '{tmp_path}'\n{pasted}\necho $CHANNEL_ID"], owner, PLACET_STORAGE=str(server.storage))
    *printed, channel = shell.prints(60).splitlines()
    assert (tmp_path / "copy.md").read_bytes() == README.read_bytes()
    assert (tmp_path / "end.md").read_text().splitlines() == README.read_text().splitlines()[-20:]
    message_id = next(line for line in printed if "-" in line)
    assert json.loads("".join(line for line in printed if line != message_id)) == {"selectedOption": "approve"}
    owner.channel = channel
    [answer] = answers(owner)
    assert answer["message"]["id"] == message_id
    assert [file["filename"] for file in answer["message"]["attachments"]] == ["README.md"]
