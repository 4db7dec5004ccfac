import Blobs
import Foundation
import Index
import Synchronization
import Testing

@testable import Store

@Suite("The scrub")
struct ScrubTests {
    private let day = Duration.seconds(24 * 60 * 60)

    @Test("reads all bytes once in four weeks, and finds damage as a check does, without repairing it")
    func round() async throws {
        try await withStore { test in
            for byte in UInt8(0)..<20 { _ = try await test.add([byte]) }
            let start = Timestamp.now()
            #expect(try await test.scrubbed(at: start) == [])
            let path = try #require(test.blobFiles().first)
            try test.change(path)
            #expect(try await test.scrubbed(at: start + day * 27) == [])
            #expect(try await test.scrubbed(at: start + day * 28).map(\.kind) == [.wrongBytes])
            #expect(FileManager.default.fileExists(atPath: path))
            #expect(test.store.damage.count == 1)
        }
    }

    @Test("goes on after a restart where it was")
    func place() async throws {
        try await withStore { test in
            for byte in UInt8(0)..<20 { _ = try await test.add([byte]) }
            let files = test.blobFiles().sorted()
            for path in [files[0], files[19]] { try test.change(path) }
            let read = String(files[9].dropFirst("\(test.root)/blobs/".count))
            try await test.store.index.write { tx in
                try tx.setScrubPlace(ScrubPlace(key: read, beganAt: tx.now))
            }
            let faults = try await test.scrubbed(at: .now())
            #expect(faults.map { "\(test.root)/blobs/\($0.subject)" } == [files[19]])
        }
    }

    @Test("rests while it reads a large content, after every few MiB")
    func largeContent() async throws {
        try await withStore { test in
            _ = try await test.add([UInt8](repeating: 7, count: 9 << 20))
            let rests = Mutex<[Duration]>([])
            let piece = try await test.store.scrubPiece(at: .now()) { busy in rests.withLock { $0.append(busy) } }
            #expect(piece.faults.isEmpty)
            let all = rests.withLock { $0 }
            #expect(all.count == 2 && all.allSatisfy { $0 > .zero })
        }
    }

    @Test("takes its time: what is a tenth of the bytes takes a tenth of four weeks")
    func pace() async throws {
        try await withStore { test in
            for byte in UInt8(0)..<10 { _ = try await test.add([UInt8](repeating: byte, count: 1000)) }
            var (pauses, pieces) = (Duration.zero, 0)
            repeat {
                pauses += try await test.store.scrubPiece(at: .now()).pause
                pieces += 1
            } while try await test.store.index.read({ try $0.scrubPlace().key }) != nil && pieces < 20
            #expect(abs(pauses / (day * 28) - 1) < 0.001)
        }
    }
}

extension TestStore {
    /// What a scrub at that time finds, to the end of its round.
    fileprivate func scrubbed(at now: Timestamp) async throws -> [Fault] {
        var (faults, pieces) = ([Fault](), 0)
        repeat {
            faults += try await store.scrubPiece(at: now).faults
            pieces += 1
        } while try await store.index.read({ try $0.scrubPlace().key }) != nil && pieces < 100
        return faults
    }

    /// Changes the only byte of a file, as a disk would.
    fileprivate func change(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try Data([255]).write(to: URL(fileURLWithPath: path))
    }
}
