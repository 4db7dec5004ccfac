extension DocumentText {
    static let reviewSchemas = #"""
        {
          "components": {
            "schemas": {
              "NewReview": {
                "type": "object",
                "description": [
                  "A question. Without an expiry it expires after 24 hours, never later than after 36: more is",
                  "lowered to that."
                ],
                "required": ["type"],
                "properties": {
                  "type": {
                    "type": "string", "minLength": 1, "maxLength": 100,
                    "examples": ["approval", "selection", "form", "text-input", "freeform"],
                    "description": "One of the examples; any other is shown as freeform."
                  },
                  "payload": {"$ref": "#/components/schemas/Payload"},
                  "callback": {
                    "type": ["object", "null"],
                    "required": ["url"],
                    "properties": {
                      "url": {"$ref": "#/components/schemas/WebURL"},
                      "method": {"enum": ["POST", "PUT", "PATCH"]},
                      "headers": {
                        "type": "object", "maxProperties": 50, "additionalProperties": {"type": "string"}
                      }
                    },
                    "description": [
                      "Where the answer goes when neither the message nor the channel has a webhook; POST when it",
                      "names no method."
                    ]
                  },
                  "expiresInSeconds": {
                    "type": "integer", "format": "int64", "minimum": 1, "maximum": 9223372036854775807,
                    "description": "Wins over `expiresAt`."
                  },
                  "expiresAt": {
                    "type": ["string", "null"], "format": "date-time",
                    "description": "RFC 3339 with any zone; must lie in the future.",
                    "examples": ["2099-12-31T23:59:59.000Z", "2099-12-31T23:59:59+01:00"]
                  }
                },
                "examples": [{
                  "type": "text-input", "payload": {"placeholder": "What shall we call it?", "maxLength": 40},
                  "expiresInSeconds": 3600
                }]
              },
              "Review": {
                "type": "object",
                "description": "A question and, once it has one, its answer. `completed` and `expired` are final.",
                "required": ["type", "payload", "status", "expiresAt"],
                "properties": {
                  "type": {"type": "string"},
                  "payload": {"$ref": "#/components/schemas/Payload"},
                  "status": {"enum": ["pending", "completed", "expired"]},
                  "expiresAt": {"$ref": "#/components/schemas/Time"},
                  "response": {
                    "$ref": "#/components/schemas/Response"
                  },
                  "completedAt": {"$ref": "#/components/schemas/Time"},
                  "feedback": {"type": "string", "description": "A remark; only when there is one."},
                  "modifiedFileIds": {
                    "type": "object", "additionalProperties": {"type": "string"},
                    "description": "The id of an attachment, and of the file that replaces it; only when there are any."
                  },
                  "callback": {"type": "object", "description": "As it was given; only then."}
                },
                "examples": [{
                  "type": "approval", "status": "completed", "expiresAt": "2026-11-24T22:14:01.123Z",
                  "payload": {"options": [{"id": "yes", "label": "Ship it"}, {"id": "no", "label": "Wait"}]},
                  "response": {"selectedOption": "yes"}, "completedAt": "2026-11-23T22:20:00.000Z"
                }]
              },
              "Payload": {
                "type": "object",
                "description": [
                  "What is asked, in the shape of the review's type: `approval`, `selection`, `form`, `text-input`.",
                  "Any object is taken and kept exactly; one of another shape is shown as freeform. A string `plugin`",
                  "names the plugin that shows a freeform payload. An answer is checked against a payload of its",
                  "type's shape."
                ],
                "anyOf": [
                  {"$ref": "#/components/schemas/ApprovalPayload"},
                  {"$ref": "#/components/schemas/SelectionPayload"},
                  {"$ref": "#/components/schemas/FormPayload"},
                  {"$ref": "#/components/schemas/TextInputPayload"},
                  {"type": "object", "title": "freeform"}
                ]
              },
              "ApprovalPayload": {
                "type": "object", "required": ["options"], "description": "Of type `approval`.",
                "properties": {
                  "options": {
                    "type": "array",
                    "items": {
                      "type": "object", "required": ["id", "label"],
                      "properties": {
                        "id": {"type": "string"},
                        "label": {"type": "string"},
                        "style": {"enum": ["primary", "danger", "secondary", "ghost"]}
                      }
                    }
                  },
                  "allowComment": {"type": "boolean"}
                },
                "examples": [{"options": [{"id": "yes", "label": "Ship it", "style": "primary"}], "allowComment": true}]
              },
              "SelectionPayload": {
                "type": "object", "required": ["mode", "items"], "description": "Of type `selection`.",
                "properties": {
                  "mode": {"enum": ["single", "multi"]},
                  "items": {
                    "type": "array",
                    "items": {
                      "type": "object", "required": ["id", "label"],
                      "properties": {
                        "id": {"type": "string"}, "label": {"type": "string"}, "description": {"type": "string"}
                      }
                    }
                  },
                  "submitLabel": {"type": "string"},
                  "dismissLabel": {"type": "string"}
                },
                "examples": [
                  {"mode": "multi", "items": [{"id": "a", "label": "Draft A"}, {"id": "b", "label": "Draft B"}]}
                ]
              },
              "FormPayload": {
                "type": "object", "required": ["fields"], "description": "Of type `form`.",
                "properties": {
                  "fields": {"type": "array", "items": {"$ref": "#/components/schemas/FormField"}},
                  "submitLabel": {"type": "string"},
                  "dismissLabel": {"type": "string"}
                },
                "examples": [{"fields": [{"name": "version", "type": "text", "label": "Version", "required": true}]}]
              },
              "FormField": {
                "type": "object", "required": ["name", "type", "label"],
                "description": "Values of `password` fields are `***REDACTED***` in lists.",
                "properties": {
                  "name": {"type": "string"},
                  "type": {
                    "enum": [
                      "text", "number", "email", "url", "textarea", "select", "checkbox", "date", "time", "datetime",
                      "range", "password"
                    ]
                  },
                  "label": {"type": "string"},
                  "required": {"type": "boolean"},
                  "placeholder": {"type": "string"},
                  "options": {
                    "type": "array",
                    "items": {
                      "anyOf": [
                        {"type": "string"},
                        {
                          "type": "object", "required": ["value", "label"],
                          "properties": {"value": {"type": "string"}, "label": {"type": "string"}}
                        }
                      ]
                    }
                  },
                  "defaultValue": {"description": "A string, a number or a boolean."},
                  "min": {"type": ["number", "string"]},
                  "max": {"type": ["number", "string"]},
                  "step": {"type": "number"},
                  "unit": {"type": "string"},
                  "description": {"type": "string"}
                },
                "examples": [{"name": "size", "type": "range", "label": "Size", "min": 1, "max": 10, "unit": "cm"}]
              },
              "TextInputPayload": {
                "type": "object", "description": "Of type `text-input`.",
                "properties": {
                  "placeholder": {"type": "string"},
                  "prefill": {"type": "string"},
                  "markdown": {"type": "boolean"},
                  "minLength": {"type": "integer", "minimum": 0},
                  "maxLength": {"type": "integer", "minimum": 0}
                },
                "examples": [{"placeholder": "What shall we call it?", "maxLength": 40}]
              },
              "Response": {
                "type": "object",
                "description": [
                  "The answer; only when completed. A form's is field name to value, or `{\"_dismissed\": true}`; a",
                  "freeform one's is any object."
                ],
                "anyOf": [
                  {
                    "type": "object", "title": "approval", "required": ["selectedOption"],
                    "properties": {"selectedOption": {"type": "string"}, "comment": {"type": "string"}}
                  },
                  {
                    "type": "object", "title": "selection", "required": ["selectedIds"],
                    "properties": {"selectedIds": {"type": "array", "items": {"type": "string"}}}
                  },
                  {
                    "type": "object", "title": "text-input", "required": ["text"],
                    "properties": {"text": {"type": "string"}}
                  },
                  {"type": "object", "title": "form or freeform"}
                ],
                "examples": [{"selectedOption": "yes", "comment": "After lunch."}]
              }
            }
          }
        }
        """#
}
