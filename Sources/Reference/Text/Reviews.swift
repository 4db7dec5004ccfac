extension DocumentText {
    static let reviews = #"""
        {
          "paths": {
            "/api/v1/reviews/pending": {
              "get": {
                "operationId": "listPendingReviews", "tags": ["Reviews"], "summary": "Messages that wait for an answer",
                "description": "An array of the newest 1000, or a page when `limit` or `cursor` is given.",
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {"$ref": "#/components/parameters/limit"},
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {
                    "description": "Newest first, with `statusEvents`.",
                    "content": {"application/json": {
                      "schema": {
                        "anyOf": [
                          {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Message"}},
                          {"$ref": "#/components/schemas/MessagePage"}
                        ]
                      },
                      "examples": {
                        "the last page": {"$ref": "#/components/examples/MessagePage"}, "none": {"value": []}
                      }
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            "/api/v1/reviews/{id}": {
              "get": {
                "operationId": "readReview", "tags": ["Reviews"], "summary": "The message of a review, answered or not",
                "description": "404 also for a message without a review.",
                "parameters": [
                  {"$ref": "#/components/parameters/messageId"},
                  {"$ref": "#/components/parameters/channel"}
                ],
                "responses": {
                  "200": {
                    "description": "The message.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/v1/reviews/{id}/wait": {
              "get": {
                "operationId": "waitForReview", "tags": ["Reviews"], "summary": "Wait until a review is finished",
                "description": [
                  "Answers at once when it is, within milliseconds of the answer, at the instant it expires, or when",
                  "the time is up. 404 also when the message is retracted meanwhile."
                ],
                "parameters": [
                  {"$ref": "#/components/parameters/messageId"},
                  {"$ref": "#/components/parameters/channel"},
                  {"$ref": "#/components/parameters/timeout"}
                ],
                "responses": {
                  "200": {
                    "description": "How it ended, with `textContent` in the attachments of the message.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/WaitOutcome"}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/v1/answers": {
              "get": {
                "operationId": "listAnswers", "tags": ["Reviews"], "summary": "Finished reviews not acknowledged yet",
                "description": [
                  "The durable feed of a channel's answers, oldest first. Answers at once when there are any;",
                  "otherwise waits for one until the time is up. An answer stays in the feed until its message is",
                  "acknowledged, whatever happens to the server or to those who wait."
                ],
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {
                    "name": "after", "in": "query",
                    "description": "Only answers with a greater number: the `next` of the last call.",
                    "schema": {"type": "integer", "format": "int64", "minimum": 0, "default": 0}
                  },
                  {"$ref": "#/components/parameters/timeout"},
                  {"$ref": "#/components/parameters/limit"}
                ],
                "responses": {
                  "200": {
                    "description": "The answers; none when the time was up.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answers"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "WaitOutcome": {
                "oneOf": [
                  {
                    "type": "object", "required": ["status", "message"],
                    "properties": {
                      "status": {"enum": ["completed", "expired"]},
                      "message": {"$ref": "#/components/schemas/Message"}
                    }
                  },
                  {"type": "object", "required": ["status"], "properties": {"status": {"const": "timeout"}}}
                ],
                "examples": [{"status": "timeout"}]
              },
              "Answers": {
                "type": "object",
                "required": ["answers", "next"],
                "properties": {
                  "answers": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Answer"}},
                  "next": {
                    "type": "integer", "format": "int64", "minimum": 0,
                    "description": "To be passed as `after` next time."
                  }
                },
                "examples": [{"answers": [], "next": 17}]
              },
              "Answer": {
                "type": "object",
                "required": ["number", "status", "message"],
                "properties": {
                  "number": {"type": "integer", "format": "int64", "description": "Grows with every finished review."},
                  "status": {"enum": ["completed", "expired"]},
                  "message": {"$ref": "#/components/schemas/Message"}
                }
              }
            }
          }
        }
        """#
}
