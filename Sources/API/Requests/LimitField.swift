import JSON

extension JSONFields {
    /// A limit that may be taken away: nil when it is not named, `.some(nil)` when it is null.
    mutating func optionalLimit(_ name: String, in range: ClosedRange<Int>) -> Int?? {
        guard has(name) else { return nil }
        let number = optionalInteger(name, nullable: true)
        if let number, !range.contains(Int(number)) {
            let problem = "must lie between \(range.lowerBound) and \(range.upperBound), or be null"
            report(name, code: "invalid", problem)
        }
        return .some(number.map { Int($0) })
    }
}
