import Blobs
import HTTP
import HTTPTypes
import Index
import Multipart

/// What the errors of the shelves mean to a client; nil for what only a defect or a broken disk explains.
func translate(_ error: any Error) -> APIError? {
    switch error {
    case let error as MultipartError:
        APIError(error == .notMultipart ? .unsupportedMediaType : .badRequest, error.description)
    case BlobError.storageFull, IndexError.full:
        APIError(.insufficientStorage, "The storage is full; nothing was stored")
    case let error as IndexError where error == .fullAtCommit:
        APIError(.insufficientStorage, "The storage is full; look whether the file was stored before sending it again")
    case IndexError.readOnly:
        APIError(.serviceUnavailable, "The storage cannot be written at the moment")
    case BlobError.closed, IndexError.closed:
        APIError(.serviceUnavailable, "The server is stopping; send the request again")
    default:
        nil
    }
}
