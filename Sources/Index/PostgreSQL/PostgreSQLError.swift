import CPostgreSQL

/// What PostgreSQL or the way to it answers when it cannot do something.
package struct PostgreSQLError: Error, Equatable {
    /// The class and number of the error (https://www.postgresql.org/docs/15/errcodes-appendix.html); `08006` when the
    /// connection is lost, whatever was said last.
    package let state: String
    /// In PostgreSQL's words, for the operator.
    package let message: String

    /// Of a broken reference: whether the row that others refer to was to go, and not one that refers to it to come.
    fileprivate let isReferenced: Bool

    init(state: String, message: String, isReferenced: Bool = false) {
        (self.state, self.message, self.isReferenced) = (state, message, isReferenced)
    }

    /// Why a connection could not be opened.
    init(ofConnection handle: OpaquePointer) {
        self.init(state: Self.lost, message: Self.text(PQerrorMessage(handle)))
    }

    init(ofAnswer answer: OpaquePointer?, on handle: OpaquePointer) {
        func field(_ letter: Unicode.Scalar) -> String? {
            PQresultErrorField(answer, CInt(letter.value)).map { String(cString: $0) }
        }
        let state = field("C")
        // What the server says before it ends the connection is read before that end is.
        let isOpen = PQstatus(handle) == CONNECTION_OK && !["FATAL", "PANIC"].contains(field("V"))
        // Without the details, in which the values of a row may stand.
        let message = field("M") ?? Self.text(PQerrorMessage(handle))
        let isReferenced = field("D")?.contains("is still referenced from table") == true
        self.init(state: isOpen ? state ?? Self.unexpected : Self.lost, message: message, isReferenced: isReferenced)
    }

    private static func text(_ words: UnsafePointer<CChar>?) -> String {
        let text = words.map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").joined(separator: " ")
    }

    private static let lost = "08006"
    private static let unexpected = "XX000"
    static let noMemory = PostgreSQLError(state: "53200", message: "libpq has no memory")
    /// A statement failed and nobody undid it, so the commit undid everything.
    static let failedTransaction = PostgreSQLError(state: "25P02", message: "a statement of the transaction failed")

    /// Whether the connection cannot be used any more. What was under way is undone, unless it was the commit.
    var isLoss: Bool { state == Self.lost }
    /// The server stopped the statement because it was asked to, or because its time was over.
    var isCancellation: Bool { state == "57014" }
    var isReadOnly: Bool { state == "25006" }
    /// The transaction lost against another one, and can be run again.
    var isConflict: Bool { ["40001", "40P01", "55P03"].contains(state) }
}

extension IndexError {
    /// Turns an error of PostgreSQL into one of the index.
    static func translating(_ error: PostgreSQLError) -> IndexError {
        switch error.state {
        case "23505": .duplicate
        case "23503": error.isReferenced ? .stillReferenced : .missingReference
        case "53100": .full
        // Also what a server says that has become a standby.
        case _ where error.isReadOnly: .readOnly
        case "XX001", "XX002": .damaged
        // No connections left, shutting down, starting, a conflict that did not end.
        case _ where error.isLoss || error.isCancellation || error.isConflict: .unavailable
        case "53300", "57P01", "57P02", "57P03": .unavailable
        default: .refused(state: error.state, error.message)
        }
    }
}
