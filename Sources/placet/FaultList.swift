import Store

/// One thing that is wrong; also what `--json` prints.
struct FoundFault: Codable, Sendable {
    let kind: String
    let subject: String
    let repair: String?

    init(_ fault: Fault) {
        (kind, subject, repair) = (fault.kind.rawValue, fault.subject, fault.repair?.rawValue)
    }

    fileprivate var row: [String] { [kind, subject, repair ?? "-"] }
}

/// What a command found wrong. All faults are counted, and the first of them listed.
struct FaultList {
    private static let mostListed = 1000

    private(set) var count = 0
    private(set) var listed: [FoundFault] = []

    init() {}

    init(_ faults: [Fault]) { for fault in faults { add(FoundFault(fault)) } }

    mutating func add(_ fault: FoundFault) {
        count += 1
        if listed.count < Self.mostListed { listed.append(fault) }
    }

    var text: String {
        let rest = count > listed.count ? "\n… and \(count - listed.count) more" : ""
        return table(["FAULT", "OF", "REPAIR"], listed.map(\.row)) + rest
    }
}
