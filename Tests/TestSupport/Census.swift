import App
import Foundation
import Index
import Testing

/// What a store holds, in rows and in files.
package struct Census: Equatable {
    package var attachments: Int
    package var messages: Int
    package var blobs: Int
    package var doomed: Int
    package var blobFiles: Int
    package var incoming: Int

    package init(
        attachments: Int = 0,
        messages: Int = 0,
        blobs: Int = 0,
        doomed: Int = 0,
        blobFiles: Int = 0,
        incoming: Int = 0
    ) {
        (self.attachments, self.messages, self.blobs) = (attachments, messages, blobs)
        (self.doomed, self.blobFiles, self.incoming) = (doomed, blobFiles, incoming)
    }
}

extension TestServer {
    package func census() async throws -> Census {
        let endOfTime = Timestamp(milliseconds: .max)
        var census = try await assembly.index.read { index in
            Census(
                attachments: try index.attachmentCount(),
                messages: try index.messageCount(),
                blobs: try index.blobCount(),
                doomed: try index.dueDoomedKeys(now: endOfTime, limit: 1000).count
            )
        }
        census.blobFiles = files(below: "blobs")
        census.incoming = files(below: "incoming")
        return census
    }

    /// The file of the bytes, when there is one blob in the store.
    package func onlyBlobFile() throws -> URL {
        let paths = FileManager.default.enumerator(atPath: "\(root)/blobs")?.allObjects as? [String] ?? []
        let path = try #require(paths.first { $0.contains(".") })
        return URL(fileURLWithPath: "\(root)/blobs/\(path)")
    }

    private func files(below folder: String) -> Int {
        let paths = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
        return (paths?.allObjects as? [String] ?? ["no such folder"]).count { path in
            var isFolder: ObjCBool = false
            return
                !(FileManager.default.fileExists(atPath: "\(root)/\(folder)/\(path)", isDirectory: &isFolder)
                && isFolder.boolValue)
        }
    }
}
