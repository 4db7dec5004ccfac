import Blobs
import Foundation
import NIOCore
import NIOPosix
import Testing

/// A real object store whose processes are stopped and killed.
@Suite("A real object store that fails")
struct S3FaultTests {
    @Test("what it confirmed is there afterwards, what failed is stored by the next try, and nothing is half there")
    func faults() async throws {
        try await withFailingStore { store in
            try await withBucket(store.location) { bucket in
                let bytes = sample(8 << 20)
                let size = Int64(bytes.count)
                try await bucket.put("before", bytes)

                // It hangs: 503 after two seconds, again and again.
                try await store.say("freeze object")
                let frozen = await #expect(throws: S3Error.self) { try await bucket.put("a", [1]) }
                #expect(frozen?.isTransient == true)
                try await store.say("resume object")
                try await bucket.put("a", [1])

                // It dies while somebody reads.
                var reading = bucket.read("before", range: 0..<size).makeAsyncIterator()
                var read = Array(buffer: try #require(try await reading.next()))
                try await store.say("kill object")
                let killed = await #expect(throws: S3Error.self) { try await bucket.put("b", bytes) }
                #expect(killed?.isTransient == true)
                try await store.say("restart object")
                while let piece = try await reading.next() { read += Array(buffer: piece) }
                #expect(read == bytes)

                // What takes the requests dies in the middle of an upload.
                let upload = Task { try await bucket.put("c", bytes) }
                try await store.say("kill proxy")
                let lost = await upload.result
                try await store.say("restart proxy")
                let stored = try await bucket.size(of: "c")
                if case .success = lost { #expect(stored == size) }
                #expect([nil, size].contains(stored))
                try await bucket.put("c", bytes)
                for key in ["before", "c"] { #expect(try await bucket.all(of: key) == bytes) }
                let late = try await bucket.size(of: "b")
                #expect([nil, size].contains(late))
                let findings = try await S3Probe(bucket).run()
                #expect(findings == [])
            }
        }
    }
}

/// An object store of one test, which does what it is told.
private struct FailingStore: Sendable {
    let location: S3Location
    let input: FileHandle
    let output: FileHandle

    /// Returns when it is done.
    func say(_ command: String) async throws {
        try input.write(contentsOf: Data("\(command)\n".utf8))
        #expect(try await Self.line(output) == "done: \(command)")
    }

    static func line(_ output: FileHandle) async throws -> String {
        try await NIOThreadPool.singleton.runIfActive {
            var text = ""
            while let byte = try output.read(upToCount: 1), let byte = byte.first, byte != 0x0A {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            return text
        }
    }
}

private func withFailingStore(_ body: (FailingStore) async throws -> Void) async throws {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    let (process, input, output) = (Process(), Pipe(), Pipe())
    process.executableURL = root.appending(path: ".venv/bin/python")
    process.arguments = [root.appending(path: "Tests/object_store.py").path(), "--control"]
    (process.standardInput, process.standardOutput) = (input, output)
    // What is loaded into this process for its own sake would be loaded into those too.
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_PRELOAD" }
    try process.run()
    defer {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
    }
    let address = try await FailingStore.line(output.fileHandleForReading)
    _ = try await FailingStore.line(output.fileHandleForReading)
    let store = FailingStore(
        location: try S3Location(address),
        input: input.fileHandleForWriting,
        output: output.fileHandleForReading
    )
    try await body(store)
}
