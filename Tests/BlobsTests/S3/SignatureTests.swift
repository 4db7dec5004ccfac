import Foundation
import Testing

@testable import Blobs

@Suite("Signatures of S3 requests")
struct SignatureTests {
    /// A line of signatures.txt, which make-signatures.py has made.
    struct Vector: CustomTestStringConvertible {
        let words: [String]
        var testDescription: String { words[5...7].joined(separator: " ") }
        var query: [(String, String)] {
            words[7].split(separator: "&").map { item in
                let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (S3Text.decoded(parts[0]), S3Text.decoded(parts[1]))
            }
        }
    }

    static let vectors = try! String(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "signatures.txt"),
        encoding: .utf8
    ).split(separator: "\n").map { Vector(words: $0.components(separatedBy: "\t")) }

    @Test("they are those of botocore", arguments: vectors)
    func sameAsBotocore(vector: Vector) throws {
        let words = vector.words
        let location = try S3Location(words[3])
        let user = S3Credentials(keyID: words[0], secret: words[1], sessionToken: words[2].isEmpty ? nil : words[2])
        let signature = S3Signature(location, user, at: try #require(Int64(words[4])))
        let path = words[6].isEmpty ? "/\(location.bucket)" : location.path(words[6])
        if words[5] == "LINK" {
            // The order of the items is free; they are signed in order.
            func items(_ url: String) -> Set<Substring> { Set(url.split { "?&".contains($0) }) }
            let seconds = try #require(Int(words[8]))
            let link = signature.link("GET", path: path, query: vector.query, seconds: seconds)
            #expect(items(link) == items(words[9]))
        } else {
            let query = S3Signature.query(vector.query)
            let fields = signature.fields(words[5], path: path, query: query, digest: words[8])
            #expect(fields.last?.name == "authorization")
            #expect(fields.last?.value == words[9])
        }
    }

    @Test("there are enough of them")
    func count() { #expect(Self.vectors.count == 24) }
}

@Suite("The address of a bucket, and its credentials")
struct S3LocationTests {
    @Test("an address says bucket, prefix, endpoint and region; what is left out is Amazon's")
    func address() throws {
        let location = try S3Location("s3://files/a/b?endpoint=http%3A//Store:9000/&region=garage")
        #expect(location.bucket == "files")
        #expect(location.prefix == "a/b/")
        #expect(location.endpoint == "http://store:9000")
        #expect(location.region == "garage")
        #expect(location.description == "files/a/b/ at http://store:9000")
        #expect(try S3Location("s3://files").endpoint == "https://s3.us-east-1.amazonaws.com")
        #expect(try S3Location("s3://files/?region=eu-west-3").endpoint == "https://s3.eu-west-3.amazonaws.com")
        #expect(try S3Location("s3://files?endpoint=https://store:443").host == "store")
        #expect(try S3Location("s3://files?endpoint=http://[::1]:80").host == "[::1]")
        #expect(try S3Location("s3://files//a///").prefix == "a/")
    }

    @Test(
        "one that cannot be used is refused with the reason, and is not repeated",
        arguments: [
            ("s3:/files", S3LocationProblem.form), ("files", .form), ("http://files", .form), ("s3://files#x", .form),
            ("s3://key:hunter2@files", .credentials), ("s3://files?endpoint=http://hunter2@store", .credentials),
            ("s3://ab", .bucket), ("s3://Files", .bucket), ("s3://-files", .bucket), ("s3:///a", .bucket),
            ("s3://files/a b", .prefix), ("s3://files/../a", .prefix), ("s3://files/%2e", .prefix),
            ("s3://files?secret=hunter2", .setting), ("s3://files?region=a&region=b", .setting),
            ("s3://files?region=", .region), ("s3://files?region=a/b", .region),
            ("s3://files?endpoint=store", .endpoint), ("s3://files?endpoint=ftp://store", .endpoint),
            ("s3://files?endpoint=http://store/path", .endpoint), ("s3://files?endpoint=http://store:0", .endpoint),
            ("s3://files?endpoint=http://store:99999", .endpoint), ("s3://files?endpoint=", .endpoint),
        ]
    )
    func refused(text: String, problem: S3LocationProblem) {
        let error = #expect(throws: S3LocationProblem.self) { try S3Location(text) }
        #expect(error == problem)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("credentials come from the environment, or else from a file, and are not shown")
    func credentials() async throws {
        let user = try S3Credentials(
            environment: [
                "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_SESSION_TOKEN": "hunter3",
            ]
        )
        #expect((user.keyID, user.secret, user.sessionToken) == ("id", "hunter2", "hunter3"))
        var dumped = ""
        dump(user, to: &dumped)
        #expect(!"\(user) \(String(reflecting: user)) \(dumped)".contains("hunter"))
        let text = """
            # ours
            [default]
            aws_access_key_id = one
            aws_secret_access_key=a=b/+\u{20}

            [ other ]
            [other]
              aws_access_key_id=two
            aws_secret_access_key = c
            aws_session_token = d
            """
        try await withFile(Array(text.utf8)) { path in
            let first = try S3Credentials(environment: ["AWS_SHARED_CREDENTIALS_FILE": path, "AWS_ACCESS_KEY_ID": ""])
            #expect((first.keyID, first.secret, first.sessionToken) == ("one", "a=b/+", nil))
            let environment = ["AWS_SHARED_CREDENTIALS_FILE": path, "AWS_PROFILE": "other"]
            let second = try S3Credentials(environment: environment)
            #expect((second.keyID, second.secret, second.sessionToken) == ("two", "c", "d"))
        }
    }

    @Test("credentials that are missing or cannot be are refused with what to do")
    func noCredentials() async throws {
        func problem(_ environment: [String: String]) -> String {
            let problem = #expect(throws: S3CredentialsProblem.self) { try S3Credentials(environment: environment) }
            return problem?.description ?? ""
        }
        #expect(problem([:]).contains("Set AWS_ACCESS_KEY_ID and"))
        #expect(problem(["HOME": "/nowhere"]).contains("There are no credentials"))
        #expect(problem(["AWS_SECRET_ACCESS_KEY": "hunter2"]).contains("Set both, or neither"))
        #expect(problem(["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b\n"]).contains("a line end"))
        #expect(problem(["AWS_SHARED_CREDENTIALS_FILE": "/"]).contains("cannot be read"))
        try await withFile(Array("[default]\naws_access_key_id=a".utf8)) { path in
            #expect(problem(["AWS_SHARED_CREDENTIALS_FILE": path]).contains("below [default]"))
        }
    }
}
