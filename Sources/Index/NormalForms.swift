import Foundation

/// Normal forms of Unicode: in them, texts that look the same and mean the same have the same bytes.
///
/// The only import of all of Foundation (scripts/layers): with it come tables of languages and places that nothing here
/// needs (docs/decisions/0061-essentials-of-foundation.md).
extension String {
    /// Characters and their marks put together (NFC).
    package var composed: String { precomposedStringWithCanonicalMapping }

    /// Characters and their marks taken apart (NFD).
    package var decomposed: String { decomposedStringWithCanonicalMapping }
}
