// error: conformance of 'ActingUser' to 'Sendable' is unavailable
import Index

func user(_ principal: Principal, _ index: StoreIndex) async throws -> ActingUser {
    try await index.read(by: principal) { $1 }
}
