/// What all metrics of one name have in common.
package struct Family: Sendable {
    package enum Kind: Sendable, Equatable {
        /// Only grows; begins at 0 with the process.
        case counter
        case gauge
        /// How many values were at most as large as each of these bounds, in ascending order.
        case histogram([Double])
    }

    let name: String
    let kind: Kind
    /// One sentence for whoever reads the page.
    let help: String

    /// - Parameter name: by the conventions of Prometheus: with a prefix and the unit, and `_total` for a counter.
    package init(_ name: String, _ kind: Kind, _ help: String) {
        (self.name, self.kind, self.help) = (name, kind, help)
    }
}
