"""A client of tus 1.0 that does one step at a time."""

import base64

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def begin(owner, length, name="build.log", **headers):
    """Returns the path of a new upload."""
    url = f"{owner.server.url}/api/v1/files/tus?channel={owner.channel}"
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    answer = owner.session.post(
        url, headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata, **headers}, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def head(owner, path):
    answer = owner.session.head(owner.server.url + path, headers=TUS, timeout=30)
    assert answer.status_code == 200, answer.status_code
    return answer


def offset(owner, path):
    return int(head(owner, path).headers["Upload-Offset"])


def patch(owner, path, start, bytes, **headers):
    return owner.session.patch(
        owner.server.url + path, data=bytes, timeout=60,
        headers={**PIECE, "Upload-Offset": str(start), **headers})


def give_up(owner, path):
    return owner.session.delete(owner.server.url + path, headers=TUS, timeout=30)
