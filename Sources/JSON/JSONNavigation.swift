/// Reads and changes values by name and number.
extension JSONValue {
    /// A member of an object; nil if there is none. Any other value has no members, and setting one does nothing.
    package subscript(name: String) -> JSONValue? {
        get { members[name] }
        set {
            guard case .object(var members) = self else { return }
            self = .null  // The members now have one owner and change in place.
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The members of an object; empty for anything else.
    package var members: JSONObject {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The elements of an array; empty for anything else.
    package var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text of a string; nil for anything else.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
