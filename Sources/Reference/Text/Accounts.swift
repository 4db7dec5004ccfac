extension DocumentText {
    /// The API keys of somebody who is signed in, and the users, whom owners administer.
    static let accounts = #"""
        {
          "paths": {
            "/api/api-keys": {
              "get": {
                "operationId": "listKeys", "tags": ["Accounts"], "summary": "Your API keys",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Without the keys themselves, which are stored nowhere.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/ApiKey"}},
                      "examples": {"one": {"$ref": "#/components/examples/ApiKeys"}}
                    }}
                  }
                }
              },
              "post": {
                "operationId": "createKey", "tags": ["Accounts"], "summary": "Make an API key",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewApiKey"}}}
                },
                "responses": {
                  "201": {
                    "description": "The only answer that shows the `key`.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreatedApiKey"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"}
                }
              }
            },
            "/api/api-keys/{id}": {
              "delete": {
                "operationId": "revokeKey", "tags": ["Accounts"], "summary": "Revoke one of your API keys",
                "description": "It is dead at once.",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/keyId"}],
                "responses": {
                  "200": {
                    "description": "It is revoked.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/api-keys/{id}/rotate": {
              "post": {
                "operationId": "rotateKey", "tags": ["Accounts"], "summary": "Replace one of your API keys",
                "description": "The same id with a new `key`; the old one is dead at once. A body is not looked at.",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/keyId"}],
                "responses": {
                  "200": {
                    "description": "The only answer that shows the new `key`.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreatedApiKey"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/users": {
              "get": {
                "operationId": "listUsers", "tags": ["Accounts"], "summary": "All users, for owners",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Oldest first.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
                      "examples": {"one": {"$ref": "#/components/examples/Users"}}
                    }}
                  },
                  "403": {"$ref": "#/components/responses/OwnersOnly"}
                }
              },
              "post": {
                "operationId": "createUser", "tags": ["Accounts"], "summary": "Add a user, for owners",
                "description": "409 when there is a user with this email, upper and lower case being the same.",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewUser"}}}
                },
                "responses": {
                  "201": {
                    "description": "The user.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreatedUser"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/OwnersOnly"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              }
            },
            "/api/users/{id}": {
              "parameters": [{"$ref": "#/components/parameters/userId"}],
              "patch": {
                "operationId": "updateUser", "tags": ["Accounts"], "summary": "Change a user, for owners",
                "description": [
                  "A new password ends all sessions of the user, who must change it. 409 when the last owner would",
                  "become a member."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/UserChange"}}}
                },
                "responses": {
                  "200": {
                    "description": "The user as changed.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "403": {"$ref": "#/components/responses/OwnersOnly"},
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              },
              "delete": {
                "operationId": "deleteUser", "tags": ["Accounts"], "summary": "Remove a user, for owners",
                "description": "With sessions, API keys and agents, all at once. 409 for the last owner.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The user is gone.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "403": {"$ref": "#/components/responses/OwnersOnly"},
                  "404": {"$ref": "#/components/responses/NotFound"},
                  "409": {"$ref": "#/components/responses/Conflict"}
                }
              }
            }
          }
        }
        """#
}
