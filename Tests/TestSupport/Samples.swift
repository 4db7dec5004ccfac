import Foundation

/// Files of known types, those of the tests of `MediaType`.
package func sample(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: testsFolder.appending(path: "MediaTypesTests/Samples/\(name)")))
}

package let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
