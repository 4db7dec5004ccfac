import CUtf8proc

/// Normal forms of Unicode: in them, texts that look the same and mean the same have the same bytes.
extension String {
    /// Characters and their marks put together (NFC).
    package var composed: String { mapped(UTF8PROC_COMPOSE) }

    /// Characters and their marks taken apart (NFD).
    package var decomposed: String { mapped(UTF8PROC_DECOMPOSE) }

    private func mapped(_ form: utf8proc_option_t) -> String {
        var text = self
        let options = utf8proc_option_t(UTF8PROC_STABLE.rawValue | form.rawValue)
        let mapped = text.withUTF8 { bytes in
            var mapped: UnsafeMutablePointer<UInt8>?
            let count = utf8proc_map(bytes.baseAddress, bytes.count, &mapped, options)
            defer { free(mapped) }
            return mapped.map { String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self) }
        }
        // Only memory can be missing: every String is valid UTF-8.
        guard let mapped else { preconditionFailure("utf8proc has no memory") }
        return mapped
    }
}
