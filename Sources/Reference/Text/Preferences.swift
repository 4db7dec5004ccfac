extension DocumentText {
    /// What people choose about the pages they see.
    static let preferences = #"""
        {
          "paths": {
            "/api/preferences": {
              "get": {
                "operationId": "readPreferences", "tags": ["Accounts"], "summary": "What you have chosen",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Your preferences.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Preferences"}}}
                  }
                }
              },
              "patch": {
                "operationId": "changePreferences", "tags": ["Accounts"], "summary": "Choose otherwise",
                "description": "Members left out stay as they are.",
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {
                      "type": "object", "properties": {"theme": {"$ref": "#/components/schemas/Theme"}}
                    },
                    "example": {"theme": "dark"}
                  }}
                },
                "responses": {
                  "200": {
                    "description": "Your preferences as they are now.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Preferences"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "Theme": {
                "type": "string", "enum": ["system", "light", "dark"], "examples": ["dark"],
                "description": "How pages look; `system` follows the device."
              },
              "Preferences": {
                "type": "object", "required": ["theme"],
                "properties": {"theme": {"$ref": "#/components/schemas/Theme"}},
                "examples": [{"theme": "system"}]
              }
            }
          }
        }
        """#
}
