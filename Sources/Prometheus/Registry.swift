import CoreMetrics
import Synchronization

/// Keeps what is recorded through swift-metrics, and shows it in the text format of Prometheus (version 0.0.4).
///
/// Whoever records says the name and the labels of a metric; a ``Family`` says the rest. Equal names and labels are one
/// series, which stays for as long as the process, so labels must come from a small set.
package final class Registry: MetricsFactory {
    private let families: [Family]
    private let kinds: [String: Family.Kind]
    /// By name, then by labels.
    private let all = Mutex<[String: [String: any Series]]>([:])

    /// - Parameter families: all there are, in the order of the page.
    package init(_ families: [Family]) {
        self.families = families
        kinds = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0.kind) })
    }

    /// The page: each family with its help, its kind and its series.
    package var text: String {
        let all = all.withLock { $0 }
        return families.map { family in
            let series = (all[family.name] ?? [:]).sorted { $0.key < $1.key }
            return """
                # HELP \(family.name) \(family.help)
                # TYPE \(family.name) \(family.kind.name)

                """ + series.map { $0.value.lines(family.name, $0.key) }.joined()
        }.joined()
    }

    private func series<S: Series>(_ name: String, _ dimensions: [(String, String)], _ make: (Family.Kind?) -> S) -> S {
        assert(kinds[name] != nil, "no family is named \(name)")
        let labels = dimensions.map { "\($0.0)=\"\($0.1.escapedAsLabel)\"" }.joined(separator: ",")
        return all.withLock { all in
            if let known = all[name]?[labels] as? S { return known }
            let new = make(kinds[name])
            all[name, default: [:]][labels] = new
            return new
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { _ in Total() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { _ in Level() }
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, Distribution.init)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, Distribution.init)
    }

    // A series stays, so that its number never begins anew while the process runs.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

extension Family.Kind {
    fileprivate var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}

extension String {
    fileprivate var escapedAsLabel: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
