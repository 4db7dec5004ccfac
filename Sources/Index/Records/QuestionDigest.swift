import Crypto
import FoundationEssentials

/// What a question asks, as one number: the SHA-256 of its text, type, payload and files (docs/api.md, "What an answer
/// stands for"). The files come last because they are known last.
package struct QuestionDigest: Sendable {
    private var hash = SHA256()

    /// A question without files. No text counts as an empty one, no payload as `{}`.
    package init(text: String?, type: String, payloadJSON: String?) {
        for part in [text ?? "", type, payloadJSON ?? "{}"] { add(part) }
    }

    /// The digest in lower-case hex.
    ///
    /// - Parameter files: the SHA-256 of each file in lower-case hex, in the order of the message.
    package func hex(files: [String] = []) -> String {
        var whole = self
        for file in files { whole.add(file) }
        return whole.hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The length in bytes before each part keeps one part from running into the next.
    private mutating func add(_ part: String) {
        var part = part
        part.withUTF8 { bytes in
            hash.update(data: Data("\(bytes.count):".utf8))
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
    }
}
