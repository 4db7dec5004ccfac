import Routing

/// Reading and changing values by name, as the document is put together and shown.
extension JSONValue {
    subscript(name: String) -> JSONValue? {
        get { members[name] }
        set {
            guard case .object(var members) = self else { return }
            self = .null  // So that the members have one owner and change in place.
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The members of an object; none of anything else.
    var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The elements of an array; none of anything else.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// JSON for people, two spaces a level.
    func indented(_ margin: String = "") throws -> String {
        let inner = margin + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = try elements.map { inner + (try $0.indented(inner)) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(margin)]"
        case .object(let members) where !members.isEmpty:
            let lines = try members.sorted { $0.key < $1.key }.map { name, value in
                "\(inner)\(try JSONValue.string(name).text()): \(try value.indented(inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
        default:
            return try text()
        }
    }
}
