import Foundation
import Synchronization

/// A server on loopback that answers each request with just the bytes that a test wants.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        /// `GET /bucket/key HTTP/1.1`
        let line: String
        /// By names in lower case.
        let fields: [String: String]
        let body: [UInt8]
    }

    enum Reply: Sendable {
        case text(String)
        /// Hangs up after it.
        case last(String)
        /// Says this, and nothing more until the client hangs up.
        case silence(String)
        /// Says this, and sends zeros as long as they are taken; nothing may be taken for so many seconds.
        case zeros(String, patience: Int)
    }

    let port: UInt16
    /// One for each time that a client hung up where it was left without an answer; bytes of zeros that were taken.
    let ends: AsyncStream<Int>
    private let ended: AsyncStream<Int>.Continuation
    private let listener: Int32
    private let script: @Sendable (_ number: Int, Request) -> Reply
    private let all = Mutex<[Request]>([])

    /// - Parameter script: the reply to a request; they are numbered from 1, over all connections.
    init(_ script: @escaping @Sendable (_ number: Int, Request) -> Reply) throws {
        self.script = script
        (ends, ended) = AsyncStream.makeStream()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    var requests: [Request] { all.withLock { $0 } }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ client: Int32) {
        defer { Glibc.close(client) }
        while let request = Self.read(client) {
            let number = all.withLock { all in
                all.append(request)
                return all.count
            }
            switch script(number, request) {
            case .text(let text): Self.send(text, client)
            case .last(let text): return Self.send(text, client)
            case .silence(let text):
                Self.send(text, client)
                var byte: UInt8 = 0
                while recv(client, &byte, 1, 0) > 0 {}
                ended.yield(0)
                return
            case .zeros(let text, let patience):
                Self.send(text, client)
                ended.yield(Self.sendZeros(client, patience))
                return
            }
        }
    }

    private static func read(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        func more() -> Bool {
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = recv(client, &piece, piece.count, 0)
            bytes += piece.prefix(max(0, count))
            return count > 0
        }
        let end = Array("\r\n\r\n".utf8)
        while bytes.firstRange(of: end) == nil { if !more() { return nil } }
        guard let head = bytes.firstRange(of: end) else { return nil }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.components(separatedBy: ": ")
            fields[parts[0].lowercased()] = parts.dropFirst().joined(separator: ": ")
        }
        let count = Int(fields["content-length"] ?? "0") ?? 0
        while bytes.count < head.upperBound + count { if !more() { return nil } }
        return Request(line: lines[0], fields: fields, body: Array(bytes[head.upperBound...]))
    }

    private static func send(_ text: String, _ client: Int32) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = Glibc.send(client, Array(bytes[done...]), bytes.count - done, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return }
            done += count
        }
    }

    private static func sendZeros(_ client: Int32, _ patience: Int) -> Int {
        var time = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let zeros = [UInt8](repeating: 0, count: 65_536)
        var taken = 0
        while true {
            let count = Glibc.send(client, zeros, zeros.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return taken }
            taken += count
        }
    }
}

/// What a server answers.
func httpAnswer(_ status: String, _ fields: [String] = [], _ body: String = "") -> String {
    let lines = ["HTTP/1.1 \(status)", "content-length: \(body.utf8.count)"] + fields
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}

/// What S3 says when it refuses.
func refusal(_ status: String, _ code: String, _ message: String = "No.") -> String {
    let body = "<?xml version='1.0'?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
    return httpAnswer(status, ["content-type: application/xml"], body)
}
