import Glibc

/// Shows on standard error how far long work is: a bar with rate and remaining time on a terminal, elsewhere a line for
/// each step, so that a log can be read.
struct Progress {
    private static let width = 24

    private let what: String
    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start: ContinuousClock.Instant

    /// - Parameters:
    ///   - what: the things that are counted, in the plural.
    ///   - total: how many there are in all.
    ///   - start: when the work began.
    init(_ what: String, total: Int, since start: ContinuousClock.Instant = .now) {
        (self.what, self.total, self.start) = (what, total, start)
    }

    /// Shows that `done` of all are done.
    func show(_ done: Int) {
        let line = line(done, after: ContinuousClock.now - start)
        // A bar is drawn over the one before: back to the start of the line, and clear it.
        try? sayExactly(isTerminal ? "\r\u{1B}[K\(line)" : line, to: .standardError, end: isTerminal ? "" : "\n")
    }

    /// Takes the bar off the terminal, before the result is printed.
    func finish() {
        if isTerminal { try? sayExactly("\r\u{1B}[K", to: .standardError, end: "") }
    }

    private func line(_ done: Int, after time: Duration) -> String {
        let seconds = max(time / .seconds(1), 0.001)
        let rate = Double(done) / seconds
        let counts = "\(done) of \(total) \(what), \(Int(rate))/s"
        guard isTerminal, total > 0 else { return counts }
        let filled = min(Self.width * done / total, Self.width)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        return "[\(bar)] \(counts)" + (done > 0 ? ", \(Int(Double(total - done) / rate)) s left" : "")
    }
}
