#!/usr/bin/env bash
# files.sh FILE…: stores files, sends a message with them attached, and fetches them back.
# Prints the message, and the path of each copy below $COPIES.
set -euo pipefail

IDS=()
for FILE in "$@"; do
  QUOTED=${FILE//\\/\\\\}
  QUOTED=${QUOTED//\"/\\\"}
  IDS+=("$(curl -sS -X POST "$PLACET_URL/api/v1/files/store" \
    -H "x-api-key: $API_KEY" \
    -F "file=@\"$QUOTED\"" \
    -F "channelId=$CHANNEL_ID" | jq -r .id)")
done

jq -n '{channelId: env.CHANNEL_ID, text: "The logs", attachmentIds: $ARGS.positional}' --args "${IDS[@]}" |
  curl -sS -X POST "$PLACET_URL/api/v1/messages" \
    -H "x-api-key: $API_KEY" \
    -H "Content-Type: application/json" \
    -d @- | jq -c .

for ID in "${IDS[@]}"; do
  curl -sS -o "$COPIES/$ID" "$PLACET_URL/api/v1/files/$ID/download" -H "x-api-key: $API_KEY"
  echo "$COPIES/$ID"
done
