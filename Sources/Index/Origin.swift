/// Who acts, how and from where, as the audit log says it. The ids are copies: they stay when what they name goes.
package struct Origin: Sendable, Equatable {
    /// How somebody was let in.
    package enum Way: String, Sendable, CaseIterable, Storable {
        case key, session, link
        /// Not at all: the password was wrong.
        case stranger
        case commandLine = "command line"
        /// The server itself.
        case server
    }

    package let way: Way
    /// Nil for the command line, the server, strangers, and whoever follows a link.
    package let userID: User.ID?
    /// The id of the key or the session.
    package let credential: String?
    package let address: String?
    package let requestID: String?

    package static let server = Origin(.server)

    package init(
        _ way: Way,
        userID: User.ID? = nil,
        credential: String? = nil,
        address: String? = nil,
        requestID: String? = nil
    ) {
        (self.way, self.userID, self.credential) = (way, userID, credential)
        (self.address, self.requestID) = (address, requestID)
    }
}
