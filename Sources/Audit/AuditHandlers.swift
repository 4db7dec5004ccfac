import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore

extension AuditModule {
    /// How many entries an export reads at a time.
    private static let exportPage = 1000

    /// A page of the log, the newest first.
    ///
    /// - Throws: ``APIError`` 400 for a filter that cannot be, 404 when nobody has the email.
    func list(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let (wanted, page) = (try AuditRequest(request), try PageRequest(request, takesAnyID: true))
        let before = try page.auditCursor()
        let rows = try await index.read(by: context.principal) { reader, _ in
            try reader.audit(wanted.filter(reader), before: before, limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.entry.id) { AuditEntryJSON($0) })
    }

    /// The operator's twin: no user is signed in.
    func listLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let wanted = try AuditRequest(request)
        let page = try PageRequest(request, defaultLimit: Self.exportPage, takesAnyID: true)
        let before = try page.auditCursor()
        let rows = try await index.read { reader in
            try reader.audit(wanted.filter(reader), before: before, limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.entry.id) { AuditEntryJSON($0) })
    }

    /// All entries that the filter wants, a line of JSON for each, the newest first. Read while it is sent, page by page;
    /// it ends early when the session does.
    func export(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let (wanted, principal) = (try AuditRequest(request), context.principal)
        let first = try await lines(wanted, before: nil, principal, context)
        let body = ResponseBody { writer in
            var page = first
            while true {
                try await writer.write(page.lines)
                guard let last = page.last else { break }
                page = try await lines(wanted, before: last, principal, context)
            }
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [
            .contentType: "application/x-ndjson", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }

    /// A part of an export, and the number of its last entry; nil when nothing follows.
    private func lines(
        _ wanted: AuditRequest,
        before number: Int64?,
        _ principal: Principal,
        _ context: OwnerContext
    ) async throws -> (lines: ByteBuffer, last: Int64?) {
        try await context.inTurn { [index] in
            let rows = try await index.read(by: principal) { reader, _ in
                try reader.audit(wanted.filter(reader), before: number, limit: Self.exportPage)
            }
            var lines = ByteBuffer()
            for row in rows {
                lines.writeBytes(try JSONText.bytes(of: AuditEntryJSON(row)))
                lines.writeInteger(UInt8(ascii: "\n"))
            }
            let last = rows.count < Self.exportPage ? nil : rows.last.flatMap { Int64($0.entry.id.rawValue) }
            return (lines, last)
        }
    }

    /// Who has opened or downloaded a file of the caller's, the newest first.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404 when there is no such file.
    func openings(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, page) = (try context.id(of: Attachment.self), try PageRequest(request, takesAnyID: true))
        let before = try page.auditCursor()
        let rows = try await index.read(by: context.principal) { reader, user in
            guard let channel = try reader.channel(ofFile: id, ownedBy: user) else {
                throw APIError(.notFound, "File not found")
            }
            return try reader.openings(ofFile: id, in: channel, before: before, limit: page.limit + 1)
        }
        return try .json(PageJSON(rows, limit: page.limit, id: \.entry.id) { AuditEntryJSON($0) })
    }
}

/// What a client wants to see of the log.
private struct AuditRequest: Sendable {
    /// An id or an email.
    private let user: String?
    private var filter = AuditFilter()

    /// - Throws: ``APIError`` 400.
    init(_ request: Request) throws(APIError) {
        user = try request.query("user")
        filter.channelID = try request.query("channel").map { Agent.ID(rawValue: $0) }
        filter.subject = try request.query("subject")
        filter.action = try request.query("action").map { name throws(APIError) in
            guard let action = AuditEntry.Action(rawValue: name) else {
                let names = AuditEntry.Action.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("action", "must be one of \(names)")
            }
            return action
        }
        filter.since = try request.time("since")
        filter.until = try request.time("until")
    }

    func filter(_ reader: Reader) throws -> AuditFilter {
        var filter = filter
        guard let user else { return filter }
        guard user.contains("@") else {
            filter.userID = User.ID(rawValue: user)
            return filter
        }
        guard let found = try reader.user(email: user) else {
            throw APIError(.notFound, "Nobody has this email; a user who is gone is found by id alone")
        }
        filter.userID = found.id
        return filter
    }
}

extension PageRequest {
    /// - Throws: ``APIError`` 400 for a cursor that is not of the audit log.
    fileprivate func auditCursor() throws(APIError) -> Int64? {
        guard let before else { return nil }
        guard let number = Int64(before), number >= 0 else {
            throw .invalid("cursor", "must be the nextCursor of an earlier page")
        }
        return number
    }
}
