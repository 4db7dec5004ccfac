import NIOCore
import NIOHTTP1

/// Objects that are sent in parts, at least 5 MiB each but the last. An upload that is neither completed nor aborted
/// is kept, and billed, for ever: note its id before the first part.
extension S3Bucket {
    package struct Part: Sendable, Equatable {
        /// From 1 to 10 000.
        package let number: Int
        package let tag: String

        package init(number: Int, tag: String) {
            self.number = number
            self.tag = tag
        }
    }

    private static let partBytes: Int64 = 16 << 20
    /// S3's limit.
    private static let mostParts: Int64 = 10_000

    /// Stores a large file in parts. Each goes with a digest of its own, which is computed as it is read.
    ///
    /// - Parameter note: gets the id of the upload before the first part, and nil after each.
    package func putParts(
        _ key: String,
        _ file: S3File,
        size: Int64,
        _ note: (_ upload: String?) async throws -> Void
    ) async throws {
        let upload = try await beginUpload(key)
        do {
            try await note(upload)
            var (parts, start) = ([Part](), Int64(0))
            let count = max(Self.partBytes, size / Self.mostParts + 1)
            while start < size {
                let source = S3Source.file(file, start..<min(start + count, size))
                parts.append(try await put(part: parts.count + 1, of: upload, key, source))
                FaultPoint.reached(.partSent)
                try await note(nil)
                start += count
            }
            try await complete(upload, key, parts, size: size)
        } catch {
            // If that fails too, whoever has noted it knows its id.
            try? await abort(upload, key)
            throw error
        }
    }

    /// Returns the id of a new upload. One whose answer is lost is kept too: only a rule of the bucket ends that.
    package func beginUpload(_ key: String) async throws -> String {
        let call = S3Call(operation: .multipart, method: .POST, key: key, query: [("uploads", "")])
        return try await client.ask(call) { _, text in
            guard let id = S3XML.texts("UploadId", in: text).first, !id.isEmpty else {
                throw S3Error.unexpected("an upload without an id")
            }
            return id
        }
    }

    /// - Parameter sha256: of the part, in hex; computed when it is nil.
    package func put(
        part number: Int,
        of upload: String,
        _ key: String,
        _ source: S3Source,
        sha256: String? = nil
    ) async throws -> Part {
        let query = [("partNumber", "\(number)"), ("uploadId", upload)]
        var call = S3Call(operation: .put, method: .PUT, key: key, query: query, body: source)
        call.digest = if let sha256 { sha256 } else { try await source.digest(client.threads) }
        return try await client.ask(call) { headers, _ in
            guard let tag = headers.first(name: "etag") else {
                throw S3Error.unexpected("a part without an ETag")
            }
            return Part(number: number, tag: tag)
        }
    }

    /// Makes the parts an object, and makes sure that it is there and as long as that.
    package func complete(_ upload: String, _ key: String, _ parts: [Part], size: Int64) async throws {
        let list = parts.map { part in
            let tag = part.tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            return "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(tag)</ETag></Part>"
        }
        let text = "<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>"
        let body = S3Source.bytes(ByteBuffer(string: text))
        var call = S3Call(operation: .multipart, method: .POST, key: key, query: [("uploadId", upload)], body: body)
        call.digest = try await body.digest(client.threads)
        do {
            try await client.ask(call) { headers, text in
                // The status came before the work was done: what follows may be an error.
                if S3XML.elements("CompleteMultipartUploadResult", in: text).isEmpty {
                    throw S3Error(status: 500, headers: headers, body: text)
                }
            }
        } catch S3Error.refused(404, "NoSuchUpload", _) {
            // An earlier try has completed it, or somebody aborted it.
        }
        guard let stored = try await self.size(of: key) else {
            throw S3Error.refused(status: 404, code: "NoSuchUpload", message: "The upload has ended without an object.")
        }
        guard stored == size else { throw S3Error.unexpected("\(stored) bytes where \(size) were sent") }
    }

    /// Gives an upload up, if it is there.
    package func abort(_ upload: String, _ key: String) async throws {
        do {
            let call = S3Call(operation: .multipart, method: .DELETE, key: key, query: [("uploadId", upload)])
            try await client.ask(call)
        } catch let error as S3Error where error.isAbsence {}
    }
}
