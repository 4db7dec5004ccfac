import HTTP
import JSON

/// The fields of a form, and what each of them takes.
struct FormRules {
    private let fields: [FormField]
    private let names: Set<ExactString>

    /// Nil when the payload is no form: any object then answers it.
    init?(_ payload: JSONObject) {
        guard case .array(let elements)? = payload["fields"], !elements.isEmpty else { return nil }
        fields = elements.compactMap(FormField.init)
        names = Set(fields.map { ExactString($0.name) })
        // With two fields of one name, nothing tells which of them an answer is for.
        guard names.count == elements.count else { return nil }
    }

    /// All that is wrong with a response: bad values in the order of the form, then unknown names in the order of their
    /// code points.
    func problems(_ response: JSONObject) -> [APIError.Field] {
        let unknown = response.keys.map(ExactString.init).filter { !names.contains($0) }.sorted()
        return fields.compactMap { $0.problem(response[$0.name]) }
            + unknown.map { .response([$0.text], "unrecognized_keys", "is not a field of the form; leave it out") }
    }
}

/// One field of a form.
struct FormField {
    /// The types of fields. Most of them are those of HTML inputs.
    fileprivate enum Kind: String {
        case text, number, email, url, textarea, select, checkbox, date, time, datetime, range, password
    }

    let name: String
    private let kind: Kind
    private let isRequired: Bool
    /// Of numbers and ranges; of no effect on other kinds.
    private let bounds: Bounds
    /// Nil unless positive.
    private let step: Double?
    /// The values to choose from. Empty unless it is a select.
    private let options: [JSONValue]

    /// Nil when it has no name, a type that is not known, or nothing to choose from.
    init?(_ value: JSONValue) {
        guard case .object(let members) = value, case .string(let name)? = members["name"], !name.isEmpty,
            case .string(let type)? = members["type"], let kind = Kind(rawValue: type),
            let options = kind == .select ? members["options"]?.optionValues : []
        else { return nil }
        (self.name, self.kind, self.options) = (name, kind, options)
        isRequired = members["required"] == .bool(true)
        bounds = Bounds(members["min"]?.double, members["max"]?.double)
        step = members["step"]?.double.flatMap { $0 > 0 ? $0 : nil }
    }

    /// What is wrong with `value`. Null, the empty text and no value at all mean the same: no answer.
    func problem(_ value: JSONValue?) -> APIError.Field? {
        switch value {
        case nil, .null: return isRequired ? wrong("required", "is required") : nil
        case .string("") where kind.takesText: return isRequired ? wrong("required", "is required") : nil
        case let value?: return problem(given: value)
        }
    }

    private func problem(given value: JSONValue) -> APIError.Field? {
        switch kind {
        case .number, .range:
            guard let number = value.double else { return wrong("invalid_type", "must be a number") }
            return problem(number)
        case .checkbox:
            if case .bool = value { return nil }
            return wrong("invalid_type", "must be true or false")
        case .select:
            return options.contains { $0.hasValue(of: value) }
                ? nil : wrong("invalid_enum_value", "must be one of the options")
        default:
            guard case .string(let text) = value else { return wrong("invalid_type", "must be a string") }
            return kind.expectation(unmetBy: text).map { wrong("invalid_string", $0) }
        }
    }

    /// Steps are counted from the least number, as browsers do.
    private func problem(_ number: Double) -> APIError.Field? {
        if let min = bounds.min, number < min { return wrong("too_small", "must be at least \(shown(min))") }
        if let max = bounds.max, number > max { return wrong("too_big", "must be at most \(shown(max))") }
        if let step, !Self.isMultiple(number - (bounds.min ?? 0), of: step) {
            let start = bounds.min.map { ", counted from \(shown($0))" } ?? ""
            return wrong("not_multiple_of", "must be a multiple of \(shown(step))\(start)")
        }
        return nil
    }

    /// Allows for rounding: 0.3 is a multiple of 0.1 here, though not in binary.
    private static func isMultiple(_ number: Double, of step: Double) -> Bool {
        let quotient = number / step
        guard quotient.isFinite else { return true }
        return abs(quotient - quotient.rounded()) <= max(1e-9, abs(quotient) * 1e-15)
    }

    private func wrong(_ code: String, _ message: String) -> APIError.Field {
        .response([name], code, message)
    }
}

extension FormField.Kind {
    /// Whether the empty text means that there is no answer. For other kinds it is a value of the wrong type.
    fileprivate var takesText: Bool { ![.number, .range, .checkbox].contains(self) }

    /// What a text of this kind must be; nil when `text` is that.
    fileprivate func expectation(unmetBy text: String) -> String? {
        switch self {
        case .email: text.isPlausibleEmail ? nil : "must be an email address"
        case .url: text.isAbsoluteWebAddress ? nil : "must be an absolute http or https URL"
        case .date: text.isDate ? nil : "must be a date such as 2026-11-23"
        case .time: text.isTime ? nil : "must be a time such as 22:14 or 22:14:01"
        case .datetime: text.isDateAndTime ? nil : "must be a date and time such as 2026-11-23T22:14"
        case .text, .textarea, .password, .select, .number, .range, .checkbox: nil
        }
    }
}

extension JSONValue {
    /// The values in a list of plain strings or `{value, label}`. Nil when it is no such list, or empty.
    fileprivate var optionValues: [JSONValue]? {
        guard case .array(let elements) = self, !elements.isEmpty else { return nil }
        let values = elements.compactMap { element -> JSONValue? in
            switch element {
            case .string: element
            case .object(let members): members["value"]?.isScalar == true ? members["value"] : nil
            default: nil
            }
        }
        return values.count == elements.count ? values : nil
    }

    private var isScalar: Bool {
        switch self {
        case .string, .integer, .number, .bool: true
        case .null, .array, .object: false
        }
    }
}
