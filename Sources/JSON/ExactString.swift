/// A text that equals only one of the same code points: `é` composed and decomposed are two, as names in JSON are (RFC
/// 8259 section 8.3). Swift's own `==` takes both for one.
package struct ExactString: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }
}

extension ExactString: Hashable {
    package static func == (left: ExactString, right: ExactString) -> Bool {
        left.withBytes { left in right.withBytes { right in left.elementsEqual(right) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// By code points, which is the order of the bytes in UTF-8.
extension ExactString: Comparable {
    package static func < (left: ExactString, right: ExactString) -> Bool {
        left.withBytes { left in right.withBytes { right in left.lexicographicallyPrecedes(right) } }
    }
}
