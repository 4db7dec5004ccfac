import Foundation

/// Ids as one argument, for `IN (SELECT value FROM json_each(?))`: the statement's text stays the same however many
/// there are.
func jsonArray<Entity>(of ids: some Sequence<Identifier<Entity>>) -> String {
    // Encoding strings cannot fail.
    (try? JSONEncoder().encode(ids.map(\.rawValue))).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
}
