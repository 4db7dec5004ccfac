import API
import HTTP
import Hummingbird
import Lines

/// Which lines of a text a client wants to see.
enum LineRequest {
    case window(from: Int, count: Int)
    case tail(Int)
    case search(LineQuery)

    /// - Throws: ``APIError`` 400 for parameters that are not valid, or do not go together.
    init(_ request: Request) throws {
        let names = try ["from", "count", "tail", "grep", "regex", "case", "context", "limit"].filter {
            try request.query($0) != nil
        }
        func allow(_ allowed: Set<String>, with name: String) throws {
            guard let other = names.first(where: { !allowed.contains($0) }) else { return }
            throw APIError.invalid(other, "does not go together with \(name)")
        }
        let from = try request.number("from", in: 1...Int.max) ?? 1
        if names.contains("grep") {
            try allow(["grep", "regex", "case", "context", "limit", "from"], with: "grep")
            self = .search(try LineQuery(request, from: from))
        } else if let count = try request.number("tail", in: Limits.lines) {
            try allow(["tail"], with: "tail")
            self = .tail(count)
        } else {
            if let other = names.first(where: { !["from", "count"].contains($0) }) {
                throw APIError.invalid(other, "is about a search: send grep too")
            }
            self = .window(from: from, count: try request.number("count", in: Limits.lines) ?? Limits.usualLines)
        }
    }
}

/// What the lines of a text are searched for.
struct LineQuery {
    let pattern: LinePattern
    let from: Int
    let limit: Int
    let context: Int

    fileprivate init(_ request: Request, from: Int) throws {
        let text = try request.query("grep") ?? ""
        guard Limits.linePattern.contains(text.unicodeScalars.count), !text.utf8.contains(0x0A) else {
            let most = Limits.linePattern.upperBound
            throw APIError.invalid("grep", "must have 1 to \(most) characters, and none that ends a line")
        }
        self.from = from
        limit = try request.number("limit", in: Limits.foundLines) ?? Limits.usualFoundLines
        context = try request.number("context", in: Limits.lineContext) ?? 0
        let (isRegex, isExact) = (try request.flag("regex") ?? false, try request.flag("case") ?? true)
        do throws(LinePattern.Problem) {
            pattern = try LinePattern(text, isRegex: isRegex, ignoresCase: !isExact)
        } catch {
            throw APIError.invalid("grep", "is no regular expression of RE2: \(error.reason)")
        }
    }
}
