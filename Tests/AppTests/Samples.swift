import Foundation

/// Files of known types, those of the tests of `MediaType`.
func sample(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: testsFolder.appending(path: "MediaTypeTests/Samples/\(name)")))
}

let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
