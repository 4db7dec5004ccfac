import Index

/// The forms of text that fields ask for. They refuse only what is surely wrong.
extension String {
    private var hasSpaceOrControl: Bool {
        unicodeScalars.contains { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
    }

    /// Something at a host, without spaces. Only a mail could prove more.
    var isPlausibleEmail: Bool {
        let parts = split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !hasSpaceOrControl
            && parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    /// `http` or `https` with a host. Users paste addresses as browsers show them, so letters outside ASCII need no
    /// percent signs.
    var isAbsoluteWebAddress: Bool {
        guard let end = firstRange(of: "://"), !hasSpaceOrControl,
            ["http", "https"].contains(self[..<end.lowerBound].lowercased())
        else { return false }
        let authority = self[end.upperBound...].prefix { !"/?#\\".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return !host.isEmpty && !host.hasPrefix(":")
    }

    /// `YYYY-MM-DD`, and a day that exists.
    var isDate: Bool { Timestamp("\(self)T00:00:00.000Z") != nil }

    /// `HH:MM` or `HH:MM:SS`; with seconds, up to nine digits of a fraction may follow.
    var isTime: Bool {
        let parts = split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let clock = parts[0]
        if parts.count == 2 {
            let isFraction =
                (1...9).contains(parts[1].utf8.count) && parts[1].utf8.allSatisfy { (48...57).contains($0) }
            guard isFraction, clock.utf8.count == 8 else { return false }
        }
        return Timestamp("1970-01-01T\(clock)\(clock.utf8.count == 5 ? ":00" : "").000Z") != nil
    }

    /// A day, `T`, a time, and then nothing, `Z` or an offset such as `+01:00` (ISO 8601).
    var isDateAndTime: Bool {
        let parts = split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, String(parts[0]).isDate else { return false }
        var clock = parts[1]
        if clock.hasSuffix("Z") {
            clock.removeLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let offset = clock[clock.index(after: sign)...]
            guard offset.utf8.count == 5, String(offset).isTime else { return false }
            clock = clock[..<sign]
        }
        return String(clock).isTime
    }
}
