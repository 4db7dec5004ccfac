extension DocumentText {
    static let agents = #"""
        {
          "paths": {
            "/api/v1/agents": {
              "get": {
                "operationId": "listAgents", "tags": ["Agents"],
                "summary": "All agents of the key's user, newest first",
                "responses": {
                  "200": {
                    "description": "The agents.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Agent"}},
                      "examples": {"one": {"$ref": "#/components/examples/Agents"}}
                    }}
                  }
                }
              },
              "post": {
                "operationId": "createAgent", "tags": ["Agents"], "summary": "Make an agent, which is a channel",
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/NewAgent"},
                    "example": {"name": "Release bot", "description": "Asks before it ships", "tag": "ci"}
                  }}
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
            "/api/v1/agents/{id}": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "patch": {
                "operationId": "changeAgent", "tags": ["Agents"], "summary": "Change the members that are given",
                "description": [
                  "Another `webhookUrl` is a new webhook: the headers, credentials and secret of the old one are",
                  "dropped."
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/AgentChange"},
                    "example": {"name": "Release bot 2", "tag": null}
                  }}
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
                "operationId": "deleteAgent", "tags": ["Agents"],
                "summary": "Delete an agent with all its messages and files",
                "responses": {
                  "200": {
                    "description": "It is gone.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/v1/agents/setWebhook": {
              "post": {
                "operationId": "setWebhook", "tags": ["Agents"], "summary": "Set where the channel's events go",
                "description": [
                  "URL, headers, credentials and secret are replaced together; what is left out is gone. Headers and",
                  "credentials go only to the origin of this URL. With a secret the requests are signed (Standard",
                  "Webhooks, HMAC-SHA256)."
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/WebhookSetting"},
                    "example": {
                      "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                      "url": "https://example.org/hooks/placet",
                      "headers": {"x-team": "release"},
                      "auth": {"username": "placet", "password": "a password"},
                      "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                    }
                  }}
                },
                "responses": {
                  "200": {
                    "description": "The agent, its secrets masked.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/v1/agents/deleteWebhook": {
              "post": {
                "operationId": "deleteWebhook", "tags": ["Agents"], "summary": "Send the channel's events nowhere",
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["channelId"],
                      "properties": {"channelId": {"$ref": "#/components/schemas/ChannelId"}}
                    },
                    "example": {"channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"}
                  }}
                },
                "responses": {
                  "200": {
                    "description": "The agent without a webhook.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            },
            "/api/v1/status/ping": {
              "post": {
                "operationId": "ping", "tags": ["Agents"], "summary": "Say what the agent is doing",
                "description": "`statusSince` moves only when the status changes. A message left out is none.",
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["agentId", "status"],
                      "properties": {
                        "agentId": {"$ref": "#/components/schemas/ChannelId"},
                        "status": {"$ref": "#/components/schemas/AgentStatus"},
                        "message": {"type": "string", "maxLength": 500, "description": "A few words about it."}
                      }
                    },
                    "example": {
                      "agentId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "status": "busy", "message": "Building 1.4.0"
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "The agent.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            }
          }
        }
        """#
}
