import Foundation

/// Ids as a single argument, for `IN (SELECT value FROM json_each(?))`. The text of the statement is then the same for
/// any number of ids.
func jsonArray<Entity>(of ids: some Sequence<Identifier<Entity>>) -> String {
    // Encoding strings cannot fail.
    (try? JSONEncoder().encode(ids.map(\.rawValue))).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
}
