import HTTP
import HTTPTypes

/// What the conditions of a GET or HEAD lead to, in the order of RFC 9110 section 13.2.2.
struct Preconditions: Sendable {
    enum Outcome: Equatable, Sendable {
        case proceed
        /// 304: the client has this version.
        case notModified
        /// 412: the client wants another version.
        case failed
    }

    /// Strong, with its quotes.
    let etag: String
    let lastModified: HTTPDate

    /// Tags win over dates. A date that cannot be read is ignored (RFC 9110 sections 13.1.3 and 13.1.4).
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

    /// Whether the `Range` header counts: without `If-Range`, or when `If-Range` names exactly this version by its
    /// strong tag or its date (RFC 9110 section 13.1.5).
    func allowsRange(_ headers: HTTPFields) -> Bool {
        guard let condition = headers[.ifRange] else { return true }
        if condition.hasSuffix("\"") { return condition == etag }
        return HTTPDate(condition) == lastModified
    }

    /// Whether a list of tags names this version. `*` names every version; weak tags count only in a weak comparison
    /// (RFC 9110 section 8.8.3.2).
    private func matches(_ list: String, weakly: Bool) -> Bool {
        // What nearly every client sends, which costs a hundredth of taking a list apart.
        list == etag
            || list.split(separator: ",").contains { item in
                let tag = item.trimmed
                return tag == "*" || tag == etag[...] || (weakly && tag == "W/\(etag)")
            }
    }
}
