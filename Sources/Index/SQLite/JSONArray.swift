import Foundation

/// Texts as one argument, for `IN (SELECT value FROM json_each(?))`: the statement's text stays the same however many
/// there are.
func jsonArray(of texts: some Sequence<String>) -> String {
    // Encoding strings cannot fail.
    (try? JSONEncoder().encode(Array(texts))).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
}
