import Routing

/// Whether a response answers its review (contract sections 2 and 4). Decides only; no I/O.
///
/// A payload that lacks the shape of its type lays down no rules: any object answers it, as agents rely on that. A
/// single rule that nobody could obey, such as min over max or a min that is no number, is not applied. Time is linear
/// in the sizes of payload and response. What was typed is never repeated in a problem: it may be a password.
package enum ResponseRules {
    /// How many problems are told at most.
    private static let maxProblems = 100

    /// - Throws: ``APIError`` 400 naming every member that is wrong, by paths such as `response.selectedOption`.
    package static func check(type: String, payload: JSONValue?, response: JSONValue) throws(APIError) {
        let problems = problems(type: type, payload: payload, response: response)
        if let error = APIError.invalid(Array(problems.prefix(maxProblems))) { throw error }
    }

    /// What is wrong with `response`; empty when it is accepted.
    static func problems(type: String, payload: JSONValue?, response: JSONValue) -> [APIError.Field] {
        guard case .object(let members) = response else {
            return [.response([], "invalid_type", "must be a JSON object")]
        }
        if response.containsNUL {
            return [.response([], "invalid_string", "must not contain the character U+0000")]
        }
        guard case .object(let payload) = payload ?? .object([:]) else { return [] }
        let isDismissed = members == ["_dismissed": .bool(true)]
        switch type {
        case "approval": return ApprovalRules(payload)?.problems(members) ?? []
        case "selection":
            if isDismissed, case .string? = payload["dismissLabel"] { return [] }
            return SelectionRules(payload)?.problems(members) ?? []
        case "form": return isDismissed ? [] : FormRules(payload)?.problems(members) ?? []
        case "text-input": return TextRules(payload).problems(members)
        default: return []
        }
    }
}

/// One of some options, with a comment where that is not forbidden.
private struct ApprovalRules {
    private let ids: Set<String>
    private let forbidsComment: Bool

    init?(_ payload: [String: JSONValue]) {
        guard let ids = payload["options"]?.ids else { return nil }
        self.ids = ids
        // Left out is not forbidden: a human's words are rather kept than refused.
        forbidsComment = payload["allowComment"] == .bool(false)
    }

    func problems(_ response: [String: JSONValue]) -> [APIError.Field] {
        var problems: [APIError.Field] = []
        switch response["selectedOption"] {
        case .string(let id):
            if !ids.contains(id) {
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

/// One of some items, or any number of them: none is an answer too.
private struct SelectionRules {
    private let ids: Set<String>
    private let isSingle: Bool

    init?(_ payload: [String: JSONValue]) {
        guard let ids = payload["items"]?.ids else { return nil }
        switch payload["mode"] {
        case .string("single"): isSingle = true
        case .string("multi"): isSingle = false
        default: return nil
        }
        self.ids = ids
    }

    func problems(_ response: [String: JSONValue]) -> [APIError.Field] {
        switch response["selectedIds"] {
        case nil: return [.response(["selectedIds"], "required", "is required")]
        case .array(let selected):
            if isSingle, selected.count != 1 {
                return [.response(["selectedIds"], "invalid", "must have exactly one element")]
            }
            var seen: Set<String> = []
            return selected.enumerated().compactMap { number, element in
                let path = ["selectedIds", String(number)]
                guard case .string(let id) = element else {
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

/// A text, of a length in characters (Unicode scalars).
private struct TextRules {
    private let length: Bounds

    init(_ payload: [String: JSONValue]) {
        // No text is shorter than nothing: a negative maximum excludes everything.
        length = Bounds(max(payload["minLength"]?.double ?? 0, 0), payload["maxLength"]?.double)
    }

    func problems(_ response: [String: JSONValue]) -> [APIError.Field] {
        switch response["text"] {
        case nil: return [.response(["text"], "required", "is required")]
        case .string(let text):
            let count = Double(text.unicodeScalars.count)
            if let min = length.min, count < min {
                return [.response(["text"], "too_small", "must have at least \(shown(min)) character(s)")]
            }
            if let max = length.max, count > max {
                return [.response(["text"], "too_big", "must have at most \(shown(max)) character(s)")]
            }
            return []
        default: return [.response(["text"], "invalid_type", "must be a string")]
        }
    }
}

/// A least and a greatest number; neither when they exclude everything.
struct Bounds {
    let min: Double?
    let max: Double?

    init(_ min: Double?, _ max: Double?) {
        let isEmpty = if let min, let max { min > max } else { false }
        (self.min, self.max) = isEmpty ? (nil, nil) : (min, max)
    }
}

/// A number as people write it: 3, not 3.0.
func shown(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? "\(number)"
}

extension APIError.Field {
    static func response(_ path: [String], _ code: String, _ message: String) -> APIError.Field {
        APIError.Field(code: code, message: message, path: ["response"] + path)
    }
}

extension JSONValue {
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The ids of a list of objects; nil when it is none, or empty, or one has no id.
    fileprivate var ids: Set<String>? {
        guard case .array(let elements) = self, !elements.isEmpty else { return nil }
        var ids: Set<String> = []
        for element in elements {
            guard case .object(let members) = element, case .string(let id)? = members["id"] else { return nil }
            ids.insert(id)
        }
        return ids
    }
}
