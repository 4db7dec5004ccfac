import FoundationEssentials

/// What another server answered to a ``FetchDraft``.
package struct FetchedJSON: Encodable, Sendable {
    package let status: Int
    /// By their names in lower case; those with the same name in one, separated by commas.
    package let headers: [String: String]
    /// In Base64.
    let body: String

    package init(status: Int, headers: [String: String], body: some Sequence<UInt8>) {
        self.status = status
        self.headers = headers
        self.body = Data(body).base64EncodedString()
    }
}
