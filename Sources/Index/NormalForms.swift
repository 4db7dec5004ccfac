import Foundation

/// Normal forms of Unicode: in them, texts that look the same and mean the same have the same bytes.
///
/// The only import of all of Foundation (scripts/layers): what else is in it needs tables of languages and places, which
/// the binary does not have (docs/decisions/0061-no-tables-of-languages.md). These two do not.
extension String {
    /// Characters and their marks put together (NFC).
    package var composed: String { precomposedStringWithCanonicalMapping }

    /// Characters and their marks taken apart (NFD).
    package var decomposed: String { decomposedStringWithCanonicalMapping }
}
