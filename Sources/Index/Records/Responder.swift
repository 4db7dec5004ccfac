/// Who answered a review, as it was then. It outlives the user.
package struct Responder: Sendable, Equatable {
    /// How the answer came.
    package enum Way: String, Sendable, Storable {
        case session
        case commandLine = "command line"
    }

    /// Whoever commands this machine, by `placet respond`.
    package static let commandLine = Responder(userID: nil, name: "operator", via: .commandLine)

    /// Nil for the operator, who is no user.
    package let userID: User.ID?
    package let name: String
    package let via: Way

    /// A user who is signed in.
    package init(_ user: User) {
        self.init(userID: user.id, name: user.displayName, via: .session)
    }

    private init(userID: User.ID?, name: String, via: Way) {
        (self.userID, self.name, self.via) = (userID, name, via)
    }
}

extension Responder {
    /// Reads user, name and way; nil when they are NULL.
    init?(row: inout Row) {
        let (userID, name, via): (User.ID?, String?, Way?) = (row.next(), row.next(), row.next())
        guard let name, let via else { return nil }
        self.init(userID: userID, name: name, via: via)
    }
}
