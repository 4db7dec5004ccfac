import HTTP
import JSON

/// One of some options, with a comment unless that is forbidden.
struct ApprovalRules {
    private let ids: Set<ExactString>
    private let forbidsComment: Bool

    /// Nil when the payload has no options with ids: any object then answers it.
    init?(_ payload: JSONObject) {
        guard let ids = payload["options"]?.ids else { return nil }
        self.ids = ids
        // Only an explicit false forbids: a user's words are better kept than refused.
        forbidsComment = payload["allowComment"] == .bool(false)
    }

    func problems(_ response: JSONObject) -> [APIError.Field] {
        var problems: [APIError.Field] = []
        switch response["selectedOption"] {
        case .string(let id):
            if !ids.contains(ExactString(id)) {
                problems.append(.response(["selectedOption"], "invalid_enum_value", "must be the id of an option"))
            }
        case nil: problems.append(.response(["selectedOption"], "required", "is required"))
        default: problems.append(.response(["selectedOption"], "invalid_type", "must be a string"))
        }
        switch response["comment"] {
        case nil, .string(""): break
        case .string:
            if forbidsComment {
                problems.append(.response(["comment"], "invalid", "is not allowed here; leave it out"))
            }
        default: problems.append(.response(["comment"], "invalid_type", "must be a string"))
        }
        return problems
    }
}

/// One of some items, or any number of them. In the second case none is an answer too.
struct SelectionRules {
    private let ids: Set<ExactString>
    private let isSingle: Bool

    /// Nil when the payload has no items with ids, or no known mode: any object then answers it.
    init?(_ payload: JSONObject) {
        guard let ids = payload["items"]?.ids else { return nil }
        switch payload["mode"] {
        case .string("single"): isSingle = true
        case .string("multi"): isSingle = false
        default: return nil
        }
        self.ids = ids
    }

    func problems(_ response: JSONObject) -> [APIError.Field] {
        switch response["selectedIds"] {
        case nil: return [.response(["selectedIds"], "required", "is required")]
        case .array(let selected):
            if isSingle, selected.count != 1 {
                return [.response(["selectedIds"], "invalid", "must have exactly one element")]
            }
            var seen: Set<ExactString> = []
            return selected.enumerated().compactMap { number, element in
                let path = ["selectedIds", String(number)]
                guard let id = element.text.map(ExactString.init) else {
                    return .response(path, "invalid_type", "must be a string")
                }
                guard ids.contains(id) else {
                    return .response(path, "invalid_enum_value", "must be the id of an item")
                }
                return seen.insert(id).inserted ? nil : .response(path, "invalid", "must not be repeated")
            }
        default: return [.response(["selectedIds"], "invalid_type", "must be an array of strings")]
        }
    }
}

extension JSONValue {
    /// The ids in a list of objects. Nil when it is no such list, or empty, or one of them has no id.
    fileprivate var ids: Set<ExactString>? {
        guard case .array(let elements) = self, !elements.isEmpty else { return nil }
        var ids: Set<ExactString> = []
        for element in elements {
            guard case .object(let members) = element, case .string(let id)? = members["id"] else { return nil }
            ids.insert(ExactString(id))
        }
        return ids
    }
}
