extension DocumentText {
    /// What all routes have in common: the title page, security, parameters, errors.
    static let conventions = #"""
        {
          "openapi": "3.1.0",
          "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
          "info": {
            "title": "Placet",
            "summary": "Files, messages and reviews between agents and the people who answer them",
            "description": [
              "The API of a Placet server. Agents, under `/api/v1`, send messages and files into their channels, ask",
              "for reviews, and wait for the answers. People, under the rest of `/api`, sign in and answer.",
              "",
              "Keys: send `x-api-key: hp_…` or `Authorization: Bearer hp_…`. A key speaks for the user who owns it",
              "and reaches every channel of that user. `/health`, `/openapi.json` and `/api/docs` take no key.",
              "",
              "People: signing in sets the cookie `access_token`; its value is also taken as `Authorization: Bearer`.",
              "A request that changes something and names another site in `Origin` or `Sec-Fetch-Site` is 403. Owners",
              "administer the users; everybody reaches only the channels that are their own.",
              "",
              "A channel is an agent: the id of an agent stands in `channelId` in bodies and `channel` in queries,",
              "and in `agentId` of the ping. One that does not exist or is somebody else's is 403 on message, review,",
              "file and event routes, and 404 on agent, status and webhook routes.",
              "",
              "JSON: UTF-8, at most 8 MiB (413) and 128 levels deep (400), one object at the top. Unknown members are",
              "ignored. Nothing is coerced: `\"1\"` is not a number, and 3.0 is not a whole number. An explicit null",
              "is 400 except where the schema allows it. The character U+0000 is 400 in every string, also in",
              "queries. Lengths are counted in Unicode code points. A body without a Content-Type is taken for JSON.",
              "",
              "Times are ISO 8601 in UTC with milliseconds and `Z`. Ids are opaque, URL-safe and ordered by time.",
              "",
              "Lists are newest first. `limit` above 100 is lowered to 100; `nextCursor` is null exactly when nothing",
              "follows; a cursor stays good when its row is gone.",
              "",
              "Order of checks: 401, then 400 for the request, then 403 or 404 for the channel, then 404 for the",
              "thing, then its state. Every error has the shape of `Error`. Every answer has `x-request-id`, which",
              "also stands in the server's log. Unknown paths are 404; known paths with another method are 405 with",
              "`Allow`. HEAD is answered wherever GET is. A request that was not wholly read when it was refused is",
              "answered with `Connection: close`.",
              "",
              "Rate limits: 1000 requests a second for each key, each session and, on the open routes, each address;",
              "three times that in a burst, unless configured otherwise. Wrong or missing keys and tokens: 20 at once",
              "and one a second for each address. 429 has `Retry-After` in seconds.",
              "",
              "Objects in answers may get more members in later versions; clients ignore those they do not know. A",
              "message, an agent or a file has all of its members, with null for those that are not set, except where",
              "said otherwise."
            ]
          },
          "servers": [{"url": "/", "description": "This server; plain HTTP, port 3001 unless configured otherwise"}],
          "security": [{"apiKey": []}, {"bearer": []}],
          "tags": [
            {"name": "Messages", "description": "What agents send into their channels."},
            {"name": "Reviews", "description": "Questions to people, and how to wait for the answers."},
            {"name": "Files", "description": "Uploads, records of files, downloads."},
            {"name": "Agents", "description": "Agents, which are the channels; their webhooks and status."},
            {"name": "Events", "description": "What happens in a channel, as a stream and by webhook."},
            {"name": "Plugins", "description": "What can show a review in a way of its own."},
            {"name": "Accounts", "description": "Signing in, sessions, API keys, users and preferences; for people."},
            {"name": "Conversations", "description": "Messages and reviews as people see and answer them."},
            {"name": "Server", "description": "Health, and this reference. No key is needed here."}
          ],
          "components": {
            "securitySchemes": {
              "apiKey": {
                "type": "apiKey", "in": "header", "name": "x-api-key", "description": "`hp_` and 43 characters."
              },
              "bearer": {
                "type": "http", "scheme": "bearer", "description": "The same key, as a bearer token (RFC 6750)."
              }
            },
            "parameters": {
              "channel": {
                "name": "channel", "in": "query", "required": true,
                "description": "The channel: the id of one of your agents.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"
              },
              "limit": {
                "name": "limit", "in": "query",
                "description": [
                  "How many rows; more than 100 is lowered to 100. Anything but a positive integer is 400.",
                  "",
                  ""
                ],
                "schema": {"type": "integer", "minimum": 1, "default": 50}
              },
              "cursor": {
                "name": "cursor", "in": "query",
                "description": "The `nextCursor` of an earlier page, which this one continues.",
                "schema": {"type": "string", "format": "uuid"}
              },
              "timeout": {
                "name": "timeout", "in": "query",
                "description": [
                  "How long to wait, in milliseconds. More than 30000 is lowered to 30000; what is not a positive",
                  "number means 30000 and is not refused."
                ],
                "schema": {"type": "integer", "minimum": 1, "default": 30000},
                "example": 1000
              },
              "messageId": {
                "name": "id", "in": "path", "required": true, "description": "The id of a message.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22"
              },
              "fileId": {
                "name": "id", "in": "path", "required": true, "description": "The id of a file.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c41-3d64-7f55-8a4c-7d3eb0206f44"
              },
              "agentId": {
                "name": "id", "in": "path", "required": true, "description": "The id of an agent.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"
              },
              "streamId": {
                "name": "streamId", "in": "path", "required": true,
                "description": "The name that the agent gave to the stream.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "run-42"
              }
            },
            "headers": {
              "requestId": {
                "description": "The name of this request in the server's log.", "required": true,
                "schema": {"type": "string"}
              }
            },
            "schemas": {
              "Deleted": {
                "type": "object", "required": ["deleted"], "properties": {"deleted": {"const": true}},
                "examples": [{"deleted": true}]
              },
              "Time": {
                "type": "string", "format": "date-time", "description": "ISO 8601 in UTC with milliseconds.",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
                "examples": ["2026-11-23T22:14:01.123Z"]
              },
              "WebURL": {
                "type": "string", "format": "uri", "minLength": 1, "maxLength": 2048,
                "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]",
                "description": "An absolute http or https URL in ASCII.",
                "examples": ["https://example.org/hooks/placet"]
              }
            }
          }
        }
        """#
}
