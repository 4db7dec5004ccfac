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
                  "`review:expired`, `message:delivery`, `agent:status`. Each has an `id`; a comment comes every 15",
                  "seconds. A reader that is too slow is dropped, and comes back with the last id it saw. For answers",
                  "that must not be lost read `/api/v1/answers`."
                ],
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {
                    "name": "Last-Event-ID", "in": "header",
                    "description": "The id of the last event seen: the stream goes on after it.",
                    "schema": {"type": "string"}
                  }
                ],
                "responses": {
                  "200": {
                    "description": "A stream without end.",
                    "content": {"text/event-stream": {
                      "schema": {"type": "string"},
                      "example": "id: 17\nevent: message:created\ndata: {\"id\":\"01995c3f-1b42-7d33-8e2a-5b1c9f0e\"}\n\n"
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            }
          }
        }
        """#
}
