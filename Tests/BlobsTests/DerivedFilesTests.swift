import Blobs
import Foundation
import Testing

@Suite("What is derived from published bytes")
struct DerivedFilesTests {
    @Test("is kept beside them, replaced as a whole, and gone with them, however they go")
    func lifetime() async throws {
        try await withStore { test in
            let keys = [try await test.publish([1]), try await test.publish([2]), try await test.publish([3])]
            #expect(try await test.store.keysWithDerived() == [])
            for key in keys {
                #expect(try await test.store.derived(from: key, limit: 100) == nil)
                try await test.store.keepDerived([9, 9], from: key)
                try await test.store.keepDerived([7, 7, 7], from: key)
                #expect(try await test.store.derived(from: key, limit: 3) == [7, 7, 7])
                #expect(try await test.store.derived(from: key, limit: 2) == nil)
            }
            #expect(Set(try await test.store.keysWithDerived()) == Set(keys))
            #expect(test.names(in: "incoming").isEmpty)
            try await test.store.remove(keys[0])
            _ = try await test.store.remove([keys[1]])
            try await test.store.quarantine(keys[2])
            #expect(test.names(in: "derived").isEmpty)
            try await test.store.removeDerived(from: keys[0])
        }
    }

    @Test("is not kept when the bytes went meanwhile")
    func late() async throws {
        try await withStore { test in
            let key = try await test.publish([1])
            try await test.store.remove(key)
            try await test.store.keepDerived([7], from: key)
            #expect(test.names(in: "derived").isEmpty && test.names(in: "incoming").isEmpty)
        }
    }
}
