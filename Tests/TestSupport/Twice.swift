/// Does `body` twice at the same moment, and gives both results in the order of their numbers, 0 and 1.
package func twice<T: Sendable>(_ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
    async let first = body(0)
    async let second = body(1)
    return try await [first, second]
}
