import API
import HTTP
import Hummingbird
import Multipart
import NIOCore

/// Reads the one file of a multipart form into memory, where a picture of 1 MiB fits. Other fields are skipped.
struct PictureForm {
    private var parser: MultipartParser
    /// Of the body so far, other fields included.
    private var byteCount = 0
    private var picture: ByteBuffer?
    private var isInPicture = false

    /// Checks the head of a request.
    ///
    /// - Throws: ``MultipartError`` when it has no form; ``APIError`` 413 when the form is too large for a picture, 415
    ///   when it is coded.
    init(_ request: Request) throws {
        try request.refuseCodedBody()
        parser = MultipartParser(boundary: try MultipartBoundary(contentType: request.headers[.contentType] ?? ""))
        if let length = request.declaredLength, length > Limits.picture + Limits.pictureForm {
            throw APIError.pictureTooLarge(Limits.picture)
        }
    }

    /// The bytes of the picture, once the whole body is there.
    ///
    /// - Throws: ``MultipartError`` when the form is broken; ``APIError`` 413 as soon as it is too large, 400 when it
    ///   has no file, or two.
    mutating func read(_ body: RequestBody, on connection: Connection) async throws -> ByteBuffer {
        try await connection.acceptBody()
        for try await bytes in body {
            byteCount += bytes.readableBytes
            guard byteCount <= Limits.picture + Limits.pictureForm else {
                throw APIError.pictureTooLarge(Limits.picture)
            }
            parser.append(bytes)
            while let event = try parser.nextEvent() { try take(event) }
        }
        try parser.finish()
        guard let picture else { throw APIError.noPicture }
        return picture
    }

    private mutating func take(_ event: MultipartParser.Event) throws {
        switch event {
        case .partBegan(let headers):
            isInPicture = headers.filename != nil
            guard isInPicture else { return }
            guard picture == nil else { throw APIError.twoPictures }
            picture = ByteBuffer()
        case .partData(let data) where isInPicture:
            picture?.writeImmutableBuffer(data)
            if (picture?.readableBytes ?? 0) > Limits.picture { throw APIError.pictureTooLarge(Limits.picture) }
        case .partData, .partEnded, .finished:
            break
        }
    }
}

extension APIError {
    fileprivate static func pictureTooLarge(_ limit: Int) -> APIError {
        APIError(.contentTooLarge, "The picture is larger than \(limit) bytes; make it smaller")
    }

    fileprivate static let noPicture = APIError.invalid(
        "file",
        "is required: send a part with a filename, as curl -F file=@picture.png does",
        code: "required"
    )
    fileprivate static let twoPictures = APIError.invalid("file", "is there twice: send one picture", code: "too_many")
}
