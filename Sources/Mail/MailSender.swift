import CCurl
import Glibc
import NIOPosix
import Synchronization

/// Hands mails to a server, one connection each: so few are sent that none is kept open.
package struct MailSender: Sendable {
    /// How long a connection may take to stand, and a mail to be taken, its wait for a thread included.
    private static let (connecting, all) = (Duration.seconds(10), Duration.seconds(30))

    private let settings: MailSettings
    private let threads: NIOThreadPool

    /// - Parameter threads: on which it blocks. They should serve nothing else, so that a mail server that hangs holds
    ///   up mails alone.
    package init(settings: MailSettings, threads: NIOThreadPool) {
        self.settings = settings
        self.threads = threads
    }

    /// Why no mail can be sent on this machine; nil when it can. Loads the library.
    package static func problem() -> String? {
        let (isThere, reason) = Self.withReason(mail_available)
        return isThere ? nil : reason
    }

    /// Returns once the server has taken the mail; what becomes of it then only the recipient knows.
    package func send(_ message: MailMessage) async throws(MailFailure) {
        let (cancelled, deadline) = (Flag(), ContinuousClock.now + Self.all)
        let sending = await withTaskCancellationHandler {
            try? await threads.runIfActive { transfer(message, by: deadline, cancelled) }
        } onCancel: {
            cancelled.isSet.store(true, ordering: .relaxed)
        }
        guard let sending else { throw MailFailure(reason: "the server is stopping", isFinal: false) }
        try sending.get()
    }

    private func transfer(
        _ message: MailMessage,
        by deadline: ContinuousClock.Instant,
        _ cancelled: Flag
    ) -> Result<Void, MailFailure> {
        let left = (deadline - .now).components.seconds
        guard left > 0 else {
            return .failure(MailFailure(reason: "other mails took too long to be taken", isFinal: false))
        }
        var copies: [UnsafeMutablePointer<CChar>] = []
        defer { copies.forEach { free($0) } }
        func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
            copies.append(strdup(text))
            return copies[copies.count - 1]
        }
        return message.bytes().withUnsafeBytes { bytes in
            var transfer = MailTransfer(
                url: copy(settings.server),
                user: settings.user.map(copy),
                password: settings.password.map(copy),
                from: copy(message.from.address),
                to: copy(message.to.address),
                certificates: settings.certificates.map(copy),
                needsTLS: settings.needsTLS,
                bytes: bytes.baseAddress!,
                count: bytes.count,
                connectingSeconds: Int(Self.connecting.components.seconds),
                allSeconds: Int(left),
                isCancelled: { Unmanaged<Flag>.fromOpaque($0).takeUnretainedValue().isSet.load(ordering: .relaxed) },
                context: Unmanaged.passUnretained(cancelled).toOpaque()
            )
            return Self.result(of: &transfer)
        }
    }

    private static func result(of transfer: inout MailTransfer) -> Result<Void, MailFailure> {
        let (outcome, reason) = withReason { mail_send(&transfer, $0) }
        if outcome == MAIL_ACCEPTED { return .success(()) }
        return .failure(MailFailure(reason: reason, isFinal: outcome == MAIL_REFUSED))
    }

    private static func withReason<Value>(_ body: (UnsafeMutablePointer<CChar>) -> Value) -> (Value, String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(MAIL_REASON_ROOM)) { room in
            room.initialize(repeating: 0)
            return (body(room.baseAddress!), String(cString: room.baseAddress!))
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }
}

/// Why a mail was not taken.
package struct MailFailure: Error {
    /// What the library and the server said. It tells no secret.
    package let reason: String
    /// Whether another try would be in vain: the server refused this mail with 5xx.
    package let isFinal: Bool
}
