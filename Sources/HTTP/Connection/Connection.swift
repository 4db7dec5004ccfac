import NIOCore

/// What a handler may ask of the connection that its request came by.
package struct Connection: Sendable {
    let channel: any Channel
    /// Who is at the other end; behind a trusted proxy, whom it serves.
    package internal(set) var client: Client
    /// Of the request. All copies of its contexts share them.
    let notes = RequestNotes()

    init(channel: any Channel) {
        self.channel = channel
        client = Client(address: IPAddress(peerOf: channel), isSecure: false, authority: nil)
    }

    /// Tells a client that sent `Expect: 100-continue` to go ahead; does nothing for other clients.
    ///
    /// Call it once the head has been judged, before reading the body.
    package func acceptBody() async throws {
        _ = try await trigger(ConnectionHandler.AcceptBody())
    }

    /// Sends part of a file as response body without copying it through user space (sendfile).
    ///
    /// Returns when the kernel has taken the bytes, which gives the back-pressure.
    /// - Returns: false when the connection cannot do this: there is no ``ConnectionHandler``, as in tests without a
    ///   socket. Send buffers then.
    package func sendFile(_ region: FileRegion) async throws -> Bool {
        try await trigger(ConnectionHandler.SendFile(region: region))
    }

    /// Calls `act` once, when the client hangs up or at once if it already has. Replaces an earlier `act`.
    ///
    /// A client that ends its sending may still listen. Before the answer, `102 Processing` is sent to find out, except
    /// to HTTP/1.0. Amid an answer it counts as hung up.
    package func onHangUp(_ act: @escaping @Sendable () -> Void) {
        channel.triggerUserOutboundEvent(ConnectionHandler.OnHangUp(act: act), promise: nil)
    }

    /// Tells the access log that the request waits on purpose, and is not slow.
    package func waits() {
        notes.waits = true
    }

    /// Cancelling the task, as a stopping server does, closes the connection. Otherwise a client that no longer reads
    /// would hold the event back for ever.
    private func trigger(_ event: some Sendable) async throws -> Bool {
        do {
            try await withTaskCancellationHandler {
                try await channel.triggerUserOutboundEvent(event).get()
            } onCancel: {
                channel.close(promise: nil)
            }
            return true
        } catch ChannelError.operationUnsupported {
            return false
        }
    }
}
