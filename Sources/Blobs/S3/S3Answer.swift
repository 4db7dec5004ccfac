import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1

/// The XML of S3, which is flat: elements with text, in no particular order.
enum S3XML {
    /// The texts of all elements of that name.
    static func texts(_ name: String, in text: some StringProtocol) -> [String] {
        elements(name, in: text).map(plain)
    }

    /// What stands in all elements of that name, with its tags.
    static func elements(_ name: String, in text: some StringProtocol) -> [Substring] {
        var (found, rest) = ([Substring](), Substring(text))
        while let start = rest.firstRange(of: "<\(name)") {
            rest = rest[start.upperBound...]
            // The name may go on, and be another.
            guard let next = rest.first, next == ">" || next == "/" || next.isWhitespace else { continue }
            guard let end = rest.firstIndex(of: ">") else { break }
            let isEmpty = rest[..<end].hasSuffix("/")
            rest = rest[rest.index(after: end)...]
            guard !isEmpty else { found.append(""); continue }
            guard let close = rest.firstRange(of: "</\(name)>") else { break }
            found.append(rest[..<close.lowerBound])
            rest = rest[close.upperBound...]
        }
        return found
    }

    private static func plain(_ text: Substring) -> String {
        let named = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        return String(text).replacing(/&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]+));/) { match in
            let code = match.1.flatMap { UInt32($0, radix: 16) } ?? match.2.flatMap { UInt32($0) }
            let character = code.flatMap(Unicode.Scalar.init).map { String($0) }
            return character ?? match.3.flatMap { named[String($0)] } ?? String(match.0)
        }
    }
}

extension S3Error {
    /// From an answer that is an error, or has one as its body.
    init(status: Int, headers: HTTPHeaders, body: String) {
        var message = S3XML.texts("Message", in: body).first ?? ""
        let code = S3XML.texts("Code", in: body).first ?? ""
        if let region = headers.first(name: "x-amz-bucket-region"), [301, 307, 400].contains(status) {
            message += " The bucket is in the region \(region); add region=\(region) to its address."
        }
        self = .refused(status: status, code: code, message: message)
    }

    /// From an error of the HTTP client. Its own descriptions may quote fields, which are secrets.
    init(client error: any Error) {
        switch error {
        case let error as S3Error: self = error
        case let error as BlobError: self = .unreadable(error)
        case let error as IOError: self = .unreachable(String(cString: strerror(error.errnoCode)))
        case let error as HTTPClientError where Self.silences.contains(error):
            self = .unreachable("it did not answer in time")
        case let error as HTTPClientError where error == .getConnectionFromPoolTimeout:
            self = .unreachable("all connections to it are in use")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self = .unreachable("it hung up")
        case let error as HTTPClientError: self = .unreachable(error.shortDescription)
        case HTTPParserError.invalidEOFState: self = .unreachable("it hung up")
        case is HTTPParserError: self = .unexpected("not HTTP")
        case is NIOTooManyBytesError: self = .unexpected("far too much")
        // The client's TLS is not ours to import, so its errors are known by their module.
        case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."):
            self = .unreachable("TLS failed; is its certificate trusted, and valid for its host?")
        default: self = .unreachable("the connection failed")
        }
    }

    private static let silences: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout, .readTimeout, .writeTimeout,
    ]
}
