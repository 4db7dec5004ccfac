"""deploy.py LOG: asks whether to deploy, with the log attached, and waits for the answer as the published page does."""

import os
import sys

import requests

API = os.environ["PLACET_URL"] + "/api/v1"
CHANNEL_ID = os.environ["CHANNEL_ID"]
headers = {"x-api-key": os.environ["API_KEY"]}

with open(sys.argv[1], "rb") as log:
    stored = requests.post(
        f"{API}/files/store", headers=headers, files={"file": log}, data={"channelId": CHANNEL_ID}
    ).json()

message = requests.post(f"{API}/messages", headers=headers, json={
    "channelId": CHANNEL_ID,
    "text": "The build is green. Deploy to production?",
    "attachmentIds": [stored["id"]],
    "review": {
        "type": "approval",
        "payload": {
            "options": [
                {"id": "approve", "label": "Deploy", "style": "primary"},
                {"id": "reject", "label": "Not now", "style": "danger"},
            ],
            "allowComment": True,
        },
    },
}).json()

while True:
    result = requests.get(
        f"{API}/reviews/{message['id']}/wait", headers=headers, params={"channel": CHANNEL_ID, "timeout": 30000}
    ).json()
    if result["status"] == "completed":
        response = result["message"]["review"]["response"]
        print(f"{response['selectedOption']}: {response['comment']}")
        break
    if result["status"] == "expired":
        print("Nobody answered")
        break
