"""files.py FILE…: as files.sh, with requests."""

import json
import os
import sys

import requests

API = os.environ["PLACET_URL"] + "/api/v1"
CHANNEL_ID = os.environ["CHANNEL_ID"]
headers = {"x-api-key": os.environ["API_KEY"]}

ids = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        answer = requests.post(f"{API}/files/store", headers=headers, files={"file": file}, data={"channelId": CHANNEL_ID})
    ids.append(answer.json()["id"])

message = requests.post(
    f"{API}/messages", headers=headers, json={"channelId": CHANNEL_ID, "text": "The logs", "attachmentIds": ids}
)
print(json.dumps(message.json()))

for file_id in ids:
    copy = f"{os.environ['COPIES']}/{file_id}"
    with open(copy, "wb") as file:
        file.write(requests.get(f"{API}/files/{file_id}/download", headers=headers).content)
    print(copy)
