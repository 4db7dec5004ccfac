extension DocumentText {
    static let events = #"""
        {
          "paths": {
            "/api/v1/events": {
              "get": {
                "operationId": "streamEvents", "tags": ["Events"],
                "summary": "What happens in a channel, as it happens",
                "description": [
                  "Server-sent events: `message:created`, `message:updated`, `message:deleted`, `review:responded`,",
                  "`review:expired`, `message:delivery`, `agent:status`, `agent:deleted`, each with an `id`. The data",
                  "is `{channelId, messageId?, message?, agent?}`, the message as in lists and as it is when it is",
                  "sent. `agent:status` also tells of a new agent and of changed settings. A comment comes every 15 s.",
                  "",
                  "With `Last-Event-ID` the stream goes on after that event. When that is too long ago (the last 8192",
                  "changes are kept, none across a restart), or the reader is too slow, it says `reset`: read the",
                  "lists anew. The stream ends with the server, with the key, and after `agent:deleted`. For answers",
                  "that must not be lost read `/api/v1/answers`."
                ],
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {"$ref": "#/components/parameters/lastEventId"}
                ],
                "responses": {
                  "200": {
                    "description": "A stream without end.",
                    "content": {"text/event-stream": {
                      "schema": {"type": "string"},
                      "examples": {"two": {"$ref": "#/components/examples/Events"}}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            "/api/events": {
              "get": {
                "operationId": "streamAllEvents", "tags": ["Events"],
                "summary": "What happens in all your channels, as it happens",
                "description": "As `/api/v1/events`, for people: it ends with the session, and with no channel.",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/lastEventId"}],
                "responses": {
                  "200": {
                    "description": "A stream without end.",
                    "content": {"text/event-stream": {
                      "schema": {"type": "string"},
                      "examples": {"two": {"$ref": "#/components/examples/Events"}}
                    }}
                  }
                }
              }
            }
          },
          "components": {
            "examples": {
              "Events": {
                "value": "event: agent:deleted\nid: 1795533480051002\ndata: {\"channelId\":\"01995c3e-8f00\"}\n\n: alive\nid: 1795533480051002\n\n"
              }
            },
            "parameters": {
              "lastEventId": {
                "name": "Last-Event-ID", "in": "header",
                "description": "The id of the last event seen: the stream goes on after it.",
                "schema": {"type": "string"}
              }
            }
          }
        }
        """#
}
