/// A length of time as operators write it: a whole number and s, m, h or d.
package struct Interval: Sendable {
    package let seconds: Int

    /// Nil for any other text, and for what is negative or too large to count.
    package init?(_ text: String) {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = units[String(text.suffix(1))], let count = Int(text.dropLast()), count >= 0 else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        self.seconds = seconds
    }
}
