import API
import Blobs
import Crypto
import HTTP
import HTTPTypes
import Index
import Multipart
import NIOCore
import Store

/// Reads a multipart upload as it arrives: the fields into memory, the file into the spool.
///
/// Memory stays small: fields have at most 64 KiB each, and the parser limits how many parts there are. Fields and file
/// come in any order, so only ``finish()`` can judge the form as a whole.
struct UploadFormReader {
    /// Other fields are read under the same limit, and dropped.
    private static let knownFields: Set<String> = ["channelId", "text", "sha256"]

    private enum Part {
        case file
        case field(PartHeaders, value: ByteBuffer)
    }

    private let defaultChannelID: Agent.ID?
    private let intake: Intake
    private var parser: MultipartParser
    /// The part that is arriving; nil between two.
    private var part: Part?
    private var fields: [String: String] = [:]
    /// Made when the file begins. ``Intake`` owns it and discards it.
    private var spool: Spool?
    private var filename = ""
    private var declaredType: String?
    private var digests: ExpectedDigests
    /// Set only when `Content-Digest` asks for it, because it costs the event loop 0.6 ms for each MiB.
    private var bodyHash: SHA256?

    /// - Parameter channelID: where the file goes when the form names no channel.
    init(boundary: MultipartBoundary, digests: ExpectedDigests, default channelID: Agent.ID?, intake: Intake) {
        defaultChannelID = channelID
        parser = MultipartParser(boundary: boundary)
        self.digests = digests
        self.intake = intake
        bodyHash = digests.fileOrBody == nil ? nil : SHA256()
    }

    /// Takes the next bytes of the body. Returns when the spool can take more, which slows the sender down to the disk.
    ///
    /// - Throws: ``MultipartError`` when they are no proper form; ``APIError`` 400 for a second file or a field that is
    ///   too large; ``StoreError`` when the file grows too large, the disk too full or a quota is reached.
    mutating func consume(_ bytes: ByteBuffer) async throws {
        bytes.withUnsafeReadableBytes { bodyHash?.update(bufferPointer: $0) }
        parser.append(bytes)
        while let event = try parser.nextEvent() {
            switch event {
            case .partBegan(let headers): try await begin(headers)
            case .partData(let data): try await add(data)
            case .partEnded: try end()
            case .finished: break
            }
        }
    }

    /// Completes the file, and checks the form as a whole.
    ///
    /// - Throws: ``MultipartError`` when the body was cut off; ``APIError`` 400 for a missing file or channel, 422 for
    ///   a digest that does not match.
    mutating func finish() async throws -> UploadForm {
        try parser.finish()
        guard let spool else { throw APIError.noFile }
        let named = fields["channelId"].map { Agent.ID(rawValue: $0) }
        guard let channelID = named ?? defaultChannelID, !channelID.rawValue.isEmpty else { throw APIError.noChannel }
        for (name, value) in fields where value.unicodeScalars.contains("\0") {
            throw APIError.invalidCharacter(in: name)
        }
        if let digest = fields["sha256"] { try digests.add(field: digest) }
        let bytes = try await spool.finish()
        let bodyDigest = bodyHash.flatMap { BlobDigest(bytes: Array($0.finalize())) }?.hex
        try digests.verify(file: bytes.digest.hex, body: bodyDigest)
        let file = ReceivedFile(bytes, filename: filename, declaredType: declaredType)
        return UploadForm(channelID: channelID, text: fields["text"], file: file)
    }

    private mutating func begin(_ headers: PartHeaders) async throws {
        // A part with a filename is the file, whatever the part is called (docs/api.md, "Uploads").
        guard let name = headers.filename else {
            part = .field(headers, value: ByteBuffer())
            return
        }
        guard spool == nil else { throw APIError.twoFiles }
        part = .file
        filename = name
        declaredType = headers.contentType
        // When the channel stands before the file, its quota is judged before the bytes.
        if let channelID = fields["channelId"] { try await intake.reserve(in: Agent.ID(rawValue: channelID)) }
        spool = try await intake.makeSpool()
    }

    private mutating func add(_ data: ByteBuffer) async throws {
        switch part {
        case .file:
            guard let spool else { return }
            try await intake.append(data, to: spool)
        case .field(let headers, var value):
            guard value.readableBytes + data.readableBytes <= Limits.formField else {
                throw APIError.fieldTooLarge(headers.name ?? "", limit: Limits.formField)
            }
            part = nil  // The buffer then has one owner and grows in place.
            value.writeImmutableBuffer(data)
            part = .field(headers, value: value)
        case nil:
            break
        }
    }

    /// Keeps a field that we know. Of fields with equal names the first one counts.
    private mutating func end() throws(APIError) {
        if case .field(let headers, let value) = part, let name = headers.name, Self.knownFields.contains(name),
            fields[name] == nil
        {
            guard let text = headers.text(of: value) else { throw .notText(name) }
            fields[name] = text
        }
        part = nil
    }
}
