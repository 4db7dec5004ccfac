import API
import Dispatch
import Glibc
import HTTP
import NIOCore
import NIOPosix

/// Asks the system for the addresses of a name, as connecting would: `/etc/hosts`, DNS, and every spelling of IPv4
/// numbers.
enum Resolver {
    /// Threads of its own, made when needed: a name that takes long holds up no other work.
    private static let queue = DispatchQueue(label: "delivery.resolver", attributes: .concurrent)

    /// The addresses in the system's order of preference.
    ///
    /// - Throws: ``AttemptFailure`` when there are none; `CancellationError` at once when the task is cancelled.
    static func addresses(of host: String) async throws -> [IPAddress] {
        let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: [IPAddress].self)
        queue.async { promise.completeWith(Result { try lookUp(host) }) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }

    /// Blocks until the system has answered. That cannot be cancelled, so a thread may outlive its caller's interest.
    private static func lookUp(_ host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw AttemptFailure("The host has no address: " + String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(first) }
        return sequence(first: first) { $0?.pointee.ai_next }
            .prefix { $0 != nil }
            .compactMap { $0?.pointee.ai_addr.flatMap { IPAddress(UnsafePointer($0)) } }
    }
}
