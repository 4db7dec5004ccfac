import Blobs
import Foundation
import NIOCore
import Testing

/// What the client makes of answers that a real service gives on bad days.
@Suite("Answers of S3 services")
struct S3AnswerTests {
    @Test(
        "an error says its status, its code and its message",
        arguments: [
            (
                refusal("403 Forbidden", "AccessDenied", "Not &amp; never &#x2014; &lt;you&gt; &what;"), 403,
                "AccessDenied", "Not & never — <you> &what;"
            ),
            (httpAnswer("403 Forbidden"), 403, "", ""),
            (httpAnswer("418 Teapot", [], "<html>Code</html>"), 418, "", ""),
            (
                httpAnswer("400 Bad Request", [], "<Error><Code/><CodeX>a</CodeX><Message a='1'>b</Message></Error>"),
                400, "", "b"
            ),
            (
                httpAnswer("301 Moved", ["x-amz-bucket-region: eu-west-3", "location: http://other/"]), 301, "",
                " The bucket is in the region eu-west-3; add region=eu-west-3 to its address."
            ),
        ]
    )
    func errors(text: String, status: Int, code: String, message: String) async throws {
        try await withBucket(script: { _, _ in .text(text) }) { bucket, server in
            let error = await #expect(throws: S3Error.self) { try await bucket.put("a", [1]) }
            #expect(error == .refused(status: status, code: code, message: message))
            #expect(server.requests.count == 1)
        }
    }

    @Test("what is not there has no length and is removed; a bucket that is not there is an error")
    func absence() async throws {
        try await withBucket(script: { number, request in
            if request.line.hasPrefix("HEAD") { return .text("HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n") }
            return .text(refusal("404 Not Found", number < 3 ? "NoSuchKey" : "NoSuchBucket"))
        }) { bucket, _ in
            #expect(try await bucket.size(of: "a") == nil)
            try await bucket.remove("a")
            await #expect(throws: S3Error.self) { try await bucket.remove("a") }
            await #expect(throws: S3Error.self) { try await bucket.bytes(of: "a", range: 0..<1) }
        }
    }

    @Test("an upload is not complete because the status says so")
    func completed() async throws {
        try await withBucket(script: { number, request in
            switch number {
            // Amazon keeps the connection alive by blanks, and then says that it failed.
            case 1: .text(httpAnswer("200 OK", [], "  \n <Error><Code>InternalError</Code></Error>"))
            case 2: .last("")
            // The try before has done it.
            case 3: .text(refusal("404 Not Found", "NoSuchUpload"))
            case 4: .text("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n")
            case 5: .text(httpAnswer("200 OK", [], "<CompleteMultipartUploadResult>x</CompleteMultipartUploadResult>"))
            case 6: .text("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n")
            case 7: .text(refusal("404 Not Found", "NoSuchUpload"))
            default: .text("HTTP/1.1 404 Not Found\r\n\r\n")
            }
        }) { bucket, server in
            let parts = [S3Bucket.Part(number: 1, tag: "\"a&<b\"")]
            try await bucket.complete("id", "a", parts, size: 7)
            #expect(String(decoding: server.requests[0].body, as: UTF8.self).contains("<ETag>\"a&amp;&lt;b\"</ETag>"))
            let error = await #expect(throws: S3Error.self) { try await bucket.complete("id", "a", parts, size: 7) }
            #expect(error == .unexpected("8 bytes where 7 were sent"))
            let gone = await #expect(throws: S3Error.self) { try await bucket.complete("id", "a", parts, size: 7) }
            #expect(gone?.isAbsence == true)
        }
    }

    @Test("how far the clocks are apart is known from any answer, and is why the rest was refused")
    func clock() async throws {
        let date = "date: Sun, 06 Nov 1994 08:49:37 GMT"
        let now: Int64 = 784_111_777
        for (skew, isFatal) in [(Int64(1200), true), (-1200, true), (120, false)] {
            try await withBucket(
                now: now - skew,
                script: { _, _ in
                    .text(httpAnswer("403 Forbidden", [date], "<Error><Code>RequestTimeTooSkewed</Code></Error>"))
                }
            ) { bucket, _ in
                #expect(bucket.clockSkew == nil)
                let findings = try await S3Probe(bucket).run()
                #expect(findings.first == .clock(skew))
                #expect(findings.first?.isFatal == isFatal)
                #expect(findings.count == (isFatal ? 1 : 2))
            }
        }
        let location = try S3Location("s3://files")
        #expect(S3Finding.clock(1200).sentence(location).contains("1200 s ahead of"))
    }

    @Test(
        "a date that is none says nothing of the clock",
        arguments: [
            "", "now", "Sun, 06 Nov -2147483648 08:49:37 GMT", "Sun, 99999999999 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994",
        ]
    )
    func noClock(date: String) async throws {
        try await withBucket(script: { _, _ in .text(httpAnswer("200 OK", ["date: \(date)"])) }) { bucket, _ in
            try await bucket.put("a", [1])
            #expect(bucket.clockSkew == nil)
        }
    }

    @Test(
        "a listing that is none, or has no lengths, is an error",
        arguments: [
            httpAnswer("200 OK", [], "<html/>"), httpAnswer("200 OK"),
            httpAnswer("200 OK", [], "<ListBucketResult><Contents><Key>store/a</Key></Contents></ListBucketResult>"),
            httpAnswer(
                "200 OK",
                [],
                "<ListBucketResult><Contents><Key>b</Key><Size>1</Size></Contents></ListBucketResult>"
            ),
        ]
    )
    func listings(text: String) async throws {
        try await withBucket(script: { _, _ in .text(text) }) { bucket, _ in
            await #expect(throws: S3Error.self) { try await bucket.list() }
        }
    }
}
