extension DocumentText {
    static let messages = #"""
        {
          "paths": {
            "/api/v1/messages": {
              "post": {
                "operationId": "sendMessage", "tags": ["Messages"], "summary": "Send a message, a review, files",
                "description": [
                  "The message, its review and its attachments are stored together or not at all. A repeat of",
                  "`clientId` or of `streamId`, also a simultaneous one, answers the first message and stores",
                  "nothing; with `streamState: aborted` it aborts a draft that is still streaming."
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/NewMessage"},
                    "examples": {
                      "a review": {"$ref": "#/components/examples/NewReview"},
                      "a text": {"$ref": "#/components/examples/NewText"},
                      "files": {"$ref": "#/components/examples/NewFiles"}
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "The message, with `textContent` in its attachments.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              },
              "get": {
                "operationId": "listMessages", "tags": ["Messages"], "summary": "A page of a channel's messages",
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {
                    "name": "search", "in": "query",
                    "description": "Part of the text, without regard to case; every character is taken literally.",
                    "schema": {"type": "string", "maxLength": 1000}, "example": "ship"
                  },
                  {
                    "name": "has_attachments", "in": "query",
                    "description": "`true` lists only messages with attachments; anything else lists all.",
                    "schema": {"type": "string", "default": "false"}
                  },
                  {"$ref": "#/components/parameters/limit"},
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {
                    "description": "Newest first, with `statusEvents`.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/MessagePage"},
                      "examples": {"the last page": {"$ref": "#/components/examples/MessagePage"}}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            "/api/v1/messages/{id}": {
              "parameters": [
                {"$ref": "#/components/parameters/messageId"},
                {"$ref": "#/components/parameters/channel"}
              ],
              "get": {
                "operationId": "readMessage", "tags": ["Messages"], "summary": "One message",
                "responses": {
                  "200": {
                    "description": "The message.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              },
              "delete": {
                "operationId": "deleteMessage", "tags": ["Messages"],
                "summary": "Retract a message with its attachments",
                "description": "400 while other iterations of it exist. Whoever waits for its review gets 404.",
                "responses": {
                  "200": {
                    "description": "It is gone.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/v1/messages/{id}/ack": {
              "post": {
                "operationId": "acknowledge", "tags": ["Messages"],
                "summary": "Say that the message or its answer arrived",
                "description": [
                  "`deliveryStatus` becomes `agent_received` for good, and a finished review leaves the feed of",
                  "answers. An acknowledgement before there is an answer does not take the answer off. A body is not",
                  "looked at."
                ],
                "parameters": [
                  {"$ref": "#/components/parameters/messageId"},
                  {"$ref": "#/components/parameters/channel"}
                ],
                "responses": {
                  "200": {
                    "description": "Noted.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["acknowledged"], "properties": {"acknowledged": {"const": true}}
                      },
                      "example": {"acknowledged": true}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/v1/messages/iterations/{id}": {
              "get": {
                "operationId": "listIterations", "tags": ["Messages"], "summary": "All versions of a message",
                "description": "Any of them may be named; a message that has no others gives itself.",
                "parameters": [
                  {"$ref": "#/components/parameters/messageId"},
                  {"$ref": "#/components/parameters/channel"}
                ],
                "responses": {
                  "200": {
                    "description": "In ascending order.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["groupId", "iterations"],
                        "properties": {
                          "groupId": {"type": "string", "description": "The id of the first version."},
                          "iterations": {
                            "type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Message"}
                          }
                        }
                      },
                      "examples": {"one version": {"$ref": "#/components/examples/Iterations"}}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          }
        }
        """#
}
