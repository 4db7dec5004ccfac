extension DocumentText {
    static let plugins = #"""
        {
          "paths": {
            "/api/v1/plugins": {
              "get": {
                "operationId": "listPlugins", "tags": ["Plugins"], "summary": "The plugins of this server",
                "responses": {
                  "200": {
                    "description": "Their manifests.",
                    "content": {"application/json": {
                      "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Plugin"}},
                      "examples": {"one": {"$ref": "#/components/examples/Plugins"}}
                    }}
                  }
                }
              }
            },
            "/api/v1/plugins/{name}": {
              "get": {
                "operationId": "readPlugin", "tags": ["Plugins"], "summary": "The manifest of a plugin",
                "parameters": [{"$ref": "#/components/parameters/pluginName"}],
                "responses": {
                  "200": {
                    "description": "The manifest.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Plugin"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          },
          "components": {
            "schemas": {
              "Plugin": {
                "type": "object",
                "description": "What a plugin says about itself in its `plugin.json`. All members are always there.",
                "required": [
                  "name", "displayName", "version", "description", "author", "icon", "inputSchema", "permissions", "env"
                ],
                "properties": {
                  "name": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64},
                  "displayName": {"type": "string"},
                  "version": {"type": "string"},
                  "description": {"type": ["string", "null"]},
                  "author": {"type": ["string", "null"]},
                  "icon": {"type": ["string", "null"], "description": "The name of an image in the plugin's folder."},
                  "inputSchema": {"type": ["object", "null"], "description": "A JSON Schema of the payloads it shows."},
                  "permissions": {
                    "type": "object", "required": ["httpRequests", "maxHttpDomains"],
                    "properties": {
                      "httpRequests": {"type": "boolean"}, "maxHttpDomains": {"type": "integer", "minimum": 0}
                    }
                  },
                  "env": {"type": "array", "items": {"$ref": "#/components/schemas/PluginSetting"}}
                },
                "examples": [{
                  "name": "diff-view", "displayName": "Diff", "version": "1.0.0", "description": "Shows a unified diff",
                  "author": null, "icon": null, "inputSchema": {"type": "object"},
                  "permissions": {"httpRequests": false, "maxHttpDomains": 0}, "env": []
                }]
              },
              "PluginSetting": {
                "type": "object", "description": "What may be set. The default of a secret is not shown.",
                "required": ["key", "label", "required", "default", "secret", "description"],
                "properties": {
                  "key": {"type": "string"},
                  "label": {"type": "string"},
                  "required": {"type": "boolean"},
                  "default": {"type": ["string", "null"]},
                  "secret": {"type": "boolean"},
                  "description": {"type": ["string", "null"]}
                },
                "examples": [{
                  "key": "LANGUAGE", "label": "Language", "required": false, "default": "en", "secret": false,
                  "description": null
                }]
              }
            },
            "examples": {
              "Plugins": {"value": [{
                "name": "diff-view", "displayName": "Diff", "version": "1.0.0", "description": null, "author": null,
                "icon": null, "inputSchema": null, "permissions": {"httpRequests": false, "maxHttpDomains": 0},
                "env": []
              }]}
            }
          }
        }
        """#
}
