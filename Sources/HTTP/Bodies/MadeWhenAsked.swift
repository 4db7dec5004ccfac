import Synchronization

/// A value that is made when somebody first asks for it, and kept from then on. Others wait meanwhile, so making it is a
/// matter of milliseconds.
package final class MadeWhenAsked<Value: Sendable>: Sendable {
    private let make: @Sendable () throws -> Value
    private let made = Mutex<Value?>(nil)

    package init(_ make: @escaping @Sendable () throws -> Value) {
        self.make = make
    }

    /// - Throws: what making it throws. It is tried again the next time.
    package var value: Value {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let value = try make()
                made = value
                return value
            }
        }
    }
}
