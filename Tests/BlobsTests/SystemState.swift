import Foundation
import Glibc

/// The most memory this process ever had in RAM.
func peakMemoryBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
}

/// A file system of its own in memory, so that it can be filled.
enum TinyDisk {
    /// Whether this process may mount; containers often may not, even as root.
    static let isPermitted: Bool = {
        guard let path = try? mount(bytes: 65_536) else { return false }
        unmount(path)
        return true
    }()

    static func mount(bytes: Int) throws -> String {
        let path = NSTemporaryDirectory() + "/tiny-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            let error = POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        return path
    }

    static func unmount(_ path: String) {
        umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// `flock(1)` holding the lock of a store until it is told to let go.
final class OtherProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Returns when the other process has the lock.
    init(locking root: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = [root, "sh", "-c", "echo 4711 > \(root)/LOCK; echo held; read line"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = output.fileHandleForReading.readData(ofLength: 5)
    }

    func release() {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
    }

    /// Whether another process could take the lock at this moment.
    static func canLock(_ path: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["--nonblock", path, "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
