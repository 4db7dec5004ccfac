extension DocumentText {
    /// Plugins for those who look at them: their pages, icons and settings.
    static let pluginsOfPeople = #"""
        {
          "paths": {
            "/api/plugins": {
              "get": {
                "operationId": "browsePlugins", "tags": ["Plugins"], "summary": "The same list, for people",
                "security": [{"session": []}, {"sessionToken": []}],
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
            "/api/plugins/{name}": {
              "parameters": [{"$ref": "#/components/parameters/pluginName"}],
              "get": {
                "operationId": "browsePlugin", "tags": ["Plugins"], "summary": "The same manifest, for people",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The manifest.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Plugin"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/plugins/{name}/render": {
              "parameters": [{"$ref": "#/components/parameters/pluginName"}],
              "get": {
                "operationId": "renderPlugin", "tags": ["Plugins"], "summary": "The page of a plugin",
                "description": [
                  "For an iframe with `sandbox=\"allow-scripts\"` in a page of this server. Its own policy says the",
                  "same, so that it has no origin, cookies or network wherever it is opened."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The file `render.html` as it is now.",
                    "headers": {
                      "Content-Security-Policy": {
                        "description": "Scripts and styles of the page itself; nothing from elsewhere.",
                        "required": true, "schema": {"type": "string", "pattern": "^sandbox allow-scripts;"}
                      }
                    },
                    "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            },
            "/api/plugins/{name}/icon": {
              "parameters": [{"$ref": "#/components/parameters/pluginName"}],
              "get": {
                "operationId": "readPluginIcon", "tags": ["Plugins"], "summary": "The icon of a plugin",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "The image, of the type that its name has.",
                    "headers": {"Content-Security-Policy": {"$ref": "#/components/headers/filePolicy"}},
                    "content": {"image/*": {"schema": {"format": "binary"}, "example": "<svg>…</svg>"}}
                  },
                  "404": {
                    "description": "There is no such plugin, or it has no icon.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                  }
                }
              }
            },
            "/api/plugins/{name}/config": {
              "parameters": [{"$ref": "#/components/parameters/pluginName"}],
              "get": {
                "operationId": "readPluginConfig", "tags": ["Plugins"], "summary": "Your settings of a plugin",
                "security": [{"session": []}, {"sessionToken": []}],
                "responses": {
                  "200": {
                    "description": "Every key of the manifest's `env`, and which values are wanting.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PluginConfig"}}}
                  },
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              },
              "put": {
                "operationId": "changePluginConfig", "tags": ["Plugins"],
                "summary": "Replace your settings of a plugin",
                "description": [
                  "All of them: a key that is null or left out is not set any more. `***` for a secret keeps what is",
                  "there. 400 for a key that the manifest does not have."
                ],
                "security": [{"session": []}, {"sessionToken": []}],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/PluginConfigChange"}, "example": {"config": {}}
                  }}
                },
                "responses": {
                  "200": {
                    "description": "The settings as they are now.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PluginConfig"}}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "404": {"$ref": "#/components/responses/NotFound"}
                }
              }
            }
          },
          "components": {
            "parameters": {
              "pluginName": {
                "name": "name", "in": "path", "required": true, "description": "Its name in kebab-case.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 500}, "example": "diff-view"
              }
            },
            "schemas": {
              "PluginConfig": {
                "type": "object", "required": ["config", "missing"],
                "properties": {
                  "config": {
                    "type": "object", "additionalProperties": {"type": ["string", "null"]},
                    "description": "What you have set, else the default, else null; `***` for a secret with a value."
                  },
                  "missing": {
                    "type": "array", "items": {"type": "string"}, "description": "Required keys without a value."
                  }
                },
                "examples": [{"config": {"LANGUAGE": "en", "TOKEN": "***", "PROJECT": null}, "missing": ["PROJECT"]}]
              },
              "PluginConfigChange": {
                "type": "object", "required": ["config"],
                "properties": {
                  "config": {
                    "type": "object", "additionalProperties": {"type": ["string", "null"], "maxLength": 2000},
                    "description": "Values by the keys of the manifest's `env`."
                  }
                },
                "examples": [{"config": {"LANGUAGE": "fr", "TOKEN": "***"}}]
              }
            }
          }
        }
        """#
}
