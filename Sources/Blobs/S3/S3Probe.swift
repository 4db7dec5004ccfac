import NIOCore

/// What is wrong with a bucket.
package enum S3Finding: Sendable, Equatable {
    /// Nothing can be stored and read, or the service did not answer.
    case unusable(S3Error)
    /// The service refuses the credentials, or does not let them do what is needed.
    case notAllowed(S3Error)
    case noBucket
    /// The clocks are so many seconds apart.
    case clock(Int64)
    /// Bytes with another digest than was announced were taken. So are those that a line has changed.
    case takesWrongBytes
    /// What was stored was not there, or not the same, a moment later.
    case losesWrites
    case ignoresRanges
    case keepsRemoved
    case noMultipart(S3Error?)
    /// A listing did not have what was just stored. Only `placet fsck` lists.
    case listsLate

    /// Whether a store must not be kept there.
    package var isFatal: Bool {
        switch self {
        case .listsLate: false
        case .clock(let seconds): abs(seconds) > S3Probe.refusedSkew
        default: true
        }
    }
}

extension S3Finding {
    /// What it means, and what to do.
    package func sentence(_ location: S3Location) -> String {
        let store = "The object store at \(location.endpoint)"
        return switch self {
        case .unusable(let error): "\(error) Check that \(location.endpoint) is the right address and is running."
        case .notAllowed(let error):
            "\(error) Check the credentials, and that they may read, write, remove and list in \(location.bucket)."
        case .noBucket: "\(store) has no bucket \(location.bucket). Make it, or correct the address."
        case .clock(let seconds):
            """
            The clock of \(location.endpoint) is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") the one of \
            this machine. Set both by NTP; requests are refused at 15 minutes.
            """
        case .takesWrongBytes:
            """
            \(store) takes bytes that are not those that were announced (x-amz-content-sha256), so what a network or \
            a disk changes would be stored unseen. Use a service that checks them.
            """
        case .losesWrites:
            "\(store) does not give back what was just stored. Use a service that reads its own writes."
        case .ignoresRanges: "\(store) does not answer ranges as S3 does. Use a service that does."
        case .keepsRemoved:
            "\(store) still has what was removed. Use a service that removes, and no proxy in front of it that caches."
        case .noMultipart(let error):
            "\(store) cannot take an object in parts. " + (error.map { "\($0) " } ?? "")
                + "Use a service with multipart uploads, and allow them."
        case .listsLate: "\(store) lists late what was stored: `placet fsck` may name what is no fault."
        }
    }
}

/// Tries with a few small objects whether a bucket does what a store needs, and removes them.
package struct S3Probe: Sendable {
    /// In seconds. Services refuse requests that are that far off.
    static let refusedSkew: Int64 = 15 * 60
    /// In seconds. A clock that is further off will be refused one day.
    private static let notedSkew: Int64 = 60

    private let bucket: S3Bucket
    private let key: String
    private let bytes = Array("placet looks whether this bucket keeps what it is given\n".utf8)

    package init(_ bucket: S3Bucket) {
        self.bucket = bucket
        key = "probe/\(Token.fresh())"
    }

    /// Returns what is wrong; nothing when the bucket is as it should be.
    ///
    /// - Throws: `CancellationError`.
    package func run() async throws -> [S3Finding] {
        var findings: [S3Finding] = []
        do {
            findings = try await findingsOfObjects() + findingsOfParts()
        } catch let error as S3Error {
            findings = [Self.finding(error)]
        }
        for name in ["", ".wrong", ".parts"] { try? await bucket.remove(key + name) }
        guard let skew = bucket.clockSkew, abs(skew) > Self.notedSkew else { return findings }
        // The clock is why the rest was refused.
        return [.clock(skew)] + (abs(skew) > Self.refusedSkew ? [] : findings)
    }

    private func findingsOfObjects() async throws -> [S3Finding] {
        var findings: [S3Finding] = []
        let size = Int64(bytes.count)
        try await bucket.put(key, .bytes(ByteBuffer(bytes: bytes)))
        guard try await bucket.size(of: key) == size, try await reads(key, 0..<size) else { return [.losesWrites] }
        if try await !reads(key, 7..<20) { findings.append(.ignoresRanges) }
        if try await takesWrongBytes() { findings.append(.takesWrongBytes) }
        if try await !bucket.list(after: String(key.dropLast())).contains(where: { $0.key == key }) {
            findings.append(.listsLate)
        }
        try await bucket.remove(key)
        if try await bucket.size(of: key) != nil { findings.append(.keepsRemoved) }
        return findings
    }

    private func reads(_ key: String, _ range: Range<Int64>) async throws -> Bool {
        do {
            let wanted = bytes[Int(range.lowerBound)..<Int(range.upperBound)]
            return try await bucket.bytes(of: key, range: range).readableBytesView.elementsEqual(wanted)
        } catch S3Error.unexpected {
            return false
        } catch let error as S3Error where error.isAbsence {
            return false
        }
    }

    private func takesWrongBytes() async throws -> Bool {
        // The digest of no bytes.
        do {
            try await bucket.put("\(key).wrong", .bytes(ByteBuffer(bytes: bytes)), sha256: S3Signature.emptyDigest)
            return true
        } catch let error as S3Error where !error.isTransient {
            return try await bucket.size(of: "\(key).wrong") != nil
        }
    }

    private func findingsOfParts() async throws -> [S3Finding] {
        let key = "\(key).parts"
        do {
            let upload = try await bucket.beginUpload(key)
            do {
                let part = try await bucket.put(part: 1, of: upload, key, .bytes(ByteBuffer(bytes: bytes)))
                try await bucket.complete(upload, key, [part], size: Int64(bytes.count))
            } catch {
                try? await bucket.abort(upload, key)
                throw error
            }
            let isWhole = try await reads(key, 0..<Int64(bytes.count))
            // One that is given up, as after a crash.
            try await bucket.abort(bucket.beginUpload(key), key)
            return isWhole ? [] : [.noMultipart(nil)]
        } catch let error as S3Error where !error.isTransient {
            return [.noMultipart(error)]
        }
    }

    private static func finding(_ error: S3Error) -> S3Finding {
        switch error {
        case .refused(404, "NoSuchBucket", _): .noBucket
        case .refused(401, _, _), .refused(403, _, _): .notAllowed(error)
        default: .unusable(error)
        }
    }
}
