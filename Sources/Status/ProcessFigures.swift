import Glibc
import Index

/// What the system says of this process. A number that it does not tell is 0.
enum ProcessFigures {
    /// In seconds.
    static var processorTime: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }.reduce(0, +)
    }

    /// In bytes.
    static var residentMemory: Int {
        // Pages: all, resident, …
        let fields = firstLine(of: "/proc/self/statm").split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    static var openDescriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the one that reads the folder.
        return count - 3
    }

    static var mostDescriptors: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// In seconds since 1970.
    static var startTime: Double {
        // Behind the name, which may have blanks and ends with the last bracket, as the 22nd field: ticks after the boot.
        let line = firstLine(of: "/proc/self/stat")
        let fields = line.suffix(from: line.lastIndex(of: ")") ?? line.startIndex).split(separator: " ")
        guard fields.count > 20, let ticks = Double(fields[20]),
            let sinceBoot = Double(firstLine(of: "/proc/uptime").prefix { $0 != " " })
        else { return 0 }
        let boot = Double(Timestamp.now().milliseconds) / 1000 - sinceBoot
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func firstLine(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 1024)
        guard fgets(&line, Int32(line.count), file) != nil else { return "" }
        return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
