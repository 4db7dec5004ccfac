import Index
import Synchronization

/// Which uploads a request of this process writes to.
final class UploadTurns: Sendable {
    private let taken = Mutex<Set<PartialUpload.ID>>([])

    /// Nil when another request has it.
    func take(_ id: PartialUpload.ID) -> UploadTurn? {
        taken.withLock { $0.insert(id).inserted } ? UploadTurn(id: id, turns: self) : nil
    }

    fileprivate func end(_ id: PartialUpload.ID) {
        taken.withLock { _ = $0.remove(id) }
    }
}

/// The right of one request to write to an upload.
package struct UploadTurn: Sendable {
    let id: PartialUpload.ID
    fileprivate let turns: UploadTurns

    package func end() { turns.end(id) }
}
