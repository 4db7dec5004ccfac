extension DocumentText {
    static let archives = #"""
        {
          "paths": {
            "/api/files/bulk-download": {
              "post": {
                "operationId": "downloadFiles", "tags": ["Files"],
                "summary": "Many files as one zip archive",
                "description": [
                  "Sent while it is written. `Content-Length` is there when no file is of a type that is worth compressing.",
                  "Equal names are told apart by a number, and no name has a path in it. An archive that ends before its",
                  "directory is not whole."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "type": "object", "required": ["ids"],
                        "properties": {
                          "ids": {
                            "description": "Of files, in the order of the archive; repeats count once.",
                            "type": "array", "minItems": 1, "items": {"type": "string"}
                          }
                        }
                      },
                      "example": {"ids": ["01995c41-3d64-7f55-8a4c-7d3eb0206f44"]}
                    }
                  }
                },
                "responses": {
                  "200": {
                    "description": "The archive.",
                    "headers": {
                      "Content-Disposition": {
                        "description": "`attachment`, named `files.zip`.", "required": true,
                        "schema": {"type": "string"}
                      }
                    },
                    "content": {"application/zip": {"schema": {"format": "binary"}, "example": "PK…"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/Forbidden"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          }
        }
        """#
}
