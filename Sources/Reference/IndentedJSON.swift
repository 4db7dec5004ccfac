import JSON

extension JSONValue {
    /// JSON for reading: two spaces a level, members in the order of their names.
    func indented(_ margin: String = "") throws -> String {
        let inner = margin + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = try elements.map { inner + (try $0.indented(inner)) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(margin)]"
        case .object(let members) where !members.isEmpty:
            let lines = try members.sorted { $0.key < $1.key }.map { name, value in
                "\(inner)\(JSONValue.string(name).encoded()): \(try value.indented(inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
        default:
            return encoded()
        }
    }
}
