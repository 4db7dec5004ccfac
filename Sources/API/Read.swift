import HTTP
import Hummingbird
import Index
import NIOCore

/// A read of the API. Both ways to answer a request share it: the ordinary one (``reading(_:_:)``), and the one that
/// needs no task (``ReadyTable``).
package struct Read<Found: Sendable>: Sendable {
    /// Finds in one snapshot of the index what is asked for.
    package let find: @Sendable (Reader, ActingUser) throws -> Found
    /// Writes what was found.
    package let show: @Sendable (Found) throws -> JSONAnswer

    package init(
        _ find: @escaping @Sendable (Reader, ActingUser) throws -> Found,
        show: @escaping @Sendable (Found) throws -> JSONAnswer
    ) {
        (self.find, self.show) = (find, show)
    }
}

/// What a read answers.
package struct JSONAnswer: Sendable {
    fileprivate let bytes: ByteBuffer
    /// The value of a `Link` to what follows in a list.
    fileprivate let link: String?

    package init(_ value: some Encodable, link: String? = nil) throws {
        (bytes, self.link) = (try ByteBuffer.json(value), link)
    }

    /// A list as a plain array. When more follows, a `Link` leads to it (docs/api.md, "Conventions", Lists).
    package init<Row>(array page: PageJSON<Row>, of asked: some Queried) throws {
        try self.init(page.data, link: page.nextCursor.map { asked.linkToNext($0) })
    }

    package var response: Response {
        var response = Response.json(bytes: bytes, status: .ok)
        if let link { response.headers[.link] = link }
        return response
    }
}

/// A handler that answers by a read, in the caller's turn when it is large.
package func reading<Found, Context: CallerContext>(
    _ index: StoreIndex,
    _ read: @escaping @Sendable (ReadParameters) throws -> Read<Found>
) -> @Sendable (Request, Context) async throws -> Response {
    inTurnIfLarge { request, context in
        let read = try read(ReadParameters(request, context))
        return try read.show(await index.read(by: context.principal, read.find)).response
    }
}

extension ReadyTable {
    /// The same read, answered on the event loop when it is small.
    ///
    /// - Parameter isReady: whether what was found is the answer. Else the ordinary route gives it.
    package func add<Found>(
        _ path: String,
        scope: KeyScope,
        reading index: StoreIndex,
        _ read: @escaping @Sendable (ReadParameters) throws -> Read<Found>,
        if isReady: @escaping @Sendable (Found) -> Bool = { _ in true }
    ) {
        add(path, scope: scope, isLong: true) { $0.answer(reading: index, read, if: isReady) }
    }
}

extension ReadyRequest {
    /// The answer of a read; nil when it is an error, or large.
    package func answer<Found>(
        reading index: StoreIndex,
        _ read: (ReadParameters) throws -> Read<Found>,
        if isReady: (Found) -> Bool = { _ in true }
    ) -> ReadyAnswer? {
        try? ReadLimit.$bytes.withValue(ReadLimit.small) {
            let read = try read(parameters)
            let principal = Principal.key(hash: agent.hash, of: User.ID(rawValue: agent.user))
            guard let found = try index.readNow(by: principal, read.find), isReady(found) else { return nil }
            let answer = try read.show(found)
            return .json(bytes: answer.bytes, link: answer.link, to: self)
        }
    }
}
