extension DocumentText {
    /// Signing in and out, and the sessions of somebody who is signed in.
    static let signIn = #"""
        {
          "paths": {
            "/api/auth/login": {
              "post": {
                "operationId": "signIn", "tags": ["Accounts"], "summary": "Sign in", "security": [],
                "description": [
                  "Begins a session of seven days. An unknown email and a wrong password get the same answer after the",
                  "same time. After five tries for an email from an address, one every ten seconds is let through."
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Credentials"}}}
                },
                "responses": {
                  "200": {
                    "description": "Who is signed in; the cookie has the token of the session.",
                    "headers": {"Set-Cookie": {"$ref": "#/components/headers/sessionCookie"}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignedIn"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {"$ref": "#/components/responses/InvalidCredentials"},
                  "403": {"$ref": "#/components/responses/CrossSite"}
                }
              }
            },
            "/api/auth/me": {
              "get": {
                "operationId": "readSignedIn", "tags": ["Accounts"], "summary": "Who is signed in",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The user of the session.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignedIn"}}}
                  }
                }
              }
            },
            "/api/auth/refresh": {
              "post": {
                "operationId": "refreshSession", "tags": ["Accounts"], "summary": "Seven more days, and another token",
                "description": "The old token is dead at once. A body is not looked at.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The user of the session; the cookie has the new token.",
                    "headers": {"Set-Cookie": {"$ref": "#/components/headers/sessionCookie"}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignedIn"}}}
                  }
                }
              }
            },
            "/api/auth/logout": {
              "post": {
                "operationId": "signOut", "tags": ["Accounts"], "summary": "End this session",
                "description": "The token is dead at once. A body is not looked at.",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "It has ended; the cookie is taken away.",
                    "headers": {"Set-Cookie": {"$ref": "#/components/headers/sessionCookie"}},
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Done"}, "example": {"message": "Signed out"}
                    }}
                  }
                }
              }
            },
            "/api/auth/change-password": {
              "post": {
                "operationId": "changePassword", "tags": ["Accounts"], "summary": "Choose another password",
                "description": "Ends all other sessions of the user. Tries are limited as those to sign in are.",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PasswordChange"}}}
                },
                "responses": {
                  "200": {
                    "description": "It is changed; `mustChangePassword` is false.",
                    "content": {"application/json": {
                      "schema": {"$ref": "#/components/schemas/Done"}, "example": {"message": "Password changed"}
                    }}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {"$ref": "#/components/responses/InvalidCredentials"}
                }
              }
            },
            "/api/auth/sessions": {
              "get": {
                "operationId": "listSessions", "tags": ["Accounts"], "summary": "Where you are signed in",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Your sessions that have not expired, newest first.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}},
                      "examples": {"one": {"$ref": "#/components/examples/Sessions"}}
                    }}
                  }
                }
              }
            },
            "/api/auth/sessions/{id}": {
              "delete": {
                "operationId": "endSession", "tags": ["Accounts"], "summary": "End one of your sessions",
                "description": "Its token is dead at once. It may be the session of the request itself.",
                "security": [{"session": []}, {"sessionToken": []}],
                "parameters": [{"$ref": "#/components/parameters/sessionId"}],
                "responses": {
                  "200": {
                    "description": "It has ended.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deleted"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          }
        }
        """#
}
