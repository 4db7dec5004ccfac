import HTTP
import Index

/// Query fields that filter lists.
extension Queried {
    /// What a list is searched for.
    ///
    /// - Throws: ``APIError`` 400 for more than ``Limits/search`` characters (Unicode code points).
    package func searched(_ name: String = "search") throws(APIError) -> String? {
        let text = try query(name)
        guard (text ?? "").unicodeScalars.count <= Limits.search else {
            throw .invalid(name, "must have at most \(Limits.search) characters", code: "too_big")
        }
        return text
    }

    /// A time, such as the one from which on rows are wanted.
    ///
    /// - Throws: ``APIError`` 400 for anything else.
    package func time(_ name: String) throws(APIError) -> Timestamp? {
        guard let text = try query(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(name, "must be a time such as 2026-11-23T22:14:01.123Z")
        }
        return time
    }
}
