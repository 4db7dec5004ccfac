/// What the bytes of a file say (`Facts` in docs/api.md). What is not known is left out.
package struct FactsJSON: Encodable, Sendable {
    package enum Stop: String, Encodable, Sendable { case time }

    package var lines: Int?
    package var errors: Int?
    package var warnings: Int?
    /// The number of the first line with an error.
    package var firstError: Int?
    package var groups: Int?
    package var rows: Int?
    package var columns: Int?
    /// In pixels.
    package var width: Int?
    package var height: Int?
    package var seconds: Double?
    package var pages: Int?
    package var entries: Int?
    /// Why something is missing that the bytes may say.
    package var stopped: Stop?

    package init() {}
}
