extension DocumentText {
    /// What people do with the messages and reviews of their channels.
    static let conversations = #"""
        {
          "paths": {
            "/api/messages": {
              "get": {
                "operationId": "listConversation", "tags": ["Conversations"], "summary": "The messages of a channel",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {
                    "name": "search", "in": "query",
                    "description": "Only messages whose text has this in it, without regard to case.",
                    "schema": {"type": "string", "maxLength": 1000}
                  },
                  {
                    "name": "has_attachments", "in": "query",
                    "description": "`true` for only messages with attachments; anything else means all.",
                    "schema": {"type": "string", "enum": ["true", "false"]}
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
              },
              "post": {
                "operationId": "say", "tags": ["Conversations"], "summary": "Write a message to an agent",
                "description": [
                  "The agent's webhook is told by `message:created`. A repeat of a `clientId` answers the message that",
                  "was stored first."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PersonMessage"}}}
                },
                "responses": {
                  "201": {
                    "description": "The message, its `senderType` being `user`.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/NotYours"}
                }
              }
            },
            "/api/messages/{id}": {
              "get": {
                "operationId": "readConversationMessage", "tags": ["Conversations"],
                "summary": "One message, and its agent",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/messageId"}],
                "responses": {
                  "200": {
                    "description": "The message with `statusEvents` and `agent`.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/messages/{id}/iterations": {
              "get": {
                "operationId": "listConversationIterations", "tags": ["Conversations"],
                "summary": "All versions of a message, the first one first",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/messageId"}],
                "responses": {
                  "200": {
                    "description": "Ascending.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["groupId", "iterations"],
                        "properties": {
                          "groupId": {"type": "string"},
                          "iterations": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}
                        }
                      },
                      "examples": {"one": {"$ref": "#/components/examples/Iterations"}}
                    }}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/messages/{id}/retry": {
              "post": {
                "operationId": "retryDelivery", "tags": ["Conversations"], "summary": "Try a webhook again",
                "description": [
                  "Every event of the message that was not delivered is tried again at once. 400 when there is none,",
                  "or nowhere to send it. A body is not looked at."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/undeliveredId"}],
                "responses": {
                  "200": {
                    "description": "It will be tried.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["retried"], "properties": {"retried": {"const": true}}
                      },
                      "example": {"retried": true}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/NotYours"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/messages/reviews": {
              "get": {
                "operationId": "listReviews", "tags": ["Conversations"], "summary": "The reviews of your channels",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [
                  {
                    "name": "status", "in": "query", "description": "How they stand.",
                    "schema": {"enum": ["pending", "completed", "expired", "all"], "default": "pending"}
                  },
                  {
                    "name": "channel", "in": "query", "description": "Only those of this channel.",
                    "schema": {"$ref": "#/components/schemas/ChannelId"}
                  },
                  {"$ref": "#/components/parameters/limit"},
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {
                    "description": "Messages, newest first, with `statusEvents`.",
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
            "/api/messages/{id}/respond": {
              "post": {
                "operationId": "respond", "tags": ["Conversations"], "summary": "Answer a review",
                "description": [
                  "Once: of several at the same time one is accepted. The response is checked against the question;",
                  "400 names the members of the response at fault. 404 also for a message without a review."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/messageId"}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewResponse"}}}
                },
                "responses": {
                  "201": {
                    "description": "The message with its review completed.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {
                    "description": [
                      "`Review already responded`; or the channel is somebody else's, or the request names another",
                      "site."
                    ],
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "409": {
                    "description": "The review has expired; no response is taken any more.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  }
                }
              }
            }
          },
          "components": {
            "parameters": {
              "undeliveredId": {
                "name": "id", "in": "path", "required": true,
                "description": "The id of a message with an event that did not reach its webhook.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c48-0d55-7e66-83b2-6f9b1c4d8e99"
              }
            },
            "responses": {
              "NotYours": {
                "description": "`Not your agent`; or `Origin` or `Sec-Fetch-Site` names another site.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              }
            },
            "schemas": {
              "PersonMessage": {
                "type": "object", "required": ["channelId"],
                "description": "At least one of a text that is not empty and an attachment is required.",
                "anyOf": [
                  {"required": ["text"], "properties": {"text": {"minLength": 1}}},
                  {"required": ["attachmentIds"], "properties": {"attachmentIds": {"minItems": 1}}}
                ],
                "properties": {
                  "channelId": {"$ref": "#/components/schemas/ChannelId"},
                  "text": {"type": "string", "description": "Markdown."},
                  "attachmentIds": {
                    "type": "array", "maxItems": 100, "items": {"type": "string"},
                    "description": "Files of this channel that are not attached yet; otherwise 400 with their ids."
                  },
                  "clientId": {
                    "type": "string", "minLength": 1, "maxLength": 500,
                    "description": "Your own name for the message; makes a repeated request harmless."
                  }
                },
                "examples": [{
                  "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "Not before Monday, please."
                }]
              },
              "NewResponse": {
                "type": "object", "required": ["response"],
                "properties": {
                  "response": {"$ref": "#/components/schemas/Response"},
                  "feedback": {"type": "string", "maxLength": 100000, "description": "A remark."},
                  "modifiedFileIds": {
                    "type": "object", "maxProperties": 1000, "additionalProperties": {"type": "string"},
                    "description": "The id of an attachment, and of the file of the channel that replaces it."
                  }
                },
                "examples": [{"response": {"selectedOption": "yes"}, "feedback": "After lunch."}]
              },
              "AgentSummary": {
                "type": "object", "description": "An agent without its webhook.",
                "required": [
                  "id", "name", "description", "avatarUrl", "status", "statusMessage", "statusSince", "lastActiveAt",
                  "tag", "createdAt"
                ],
                "properties": {
                  "id": {"type": "string"},
                  "name": {"type": "string"},
                  "description": {"type": ["string", "null"]},
                  "avatarUrl": {"type": ["string", "null"]},
                  "status": {"$ref": "#/components/schemas/AgentStatus"},
                  "statusMessage": {"type": ["string", "null"]},
                  "statusSince": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
                  "lastActiveAt": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
                  "tag": {"type": ["string", "null"]},
                  "createdAt": {"$ref": "#/components/schemas/Time"}
                }
              }
            }
          }
        }
        """#
}
