extension DocumentText {
    /// The one shape of errors, and the answers that have it.
    static let errors = #"""
        {
          "components": {
            "schemas": {
              "Error": {
                "type": "object",
                "description": "What every error is answered with.",
                "required": ["statusCode", "message", "timestamp", "path", "requestId"],
                "properties": {
                  "statusCode": {"type": "integer", "description": "The HTTP status.", "minimum": 400, "maximum": 599},
                  "message": {"type": "string", "description": "One sentence that says what to do."},
                  "timestamp": {"$ref": "#/components/schemas/Time"},
                  "path": {"type": "string", "description": "The path of the request, without its query."},
                  "requestId": {"type": "string", "description": "The same as in `x-request-id`."},
                  "errors": {
                    "type": "array", "description": "Each field at fault; only for a 400 that is about fields.",
                    "items": {"$ref": "#/components/schemas/FieldError"}
                  }
                },
                "examples": [{
                  "statusCode": 400,
                  "message": "review.expiresInSeconds: must be greater than 0",
                  "timestamp": "2026-11-23T22:14:01.123Z",
                  "path": "/api/v1/messages",
                  "requestId": "62d26b5c1fb64a5d8f5f6a6c3d0f2b1e",
                  "errors": [
                    {"code": "too_small", "message": "must be greater than 0", "path": ["review", "expiresInSeconds"]}
                  ]
                }]
              },
              "FieldError": {
                "type": "object",
                "required": ["code", "message", "path"],
                "properties": {
                  "code": {
                    "type": "string", "description": "Such as `required`, `invalid_type`, `too_small`, `too_big`."
                  },
                  "message": {"type": "string", "description": "What is wrong with the field."},
                  "path": {"type": "array", "description": "Where the field is.", "items": {"type": "string"}}
                },
                "examples": [{"code": "required", "message": "is required", "path": ["channelId"]}]
              }
            },
            "responses": {
              "BadRequest": {
                "description": "The request is not right; `errors` names the fields at fault. Nothing was changed.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "Unauthorized": {
                "description": "`Missing or invalid API key`, or `Invalid API key` for one that is unknown or revoked.",
                "headers": {
                  "WWW-Authenticate": {
                    "description": "RFC 9110 section 11.6.1.", "required": true, "schema": {"type": "string"}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "Forbidden": {
                "description": "`Not your agent`: the channel does not exist or is somebody else's.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "NotFound": {
                "description": "There is no such thing, or not in this channel.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "AgentNotFound": {
                "description": "`Agent not found`: it does not exist or is somebody else's.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "MethodNotAllowed": {
                "description": "The path exists, but not with this method. For any path.",
                "headers": {
                  "Allow": {"description": "The methods it takes.", "required": true, "schema": {"type": "string"}}
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "Conflict": {
                "description": "Not possible in the present state; nothing was changed.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "PreconditionFailed": {
                "description": "The file is not the version named in `If-Match` or `If-Unmodified-Since`.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "ContentTooLarge": {
                "description": [
                  "A JSON body over 8 MiB, or a file over the limit of the server (1 GiB unless configured).",
                  "",
                  ""
                ],
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "UnsupportedMediaType": {
                "description": "The body is declared as something that this route does not take.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "RangeNotSatisfiable": {
                "description": "The range lies outside the file.",
                "headers": {
                  "Content-Range": {
                    "description": "`bytes */` and the size of the file.", "required": true,
                    "schema": {"type": "string"}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "DigestMismatch": {
                "description": "The bytes have another SHA-256 than was announced; nothing was stored.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "TooManyRequests": {
                "description": "Too many requests from this key, session or address; send it again later.",
                "headers": {
                  "Retry-After": {
                    "description": "In how many seconds.", "required": true, "schema": {"type": "integer", "minimum": 0}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "ServerError": {
                "description": "A defect, never the fault of the request; tell the operator the `requestId`.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "Unavailable": {
                "description": "The server is stopping, or its storage cannot be written at the moment; send it again.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "StorageFull": {
                "description": "The storage is full or nearly so; nothing was stored.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              }
            }
          }
        }
        """#
}
