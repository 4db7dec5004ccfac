#!/usr/bin/env bash
# An agent asks with a log attached and waits. A person signs in, sees what waits, reads the log, answers. The agent goes on.
#   PLACET_URL=… API_KEY=… EMAIL=… PASSWORD=… Tests/Clients/story.sh      as scripts/serve prints them
# Prints what the person reads, then what the agent prints. Needs curl, jq, and python3 with requests.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
agent=
trap 'rm -rf "$work"; [ -z "$agent" ] || kill "$agent" 2>/dev/null || true' EXIT
cd "$work"

# The agent, with a channel of its own.
CHANNEL_ID=$(curl -sSf "$PLACET_URL/api/v1/agents" -H "x-api-key: $API_KEY" -H "Content-Type: application/json" \
    -d '{"name": "deploy-bot"}' | jq -r .id)
export PLACET_URL API_KEY CHANNEL_ID
printf '12 tests passed\nbuild is green\n' >build.log
"${PYTHON:-python3}" "$here/programs/deploy.py" build.log >answer.txt &
agent=$!

# The person: a browser keeps the cookie as this jar does.
person() { curl -sSf -b jar -c jar "$@"; }
json() { person -H "Content-Type: application/json" "$@"; }
jq -n --arg email "$EMAIL" --arg password "$PASSWORD" '{$email, $password}' |
    json "$PLACET_URL/api/auth/login" -d @- >/dev/null

# What is pending; a dashboard would listen to /api/events instead of asking again.
for _ in $(seq 100); do
    person "$PLACET_URL/api/messages/reviews?channel=$CHANNEL_ID" >pending.json
    [ "$(jq '.data | length' pending.json)" = 1 ] && break
    sleep 0.1
done
jq -r '.data[0].text' pending.json
person "$PLACET_URL/api/files/$(jq -r '.data[0].attachments[0].id' pending.json)/download"

json "$PLACET_URL/api/messages/$(jq -r '.data[0].id' pending.json)/respond" \
    -d '{"response": {"selectedOption": "approve", "comment": "ship it"}}' >/dev/null
wait "$agent"
cat answer.txt
person -X POST "$PLACET_URL/api/auth/logout" >/dev/null
