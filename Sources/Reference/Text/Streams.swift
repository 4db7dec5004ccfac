extension DocumentText {
    static let streams = #"""
        {
          "paths": {
            "/api/v1/messages/streams/{streamId}": {
              "parameters": [{"$ref": "#/components/parameters/streamId"}],
              "patch": {
                "operationId": "updateDraft", "tags": ["Messages"], "summary": "Replace the text of a streamed draft",
                "description": [
                  "A draft is made by sending a message with a `streamId`. One that is left alone for 5 minutes is",
                  "aborted. Repeating the request that ended it is fine; any other after the end is 409."
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["channelId", "text"],
                      "properties": {
                        "channelId": {"$ref": "#/components/schemas/ChannelId"},
                        "text": {"type": "string", "description": "The whole text so far."},
                        "complete": {"type": "boolean", "description": "True ends the draft.", "default": false},
                        "streamState": {
                          "allOf": [{"$ref": "#/components/schemas/StreamState"}],
                          "description": "Wins over `complete`; `complete` and `aborted` end the draft."
                        }
                      }
                    },
                    "example": {
                      "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "The tests are green.",
                      "complete": true
                    }
                  }}
                },
                "responses": {
                  "200": {
                    "description": "The message, with `textContent` in its attachments.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              }
            },
            "/api/v1/messages/streams/{streamId}/status": {
              "parameters": [{"$ref": "#/components/parameters/streamId"}],
              "post": {
                "operationId": "addStatusEvent", "tags": ["Messages"], "summary": "Say what is going on in a stream",
                "description": [
                  "Works before the draft exists, which then has the events. At most 1000 for a stream (409).",
                  "",
                  ""
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["channelId", "text"],
                      "properties": {
                        "channelId": {"$ref": "#/components/schemas/ChannelId"},
                        "text": {"type": "string", "minLength": 1, "maxLength": 10000},
                        "toolHint": {"type": "string", "maxLength": 200, "description": "Which tool is at work."}
                      }
                    },
                    "example": {
                      "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "Running the tests",
                      "toolHint": "swift"
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "The event.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StatusEvent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "StreamState": {
                "type": "string", "enum": ["streaming", "complete", "aborted"], "examples": ["streaming"],
                "description": "What has become of a draft that is written piece by piece."
              },
              "StatusEvent": {
                "type": "object",
                "description": "What an agent said it was doing while it wrote a draft.",
                "required": ["id", "channelId", "streamId", "index", "text", "toolHint", "createdAt"],
                "properties": {
                  "id": {"type": "string"},
                  "channelId": {"type": "string"},
                  "streamId": {"type": "string"},
                  "index": {"type": "integer", "minimum": 0, "description": "Its place in the stream."},
                  "text": {"type": "string"},
                  "toolHint": {"type": ["string", "null"]},
                  "createdAt": {"$ref": "#/components/schemas/Time"}
                },
                "examples": [{
                  "id": "01995c42-4e75-7066-9b5d-8e4fc1317055", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                  "streamId": "run-42", "index": 0, "text": "Running the tests", "toolHint": "swift",
                  "createdAt": "2026-11-23T22:14:01.123Z"
                }]
              }
            }
          }
        }
        """#
}
