import HTTP
import HTTPTypes

/// What the conditions of a GET or HEAD come to, in the order of RFC 9110 section 13.2.2.
struct Preconditions: Sendable {
    enum Outcome: Equatable, Sendable {
        case proceed
        /// 304: the client has this version.
        case notModified
        /// 412: the client wants another version.
        case failed
    }

    let etag: String
    let lastModified: HTTPDate

    func evaluate(_ headers: HTTPFields) -> Outcome {
        if let ifMatch = headers[.ifMatch] {
            guard matches(ifMatch, weakly: false) else { return .failed }
        } else if let date = headers[.ifUnmodifiedSince].flatMap(HTTPDate.init), lastModified > date {
            return .failed
        }
        if let ifNoneMatch = headers[.ifNoneMatch] {
            return matches(ifNoneMatch, weakly: true) ? .notModified : .proceed
        }
        if let date = headers[.ifModifiedSince].flatMap(HTTPDate.init), lastModified <= date {
            return .notModified
        }
        return .proceed
    }

    /// Whether the `Range` header counts: without `If-Range`, or when that names this very version by its strong tag or
    /// its exact date (RFC 9110 section 13.1.5).
    func allowsRange(_ headers: HTTPFields) -> Bool {
        guard let condition = headers[.ifRange] else { return true }
        if condition.hasSuffix("\"") { return condition == etag }
        return HTTPDate(condition) == lastModified
    }

    private func matches(_ list: String, weakly: Bool) -> Bool {
        list.split(separator: ",").contains { item in
            let tag = item.trimmed
            return tag == "*" || tag == etag[...] || (weakly && tag == "W/\(etag)")
        }
    }
}
