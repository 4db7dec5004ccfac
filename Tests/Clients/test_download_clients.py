"""Programs that download: in several parts at once, after a part is there, and when there is nothing to have."""

import os
import subprocess

import pytest

BYTES = os.urandom(3_000_000)
FILES = {"large": BYTES, "empty": b""}


@pytest.fixture(scope="module")
def stored(owner):
    """The ids of a file of 3 MB and of an empty one."""
    return {kind: owner.store(content, f"{kind}.bin")["id"] for kind, content in FILES.items()}


def download(server, owner, folder, *command):
    """Runs a command whose last two arguments become the header with the key and the URL."""
    *command, file = command
    url = f"{server.url}/api/v1/files/{file}/download"
    done = subprocess.run([*command, f"--header=x-api-key: {owner.key}", url],
                          cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


COMMANDS = {
    "aria2": ["aria2c", "--no-conf", "--split=8", "--min-split-size=1M", "--max-connection-per-server=8", "--out=file"],
    "axel": ["axel", "--num-connections=4", "--quiet", "--output=file"],
    "wget": ["wget", "--no-verbose", "--output-document=file"],
}


@pytest.mark.parametrize("program", COMMANDS)
@pytest.mark.parametrize("kind", FILES)
def test_the_file_is_the_file(server, owner, stored, tmp_path, program, kind):
    download(server, owner, tmp_path, *COMMANDS[program], stored[kind])
    assert (tmp_path / "file").read_bytes() == FILES[kind]


def test_wget_goes_on_where_it_was_cut_off(server, owner, stored, tmp_path):
    (tmp_path / "download").write_bytes(BYTES[:1_234_567])
    download(server, owner, tmp_path, "wget", "--no-verbose", "--continue", stored["large"])
    assert (tmp_path / "download").read_bytes() == BYTES


def test_curl_goes_on_where_it_was_cut_off_and_then_has_all(server, owner, stored, tmp_path):
    (tmp_path / "file").write_bytes(BYTES[:1_234_567])
    for _ in range(2):
        url = f"{server.url}/api/v1/files/{stored['large']}/download"
        done = subprocess.run(
            ["curl", "-sS", "-C", "-", "-o", "file", "-H", f"x-api-key: {owner.key}", url],
            cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "file").read_bytes() == BYTES
