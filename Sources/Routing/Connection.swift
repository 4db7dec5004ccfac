import NIOCore

/// What a handler may ask of the connection its request came by.
package struct Connection: Sendable {
    let channel: any Channel

    /// Tells a client that sent `Expect: 100-continue` to go ahead; call when the head has been judged, before reading
    /// the body. Does nothing for other clients.
    package func acceptBody() async throws {
        _ = try await trigger(ConnectionHandler.AcceptBody())
    }

    /// Ends the connection with the answer to this request, which says so; for handlers that watch for the client to
    /// leave, after which nothing more can be read.
    package func closeAfterAnswer() async throws {
        _ = try await trigger(ConnectionHandler.CloseAfterAnswer())
    }

    /// Sends part of a file as response body without copying it through user space (sendfile).
    ///
    /// Returns when the kernel has taken the bytes, which is the back-pressure.
    /// - Returns: false when the connection cannot do that (no ``ConnectionHandler``, as in tests without a socket):
    ///   send buffers instead.
    package func sendFile(_ region: FileRegion) async throws -> Bool {
        try await trigger(ConnectionHandler.SendFile(region: region))
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
