import Dispatch
import Glibc
import Synchronization

/// The lines of the log on their way to a descriptor. Whoever logs never waits for whoever reads: another thread
/// writes, and lines that find no room are dropped and counted.
///
/// A crash loses the lines of the last moment. When the descriptor cannot be written, because its reader is gone or the
/// disk is full, lines are lost without a word: a log is no reason to stop.
package final class LogQueue: Sendable {
    /// Of lines that are waiting, in bytes; as many again may be on their way.
    package static let capacity = 1 << 20
    /// How long lines gather before they are written, in microseconds. Without it a busy server would wake the writing
    /// thread for each line, which costs more than to write it.
    private static let gathering: UInt32 = 1000
    /// How long the end of the process may wait for a reader, in milliseconds.
    private static let patience = 500

    private struct State {
        var waiting: [UInt8] = []
        /// Since it was last said.
        var dropped = 0
        var droppedInAll = 0
        var isWriting = false
        var onDropped: (@Sendable (_ lines: Int) -> Void)?
    }

    package static let standardError = LogQueue(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "log")

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Says what is told, on the writing thread, when lines were dropped and there is room again.
    func whenDropped(_ body: @escaping @Sendable (_ lines: Int) -> Void) {
        state.withLock { $0.onDropped = body }
    }

    /// How many lines were dropped since the start.
    var droppedInAll: Int { state.withLock { $0.droppedInAll } }

    /// Takes a line without its end. Whatever is in it, it stays one line.
    package func write(_ line: String) {
        let line = line.onOneLine
        let mustWake = state.withLock { state in
            guard state.waiting.count + line.utf8.count < Self.capacity else {
                state.dropped += 1
                state.droppedInAll += 1
                return false
            }
            state.waiting += line.utf8
            state.waiting.append(UInt8(ascii: "\n"))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustWake { thread.async { self.writeAll() } }
    }

    /// Waits until everything is written, but for half a second at most. For the end of the process.
    package func finish() {
        let done = DispatchSemaphore(value: 0)
        thread.async { done.signal() }
        _ = done.wait(timeout: .now() + .milliseconds(Self.patience))
    }

    private func writeAll() {
        while true {
            usleep(Self.gathering)
            guard let (lines, dropped, onDropped) = next() else { return }
            // Now there is room for it, behind the lines that were before those that were dropped.
            if dropped > 0 { onDropped?(dropped) }
            writeToDescriptor(lines)
        }
    }

    /// Everything that is waiting, and how much was dropped behind it; nil when nothing is waiting, and then the next
    /// line wakes the thread.
    private func next() -> (lines: [UInt8], dropped: Int, onDropped: (@Sendable (_ lines: Int) -> Void)?)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { (state.waiting, state.dropped) = ([], 0) }
            return (state.waiting, state.dropped, state.onDropped)
        }
    }

    private func writeToDescriptor(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
