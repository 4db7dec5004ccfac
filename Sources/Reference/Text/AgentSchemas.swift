extension DocumentText {
    static let agentSchemas = #"""
        {
          "components": {
            "schemas": {
              "ChannelId": {
                "type": "string", "minLength": 1, "maxLength": 500, "description": "The id of one of your agents.",
                "examples": ["01995c3e-8f00-7a10-9c41-0a6d5e2b7f11"]
              },
              "AgentStatus": {
                "type": "string", "enum": ["active", "busy", "error", "offline"], "examples": ["active"]
              },
              "Agent": {
                "type": "object",
                "description": [
                  "An agent, which is a channel. All members are always there, but for `unreadCount`, `lastMessage` and",
                  "`lastMessageTime`, which stand only in the lists of people."
                ],
                "required": [
                  "id", "name", "description", "avatarUrl", "webhookUrl", "webhookHeaders", "webhookAuth",
                  "webhookSecret",
                  "status", "statusMessage", "statusSince", "lastActiveAt", "tag", "createdAt"
                ],
                "properties": {
                  "id": {"type": "string"},
                  "name": {"type": "string"},
                  "description": {"type": ["string", "null"]},
                  "avatarUrl": {
                    "type": ["string", "null"],
                    "description": "Its picture: a URL elsewhere, or the path of one that a person has uploaded."
                  },
                  "webhookUrl": {"type": ["string", "null"], "description": "Where the channel's events go."},
                  "webhookHeaders": {
                    "type": ["object", "null"], "additionalProperties": {"type": "string"},
                    "description": "Values are `***` where the name says that they are secret."
                  },
                  "webhookAuth": {
                    "type": ["object", "null"], "required": ["username", "password"],
                    "properties": {"username": {"type": "string"}, "password": {"const": "***"}}
                  },
                  "webhookSecret": {"enum": ["***", null], "description": "`***` when one is set."},
                  "status": {"$ref": "#/components/schemas/AgentStatus"},
                  "statusMessage": {"type": ["string", "null"]},
                  "statusSince": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
                  "lastActiveAt": {
                    "anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}],
                    "description": "When it was last heard of."
                  },
                  "tag": {"type": ["string", "null"], "maxLength": 64},
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "unreadCount": {
                    "type": "integer", "minimum": 0, "maximum": 1000,
                    "description": "Messages of the agent after the last one that was read; 1000 may be more."
                  },
                  "lastMessage": {
                    "type": "string", "maxLength": 200,
                    "description": [
                      "The first 200 characters of the newest message, empty when it has no text. Missing when there",
                      "is no message."
                    ]
                  },
                  "lastMessageTime": {"$ref": "#/components/schemas/Time"}
                },
                "examples": [{
                  "id": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "name": "Release bot",
                  "description": "Asks before it ships", "avatarUrl": null,
                  "webhookUrl": "https://example.org/hooks/placet", "webhookHeaders": {"x-team": "release"},
                  "webhookAuth": {"username": "placet", "password": "***"}, "webhookSecret": "***",
                  "status": "busy", "statusMessage": "Building 1.4.0", "statusSince": "2026-11-23T22:14:01.123Z",
                  "lastActiveAt": "2026-11-23T22:14:01.123Z", "tag": "ci", "createdAt": "2026-11-23T22:00:00.000Z"
                }]
              },
              "NewAgent": {
                "type": "object",
                "required": ["name"],
                "properties": {
                  "name": {"type": "string", "minLength": 1, "maxLength": 200},
                  "description": {"type": "string", "maxLength": 10000},
                  "avatarUrl": {
                    "anyOf": [{"$ref": "#/components/schemas/WebURL"}, {"type": "null"}], "description": "Its picture."
                  },
                  "webhookUrl": {
                    "anyOf": [{"$ref": "#/components/schemas/WebURL"}, {"type": "null"}],
                    "description": "Where the channel's events go."
                  },
                  "tag": {"type": ["string", "null"], "maxLength": 64, "description": "A word to sort agents by."}
                },
                "examples": [{"name": "Release bot", "description": "Asks before it ships", "tag": "ci"}]
              },
              "AgentChange": {
                "type": "object",
                "description": "Members left out stay as they are; null clears the URLs and the tag.",
                "properties": {
                  "name": {"type": "string", "minLength": 1, "maxLength": 200},
                  "description": {"type": "string", "maxLength": 10000},
                  "avatarUrl": {"anyOf": [{"$ref": "#/components/schemas/WebURL"}, {"type": "null"}]},
                  "webhookUrl": {"anyOf": [{"$ref": "#/components/schemas/WebURL"}, {"type": "null"}]},
                  "tag": {"type": ["string", "null"], "maxLength": 64}
                },
                "examples": [{"name": "Release bot 2", "tag": null}]
              },
              "WebhookHeaders": {
                "type": "object", "maxProperties": 50, "description": "Sent with every request.",
                "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
                "additionalProperties": {
                  "type": "string",
                  "pattern": "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$",
                  "not": {"pattern": "^[ \\t]|[ \\t]$"}
                }
              },
              "WebhookAuth": {
                "type": "object", "required": ["username", "password"],
                "description": "HTTP Basic authentication (RFC 7617).",
                "properties": {
                  "username": {"type": "string", "maxLength": 1024, "pattern": "^[^:]*$"},
                  "password": {"type": "string", "maxLength": 1024}
                }
              },
              "WebhookSecret": {
                "type": "string", "description": "`whsec_` and 24 to 64 bytes in Base64 (Standard Webhooks).",
                "anyOf": [
                  {"pattern": "^whsec_([0-9A-Za-z+/]{4}){8,21}$"},
                  {"pattern": "^whsec_([0-9A-Za-z+/]{4}){8,20}[0-9A-Za-z+/]{2}[048AEIMQUYcgkosw]=$"},
                  {"pattern": "^whsec_([0-9A-Za-z+/]{4}){8,21}[0-9A-Za-z+/][AQgw]==$"}
                ]
              },
              "WebhookSetting": {
                "type": "object",
                "required": ["channelId", "url"],
                "properties": {
                  "channelId": {"$ref": "#/components/schemas/ChannelId"},
                  "url": {"$ref": "#/components/schemas/WebURL"},
                  "headers": {"$ref": "#/components/schemas/WebhookHeaders"},
                  "auth": {"$ref": "#/components/schemas/WebhookAuth"},
                  "secret": {"$ref": "#/components/schemas/WebhookSecret"}
                },
                "examples": [{
                  "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "url": "https://example.org/hooks/placet",
                  "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                }]
              }
            },
            "examples": {
              "Agents": {"value": [{
                "id": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "name": "Release bot", "description": null,
                "avatarUrl": null,
                "webhookUrl": null, "webhookHeaders": null, "webhookAuth": null, "webhookSecret": null,
                "status": "active", "statusMessage": null, "statusSince": null, "lastActiveAt": null, "tag": null,
                "createdAt": "2026-11-23T22:00:00.000Z"
              }]}
            }
          }
        }
        """#
}
