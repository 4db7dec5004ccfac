import API
import Blobs
import HTTP
import Hummingbird
import Index
import JSON
import Store

/// `placet fsck`: whether index and files are what they should be. It is asked for in pieces, so progress, pace and
/// stopping are the asker's, and a piece that is lost costs nothing. The command makes up a name for its check, so that
/// a second one is told (``CheckTurn``).
extension AdminModule {
    /// How long a piece takes, and then to the end of the content that is being read.
    private static let pieceTime = Duration.seconds(2)
    /// One piece at a time. A piece ends with its client; the limit only has to be longer than any check of an index.
    private static let checks = LongWork(processors: 1, limit: .seconds(24 * 60 * 60))

    /// The index alone: the first piece of a check.
    func checkIndex(_ request: Request, _ context: RootContext) async throws -> Response {
        let check = try await request.read(context) { $0.string("check", length: Limits.id) }
        let report = try await inCheck(check, context, isLast: { _ in false }) { [store] in try await store.checkIndex()
        }
        return try .json(CheckJSON(report))
    }

    /// A piece of the comparison of index and files, after the key that `after` names.
    func checkFiles(_ request: Request, _ context: RootContext) async throws -> Response {
        let (check, after, repairs) = try await request.read(context) { fields in
            (
                fields.string("check", length: Limits.id), fields.optionalString("after"),
                fields.optionalBool("repair") ?? false
            )
        }
        let start = after.flatMap { BlobKey($0) }
        guard (after == nil) == (start == nil) else {
            throw APIError(.badRequest, "after: is not a key; send the `next` of the answer before, or leave it out")
        }
        let origin = context.origin(.commandLine)
        let report = try await inCheck(check, context, isLast: { $0.next == nil }) { [store] in
            if repairs, start == nil { try await noteRepairs(by: origin) }
            do {
                return try await store.check(after: start, for: Self.pieceTime, repairs: repairs)
            } catch let error as BlobError {
                guard case .io = error else { throw error }
                // The operator asks, who can mend it.
                throw APIError(.internalServerError, "\(error.logDescription) Mend that, then check again")
            }
        }
        return try .json(CheckJSON(report))
    }

    /// Noted at the beginning, because no piece knows what the others mend, and one that is cut off tells nothing.
    private func noteRepairs(by origin: Origin) async throws {
        try await store.index.write(for: .upkeep) { tx in
            try tx.insert(AuditEntry(.repairsBegun, by: origin, at: tx.now))
        }
    }

    /// Runs a piece on a thread of its own, until it is done or the client hangs up.
    private func inCheck(
        _ check: String,
        _ context: RootContext,
        isLast: (CheckReport) -> Bool,
        _ piece: @escaping @Sendable () async throws -> CheckReport
    ) async throws -> CheckReport {
        try await checkTurn.run(check, isLast: isLast) {
            try await Self.checks.run(for: "fsck", on: context.connection, piece)
        }
    }
}

/// What a piece of a check found.
private struct CheckJSON: Encodable, Sendable {
    struct Fault: Encodable, Sendable {
        let kind: String
        /// The key that it is about; for `index` a sentence.
        let subject: String
        let repair: String?

        init(_ fault: Store.Fault) {
            (kind, subject, repair) = (fault.kind.rawValue, fault.subject, fault.repair?.rawValue)
        }
    }

    let checked: Int
    let bytes: Int64
    let faults: [Fault]
    /// The `after` of the next piece; nil at the end.
    let next: String?

    init(_ report: CheckReport) {
        (checked, bytes, next) = (report.count, report.bytes, report.next?.description)
        faults = report.faults.map(Fault.init)
    }
}
