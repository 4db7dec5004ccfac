import HTTP
import JSON

/// Whether a response answers its review (docs/api.md, "Users", Reviews; docs/decisions/0008). It decides only; no I/O.
///
/// A payload without the shape of its type lays down no rules: any object answers it, and agents rely on that. A single
/// rule that nobody could obey, such as a least value above the greatest, is not applied. Time is linear in the sizes
/// of payload and response. A problem never repeats what was typed, because that may be a password.
package enum ResponseRules {
    /// The most problems that one answer tells.
    private static let maxProblems = 100

    /// Checks a response against the question.
    ///
    /// - Throws: ``APIError`` 400 naming every member that is wrong, by paths such as `response.selectedOption`.
    package static func check(type: String, payload: JSONValue?, response: JSONValue) throws(APIError) {
        let problems = problems(type: type, payload: payload, response: response)
        if !problems.isEmpty { throw APIError(invalid: Array(problems.prefix(maxProblems))) }
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
        // Forms can always be left unanswered in this way, selections when they have a label for it.
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

/// A text whose length is limited, in Unicode code points.
private struct TextRules {
    private let length: Bounds

    init(_ payload: JSONObject) {
        // No text is shorter than empty. So a negative greatest length excludes everything, and neither bound applies.
        length = Bounds(max(payload["minLength"]?.double ?? 0, 0), payload["maxLength"]?.double)
    }

    func problems(_ response: JSONObject) -> [APIError.Field] {
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

/// A least and a greatest number. Neither applies when together they exclude everything.
struct Bounds {
    let min: Double?
    let max: Double?

    init(_ min: Double?, _ max: Double?) {
        let isEmpty = if let min, let max { min > max } else { false }
        (self.min, self.max) = isEmpty ? (nil, nil) : (min, max)
    }
}

/// A number as users write it: 3, not 3.0.
func shown(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? "\(number)"
}

extension APIError.Field {
    /// A problem with the member of the response at `path`.
    static func response(_ path: [String], _ code: String, _ message: String) -> APIError.Field {
        APIError.Field(code: code, message: message, path: ["response"] + path)
    }
}

extension JSONValue {
    /// Nil when it is no number. Integers beyond 2^53 are rounded.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value.double
        default: nil
        }
    }
}
