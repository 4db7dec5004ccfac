import Blobs
import Foundation
import NIOCore
import Testing

@Suite struct StoreDirectoryTests {
    @Test("invariant 5: a second store in this process is refused, with the holder's process id")
    func lockedHere() async throws {
        try await withStore { test in
            #expect(throws: BlobError.locked(pid: getpid())) {
                try DiskBlobStore(root: test.root, threads: test.threads)
            }
            let next = try await test.reopened()
            #expect(next.store.storeID == test.store.storeID)
            next.store.close()
        }
    }

    @Test("invariant 5: the lock holds between processes, both ways")
    func lockedThere() async throws {
        try await withStore { test in
            #expect(try !OtherProcess.canLock(test.root))
            test.store.close()
            #expect(try OtherProcess.canLock(test.root))
            let other = try OtherProcess(locking: test.root)
            await #expect(throws: BlobError.locked(pid: 4711)) { try await test.reopened() }
            other.release()
            try await test.reopened().store.close()
        }
    }

    @Test("invariant 5: the lock is not in a file that can be deleted or replaced")
    func lockFileDeleted() async throws {
        try await withStore { test in
            try FileManager.default.removeItem(atPath: test.root + "/LOCK")
            #expect(throws: BlobError.locked(pid: nil)) { try DiskBlobStore(root: test.root, threads: test.threads) }
            try "new".write(toFile: test.root + "/LOCK", atomically: true, encoding: .utf8)
            #expect(throws: BlobError.locked(pid: nil)) { try DiskBlobStore(root: test.root, threads: test.threads) }
        }
    }

    @Test("after close every call throws closed, and close may be repeated")
    func closed() async throws {
        try await withStore { test in
            let key = try await test.publish([1])
            let reader = try await test.store.open(key)
            reader.close()
            reader.close()
            await #expect(throws: BlobError.closed) { try await reader.read(0..<1) }
            test.store.close()
            test.store.close()
            await #expect(throws: BlobError.closed) { try await test.store.stat(key) }
            await #expect(throws: BlobError.closed) { try await test.store.makeSpool() }
            // A thread of the pool may still be letting go.
            #expect(await eventually { test.openFiles() == 0 })
        }
    }

    @Test("invariant 7: the layout is made once and never looked through again")
    func layoutOnce() async throws {
        try await withStore { test in
            #expect(test.names(in: "") == ["LOCK", "STORE", "blobs", "incoming"])
            #expect(test.names(in: "blobs/sha256").count == 256)
            let store = try String(contentsOfFile: test.root + "/STORE", encoding: .utf8)
            #expect(store == "placet blobs 1 \(test.store.storeID)\n")
            // If the folders were looked after at each start, this one would come back.
            try FileManager.default.removeItem(atPath: test.root + "/blobs/sha256/7f")
            let next = try await test.reopened()
            #expect(next.names(in: "blobs/sha256").count == 255)
            next.store.close()
        }
    }

    @Test("folders are 0750, published files 0440 and with one name after the spool is gone")
    func modes() async throws {
        try await withStore { test in
            let key = try await test.publish(pattern(300_000))
            let manager = FileManager.default
            for folder in ["", "/incoming", "/blobs", "/blobs/sha256", "/blobs/sha256/00", "/blobs/sha256/ff"] {
                let attributes = try manager.attributesOfItem(atPath: test.root + folder)
                #expect(attributes[.posixPermissions] as? Int == 0o750)
            }
            let attributes = try manager.attributesOfItem(atPath: test.path(of: key))
            #expect(attributes[.posixPermissions] as? Int == 0o440)
            #expect(attributes[.referenceCount] as? Int == 1)
        }
    }

    @Test("the next start completes a layout that a crash left half-made")
    func halfMade() async throws {
        try await withStore { test in
            let manager = FileManager.default
            try manager.removeItem(atPath: test.root + "/STORE")
            try manager.removeItem(atPath: test.root + "/blobs/sha256/80")
            try "half".write(toFile: test.root + "/STORE.new", atomically: false, encoding: .utf8)
            let next = try await test.reopened()
            #expect(next.names(in: "blobs/sha256").count == 256)
            #expect(next.store.storeID != test.store.storeID)
            next.store.close()
        }
    }

    @Test("a folder that is not whole or not ours is refused")
    func refused() async throws {
        try await withStore { test in
            let manager = FileManager.default
            try manager.moveItem(atPath: test.root + "/blobs", toPath: test.root + "/elsewhere")
            await #expect(throws: BlobError.missingLayout) { try await test.reopened() }
            try manager.moveItem(atPath: test.root + "/elsewhere", toPath: test.root + "/blobs")
            let ours = try String(contentsOfFile: test.root + "/STORE", encoding: .utf8)
            for text in ["", "placet blobs 2 " + ours.suffix(33), ours + "x", String(ours.dropLast(2)) + "\n"] {
                try manager.removeItem(atPath: test.root + "/STORE")
                try text.write(toFile: test.root + "/STORE", atomically: false, encoding: .utf8)
                await #expect(throws: BlobError.foreignLayout) { try await test.reopened() }
            }
        }
    }

    @Test("invariant 3: published bytes are a file nobody may write, and list skips names that are not keys")
    func strangers() async throws {
        try await withStore { test in
            let key = try await test.publish([1, 2, 3])
            let folder = (test.path(of: key) as NSString).deletingLastPathComponent
            for name in ["README", ".hidden", String(repeating: "a", count: 62), "x.\(key.generation)"] {
                try "stray".write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
            }
            #expect(try await test.store.list(after: nil, limit: 10) == [key])
        }
    }

    @Test("the health check writes, and leaves nothing")
    func health() async throws {
        try await withStore { test in
            try await test.store.checkWritable()
            #expect(test.names(in: "incoming").isEmpty)
            #expect(try await test.store.freeBytes() > 0)
            try FileManager.default.removeItem(atPath: test.root + "/incoming")
            await #expect(throws: BlobError.io(operation: "open", errno: ENOENT)) {
                try await test.store.checkWritable()
            }
        }
    }

    @Test("descriptors do not grow with use, and readers close themselves")
    func descriptors() async throws {
        try await withStore { test in
            let before = test.openFiles()
            for _ in 0..<20 {
                let key = try await test.publish(pattern(300_000))
                _ = try await test.bytes(key)
                _ = try await test.store.open(key).fileRegion(0..<10)
                _ = try await test.store.list(after: nil, limit: 10)
            }
            #expect(await eventually { test.openFiles() == before })
        }
    }
}
