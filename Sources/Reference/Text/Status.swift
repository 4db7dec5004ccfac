extension DocumentText {
    /// The open routes of the server itself.
    static let status = #"""
        {
          "paths": {
            "/health": {
              "get": {
                "operationId": "health", "tags": ["Server"], "summary": "Whether index and storage can be written",
                "description": "Tried with a durable write, at most once a second however often it is asked.",
                "security": [],
                "responses": {
                  "200": {
                    "description": "Both can.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
                  },
                  "503": {
                    "description": "One of them cannot.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
                  }
                }
              }
            },
            "/openapi.json": {
              "get": {
                "operationId": "openAPI", "tags": ["Server"], "summary": "This document", "security": [],
                "responses": {
                  "200": {
                    "description": "OpenAPI 3.1.",
                    "content": {"application/json": {
                      "schema": {
                        "type": "object", "required": ["openapi", "info", "paths"],
                        "properties": {
                          "openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"}
                        }
                      },
                      "example": {"openapi": "3.1.0", "info": {"title": "Placet", "version": "0.1.0"}, "paths": {}}
                    }}
                  }
                }
              }
            },
            "/api/docs": {
              "get": {
                "operationId": "docs", "tags": ["Server"], "summary": "This document as a page to read", "security": [],
                "responses": {
                  "200": {
                    "description": "HTML without scripts.",
                    "content": {"text/html": {"schema": {"type": "string"}, "example": "<!DOCTYPE html>"}}
                  }
                }
              }
            }
          },
          "components": {
            "schemas": {
              "Health": {
                "type": "object",
                "required": ["status", "timestamp", "version", "checks"],
                "properties": {
                  "status": {"enum": ["ok", "unavailable"]},
                  "timestamp": {"$ref": "#/components/schemas/Time"},
                  "version": {"type": "string"},
                  "checks": {
                    "type": "object", "required": ["index", "storage"],
                    "properties": {
                      "index": {"enum": ["ok", "full", "unwritable"]}, "storage": {"enum": ["ok", "full", "unwritable"]}
                    }
                  }
                },
                "examples": [{
                  "status": "ok", "timestamp": "2026-11-23T22:14:01.123Z", "version": "0.1.0",
                  "checks": {"index": "ok", "storage": "ok"}
                }]
              }
            }
          }
        }
        """#
}
