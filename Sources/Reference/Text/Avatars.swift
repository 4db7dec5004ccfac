extension DocumentText {
    /// The pictures of agents that people upload.
    static let avatars = #"""
        {
          "paths": {
            "/api/agents/{id}/avatar": {
              "parameters": [{"$ref": "#/components/parameters/agentId"}],
              "get": {
                "operationId": "readAvatar", "tags": ["Agents"], "summary": "The picture of an agent",
                "description": "One that was uploaded; the address in `avatarUrl` changes with it.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "PNG, JPEG, GIF or WebP. It may be kept for an hour.",
                    "headers": {"Content-Security-Policy": {"$ref": "#/components/headers/filePolicy"}},
                    "content": {"image/*": {"schema": {"format": "binary"}, "example": "GIF89a…"}}
                  },
                  "404": {
                    "description": "`Agent not found`, or `No avatar`: none was uploaded.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  }
                }
              },
              "post": {
                "operationId": "setAvatar", "tags": ["Agents"], "summary": "Give an agent a picture",
                "description": [
                  "It takes the place of the one before, and goes when the agent is given an `avatarUrl` that leads",
                  "elsewhere."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"multipart/form-data": {
                    "schema": {"$ref": "#/components/schemas/PictureUpload"},
                    "example": {"file": "GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;"}
                  }}
                },
                "responses": {
                  "200": {
                    "description": "The agent; `avatarUrl` is the path of its picture on this server.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/AgentNotFound"},
                  "413": {
                    "description": "The picture has more than 1 MiB, or there is more than 64 KiB around it.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  },
                  "415": {
                    "description": "No form, or the bytes of the file are no PNG, JPEG, GIF or WebP.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  }
                }
              },
              "delete": {
                "operationId": "removeAvatar", "tags": ["Agents"], "summary": "Take the uploaded picture away",
                "description": "An `avatarUrl` that leads elsewhere stays.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The agent as it is now.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Agent"}}}
                  },
                  "404": {"$ref": "#/components/responses/AgentNotFound"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "PictureUpload": {
                "type": "object", "required": ["file"],
                "properties": {
                  "file": {
                    "type": "string", "format": "binary", "contentMediaType": "image/*",
                    "description": "The one part with a filename, of any name; at most 1 MiB. The bytes say what it is."
                  }
                }
              }
            }
          }
        }
        """#
}
