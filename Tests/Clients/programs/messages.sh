#!/usr/bin/env bash
# The single requests of the published page, one after the other; prints what each answers, a line of JSON each.
set -euo pipefail

curl -sS -H "x-api-key: $API_KEY" \
  "$PLACET_URL/api/v1/agents" | jq -c .

curl -sS -X POST "$PLACET_URL/api/v1/messages" \
  -H "x-api-key: $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "channelId": "'"$CHANNEL_ID"'",
    "text": "## Build Complete\n\nAll **47 tests** passed in 2.3s.",
    "status": "success",
    "metadata": { "buildId": "build-123", "duration": 2.3 }
  }' | jq -c .

MESSAGE=$(curl -sS -X POST "$PLACET_URL/api/v1/messages" \
  -H "x-api-key: $API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "channelId": "'"$CHANNEL_ID"'",
    "text": "Deploy to production?",
    "review": {
      "type": "approval",
      "payload": {
        "options": [
          { "id": "approve", "label": "Approve", "style": "primary" },
          { "id": "reject", "label": "Reject", "style": "danger" }
        ],
        "allowComment": true
      },
      "expiresInSeconds": 3600
    }
  }')
echo "$MESSAGE" | jq -c .
MESSAGE_ID=$(echo "$MESSAGE" | jq -r .id)

curl -sS -X POST "$PLACET_URL/api/v1/messages/$MESSAGE_ID/ack?channel=$CHANNEL_ID" \
  -H "x-api-key: $API_KEY" | jq -c .
