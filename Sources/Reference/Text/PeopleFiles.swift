extension DocumentText {
    /// The files of all of a person's channels, and links to them.
    static let peopleFiles = #"""
        {
          "paths": {
            "/api/files": {
              "get": {
                "operationId": "listFilesByPerson", "tags": ["Files"], "summary": "The files of all your channels",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [
                  {
                    "name": "type", "in": "query", "description": "Only types that begin so: `image/`, `text/csv`.",
                    "schema": {"type": "string", "maxLength": 1000}, "example": "text/"
                  },
                  {
                    "name": "agent", "in": "query", "description": "Only those of this channel.",
                    "schema": {"$ref": "#/components/schemas/ChannelId"}
                  },
                  {
                    "name": "search", "in": "query",
                    "description": "Only those with this in their name, without regard to case, every sign literally.",
                    "schema": {"type": "string", "maxLength": 1000}
                  },
                  {
                    "name": "limit", "in": "query",
                    "description": "How many rows; more than 100 is lowered to 100.",
                    "schema": {"type": "integer", "minimum": 1, "default": 30}
                  },
                  {"$ref": "#/components/parameters/cursor"}
                ],
                "responses": {
                  "200": {
                    "description": "Newest first, with the `message` that each is in.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/FilePage"},
                      "examples": {"the last page": {"$ref": "#/components/examples/AttachmentPage"}}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"}
                }
              }
            },
            \#(upload("/api/files/upload", "uploadFileByPerson", "Send a file to an agent", by: .person)),
            \#(upload("/api/files/store", "storeFileByPerson", "Store a file for later", by: .person)),
            "/api/files/{id}": {
              "parameters": [{"$ref": "#/components/parameters/fileId"}],
              "get": {
                "operationId": "readFileByPerson", "tags": ["Files"], "summary": "The record of a file, for people",
                "security": [{"session": []}, {"sessionToken": []}],
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
                "operationId": "deleteFileByPerson", "tags": ["Files"], "summary": "Delete a file, for people",
                "description": "Its name and its links are gone at once. The bytes live while any other file has them.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "It is gone.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Done"}, "example": {"message": "Deleted"}
                    }}
                  },
                  "403": {"$ref": "#/components/responses/NotYours"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/files/bulk-delete": {
              "post": {
                "operationId": "deleteFiles", "tags": ["Files"], "summary": "Delete many files",
                "description": [
                  "All of them, or none when any is somebody else's. Those that do not exist (any more) count nothing."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "required": ["ids"],
                      "properties": {
                        "ids": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "string"}}
                      }
                    },
                    "example": {"ids": ["01995c41-3d64-7f55-8a4c-7d3eb0206f44"]}
                  }}
                },
                "responses": {
                  "201": {
                    "description": "How many were deleted.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Done"}, "example": {"message": "Deleted 1 file(s)"}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/NotYours"}
                }
              }
            },
            "/api/files/{id}/share": {
              "parameters": [{"$ref": "#/components/parameters/fileId"}],
              "get": {
                "operationId": "shareFile", "tags": ["Files"], "summary": "Make a link to a file",
                "description": [
                  "Whoever has the link may download the file for an hour. It ends sooner when you end it or delete the",
                  "file. 100 links to a file may be good at a time, else 409."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The link, which is shown here alone, and for how many seconds it is good.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["url", "expiresIn"],
                        "properties": {"url": {"type": "string"}, "expiresIn": {"type": "integer"}}
                      },
                      "example": {
                        "url": "http://127.0.0.1:3001/api/share/hl_2J5rV0m8Qw1xT7nB4cK9sL6dF3gH0jZyXuPqRaEoIbM",
                        "expiresIn": 3600
                      }
                    }}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              }
            },
            "/api/files/{id}/shares": {
              "parameters": [{"$ref": "#/components/parameters/fileId"}],
              "get": {
                "operationId": "listShares", "tags": ["Files"], "summary": "The links to a file that are good",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Newest first; without the tokens, which are stored nowhere.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "maxItems": 100, "items": {"$ref": "#/components/schemas/Share"}},
                      "example": [{
                        "id": "01995c49-5b10-7d22-9c3e-1f6a8d4b2c77", "createdAt": "2026-11-23T22:14:01.123Z",
                        "expiresAt": "2026-11-23T23:14:01.123Z"
                      }]
                    }}
                  },
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/files/{id}/shares/{shareId}": {
              "parameters": [
                {"$ref": "#/components/parameters/fileId"},
                {
                  "name": "shareId", "in": "path", "required": true, "description": "The id of a link.",
                  "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                  "example": "01995c49-5b10-7d22-9c3e-1f6a8d4b2c77"
                }
              ],
              "delete": {
                "operationId": "endShare", "tags": ["Files"], "summary": "End a link to a file",
                "description": "It is dead at once; a download that has begun goes on.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "It is dead.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "403": {"$ref": "#/components/responses/NotYours"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "Share": {
                "type": "object", "required": ["id", "createdAt", "expiresAt"],
                "properties": {
                  "id": {"type": "string"},
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "expiresAt": {"$ref": "#/components/schemas/Time"}
                }
              },
              "FilePage": {
                "type": "object", "required": ["data", "nextCursor"],
                "properties": {
                  "data": {
                    "type": "array", "maxItems": 100,
                    "items": {"allOf": [{"$ref": "#/components/schemas/Attachment"}, {"required": ["message"]}]}
                  },
                  "nextCursor": {"type": ["string", "null"], "description": "Null exactly when nothing follows."}
                }
              }
            }
          }
        }
        """#
}
