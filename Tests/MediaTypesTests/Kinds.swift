@testable import MediaTypes

/// The kinds of files that users have, made by make-kinds.py: what we must answer for each.
extension Sample {
    static let kinds = (kindsOfText + kindsOfData).split(separator: "\n").map(Sample.init(row:))

    /// `name  type[;charset]  disposition  [declared]`, with any number of blanks between. The file is called `k-name`
    /// in Samples/.
    private init(row: Substring) {
        let cells = row.split(separator: " ")
        let type = cells[1].split(separator: ";").map(String.init)
        self.init(
            "k-" + cells[0],
            as: String(cells[0]),
            declared: cells.count > 3 ? String(cells[3]) : nil,
            type[0],
            type.count > 1 ? type[1] : nil,
            ServingPolicy.Disposition(rawValue: String(cells[2]))!
        )
    }
}
