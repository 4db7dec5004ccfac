import Blobs
import MediaTypes
import NIOCore
import Synchronization

// Invariant 9 where bytes go into a bucket: what a row says has arrived is there, so that any node goes on with it.
//
//     step                              upload_parts   doomed_keys        bucket     a crash here leaves
//     ------------------------------------------------------------------------------------------------------------
//     bytes arrive                      -              -                  -          a spool: swept
//     (publish: S3BlobStore.swift)      -              publishing, lease  object     bytes that are doomed already
//     (the index notes the part)        row            -                  object     the upload goes on after it
//     (the index commits the end,       -              doomed             object     bytes that are doomed
//     or forgets the upload)
//     removal                           -              -                  -          the normal state
//
// The unit that notes a part asks whether the upload still ends where the part begins. So nothing has to be locked
// between nodes: of two requests that send the same bytes one is noted, and the other hears where the upload is by then.

/// The bytes that one request adds to an upload, on their way into a bucket: a spool of this node, until they are a
/// part. For one task at a time.
package final class PartSpool: Sendable {
    private struct State {
        /// How much of the upload is noted.
        var noted: Int
        /// What has come since, if anything has.
        var spool: Spool?
        /// The same, once it takes no more.
        var blob: SpooledBlob?
        /// All that has come.
        var whole: Spool?
    }

    let bucket: S3BlobStore
    private let folder: DiskBlobStore
    private let state: Mutex<State>

    /// - Parameter whole: gets all bytes once more. When they are all of the upload, it need not be read back.
    init(at noted: Int, for bucket: S3BlobStore, in folder: DiskBlobStore, whole: Spool?) {
        (self.bucket, self.folder) = (bucket, folder)
        state = Mutex(State(noted: noted, whole: whole))
    }

    var noted: Int { state.withLock { $0.noted } }

    /// How much of the upload is noted or here.
    var byteCount: Int { state.withLock { $0.noted + Int($0.spool?.byteCount ?? 0) } }

    func append(_ bytes: ByteBuffer) async throws {
        let (known, whole) = state.withLock { ($0.spool, $0.whole) }
        let spool = if let known { known } else { try await begin() }
        try await spool.append(bytes)
        try await whole?.append(bytes)
    }

    private func begin() async throws -> Spool {
        let spool = try await folder.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes)
        state.withLock { $0.spool = spool }
        return spool
    }

    /// What is not noted yet; nil when that is nothing. From then on nothing can be appended before it is noted.
    func rest() async throws -> SpooledBlob? {
        let (blob, spool) = state.withLock { ($0.blob, $0.spool) }
        if let blob { return blob }
        guard let finished = try await spool?.finish() else { return nil }
        state.withLock { $0.blob = finished }
        return finished
    }

    /// All of an upload that is whole, if no part of it has to be read back.
    func all() async throws -> SpooledBlob? {
        if noted == 0 { return try await rest() }
        return try await state.withLock { $0.whole }?.finish()
    }

    /// The rest is a part now.
    func goOn(at noted: Int) async {
        await dropRest()
        state.withLock { $0.noted = noted }
    }

    func dropRest() async {
        let spool = state.withLock { state in
            defer { (state.spool, state.blob) = (nil, nil) }
            return state.spool
        }
        await spool?.discard()
    }

    func end() async {
        await dropRest()
        await state.withLock { $0.whole }?.discard()
    }
}
