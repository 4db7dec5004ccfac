/// A number of the code, as a text may write it.
enum Figure: Sendable {
    case number(Int)
    case range(ClosedRange<Int>)
    case bytes(Int)
    case time(Duration)
    case times([Duration])

    /// How it may be written, by the end of its name: only in units in which it is a whole number.
    var forms: [String: String] {
        switch self {
        case .number(let number): ["": "\(number)"]
        case .range(let range): [".least": "\(range.lowerBound)", ".most": "\(range.upperBound)"]
        case .bytes(let bytes): ["": "\(bytes)"].merging(Self.units(bytes, Self.sizes)) { own, _ in own }
        case .time(let time): Self.units(time.milliseconds, Self.times)
        case .times(let times): ["": Self.list(times)]
        }
    }

    private typealias Unit = (name: String, size: Int)
    private static let sizes: [Unit] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
    private static let times: [Unit] = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)]

    private static func units(_ value: Int, _ units: [Unit]) -> [String: String] {
        let whole = units.filter { value.isMultiple(of: $0.size) }
        return Dictionary(uniqueKeysWithValues: whole.map { (".\($0.name)", "\(value / $0.size)") })
    }

    /// Each time in the largest unit in which it is a whole number: `1 s, 5 min and 30 min`.
    private static func list(_ times: [Duration]) -> String {
        let words = times.map { time -> String in
            let unit = Self.times.last { time.milliseconds.isMultiple(of: $0.size) }
            return unit.map { "\(time.milliseconds / $0.size) \($0.name)" } ?? ""
        }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    fileprivate var milliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
