extension DocumentText {
    /// What the server sends.
    static let webhooks = #"""
        {
          "webhooks": {
            "message:created": {
              "post": {
                "operationId": "messageCreated", "tags": ["Events"], "summary": "A person has sent a message or a file",
                "description": [
                  "All webhooks: JSON by POST to the message's `webhookUrl`, else to the channel's, else to the `url`",
                  "of the review's `callback`, whose `method` and `headers` count for it alone. Any 2xx within 10 s",
                  "is success; redirects are not followed. Tried again after 1 s, 5 s, 30 s, 5 min and 30 min, also",
                  "across restarts: an event may come more than once, with the same `webhook-id`, and events may",
                  "overtake each other. Hosts that are not public are refused unless the operator allows them."
                ],
                "security": [],
                "parameters": [
                  {"$ref": "#/components/parameters/webhookId"},
                  {"$ref": "#/components/parameters/webhookTimestamp"},
                  {"$ref": "#/components/parameters/webhookSignature"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {
                    "type": "object", "required": ["event", "channelId", "message"],
                    "properties": {
                      "event": {"const": "message:created"},
                      "channelId": {"type": "string"},
                      "message": {"$ref": "#/components/schemas/Message"}
                    }
                  }}}
                },
                "responses": {"2XX": {"description": "Taken."}}
              }
            },
            "review:responded": {
              "post": {
                "operationId": "reviewResponded", "tags": ["Events"], "summary": "A person has answered a review",
                "security": [],
                "parameters": [
                  {"$ref": "#/components/parameters/webhookId"},
                  {"$ref": "#/components/parameters/webhookTimestamp"},
                  {"$ref": "#/components/parameters/webhookSignature"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object",
                      "required": ["event", "channelId", "message_id", "review_type", "response", "responded_at"],
                      "properties": {
                        "event": {"const": "review:responded"},
                        "channelId": {"type": "string"},
                        "message_id": {"type": "string"},
                        "review_type": {"type": "string"},
                        "response": {"$ref": "#/components/schemas/Response"},
                        "responded_at": {"$ref": "#/components/schemas/Time"},
                        "feedback": {"type": "string"},
                        "modifiedFileIds": {"type": "object", "additionalProperties": {"type": "string"}},
                        "iterationGroupId": {"type": "string"},
                        "iteration": {"type": "integer", "minimum": 1}
                      }
                    },
                    "example": {
                      "event": "review:responded", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                      "message_id": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22", "review_type": "approval",
                      "response": {"selectedOption": "yes"}, "responded_at": "2026-11-23T22:20:00.000Z"
                    }
                  }}
                },
                "responses": {"2XX": {"description": "Taken."}}
              }
            },
            "webhook:test": {
              "post": {
                "operationId": "webhookTested", "tags": ["Events"], "summary": "A person tries the webhook",
                "description": "Sent once, to the channel's own URL; it tells of nothing.",
                "security": [],
                "parameters": [
                  {"$ref": "#/components/parameters/webhookId"},
                  {"$ref": "#/components/parameters/webhookTimestamp"},
                  {"$ref": "#/components/parameters/webhookSignature"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["event", "channelId"],
                      "properties": {"event": {"const": "webhook:test"}, "channelId": {"type": "string"}}
                    },
                    "example": {"event": "webhook:test", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"}
                  }}
                },
                "responses": {"2XX": {"description": "Taken."}}
              }
            },
            "review:expired": {
              "post": {
                "operationId": "reviewExpired", "tags": ["Events"], "summary": "A review has expired without an answer",
                "security": [],
                "parameters": [
                  {"$ref": "#/components/parameters/webhookId"},
                  {"$ref": "#/components/parameters/webhookTimestamp"},
                  {"$ref": "#/components/parameters/webhookSignature"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["event", "channelId", "message_id", "review_type", "expired_at"],
                      "properties": {
                        "event": {"const": "review:expired"},
                        "channelId": {"type": "string"},
                        "message_id": {"type": "string"},
                        "review_type": {"type": "string"},
                        "expired_at": {"$ref": "#/components/schemas/Time"}
                      }
                    },
                    "example": {
                      "event": "review:expired", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                      "message_id": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22", "review_type": "approval",
                      "expired_at": "2026-11-24T22:14:01.123Z"
                    }
                  }}
                },
                "responses": {"2XX": {"description": "Taken."}}
              }
            }
          },
          "components": {
            "parameters": {
              "webhookId": {
                "name": "webhook-id", "in": "header",
                "description": "The same for every attempt: what tells a repeat.",
                "schema": {"type": "string"}
              },
              "webhookTimestamp": {
                "name": "webhook-timestamp", "in": "header",
                "description": "The time of the attempt in seconds since 1970.", "schema": {"type": "integer"}
              },
              "webhookSignature": {
                "name": "webhook-signature", "in": "header",
                "description": "With a secret: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64.",
                "schema": {"type": "string"}
              }
            }
          }
        }
        """#
}
