"""Asks for an approval and waits for the answer, whatever becomes of the server meanwhile.

Two things more than the page's loops: a clientId, so that the question may be sent again, and a retry.
"""

import os
import time
import uuid

import requests

session = requests.Session()
session.headers["x-api-key"] = os.environ["API_KEY"]


def call(method, path, **options):
    """Repeats until there is an answer; every request here may be repeated."""
    while True:
        try:
            answer = session.request(method, f"{os.environ['PLACET_URL']}/api/v1/{path}", timeout=45, **options)
            if answer.status_code < 500 and answer.status_code != 429:
                answer.raise_for_status()
                return answer.json()
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.1)


channel = {"channel": os.environ["CHANNEL_ID"]}
message = call("POST", "messages", json={
    "channelId": os.environ["CHANNEL_ID"],
    "clientId": str(uuid.uuid4()),
    "text": "Deploy to production?",
    "review": {
        "type": "approval",
        "payload": {"options": [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}]},
    },
})
result = {"status": "timeout"}
while result["status"] == "timeout":
    result = call("GET", f"reviews/{message['id']}/wait", params=channel)
call("POST", f"messages/{message['id']}/ack", params=channel)
print(result["status"], result["message"]["review"].get("response"))
