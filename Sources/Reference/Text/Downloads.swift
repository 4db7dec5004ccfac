extension DocumentText {
    /// The bytes of a file: for agents, for people, and for who has a link.
    static let downloads = #"""
        {
          "paths": {
            \#(download("/api/v1/files/{id}/download", "File", "The bytes of a file", security: "")),
            \#(download("/api/files/{id}/download", "FileByPerson", "The bytes of a file, for people", security: ofPeople)),
            \#(download("/api/share/{token}", "SharedFile", "The bytes of a shared file", security: open))
          },
          "components": {
            "parameters": {
              "disposition": {
                "name": "disposition", "in": "query",
                "description": [
                  "`attachment` forces a download; `inline` shows active types too (HTML, SVG, XML, PDF), in a",
                  "sandbox without scripts and without network. Left out, the type decides."
                ],
                "schema": {"enum": ["attachment", "inline"]}
              },
              "shareToken": {
                "name": "token", "in": "path", "required": true, "description": "What stands in the link.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "hl_2J5rV0m8Qw1xT7nB4cK9sL6dF3gH0jZyXuPqRaEoIbM"
              }
            },
            "headers": {
              "fileETag": {
                "description": "`\"sha256-<hex>\"`: strong.", "required": true,
                "schema": {"type": "string", "pattern": "^\"sha256-[0-9a-f]{64}\"$"}
              },
              "fileModified": {"description": "When it was stored.", "required": true, "schema": {"type": "string"}},
              "fileRanges": {"description": "RFC 9110 section 14.3.", "required": true, "schema": {"const": "bytes"}},
              "fileDisposition": {
                "description": "`inline` or `attachment`, with an ASCII `filename` and a UTF-8 `filename*`.",
                "required": true, "schema": {"type": "string"}
              },
              "filePolicy": {
                "description": "Nothing that was uploaded runs.", "required": true, "schema": {"type": "string"}
              },
              "fileDigest": {
                "description": "The SHA-256 of the whole file (RFC 9530).", "required": true,
                "schema": {"type": "string", "pattern": "^sha-256=:[0-9A-Za-z+/]{43}=:$"}
              }
            }
          }
        }
        """#

    private static let ofPeople = #""security": [{"session": []}, {"sessionToken": []}],"#
    private static let open = #""security": [],"#

    private static func download(_ path: String, _ name: String, _ summary: String, security: String) -> String {
        let isShared = security == open
        let parameters =
            isShared
            ? ##"{"$ref": "#/components/parameters/shareToken"}"##
            : ##"{"$ref": "#/components/parameters/fileId"}, {"$ref": "#/components/parameters/disposition"}"##
        let forbidden = isShared ? "" : ##""403": {"$ref": "#/components/responses/Forbidden"},"##
        return #"""
            "\#(path)": {
              "parameters": [
                \#(parameters),
                {
                  "name": "If-Match", "in": "header", "description": "RFC 9110 section 13.1.1; 412 when none matches.",
                  "schema": {"type": "string"}
                },
                {
                  "name": "If-None-Match", "in": "header",
                  "description": "RFC 9110 section 13.1.2; 304 when one matches.",
                  "schema": {"type": "string"}
                },
                {
                  "name": "If-Modified-Since", "in": "header", "description": "RFC 9110 section 13.1.3.",
                  "schema": {"type": "string"}
                },
                {
                  "name": "If-Unmodified-Since", "in": "header", "description": "RFC 9110 section 13.1.4.",
                  "schema": {"type": "string"}
                }
              ],
              "get": {
                "operationId": "download\#(name)", "tags": ["Files"], "summary": "\#(summary)",\#(security)
                "parameters": [
                  {
                    "name": "Range", "in": "header",
                    "description": [
                      "Up to 8 ranges that do not overlap, also from the end; more, or overlapping ones, answer the",
                      "whole file. A malformed one is ignored (RFC 9110 section 14.2)."
                    ],
                    "schema": {"type": "string"}
                  },
                  {
                    "name": "If-Range", "in": "header",
                    "description": "RFC 9110 section 13.1.5: the range counts only for this version.",
                    "schema": {"type": "string"}
                  }
                ],
                "responses": {
                  "200": {
                    "description": "The whole file, in the type that the bytes have.",
                    "headers": {
                      "ETag": {"$ref": "#/components/headers/fileETag"},
                      "Last-Modified": {"$ref": "#/components/headers/fileModified"},
                      "Accept-Ranges": {"$ref": "#/components/headers/fileRanges"},
                      "Content-Disposition": {"$ref": "#/components/headers/fileDisposition"},
                      "Content-Security-Policy": {"$ref": "#/components/headers/filePolicy"},
                      "Repr-Digest": {"$ref": "#/components/headers/fileDigest"}
                    },
                    "content": {"*/*": {"schema": {"format": "binary"}, "example": "all green"}}
                  },
                  "206": {
                    "description": "The range asked for, or several as `multipart/byteranges`.",
                    "headers": {
                      "Content-Range": {
                        "description": "Where the bytes stand; each part has its own when there are several.",
                        "schema": {"type": "string"}
                      },
                      "ETag": {"$ref": "#/components/headers/fileETag"},
                      "Last-Modified": {"$ref": "#/components/headers/fileModified"},
                      "Content-Disposition": {"$ref": "#/components/headers/fileDisposition"},
                      "Content-Security-Policy": {"$ref": "#/components/headers/filePolicy"},
                      "Repr-Digest": {"$ref": "#/components/headers/fileDigest"}
                    },
                    "content": {"*/*": {"schema": {"format": "binary"}}}
                  },
                  "304": {
                    "description": "Not changed.",
                    "headers": {
                      "ETag": {"$ref": "#/components/headers/fileETag"},
                      "Last-Modified": {"$ref": "#/components/headers/fileModified"}
                    }
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  \#(forbidden)
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "412": {"$ref": "#/components/responses/PreconditionFailed"},
                  "416": {"$ref": "#/components/responses/RangeNotSatisfiable"}
                }
              },
              "head": {
                "operationId": "head\#(name)", "tags": ["Files"], "summary": "\#(summary): the headers",\#(security)
                "description": "From the index alone, without opening the file. Errors have no body here.",
                "responses": {
                  "200": {
                    "description": "The headers of the whole file, with its `Content-Length`.",
                    "headers": {
                      "ETag": {"$ref": "#/components/headers/fileETag"},
                      "Last-Modified": {"$ref": "#/components/headers/fileModified"},
                      "Accept-Ranges": {"$ref": "#/components/headers/fileRanges"},
                      "Content-Disposition": {"$ref": "#/components/headers/fileDisposition"},
                      "Content-Security-Policy": {"$ref": "#/components/headers/filePolicy"},
                      "Repr-Digest": {"$ref": "#/components/headers/fileDigest"}
                    }
                  },
                  "304": {"description": "Not changed."},
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  \#(forbidden)
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "412": {"$ref": "#/components/responses/PreconditionFailed"}
                }
              }
            }
            """#
    }
}
