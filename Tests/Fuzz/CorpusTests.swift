import Foundation
import Testing

@Suite("What fuzzing found and kept")
struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpus")

    @Test("Every input that was kept does what it must", arguments: fuzzTargets.keys.sorted())
    func replay(name: String) throws {
        let target = try #require(fuzzTargets[name])
        let folder = Self.corpus.appending(path: name)
        let inputs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!inputs.isEmpty)
        for input in inputs {
            let bytes = try [UInt8](Data(contentsOf: input))
            #expect(throws: Never.self, "\(name)/\(input.lastPathComponent)") { try target(bytes) }
        }
    }

    @Test("Every folder of inputs has its target")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path())
        #expect(folders.sorted() == fuzzTargets.keys.sorted())
    }
}
