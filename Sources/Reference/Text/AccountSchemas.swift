extension DocumentText {
    /// What people sign in with, and what is said about users, sessions and API keys.
    static let accountSchemas = #"""
        {
          "components": {
            "securitySchemes": {
              "session": {
                "type": "apiKey", "in": "cookie", "name": "access_token",
                "description": "The token of a session, as signing in sets it: `HttpOnly`, `SameSite=Lax`."
              },
              "sessionToken": {
                "type": "http", "scheme": "bearer",
                "description": "The value of the same cookie as a bearer token, which wins over the cookie."
              }
            },
            "parameters": {
              "sessionId": {
                "name": "id", "in": "path", "required": true, "description": "The id of one of your sessions.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c45-7f02-7b11-a9d0-3c6e8f1a5b66"
              },
              "keyId": {
                "name": "id", "in": "path", "required": true, "description": "The id of one of your API keys.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c46-2a10-7c22-b1e4-4d7f9a2b6c77"
              },
              "userId": {
                "name": "id", "in": "path", "required": true, "description": "The id of a user.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500},
                "example": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55"
              }
            },
            "headers": {
              "sessionCookie": {
                "description": "`access_token`; with `Secure` when the request came by TLS (`X-Forwarded-Proto`).",
                "required": true, "schema": {"type": "string", "pattern": "^access_token="}
              }
            },
            "responses": {
              "NotSignedIn": {
                "description": "`Sign in first: POST /api/auth/login`: no session, or one that has ended.",
                "headers": {
                  "WWW-Authenticate": {
                    "description": "RFC 9110 section 11.6.1.", "required": true, "schema": {"type": "string"}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "InvalidCredentials": {
                "description": "`Invalid credentials`; where a session is needed also `Sign in first`.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "CrossSite": {
                "description": "`Origin` or `Sec-Fetch-Site` of the request names another site.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              },
              "OwnersOnly": {
                "description": "`Only an owner may do this`; or a request that changes something names another site.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              }
            },
            "schemas": {
              "Email": {
                "type": "string", "minLength": 3, "maxLength": 254, "pattern": "@", "examples": ["ada@example.org"]
              },
              "Password": {"type": "string", "minLength": 8, "maxLength": 1024, "examples": ["correct horse"]},
              "Role": {
                "type": "string", "enum": ["owner", "member"], "examples": ["member"],
                "description": "Owners administer users, members do not."
              },
              "Credentials": {
                "type": "object", "required": ["email", "password"],
                "properties": {
                  "email": {"type": "string", "minLength": 1, "maxLength": 254},
                  "password": {"type": "string", "minLength": 1, "maxLength": 1024}
                },
                "examples": [{"email": "ada@example.org", "password": "correct horse"}]
              },
              "PasswordChange": {
                "type": "object", "required": ["currentPassword", "newPassword"],
                "properties": {
                  "currentPassword": {"type": "string", "minLength": 1, "maxLength": 1024},
                  "newPassword": {"$ref": "#/components/schemas/Password"}
                },
                "examples": [{"currentPassword": "correct horse", "newPassword": "battery staple"}]
              },
              "Done": {
                "type": "object", "required": ["message"], "properties": {"message": {"type": "string"}},
                "examples": [{"message": "Signed out"}]
              },
              "User": {
                "type": "object",
                "required": ["id", "email", "displayName", "role", "mustChangePassword", "createdAt"],
                "properties": {
                  "id": {"type": "string"},
                  "email": {"type": "string"},
                  "displayName": {"type": "string"},
                  "role": {"$ref": "#/components/schemas/Role"},
                  "mustChangePassword": {
                    "type": "boolean", "description": "Whether somebody else, or the server, chose the password."
                  },
                  "createdAt": {"$ref": "#/components/schemas/Time"}
                },
                "examples": [{
                  "id": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55", "email": "ada@example.org", "displayName": "Ada",
                  "role": "owner", "mustChangePassword": false, "createdAt": "2026-11-23T22:00:00.000Z"
                }]
              },
              "SignedIn": {
                "type": "object", "required": ["user"], "properties": {"user": {"$ref": "#/components/schemas/User"}},
                "examples": [{"user": {
                  "id": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55", "email": "ada@example.org", "displayName": "Ada",
                  "role": "owner", "mustChangePassword": false, "createdAt": "2026-11-23T22:00:00.000Z"
                }}]
              },
              "NewUser": {
                "type": "object", "required": ["email"],
                "properties": {
                  "email": {"$ref": "#/components/schemas/Email"},
                  "displayName": {
                    "type": "string", "minLength": 1, "maxLength": 200,
                    "description": "What stands before the `@` of the email when left out."
                  },
                  "role": {"$ref": "#/components/schemas/Role", "default": "member"},
                  "password": {
                    "$ref": "#/components/schemas/Password",
                    "description": "Made up when left out; the user must then change it."
                  }
                },
                "examples": [{"email": "grace@example.org", "displayName": "Grace", "role": "member"}]
              },
              "CreatedUser": {
                "type": "object", "required": ["user"],
                "properties": {
                  "user": {"$ref": "#/components/schemas/User"},
                  "password": {"type": "string", "description": "Only when the server made it up; shown only here."}
                },
                "examples": [{
                  "user": {
                    "id": "01995c47-5c33-7d44-92a1-5e8a0b3c7d88", "email": "grace@example.org", "displayName": "Grace",
                    "role": "member", "mustChangePassword": true, "createdAt": "2026-11-23T22:14:01.123Z"
                  },
                  "password": "q3vXk0pZ7sJr_uT2"
                }]
              },
              "UserChange": {
                "type": "object", "description": "Members left out stay as they are.",
                "properties": {
                  "displayName": {"type": "string", "minLength": 1, "maxLength": 200},
                  "role": {"$ref": "#/components/schemas/Role"},
                  "password": {"$ref": "#/components/schemas/Password"}
                },
                "examples": [{"displayName": "Ada L."}]
              },
              "Session": {
                "type": "object", "required": ["id", "userAgent", "createdAt", "lastUsedAt", "expiresAt", "current"],
                "properties": {
                  "id": {"type": "string"},
                  "userAgent": {
                    "type": ["string", "null"], "maxLength": 200, "description": "What the client calls itself."
                  },
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "lastUsedAt": {
                    "allOf": [{"$ref": "#/components/schemas/Time"}], "description": "To the minute or so."
                  },
                  "expiresAt": {"$ref": "#/components/schemas/Time"},
                  "current": {"type": "boolean", "description": "Whether it is that of this request."}
                }
              },
              "NewApiKey": {
                "type": "object",
                "properties": {
                  "label": {"type": "string", "minLength": 1, "maxLength": 64, "default": "API key"}
                },
                "examples": [{"label": "release bot"}]
              },
              "ApiKey": {
                "type": "object", "required": ["id", "userId", "label", "keyPrefix", "lastUsedAt", "createdAt"],
                "properties": {
                  "id": {"type": "string"},
                  "userId": {"type": "string"},
                  "label": {"type": "string"},
                  "keyPrefix": {"type": "string", "description": "The first 11 characters, to recognise it by."},
                  "lastUsedAt": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
                  "createdAt": {"$ref": "#/components/schemas/Time"}
                }
              },
              "CreatedApiKey": {
                "type": "object",
                "required": ["id", "userId", "label", "keyPrefix", "lastUsedAt", "createdAt", "key"],
                "properties": {
                  "id": {"type": "string"},
                  "userId": {"type": "string"},
                  "label": {"type": "string"},
                  "keyPrefix": {"type": "string"},
                  "lastUsedAt": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
                  "createdAt": {"$ref": "#/components/schemas/Time"},
                  "key": {"type": "string", "pattern": "^hp_", "description": "Shown only here; keep it."}
                },
                "examples": [{
                  "id": "01995c46-2a10-7c22-b1e4-4d7f9a2b6c77", "userId": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55",
                  "label": "release bot", "keyPrefix": "hp_Zm9vYmFy", "lastUsedAt": null,
                  "createdAt": "2026-11-23T22:14:01.123Z", "key": "hp_Zm9vYmFy…"
                }]
              }
            },
            "examples": {
              "Sessions": {"value": [{
                "id": "01995c45-7f02-7b11-a9d0-3c6e8f1a5b66", "userAgent": "curl/8.14.1",
                "createdAt": "2026-11-23T22:00:00.000Z", "lastUsedAt": "2026-11-23T22:14:01.123Z",
                "expiresAt": "2026-11-30T22:00:00.000Z", "current": true
              }]},
              "ApiKeys": {"value": [{
                "id": "01995c46-2a10-7c22-b1e4-4d7f9a2b6c77", "userId": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55",
                "label": "release bot", "keyPrefix": "hp_Zm9vYmFy", "lastUsedAt": null,
                "createdAt": "2026-11-23T22:14:01.123Z"
              }]},
              "Users": {"value": [{
                "id": "01995c44-6b21-7a90-8f3c-2b5d7e0c4a55", "email": "ada@example.org", "displayName": "Ada",
                "role": "owner", "mustChangePassword": false, "createdAt": "2026-11-23T22:00:00.000Z"
              }]}
            }
          }
        }
        """#
}
