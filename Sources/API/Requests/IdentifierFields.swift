import JSON

/// Ids of what is stored here, and names that senders give to what they send. Whether an id is one of ours the index
/// knows.
extension JSONFields {
    package mutating func id(_ name: String) -> String { string(name, length: Limits.id) }

    package mutating func optionalID(_ name: String) -> String? { optionalString(name, length: Limits.id) }
}
