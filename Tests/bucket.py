"""A store whose bytes are in a bucket, as an operator sees it: objects, rows, figures."""

import random
import re

import requests
from object_store import BUCKET


class Bucket:
    """What a store has below its prefix."""

    def __init__(self, objects, name):
        self.objects = objects
        self.prefix = f"{re.sub('[^a-z0-9]+', '-', name)}-{random.randrange(1 << 32)}"

    @property
    def address(self):
        return self.objects.address(self.prefix)

    def keys(self):
        status, body = self.objects.request("GET", f"/{BUCKET}?list-type=2&prefix={self.prefix}/")
        assert status == 200, body
        names = re.findall(r"<Key>([^<]*)</Key>", body.decode())
        return {name.removeprefix(f"{self.prefix}/") for name in names} - {"placet-store"}

    def put(self, key, content):
        status, body = self.objects.request("PUT", f"/{BUCKET}/{self.prefix}/{key}", content)
        assert status == 200, body

    def remove(self, key):
        assert self.objects.request("DELETE", f"/{BUCKET}/{self.prefix}/{key}")[0] == 204

    def uploads(self):
        """The keys of uploads in parts that nobody has ended."""
        status, body = self.objects.request("GET", f"/{BUCKET}?uploads")
        assert status == 200, body
        return [key for key in re.findall(r"<Key>([^<]*)</Key>", body.decode()) if key.startswith(self.prefix)]


def rows(server):
    return dict(server.query("SELECT key, size FROM blobs"))


def parts(server):
    """What has come of uploads in parts."""
    return dict(server.query("SELECT key, size FROM upload_parts"))


def doomed(server):
    return dict(server.query("SELECT key, state FROM doomed_keys"))


def assert_consistent(server, bucket):
    """No row without its object, and no object that no row knows: what was left lying is listed."""
    objects, kept = bucket.keys(), set(rows(server)) | set(parts(server))
    assert not kept - objects, "a row has no object"
    assert not objects - kept - set(doomed(server)), "an object is not listed"
    assert server.query("PRAGMA foreign_key_check") == []


def requests_counted(server, operation):
    page = requests.get(f"{server.url}/metrics", timeout=10).text
    return int(float(re.search(rf'placet_s3_requests_total\{{operation="{operation}",outcome="ok"\}} (\S+)', page)[1]))
