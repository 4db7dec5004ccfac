#!/usr/bin/env python3
"""Makes signatures.txt: requests, and how botocore signs them. SignatureTests reads it.

    python3 -m venv V && V/bin/pip install botocore==1.43.0 && V/bin/python Tests/BlobsTests/S3/make-signatures.py
"""

import datetime
import hashlib
from pathlib import Path
from unittest import mock
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

USERS = [
    ("placet:tests", "secretsecret", ""),
    ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""),
    ("ASIAEXAMPLE", "s3cret/+=", "FwoGZXIvYXdzEBY//token+with/signs=="),
]
PLACES = [
    ("bucket", "", "http://127.0.0.1:8080", "us-east-1"),
    ("placet.files", "a/b-c_d/", "https://s3.eu-central-1.amazonaws.com", "eu-central-1"),
    ("bucket", "x/", "https://store.example.org:9000", "garage"),
]
TIMES = [1_440_938_160, 4_102_444_799, 951_782_400]
REQUESTS = [
    ("GET", "", [("list-type", "2"), ("max-keys", "1000"), ("prefix", "a/b c"), ("start-after", "ä&=+~")], ""),
    ("HEAD", "sha256/ab/0123.4567", [], ""),
    ("PUT", "with blanks + signs~(1)*!'ü%25", [], "some bytes"),
    ("PUT", "part", [("partNumber", "12"), ("uploadId", "2~abc/def+ghi==")], "part\n"),
    ("POST", "part", [("uploads", "")], ""),
    ("DELETE", "sha256/ab/0123.4567", [("uploadId", "x")], ""),
]
LINK = [
    ("response-content-disposition", "attachment; filename=\"a b.txt\"; filename*=UTF-8''%C3%A4.txt"),
    ("response-content-type", "text/plain; charset=utf-8"), ("response-cache-control", "no-store"),
]


def sign(signer, user, place, time, method, key, query, body, **more):
    bucket, prefix, endpoint, region = place
    path = quote(f"/{bucket}" + (f"/{prefix}{key}" if key else ""), safe="/~")
    items = urlencode(query, quote_via=quote, safe="~")
    request = AWSRequest(method, endpoint + path + (f"?{items}" if items else ""), data=body.encode())
    request.context["client_config"] = Config(s3={"payload_signing_enabled": True})
    moment = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: moment.replace(tzinfo=None)):
        signer(Credentials(user[0], user[1], user[2] or None), "s3", region, **more).add_auth(request)
    return request


def main():
    lines = []
    for user, place, time in zip(USERS, PLACES, TIMES):
        common = (*user, f"s3://{place[0]}/{place[1]}?endpoint={place[2]}&region={place[3]}", time)
        for method, key, query, body in REQUESTS:
            request = sign(S3SigV4Auth, user, place, time, method, key, query, body)
            digest = hashlib.sha256(body.encode()).hexdigest()
            items = "&".join(f"{quote(name)}={quote(value)}" for name, value in query)
            lines.append((*common, method, key, items, digest, request.headers["Authorization"]))
        for query in ([], LINK):
            request = sign(S3SigV4QueryAuth, user, place, time, "GET", "sha256/ab/ü 1", query, "", expires=60)
            items = "&".join(f"{quote(name)}={quote(value)}" for name, value in query)
            lines.append((*common, "LINK", "sha256/ab/ü 1", items, 60, request.url))
    text = "".join("\t".join(str(word) for word in line) + "\n" for line in lines)
    Path(__file__).with_name("signatures.txt").write_text(text)


main()
