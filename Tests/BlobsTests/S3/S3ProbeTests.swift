import Blobs
import BlobsSupport
import Foundation
import Synchronization
import Testing

/// What is said of buckets in which a store must not be kept.
@Suite("The probe of a bucket")
struct S3ProbeTests {
    @Test("a bucket of a real object store is as it should be, and nothing is left in it")
    func good() async throws {
        try await withBucket(Engine.bucket().location) { bucket in
            let findings = try await S3Probe(bucket).run()
            #expect(findings == [])
            let left = try await bucket.list()
            #expect(left == [])
        }
    }

    @Test("wrong credentials, a bucket that is not there, nobody at the address: each is said, with what to do")
    func unusable() async throws {
        let location = try Engine.bucket().location
        func findings(_ location: S3Location, _ id: String, _ secret: String) async throws -> [String] {
            var sentences: [String] = []
            try await withBucket(location, as: S3Credentials(keyID: id, secret: secret)) { bucket in
                let findings = try await S3Probe(bucket).run()
                #expect(findings.allSatisfy { $0.isFatal })
                sentences = findings.map { $0.sentence(location) }
            }
            return sentences
        }
        let wrongSecret = try await findings(location, "placet:tests", "hunter2")
        #expect(wrongSecret.count == 1 && wrongSecret[0].contains("SignatureDoesNotMatch"))
        #expect(wrongSecret[0].contains("Check the credentials") && !wrongSecret[0].contains("hunter2"))
        let nobodyThere = try await findings(location, "placet:nobody", "x")
        #expect(nobodyThere.first?.contains("Check the credentials") == true)
        let other = try S3Location("s3://no-such-bucket?endpoint=\(location.endpoint)")
        let noBucket = try await findings(other, "placet:tests", "secretsecret")
        let sentence = "The object store at \(location.endpoint) has no bucket no-such-bucket."
        #expect(noBucket == ["\(sentence) Make it, or correct the address."])
        let nobody = try await findings(S3Location("s3://bucket?endpoint=http://127.0.0.1:1"), "a", "b")
        #expect(nobody.count == 1 && nobody[0].contains("Check that http://127.0.0.1:1 is the right address"))
    }

    @Test("a real object store refuses a clock that is twenty minutes off, and the probe says by how much")
    func clock() async throws {
        let location = try Engine.bucket().location
        for minutes in [20, -20] as [Int64] {
            var settings = S3Settings()
            settings.now = { Int64(time(nil)) + minutes * 60 }
            try await withBucket(location, settings: settings) { bucket in
                let error = await #expect(throws: S3Error.self) { try await bucket.put("a", [1]) }
                guard case .refused(403, "RequestTimeTooSkewed", _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                let findings = try await S3Probe(bucket).run()
                guard case .clock(let seconds) = findings.first else {
                    Issue.record("\(findings)")
                    return
                }
                #expect(abs(seconds + minutes * 60) < 30)
                #expect(findings.count == 1 && findings[0].isFatal)
            }
        }
    }

    @Test(
        "a service that is careless is recognised",
        arguments: [
            (CarelessStore.Fault.takesAnything, S3Finding.takesWrongBytes), (.forgets, .losesWrites),
            (.ignoresRanges, .ignoresRanges), (.keeps, .keepsRemoved), (.listsNothing, .listsLate),
        ]
    )
    func careless(fault: CarelessStore.Fault, finding: S3Finding) async throws {
        let store = CarelessStore(fault)
        try await withBucket(script: { _, request in .text(store.answer(request)) }) { bucket, server in
            let findings = try await S3Probe(bucket).run().filter { if case .noMultipart = $0 { false } else { true } }
            #expect(findings == [finding])
            #expect(finding.isFatal == (finding != .listsLate))
            #expect(finding.sentence(bucket.location).contains(bucket.location.endpoint))
        }
    }

    @Test("so is one without uploads in parts")
    func noMultipart() async throws {
        let store = CarelessStore(nil)
        try await withBucket(script: { _, request in .text(store.answer(request)) }) { bucket, _ in
            let findings = try await S3Probe(bucket).run()
            #expect(findings == [.noMultipart(.refused(status: 501, code: "NotImplemented", message: "No."))])
            #expect(findings[0].sentence(bucket.location).contains("Use a service with multipart uploads"))
        }
    }
}

/// Enough of an S3 service for the probe, with one fault, and without uploads in parts.
final class CarelessStore: Sendable {
    enum Fault: Sendable { case takesAnything, forgets, ignoresRanges, keeps, listsNothing }

    private let fault: Fault?
    private let objects = Mutex<[String: [UInt8]]>([:])

    init(_ fault: Fault?) { self.fault = fault }

    func answer(_ request: ScriptedServer.Request) -> String {
        let words = request.line.split(separator: " ")
        let path = String(words[1])
        return objects.withLock { objects in
            switch words[0] {
            case "PUT":
                let isWrong = request.fields["x-amz-content-sha256"]?.hasPrefix("e3b0c442") == true
                if isWrong, fault != .takesAnything { return refusal("400 Bad Request", "XAmzContentSHA256Mismatch") }
                if fault != .forgets { objects[path] = request.body }
                return httpAnswer("200 OK")
            case "DELETE":
                if fault != .keeps { objects[path] = nil }
                return httpAnswer("204 No Content")
            case "GET" where path.contains("list-type"):
                let names = fault == .listsNothing ? [] : objects.keys.map { $0.dropFirst("/bucket/".count) }
                let list = names.map { "<Contents><Key>\($0)</Key><Size>1</Size></Contents>" }.joined()
                return httpAnswer("200 OK", [], "<ListBucketResult>\(list)</ListBucketResult>")
            case "GET", "HEAD":
                guard let bytes = objects[path] else { return "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n" }
                return Self.bytes(bytes, words[0] == "HEAD", fault == .ignoresRanges ? nil : request.fields["range"])
            default: return refusal("501 Not Implemented", "NotImplemented")
            }
        }
    }

    private static func bytes(_ bytes: [UInt8], _ isHead: Bool, _ range: String?) -> String {
        if isHead { return "HTTP/1.1 200 OK\r\ncontent-length: \(bytes.count)\r\n\r\n" }
        guard let range = range?.dropFirst("bytes=".count).split(separator: "-").compactMap({ Int($0) }) else {
            return httpAnswer("200 OK", [], String(decoding: bytes, as: UTF8.self))
        }
        let said = "content-range: bytes \(range[0])-\(range[1])/\(bytes.count)"
        return httpAnswer("206 Partial", [said], String(decoding: bytes[range[0]...range[1]], as: UTF8.self))
    }
}
