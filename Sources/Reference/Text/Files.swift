extension DocumentText {
    static let files = #"""
        {
          "paths": {
            "/api/v1/files": {
              "get": {
                "operationId": "listFiles", "tags": ["Files"], "summary": "The files of a channel",
                "description": "An array of the newest 1000, or a page when `limit` or `cursor` is given.",
                "parameters": [
                  {"$ref": "#/components/parameters/channel"},
                  {"$ref": "#/components/parameters/limit"},
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {
                    "description": "Newest first.",
                    "content": {"application/json": {
                      "schema": {
                        "anyOf": [
                          {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Attachment"}},
                          {"$ref": "#/components/schemas/AttachmentPage"}
                        ]
                      },
                      "examples": {
                        "the last page": {"$ref": "#/components/examples/AttachmentPage"}, "none": {"value": []}
                      }
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            \#(upload("/api/v1/files/upload", "uploadFile", "Upload a file as a new message", by: .agent)),
            \#(upload("/api/v1/files/store", "storeFile", "Store a file for a message to come", by: .agent)),
            "/api/v1/files/store-text": {
              "post": {
                "operationId": "storeText", "tags": ["Files"],
                "summary": "Store a text as a file for a message to come",
                "description": "What is not attached within 24 hours may be collected.",
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["channelId", "content"],
                      "allOf": [{"$ref": "#/components/schemas/TextAttachment"}],
                      "properties": {"channelId": {"$ref": "#/components/schemas/ChannelId"}}
                    },
                    "example": {
                      "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", "content": "# Changes\n\nNone.",
                      "filename": "changes.md"
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "The attachment; `messageId` is null.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Attachment"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            "/api/v1/files/{id}": {
              "parameters": [{"$ref": "#/components/parameters/fileId"}],
              "get": {
                "operationId": "readFile", "tags": ["Files"], "summary": "The record of a file",
                "responses": {
                  "200": {
                    "description": "The attachment.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Attachment"}}}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              },
              "delete": {
                "operationId": "deleteFile", "tags": ["Files"], "summary": "Delete a file",
                "description": "Its name is free at once. The bytes live while any other file has them.",
                "responses": {
                  "200": {
                    "description": "It is gone.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          },
          "components": {
            "parameters": {
              "reprDigest": {
                "name": "Repr-Digest", "in": "header",
                "description": [
                  "The SHA-256 of the file as `sha-256=:<Base64>:` (RFC 9530). 400 when it is malformed, 422 when the",
                  "bytes are others. Other algorithms are ignored."
                ],
                "schema": {"type": "string"}
              },
              "contentDigest": {
                "name": "Content-Digest", "in": "header",
                "description": [
                  "The same, of the file or of the whole multipart body: either proves that the bytes arrived.",
                  "",
                  ""
                ],
                "schema": {"type": "string"}
              }
            }
          }
        }
        """#

    enum Caller { case agent, person }

    /// An upload: into a new message when the path says so, else for a message to come.
    static func upload(_ path: String, _ name: String, _ summary: String, by caller: Caller) -> String {
        let isMessage = path.hasSuffix("/upload")
        let description =
            switch (isMessage, caller) {
            case (false, _):
                "As `upload`, but without a message. What is not attached within 24 hours may be collected."
            case (true, .agent): parts
            case (true, .person): "As a message of yours, which the agent's webhook is told of; else as for agents."
            }
        let schema = isMessage ? "MessageUpload" : "Upload"
        let text = isMessage ? #""text": "The log of build 481", "# : ""
        let security = caller == .person ? #""security": [{"session": []}, {"sessionToken": []}],"# : ""
        let forbidden = caller == .person ? "NotYours" : "Forbidden"
        return #"""
            "\#(path)": {
              "post": {
                "operationId": "\#(name)", "tags": ["Files"], "summary": "\#(summary)",
                "description": "\#(description)",
                \#(security)
                "parameters": [
                  {"$ref": "#/components/parameters/reprDigest"},
                  {"$ref": "#/components/parameters/contentDigest"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"multipart/form-data": {
                    "schema": {"$ref": "#/components/schemas/\#(schema)"},
                    "example": {
                      "channelId": "01995c3e-8f00-7a10-9c41-0a6d5e2b7f11", \#(text)"file": "all green"
                    }
                  }}
                },
                "responses": {
                  "201": {
                    "description": "The attachment; `messageId` is \#(isMessage ? "the new message" : "null").",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Attachment"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/\#(forbidden)"},
                  "422": {"$ref": "#/components/responses/DigestMismatch"}
                }
              }
            }
            """#
    }

    private static let parts = """
        The file is the first part with a filename, whatever the part's name; two of them are 400. The parts come in any \
        order, at most 128, with at most 16 KiB of headers each; other fields are ignored, up to 64 KiB each; of equal names \
        the first counts. 201 means that the bytes and the record are on disk and survive power loss. `Expect: 100-continue` \
        is answered when key and length have been judged.
        """
}
