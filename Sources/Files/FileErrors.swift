import HTTP
import HTTPTypes

/// The refusals of uploads and downloads, with status and sentence, in one place.
extension APIError {
    static let fileNotFound = APIError(.notFound, "File not found")

    static let noFile = APIError.invalid(
        "file",
        "is required: send a part with a filename, as curl -F file=@report.pdf does",
        code: "required"
    )
    static let twoFiles = APIError.invalid("file", "is there twice: send one file per request", code: "too_many")

    static let noChannel = APIError.invalid(
        "channelId",
        "is required: send the id of one of your agents as a form field, or give the key a default channel",
        code: "required"
    )

    /// Stored damaged, it would look as if it had arrived.
    static func notText(_ field: String) -> APIError {
        .invalid(field, "is not UTF-8: send UTF-8, or declare ISO-8859-1 as the charset of the part's Content-Type")
    }

    /// - Parameter limit: in bytes.
    static func fieldTooLarge(_ name: String, limit: Int) -> APIError {
        .invalid(name, "is larger than \(limit) bytes; only the file may be larger", code: "too_big")
    }

    /// 422: the bytes are not those that the client meant (docs/api.md, "Uploads", Integrity).
    static func digestMismatch(expected: String, actual: String) -> APIError {
        APIError(
            .unprocessableContent,
            "The SHA-256 does not match: expected \(expected), received \(actual); nothing was stored"
        )
    }

    /// 412 (RFC 9110 section 15.5.13).
    static let preconditionFailed = APIError(
        .preconditionFailed,
        "The file is not the version named in If-Match or If-Unmodified-Since"
    )

    /// 416 with the size of the file in bytes, so that the client can ask again (RFC 9110 section 15.5.17).
    static func rangeNotSatisfiable(size: Int64) -> APIError {
        APIError(
            .rangeNotSatisfiable,
            "The range lies outside the file of \(size) bytes",
            headers: [.contentRange: "bytes */\(size)", .acceptRanges: "bytes"]
        )
    }

    /// 415 (RFC 9110 section 15.5.16).
    static func noLines(_ type: String) -> APIError {
        APIError(.unsupportedMediaType, "The file is \(type), which has no lines: download it instead")
    }
}
