import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// `placet import`: channels and keys of another server, for users who move here.
extension AccountsModule {
    /// Takes over all `lines`, or none. What is there already stays as it is, so the same file may be sent again. With
    /// `dryRun` nothing is stored, and the answer says what would be.
    ///
    /// - Throws: ``APIError`` 400 for a line that is not valid, 409 for one that cannot be taken over; both name it.
    func importLines(_ request: Request, _ context: RootContext) async throws -> Response {
        let (text, isTrial) = try await request.read(context) { fields in
            (fields.string("lines"), fields.optionalBool("dryRun") ?? false)
        }
        // Off the event loop: thousands of lines take a while.
        let imports = try await Task.detached { try ImportedLine.all(in: text).map(Import.init) }.value
        let outcome: ImportOutcome
        do {
            outcome = try await index.write(as: context.origin(.commandLine)) { tx in
                let outcome = try tx.take(imports)
                if isTrial { throw Trial(outcome: outcome) }
                return outcome
            }
        } catch let trial as Trial {
            outcome = trial.outcome
        }
        return try .json(outcome)
    }
}

/// Undoes a dry run.
private struct Trial: Error {
    let outcome: ImportOutcome
}

/// How many channels and keys were taken over, and how many were there before.
private struct ImportOutcome: Encodable, Sendable {
    struct Count: Encodable, Sendable {
        var added = 0
        var unchanged = 0
    }

    var channels = Count()
    var keys = Count()
}

/// A line, and the id for the row of a key. It is made outside of the transaction, which may run twice.
private struct Import: Sendable {
    let line: ImportedLine
    let keyID = APIKey.ID.make()

    init(_ line: ImportedLine) {
        self.line = line
    }
}

extension Transaction {
    fileprivate func take(_ imports: [Import]) throws -> ImportOutcome {
        var outcome = ImportOutcome()
        var users: [String?: User.ID] = [:]
        for entry in imports {
            let line = entry.line
            let userID = try users[line.user] ?? owner(of: line)
            users[line.user] = userID
            switch line.content {
            case .channel(let id, let draft, let webhook):
                let isNew = try take(id, draft, webhook, of: userID, line.number)
                outcome.channels.count(isNew)
            case .key(let hash, let label, let prefix):
                let key = APIKey(id: entry.keyID, userID: userID, label: label, keyPrefix: prefix, createdAt: now)
                outcome.keys.count(try take(key, hash, line.number))
            }
        }
        return outcome
    }

    private func owner(of line: ImportedLine) throws -> User.ID {
        if let email = line.user {
            guard let user = try user(email: email) else {
                throw APIError.line(line.number, "user: nobody has the email \(email); see 'placet users create'")
            }
            return user.id
        }
        guard let owner = try users().first(where: { $0.role == .owner }) else { throw APIError.noSuchUser }
        return owner.id
    }

    /// - Returns: false when the user has this channel already.
    private func take(
        _ id: Agent.ID,
        _ draft: AgentDraft,
        _ webhook: Webhook?,
        of userID: User.ID,
        _ line: Int
    ) throws -> Bool {
        if try anyAgent(id: id)?.userID == userID { return false }
        if try isTaken(id) {
            throw APIError.conflict(line, "id: another user has this channel, or it was deleted here a moment ago")
        }
        var agent = draft.agent(id, of: userID, now: now)
        agent.webhook = webhook ?? agent.webhook
        try insert(agent)
        return true
    }

    /// - Returns: false when the user has this key already.
    private func take(_ key: APIKey, _ hash: [UInt8], _ line: Int) throws -> Bool {
        if let known = try anyAPIKey(hash: hash) {
            guard known.userID == key.userID else { throw APIError.conflict(line, "sha256: another user has this key") }
            return false
        }
        try insert(key, hash: hash)
        return true
    }
}

extension ImportOutcome.Count {
    fileprivate mutating func count(_ isNew: Bool) {
        if isNew { added += 1 } else { unchanged += 1 }
    }
}

extension APIError {
    /// 409 for a line of an imported file.
    fileprivate static func conflict(_ line: Int, _ problem: String) -> APIError {
        APIError(.conflict, APIError.line(line, problem).message)
    }
}
