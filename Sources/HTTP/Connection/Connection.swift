import NIOCore

/// What a handler may ask of the connection its request came by.
package struct Connection: Sendable {
    let channel: any Channel

    /// Tells a client that sent `Expect: 100-continue` to go ahead; call when the head has been judged, before reading
    /// the body. Does nothing for other clients.
    package func acceptBody() async throws {
        _ = try await trigger(ConnectionHandler.AcceptBody())
    }

    /// Sends part of a file as response body without copying it through user space (sendfile).
    ///
    /// Returns when the kernel has taken the bytes, which is the back-pressure.
    /// - Returns: false when the connection cannot do that (no ``ConnectionHandler``, as in tests without a socket):
    ///   send buffers instead.
    package func sendFile(_ region: FileRegion) async throws -> Bool {
        try await trigger(ConnectionHandler.SendFile(region: region))
    }

    /// Calls `act` once, when the client hangs up or has done so; takes the place of what was to be called before.
    ///
    /// The end of what the client sends counts as hanging up: a socket does not tell the two apart.
    package func onHangUp(_ act: @escaping @Sendable () -> Void) {
        channel.triggerUserOutboundEvent(ConnectionHandler.OnHangUp(act: act), promise: nil)
    }

    /// Cancelling the task, as a stopping server does, closes the connection: a client that reads no more would hold the
    /// event back for ever.
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
