"""Archives that programs of others make, listed and opened through the API by curl, jq and requests."""

import io
import os
import subprocess
import tarfile
import zipfile

import pytest
import requests

TEXTS = {"src/main.c": b"int main(void) { return 0; }\n" * 3000, "Übersicht €.txt": b"all green\n", "empty": b""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("entries")
    for name, content in TEXTS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    os.symlink("empty", folder / "link")
    return folder


def made_by(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60).stdout


def by_python(folder, compression):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", compression) as made:
        for name in TEXTS:
            made.write(folder / name, name)
    return archive.getvalue()


def by_tarfile(folder, mode, form):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode, format=form) as made:
        for name in TEXTS:
            made.add(folder / name, name)
    return archive.getvalue()


MAKERS = {
    "zip": lambda folder: made_by(folder, "zip", "-qr", "-", *TEXTS),
    "zip of a stream": lambda folder: made_by(folder, "sh", "-c", "zip -qr - * | cat"),
    "zipfile, stored": lambda folder: by_python(folder, zipfile.ZIP_STORED),
    "zipfile, deflated": lambda folder: by_python(folder, zipfile.ZIP_DEFLATED),
    "tar": lambda folder: made_by(folder, "tar", "-c", *TEXTS),
    "tar, pax": lambda folder: made_by(folder, "tar", "-c", "--format=pax", *TEXTS),
    "tar, gzip": lambda folder: made_by(folder, "tar", "-cz", *TEXTS),
    "tarfile, GNU": lambda folder: by_tarfile(folder, "w", tarfile.GNU_FORMAT),
    "tarfile, ustar in gzip": lambda folder: by_tarfile(folder, "w:gz", tarfile.USTAR_FORMAT),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_each_archive_is_listed_and_each_entry_is_what_was_put_in(server, owner, folder, maker):
    file = owner.store(MAKERS[maker](folder), "made.bin")
    url, headers = f"{server.url}/api/v1/files/{file['id']}/entries", {"x-api-key": owner.key}
    listed = requests.get(url, headers=headers, timeout=60).json()
    assert listed["stopped"] is None and listed["total"] == len(listed["entries"])
    files = {one["name"]: one for one in listed["entries"] if one["kind"] == "file"}
    assert {name: one["size"] for name, one in files.items() if name != "link"} == {
        name: len(content) for name, content in TEXTS.items()}
    for name, content in TEXTS.items():
        entry = requests.get(f"{url}/{files[name]['number']}", headers=headers, timeout=60)
        assert entry.content == content


def test_an_encrypted_entry_is_listed_and_refused(server, owner, folder):
    file = owner.store(made_by(folder, "sh", "-c", "zip -q -P secret - empty src/main.c | cat"), "locked.zip")
    url, headers = f"{server.url}/api/v1/files/{file['id']}/entries", {"x-api-key": owner.key}
    listed = requests.get(url, headers=headers, timeout=60).json()["entries"]
    locked = next(one for one in listed if one["name"] == "src/main.c")
    assert locked["encrypted"] and not locked["opens"]
    answer = requests.get(f"{url}/{locked['number']}", headers=headers, timeout=60)
    assert answer.status_code == 415 and "encrypted" in answer.json()["message"]


def test_curl_takes_one_report_out_of_an_archive(server, owner, folder):
    file = owner.store(MAKERS["tar, gzip"](folder), "build.tar.gz")
    script = f"""set -e
        get() {{ curl -sSf -H 'x-api-key: {owner.key}' "$@"; }}
        url={server.url}/api/v1/files/{file['id']}/entries
        number=$(get "$url" | jq '.entries[] | select(.name == "src/main.c") | .number')
        get "$url/$number" """
    assert made_by(folder, "sh", "-c", script) == TEXTS["src/main.c"]
