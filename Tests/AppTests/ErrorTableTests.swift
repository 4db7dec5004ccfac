import Blobs
import HTTP
import HTTPTypes
import Index
import Store
import TestSupport
import Testing

@testable import App

@Suite("What errors of the store mean to a client")
struct ErrorTableTests {
    @Test(
        "what the client can act on has a status; the rest is a defect, which is logged and answered with 500",
        arguments: [
            (IndexError.notOwned, 403), (IndexError.noSuchAgent, 404), (StoreError.fileTooLarge(limit: 5), 413),
            (StoreError.noSpaceLeft, 507),
            (
                StoreError.quotaReached(.init(whose: .user, used: 1, reserved: 0, limit: 1, needed: 1)), 507
            ),
            (StoreError.damagedRecord(attachmentID: "a"), nil), (StoreError.indexIsMissing, 409),
            (StoreError.takesMost(bytes: 2, of: 3), 409), (StoreError.collectionUnderWay, 409),
            (IndexError.full, 507), (IndexError.fullAtCommit, 507), (IndexError.readOnly, 503),
            (IndexError.busy, 503), (IndexError.moved(to: "elsewhere"), 503),
            (IndexError.closed, 503), (IndexError.unavailable, 503), (IndexError.unknownOutcome, 503),
            (IndexError.refused(state: "42703", "no such column"), nil),
            (IndexError.missingReference, nil), (IndexError.failure(code: 778), nil),
            (BlobError.storageFull, 507), (BlobError.closed, 503), (BlobError.missingLayout, nil),
            (BlobError.tooManyOpenFiles(operation: "open"), 503), (IndexError.failure(code: 14), 503),
        ] as [(any Error, Int?)]
    )
    func status(error: any Error, status: Int?) {
        #expect(translate(error)?.status.code == status)
    }
}
