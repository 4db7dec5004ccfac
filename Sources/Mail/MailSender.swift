import CCurl
import Glibc
import NIOPosix
import Synchronization

/// Hands mails to a server, one connection each: so few are sent that none is kept open.
package struct MailSender: Sendable {
    /// How long a connection may take to stand, and a mail to be taken.
    private static let (connecting, all) = (10, 30)

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
        let cancelled = Flag()
        let sending = await withTaskCancellationHandler {
            try? await threads.runIfActive { transfer(message, cancelled) }
        } onCancel: {
            cancelled.isSet.store(true, ordering: .relaxed)
        }
        guard let sending else { throw MailFailure(reason: "the server is stopping", isFinal: false) }
        try sending.get()
    }

    private func transfer(_ message: MailMessage, _ cancelled: Flag) -> Result<Void, MailFailure> {
        let bytes = message.bytes().map { CChar(bitPattern: $0) }
        let texts = [
            settings.server, message.from.address, message.to.address, settings.user, settings.password,
            settings.certificates,
        ].map { text in text.flatMap { strdup($0) } }
        defer { texts.forEach { free($0) } }
        return bytes.withUnsafeBufferPointer { bytes in
            var transfer = MailTransfer(
                url: texts[0]!,
                user: texts[3],
                password: texts[4],
                from: texts[1]!,
                to: texts[2]!,
                certificates: texts[5],
                needsTLS: settings.needsTLS,
                bytes: bytes.baseAddress!,
                count: bytes.count,
                connectingSeconds: Self.connecting,
                allSeconds: Self.all,
                isCancelled: { Unmanaged<Flag>.fromOpaque($0).takeUnretainedValue().isSet.load(ordering: .relaxed) },
                context: Unmanaged.passUnretained(cancelled).toOpaque()
            )
            return Self.result(of: &transfer)
        }
    }

    private static func result(of transfer: inout MailTransfer) -> Result<Void, MailFailure> {
        var status = 0
        let (outcome, reason) = withReason { mail_send(&transfer, &status, $0) }
        if outcome == MAIL_ACCEPTED { return .success(()) }
        // A wrong password is not the mail's fault: it may be right at the next try.
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
