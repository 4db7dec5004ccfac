import Glibc

/// The write-ahead log that the last stop left behind, as its frames describe themselves
/// (https://sqlite.org/fileformat2.html#walformat).
///
/// SQLite takes the frames up to the first with a wrong checksum, and drops those behind it without a word. After a
/// crash these were never committed. But when a disk has damaged a frame, committed ones may be behind it.
enum LeftLog {
    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// The number of the last frame that ends a commit, counted from 1; 0 without one, and without a log. Reads the
    /// heads of the frames, about 1 µs each; a log has some thousands.
    static func lastCommit(ofIndexAt path: String) -> Int {
        let file = open(path + "-wal", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, let header = words(8, at: 0, of: file) else { return 0 }
        let (frameBytes, salts) = (frameHeaderBytes + Int(header[2]), header[4...5])
        var last = 0
        for number in 1..<1 + (Int(status.st_size) - headerBytes) / frameBytes {
            guard let frame = words(6, at: headerBytes + (number - 1) * frameBytes, of: file) else { break }
            // Frames of an earlier round have other salts. The second word is set in the last frame of a commit.
            if frame[2...3].elementsEqual(salts), frame[1] != 0 { last = number }
        }
        return last
    }

    /// Big-endian words of 32 bits; nil at the end of the file.
    private static func words(_ count: Int, at offset: Int, of file: Int32) -> [UInt32]? {
        var words = [UInt32](repeating: 0, count: count)
        guard pread(file, &words, count * 4, off_t(offset)) == count * 4 else { return nil }
        return words.map(UInt32.init(bigEndian:))
    }
}
