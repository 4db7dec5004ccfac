extension DocumentText {
    static let fileSchemas = #"""
        {
          "components": {
            "schemas": {
              "Upload": {
                "type": "object",
                "required": ["channelId", "file"],
                "properties": {
                  "channelId": {"$ref": "#/components/schemas/ChannelId"},
                  "file": {
                    "type": "string", "format": "binary", "contentMediaType": "application/octet-stream",
                    "description": [
                      "A part with a filename, of any name. At most 1 GiB unless configured otherwise; zero bytes are",
                      "a file. Of the filename the last path component counts, in Unicode NFC, at most 255 bytes of",
                      "UTF-8."
                    ]
                  },
                  "sha256": {
                    "type": "string", "pattern": "^[0-9A-Fa-f]{64}$",
                    "description": "The SHA-256 of the file; 422 when the bytes are others."
                  }
                }
              },
              "MessageUpload": {
                "description": "As `Upload`, and the text of the message.",
                "type": "object",
                "required": ["channelId", "file"],
                "properties": {
                  "channelId": {"$ref": "#/components/schemas/ChannelId"},
                  "text": {"type": "string", "description": "The text of the message, at most 65536 bytes."},
                  "file": {
                    "type": "string", "format": "binary", "contentMediaType": "application/octet-stream",
                    "description": "A part with a filename, of any name."
                  },
                  "sha256": {
                    "type": "string", "pattern": "^[0-9A-Fa-f]{64}$",
                    "description": "The SHA-256 of the file; 422 when the bytes are others."
                  }
                }
              },
              "Attachment": {
                "type": "object",
                "description": "A file. All members are always there but `textContent` and `message`.",
                "required": [
                  "id", "messageId", "channelId", "pluginType", "filename", "mimeType", "declaredMimeType", "size",
                  "sha256",
                  "storageKey", "pluginData", "createdAt", "expiresAt"
                ],
                "properties": {
                  "id": {"type": "string"},
                  "messageId": {"type": ["string", "null"], "description": "Null: stored and not attached yet."},
                  "channelId": {"type": "string"},
                  "pluginType": {"enum": ["@uax/image", "@uax/file"]},
                  "filename": {"type": "string"},
                  "mimeType": {"type": "string", "description": "What the bytes are."},
                  "declaredMimeType": {"type": ["string", "null"], "description": "What the sender said they are."},
                  "size": {"type": "integer", "format": "int64", "minimum": 0, "description": "In bytes."},
                  "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                  "storageKey": {"type": "string", "pattern": "^uploads/sha256/[0-9a-f]{64}$"},
                  "pluginData": {"type": ["object", "null"]},
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "expiresAt": {
                    "anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}],
                    "description": "When a file that is not attached may be collected."
                  },
                  "message": {
                    "type": ["object", "null"],
                    "description": "The message that it is in, or null: only in the list of a person's files.",
                    "required": ["channelId", "createdAt"],
                    "properties": {
                      "channelId": {"type": "string"},
                      "createdAt": {"$ref": "#/components/schemas/Time"}
                    }
                  },
                  "textContent": {
                    "type": "string",
                    "description": [
                      "The text itself: when it is Markdown, plain, HTML or CSV text of at most 65536 bytes, in the",
                      "answers to sending a message, updating a draft and waiting for a review."
                    ]
                  }
                },
                "examples": [{
                  "id": "01995c41-3d64-7f55-8a4c-7d3eb0206f44", "messageId": null,
                  "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "pluginType": "@uax/file",
                  "filename": "build.log",
                  "mimeType": "text/plain", "declaredMimeType": "text/plain", "size": 9,
                  "sha256": "07a97ae6cb51fe5d6d30e9a6b7c9e1ecf0c9d4cf8ae2fe6c7dcb52a6ee4d7ee6",
                  "storageKey": "uploads/sha256/07a97ae6cb51fe5d6d30e9a6b7c9e1ecf0c9d4cf8ae2fe6c7dcb52a6ee4d7ee6",
                  "pluginData": null, "createdAt": "2026-11-23T22:14:01.123Z", "expiresAt": "2026-11-24T22:14:01.123Z"
                }]
              },
              "AttachmentPage": {
                "type": "object",
                "required": ["data", "nextCursor"],
                "properties": {
                  "data": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Attachment"}},
                  "nextCursor": {"type": ["string", "null"], "description": "Null exactly when nothing follows."}
                }
              }
            },
            "examples": {
              "AttachmentPage": {"value": {"data": [], "nextCursor": null}}
            }
          }
        }
        """#
}
