extension DocumentText {
    /// What people do with their agents and the webhooks of these.
    static let peopleAgents = #"""
        {
          "paths": {
            "/api/agents": {
              "get": {
                "operationId": "listOwnAgents", "tags": ["Agents"],
                "summary": "Your agents with what is new in their channels, newest first",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The agents, the one made last first.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "array",
                        "items": {"allOf": [
                          {"$ref": "#/components/schemas/Agent"}, {"title": "unreadCount", "required": ["unreadCount"]}
                        ]}
                      },
                      "examples": {"one": {"$ref": "#/components/examples/ListedAgents"}}
                    }}
                  }
                }
              },
              "post": {
                "operationId": "createOwnAgent", "tags": ["Agents"], "summary": "Make an agent, as its owner",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewAgent"}}}
                },
                "responses": {
                  "201": {
                    "description": "The agent.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"}
                }
              }
            },
            "/api/agents/{id}": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "patch": {
                "operationId": "changeOwnAgent", "tags": ["Agents"],
                "summary": "Change the members of your agent that are given",
                "description": [
                  "Another `webhookUrl` is a new webhook: the headers, credentials and secret of the old one are",
                  "dropped."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AgentChange"}}}
                },
                "responses": {
                  "200": {
                    "description": "The agent as it is now.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              },
              "delete": {
                "operationId": "deleteOwnAgent", "tags": ["Agents"],
                "summary": "Delete your agent with all its messages and files",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "It is gone.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/agents/{id}/read": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "post": {
                "operationId": "markRead", "tags": ["Agents"], "summary": "Note what you have read of a channel",
                "description": "Up to the message that is named, or without one to the newest. It never goes back.",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": false,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object",
                      "properties": {
                        "messageId": {
                          "type": "string", "minLength": 1, "maxLength": 500, "description": "A message of the channel."
                        }
                      }
                    },
                    "examples": {
                      "up to one": {"value": {"messageId": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22"}},
                      "all": {"value": {}}
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "How many messages of the agent are unread now, counted up to 1000.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["unreadCount"],
                        "properties": {"unreadCount": {"type": "integer", "minimum": 0, "maximum": 1000}}
                      },
                      "example": {"unreadCount": 0}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {
                    "description": "`Agent not found`, or `Message not found` in its channel.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  }
                }
              }
            },
            "/api/agents/{id}/stats": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "get": {
                "operationId": "readAgentStats", "tags": ["Agents"], "summary": "What is in a channel, in figures",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "As of now; counting a million messages takes about a second.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AgentStats"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/agents/{id}/webhook": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "put": {
                "operationId": "putWebhook", "tags": ["Agents"], "summary": "Set where the events of your agent go",
                "description": "As `setWebhook`: URL, headers, credentials and secret are replaced together.",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OwnWebhook"}}}
                },
                "responses": {
                  "200": {
                    "description": "The agent, its secrets masked.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              },
              "delete": {
                "operationId": "removeWebhook", "tags": ["Agents"], "summary": "Send the events of your agent nowhere",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The agent without a webhook.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/agents/{id}/webhook/test": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "post": {
                "operationId": "testWebhook", "tags": ["Agents"], "summary": "Try the webhook of your agent",
                "description": [
                  "Sends one event, `webhook:test`, at once and once, with the headers, the credentials, the signature",
                  "and under the rules of a real one, and answers within 11 s how that went. Nothing is queued. 429",
                  "while another test of the channel, 4 of yours, or 16 of all are under way. A body is not looked at."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "How it went, also when it was not delivered.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TestedWebhook"}}}
                  },
                  "400": {
                    "description": "`Set a webhook first`: the channel has none.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/agents/{id}/deliveries": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "get": {
                "operationId": "listDeliveries", "tags": ["Agents"],
                "summary": "What became of the events of a channel, newest first",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
                "responses": {
                  "200": {
                    "description": "Events that had a webhook to go to; they go with their messages.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/DeliveryPage"},
                      "examples": {"the last page": {"$ref": "#/components/examples/DeliveryPage"}}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "OwnWebhook": {
                "type": "object", "required": ["url"],
                "properties": {
                  "url": {"$ref": "#/components/schemas/WebURL"},
                  "headers": {"$ref": "#/components/schemas/WebhookHeaders"},
                  "auth": {"$ref": "#/components/schemas/WebhookAuth"},
                  "secret": {"$ref": "#/components/schemas/WebhookSecret"}
                },
                "examples": [{
                  "url": "https://example.org/hooks/placet", "headers": {"x-team": "release"},
                  "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                }]
              },
              "TestedWebhook": {
                "type": "object", "description": "How a webhook took the test. All members are always there.",
                "required": ["delivered", "status", "error", "milliseconds"],
                "properties": {
                  "delivered": {"type": "boolean", "description": "Whether the receiver answered 2xx."},
                  "status": {"type": ["integer", "null"], "description": "Of the receiver's answer, if it gave one."},
                  "error": {"type": ["string", "null"], "description": "Why it was not delivered."},
                  "milliseconds": {"type": "integer", "minimum": 0, "description": "How long that took."}
                },
                "examples": [{
                  "delivered": false, "status": 503, "error": "The receiver answered 503", "milliseconds": 41
                }]
              },
              "Delivery": {
                "type": "object", "description": "An event on its way to a webhook. All members are always there.",
                "required": [
                  "id", "messageId", "event", "state", "attempts", "attemptedAt", "responseStatus", "error",
                  "nextAttemptAt", "createdAt", "finishedAt"
                ],
                "properties": {
                  "id": {"type": "string", "description": "The `webhook-id`, the same for every attempt."},
                  "messageId": {"type": "string"},
                  "event": {"enum": ["message:created", "review:responded", "review:expired"]},
                  "state": {
                    "enum": ["pending", "delivered", "failed"],
                    "description": "`failed` has been given up; `POST /api/messages/{id}/retry` makes it pending again."
                  },
                  "attempts": {
                    "type": "integer", "minimum": 0, "description": "That have ended, since the last retry by hand."
                  },
                  "attemptedAt": {
                    "anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}],
                    "description": "When the last attempt ended."
                  },
                  "responseStatus": {
                    "type": ["integer", "null"], "description": "Of the last attempt, if it was answered."
                  },
                  "error": {"type": ["string", "null"], "description": "Why the last attempt failed."},
                  "nextAttemptAt": {
                    "anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}],
                    "description": "Null when it is finished; while an attempt is under way, when its time is up."
                  },
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "finishedAt": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]}
                },
                "examples": [{
                  "id": "01995c49-1a66-7f77-94c3-7a0c2d5e9f00", "messageId": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22",
                  "event": "review:responded", "state": "pending", "attempts": 2,
                  "attemptedAt": "2026-11-23T22:14:07.500Z", "responseStatus": 502,
                  "error": "The receiver answered 502", "nextAttemptAt": "2026-11-23T22:14:37.500Z",
                  "createdAt": "2026-11-23T22:14:01.123Z", "finishedAt": null
                }]
              },
              "DeliveryPage": {
                "type": "object", "required": ["data", "nextCursor"],
                "properties": {
                  "data": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Delivery"}},
                  "nextCursor": {"type": ["string", "null"], "description": "Null exactly when nothing follows."}
                }
              },
              "AgentStats": {
                "type": "object", "required": ["messages", "reviews", "files", "deliveries", "statuses"],
                "properties": {
                  "messages": {
                    "type": "object", "description": "By who wrote them.", "required": ["agent", "user"],
                    "properties": {
                      "agent": {"type": "integer", "minimum": 0}, "user": {"type": "integer", "minimum": 0}
                    }
                  },
                  "reviews": {
                    "type": "object", "required": ["pending", "completed", "expired"],
                    "properties": {
                      "pending": {"type": "integer", "minimum": 0}, "completed": {"type": "integer", "minimum": 0},
                      "expired": {"type": "integer", "minimum": 0}
                    }
                  },
                  "files": {
                    "type": "object", "description": "Equal bytes count each time.", "required": ["count", "bytes"],
                    "properties": {
                      "count": {"type": "integer", "minimum": 0}, "bytes": {"type": "integer", "minimum": 0}
                    }
                  },
                  "deliveries": {
                    "type": "object", "description": "Events for the webhook.",
                    "required": ["pending", "delivered", "failed"],
                    "properties": {
                      "pending": {"type": "integer", "minimum": 0}, "delivered": {"type": "integer", "minimum": 0},
                      "failed": {"type": "integer", "minimum": 0}
                    }
                  },
                  "statuses": {
                    "type": "array", "maxItems": 50,
                    "description": "What the agent said it was doing, newest first.",
                    "items": {
                      "type": "object", "required": ["status", "message", "since"],
                      "properties": {
                        "status": {"$ref": "#/components/schemas/AgentStatus"},
                        "message": {"type": ["string", "null"]},
                        "since": {"$ref": "#/components/schemas/Time"}
                      }
                    }
                  }
                },
                "examples": [{
                  "messages": {"agent": 120, "user": 14}, "reviews": {"pending": 1, "completed": 30, "expired": 2},
                  "files": {"count": 44, "bytes": 1048576}, "deliveries": {"pending": 0, "delivered": 45, "failed": 1},
                  "statuses": [{"status": "busy", "message": "Building 1.4.0", "since": "2026-11-23T22:14:01.123Z"}]
                }]
              }
            },
            "examples": {
              "ListedAgents": {"value": [{
                "id": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "name": "Release bot", "description": null,
                "avatarUrl": null,
                "webhookUrl": null, "webhookHeaders": null, "webhookAuth": null, "webhookSecret": null,
                "status": "active", "statusMessage": null, "statusSince": null, "lastActiveAt": null, "tag": null,
                "createdAt": "2026-11-23T22:00:00.000Z",
                "unreadCount": 1, "lastMessage": "Ship 1.4.0?", "lastMessageTime": "2026-11-23T22:14:01.123Z"
              }]},
              "DeliveryPage": {"value": {"data": [], "nextCursor": null}}
            }
          }
        }
        """#
}
