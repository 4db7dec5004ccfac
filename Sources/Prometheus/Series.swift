import CoreMetrics
import Synchronization

/// The numbers of one metric with one set of labels. Recording takes some 20 ns.
protocol Series: AnyObject, Sendable {
    /// Its lines on the page.
    ///
    /// - Parameter labels: `name="value"`, separated by commas; may be empty.
    func lines(_ name: String, _ labels: String) -> String
}

final class Total: Series, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func lines(_ name: String, _ labels: String) -> String {
        line(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

/// A number that is set, or goes up and down.
final class Level: Series, MeterHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func lines(_ name: String, _ labels: String) -> String { line(name, labels, value.withLock { $0 }) }
}

/// A histogram. Of a timer the values are seconds.
final class Distribution: Series, RecorderHandler, TimerHandler {
    private struct State {
        /// How many values were in each bucket alone; the last one has those above all bounds.
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ kind: Family.Kind?) {
        bounds = if case .histogram(let bounds) = kind { bounds } else { [] }
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func lines(_ name: String, _ labels: String) -> String {
        let state = state.withLock { $0 }
        var (lines, count) = ("", 0)
        for (bound, own) in zip(bounds + [.infinity], state.counts) {
            count += own
            let label = "le=\"\(bound.isInfinite ? "+Inf" : bound.plain)\""
            lines += line(name + "_bucket", labels.isEmpty ? label : "\(labels),\(label)", Double(count))
        }
        return lines + line(name + "_sum", labels, state.sum) + line(name + "_count", labels, Double(count))
    }
}

extension Series {
    fileprivate func line(_ name: String, _ labels: String, _ value: Double) -> String {
        labels.isEmpty ? "\(name) \(value.plain)\n" : "\(name){\(labels)} \(value.plain)\n"
    }
}

extension Double {
    /// Without a fraction when it has none.
    fileprivate var plain: String { Int64(exactly: self).map(String.init) ?? "\(self)" }
}
