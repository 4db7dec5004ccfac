extension DocumentText {
    static let messageSchemas = #"""
        {
          "components": {
            "schemas": {
              "MessageStatus": {
                "type": "string", "enum": ["info", "success", "warning", "error"], "examples": ["info"],
                "description": "The colour of a message."
              },
              "NewMessage": {
                "type": "object",
                "description": [
                  "At least one of a text that is not empty, a review, a status and an attachment is required.",
                  "",
                  ""
                ],
                "required": ["channelId"],
                "anyOf": [
                  {"required": ["text"], "properties": {"text": {"minLength": 1}}},
                  {"required": ["review"]},
                  {"required": ["status"]},
                  {"required": ["attachmentIds"], "properties": {"attachmentIds": {"minItems": 1}}},
                  {"required": ["textAttachments"], "properties": {"textAttachments": {"minItems": 1}}}
                ],
                "dependentRequired": {"streamState": ["streamId"]},
                "properties": {
                  "channelId": {"$ref": "#/components/schemas/ChannelId"},
                  "text": {"type": "string", "description": "Markdown."},
                  "status": {"$ref": "#/components/schemas/MessageStatus"},
                  "review": {"$ref": "#/components/schemas/NewReview"},
                  "metadata": {
                    "type": "object", "description": "Your own, kept exactly; the order of members may change."
                  },
                  "webhookUrl": {
                    "anyOf": [{"$ref": "#/components/schemas/WebURL"}, {"type": "null"}],
                    "description": "Where the events of this message go, instead of the channel's URL."
                  },
                  "attachmentIds": {
                    "type": "array", "maxItems": 100, "items": {"type": "string"},
                    "description": [
                      "Files of this channel that are not attached yet; otherwise 400 with their ids. An attachment",
                      "belongs to one message for good. Repeats count once."
                    ]
                  },
                  "textAttachments": {
                    "type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/TextAttachment"},
                    "description": "Texts to be stored as files of this message."
                  },
                  "iterationOf": {
                    "type": "string", "minLength": 1, "maxLength": 500,
                    "description": [
                      "The id of a message of this channel whose review is finished; this is its next version.",
                      "",
                      ""
                    ]
                  },
                  "clientId": {
                    "type": "string", "minLength": 1, "maxLength": 500,
                    "description": [
                      "Your own name for the message, unique in the channel; makes a repeated request harmless.",
                      "",
                      ""
                    ]
                  },
                  "streamId": {
                    "type": "string", "minLength": 1, "maxLength": 500,
                    "description": [
                      "Your own name for a draft that is to be written piece by piece, unique in the channel.",
                      "",
                      ""
                    ]
                  },
                  "streamState": {
                    "allOf": [{"$ref": "#/components/schemas/StreamState"}],
                    "description": "Only beside `streamId`; `streaming` when left out."
                  }
                }
              },
              "TextAttachment": {
                "type": "object",
                "required": ["content"],
                "properties": {
                  "content": {"type": "string", "minLength": 1},
                  "filename": {"type": "string", "minLength": 1, "maxLength": 4096, "default": "content.md"},
                  "mimeType": {
                    "type": "string", "minLength": 1, "maxLength": 255, "default": "text/markdown",
                    "description": "What you say it is; the bytes have the last word."
                  }
                },
                "examples": [{"content": "# Changes\n\nNone.", "filename": "changes.md"}]
              },
              "Message": {
                "type": "object",
                "description": "All members are always there but `statusEvents` and `agent`.",
                "required": [
                  "id", "channelId", "senderType", "senderId", "text", "status", "review", "metadata", "deliveryStatus",
                  "iterationGroupId", "iteration", "clientId", "streamId", "streamState", "createdAt", "updatedAt",
                  "attachments"
                ],
                "properties": {
                  "id": {"type": "string"},
                  "channelId": {"type": "string"},
                  "senderType": {"enum": ["agent", "user"]},
                  "senderId": {
                    "type": "string", "description": "The channel's id for an agent, the user's for a person."
                  },
                  "text": {"type": ["string", "null"]},
                  "status": {"anyOf": [{"$ref": "#/components/schemas/MessageStatus"}, {"type": "null"}]},
                  "review": {"anyOf": [{"$ref": "#/components/schemas/Review"}, {"type": "null"}]},
                  "metadata": {"type": ["object", "null"]},
                  "deliveryStatus": {
                    "enum": ["sent", "webhook_delivered", "webhook_failed", "agent_received"],
                    "description": "How far its events have come; `agent_received` is final."
                  },
                  "iterationGroupId": {"type": ["string", "null"], "description": "The id of its first version."},
                  "iteration": {"type": ["integer", "null"], "minimum": 1, "description": "Which version it is."},
                  "clientId": {"type": ["string", "null"]},
                  "streamId": {"type": ["string", "null"]},
                  "streamState": {"anyOf": [{"$ref": "#/components/schemas/StreamState"}, {"type": "null"}]},
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "updatedAt": {"$ref": "#/components/schemas/Time"},
                  "attachments": {"type": "array", "items": {"$ref": "#/components/schemas/Attachment"}},
                  "statusEvents": {
                    "type": "array", "items": {"$ref": "#/components/schemas/StatusEvent"},
                    "description": "Of the message's stream; only in lists, and wherever people read it."
                  },
                  "agent": {
                    "allOf": [{"$ref": "#/components/schemas/AgentSummary"}],
                    "description": "Whose channel it is in; only where a person reads one message."
                  }
                },
                "examples": [{
                  "id": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                  "senderType": "agent", "senderId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "Ship 1.4.0?",
                  "status": null, "metadata": {"build": 481}, "deliveryStatus": "sent", "iterationGroupId": null,
                  "iteration": null, "clientId": "release-1.4.0", "streamId": null, "streamState": null,
                  "createdAt": "2026-11-23T22:14:01.123Z", "updatedAt": "2026-11-23T22:14:01.123Z", "attachments": [],
                  "review": {
                    "type": "approval", "status": "pending", "expiresAt": "2026-11-24T22:14:01.123Z",
                    "payload": {"options": [{"id": "yes", "label": "Ship it"}, {"id": "no", "label": "Wait"}]}
                  }
                }]
              },
              "MessagePage": {
                "type": "object",
                "required": ["data", "nextCursor"],
                "properties": {
                  "data": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Message"}},
                  "nextCursor": {"type": ["string", "null"], "description": "Null exactly when nothing follows."}
                }
              }
            },
            "examples": {
              "NewText": {"value": {
                "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "The tests are green.", "status": "success"
              }},
              "NewReview": {"value": {
                "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "Ship 1.4.0?", "clientId": "release-1.4.0",
                "review": {
                  "type": "approval", "expiresInSeconds": 3600,
                  "payload": {"options": [{"id": "yes", "label": "Ship it"}, {"id": "no", "label": "Wait"}]}
                },
                "metadata": {"build": 481}
              }},
              "NewFiles": {"value": {
                "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "The log and a summary",
                "attachmentIds": ["01995c41-3d64-7f55-8a4c-7d3eb0206f44"],
                "textAttachments": [{"content": "# Summary\n\nAll green.", "filename": "summary.md"}]
              }},
              "MessagePage": {"value": {"data": [], "nextCursor": null}},
              "Iterations": {"value": {
                "groupId": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22",
                "iterations": [{
                  "id": "01995c3f-1b42-7d33-8e2a-5b1c9f0e4d22", "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11",
                  "senderType": "agent", "senderId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "text": "Hello",
                  "status": "info", "review": null, "metadata": null, "deliveryStatus": "sent",
                  "iterationGroupId": null,
                  "iteration": null, "clientId": null, "streamId": null, "streamState": null, "attachments": [],
                  "createdAt": "2026-11-23T22:14:01.123Z", "updatedAt": "2026-11-23T22:14:01.123Z", "statusEvents": []
                }]
              }}
            }
          }
        }
        """#
}
