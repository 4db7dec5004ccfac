/// Reading and changing values by name and number.
extension JSONValue {
    /// A member of an object; nil when there is none, and of anything else. Setting one of anything else does nothing.
    package subscript(name: String) -> JSONValue? {
        get { members[name] }
        set {
            guard case .object(var members) = self else { return }
            self = .null  // So that the members have one owner and change in place.
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The members of an object; none of anything else.
    package var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The elements of an array; none of anything else.
    package var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text of a string; nil of anything else.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
