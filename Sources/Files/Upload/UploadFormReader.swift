import API
import Blobs
import Crypto
import HTTP
import HTTPTypes
import Index
import Multipart
import NIOCore
import Store

/// Reads a multipart upload as it arrives: fields into memory (bounded), the file into the spool.
///
/// Fields and file come in any order.
struct UploadFormReader {
    private static let knownFields: Set<String> = ["channelId", "text", "sha256"]

    private enum Part {
        case file
        case field(name: String, value: ByteBuffer)
    }

    private let intake: Intake
    private var parser: MultipartParser
    private var part: Part?
    private var fields: [String: String] = [:]
    private var spool: Spool?
    private var filename = ""
    private var declaredType: String?
    private var digests: ExpectedDigests
    /// Only when `Content-Digest` asks for it: it is computed on the event loop, 0.6 ms for each MiB.
    private var bodyHash: SHA256?

    init(boundary: MultipartBoundary, digests: ExpectedDigests, intake: Intake) {
        parser = MultipartParser(boundary: boundary)
        self.digests = digests
        self.intake = intake
        bodyHash = digests.fileOrBody == nil ? nil : SHA256()
    }

    mutating func consume(_ bytes: ByteBuffer) async throws {
        bytes.withUnsafeReadableBytes { bodyHash?.update(bufferPointer: $0) }
        parser.append(bytes)
        while let event = try parser.nextEvent() {
            switch event {
            case .partBegan(let headers): try await begin(headers)
            case .partData(let data): try await add(data)
            case .partEnded: end()
            case .finished: break
            }
        }
    }

    /// Checks the form as a whole.
    ///
    /// - Throws: ``MultipartError`` when the body was cut off; ``APIError`` 400 for a missing file or channel, 422 for
    ///   a digest that does not match.
    mutating func finish() async throws -> UploadForm {
        try parser.finish()
        guard let spool else { throw APIError.noFile }
        guard let channelID = fields["channelId"], !channelID.isEmpty else { throw APIError.noChannel }
        for (name, value) in fields where value.unicodeScalars.contains("\0") {
            throw APIError.invalidCharacter(in: name)
        }
        if let digest = fields["sha256"] { try digests.add(field: digest) }
        let bytes = try await spool.finish()
        let bodyDigest = bodyHash.flatMap { BlobDigest(bytes: Array($0.finalize())) }?.hex
        try digests.verify(file: bytes.digest.hex, body: bodyDigest)
        let file = ReceivedFile(bytes, filename: filename, declaredType: declaredType)
        return UploadForm(channelID: Agent.ID(rawValue: channelID), text: fields["text"], file: file)
    }

    private mutating func begin(_ headers: PartHeaders) async throws {
        guard let name = headers.filename else {
            part = .field(name: headers.name ?? "", value: ByteBuffer())
            return
        }
        guard spool == nil else { throw APIError.twoFiles }
        part = .file
        filename = name
        declaredType = headers.contentType
        spool = try await intake.makeSpool()
    }

    private mutating func add(_ data: ByteBuffer) async throws {
        switch part {
        case .file:
            guard let spool else { return }
            try await intake.append(data, to: spool)
        case .field(let name, var value):
            guard value.readableBytes + data.readableBytes <= Limits.formField else {
                throw APIError.fieldTooLarge(name, limit: Limits.formField)
            }
            part = nil  // So that the buffer has one owner and grows in place.
            value.writeImmutableBuffer(data)
            part = .field(name: name, value: value)
        case nil:
            break
        }
    }

    /// Of fields with the same name the first counts.
    private mutating func end() {
        if case .field(let name, let value) = part, Self.knownFields.contains(name), fields[name] == nil {
            fields[name] = String(buffer: value)
        }
        part = nil
    }
}
