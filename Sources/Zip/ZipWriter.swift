import NIOCore

/// Writes everything in a zip archive except the files' own bytes, in the order in which it is sent.
///
/// Call `begin` for each entry, send its bytes, call `end`; after the last entry call `finish`. The writer never goes
/// back, so the archive can be sent while it is written. It follows PKWARE's APPNOTE 6.3.10 (the sections below refer
/// to it), and uses Zip64 where a number needs it. It does no I/O. It keeps some hundred bytes for each entry until the
/// directory is written.
package struct ZipWriter {
    private struct Written {
        let entry: ZipEntry
        let offset: Int64
        let compressedSize: Int64
    }

    private var entries: [Written] = []
    private var current: ZipEntry?
    /// The offset at which the next part begins.
    private var offset: Int64 = 0

    package init() {}

    /// Returns the header that goes before an entry's bytes (section 4.3.7).
    ///
    /// For a stored entry it has all the numbers. For a deflated one, checksum and sizes follow after the bytes.
    package mutating func begin(_ entry: ZipEntry) -> ByteBuffer {
        precondition(current == nil, "end the entry before first")
        current = entry
        let isStored = entry.method == .stored
        var header = ByteBuffer()
        header.reserveCapacity(Self.localHeaderSize(entry))
        header.writeNumber(0x0403_4b50 as UInt32)
        header.writeCommonFields(entry)
        if isStored {
            header.writeNumber(entry.crc32)
            header.writeNumber(entry.isLarge ? UInt32.max : UInt32(entry.size))
            header.writeNumber(entry.isLarge ? UInt32.max : UInt32(entry.size))
        } else {
            header.writeNumber(0 as UInt32)
            header.writeNumber(entry.isLarge ? UInt32.max : 0)
            header.writeNumber(entry.isLarge ? UInt32.max : 0)
        }
        header.writeNumber(UInt16(entry.name.utf8.count))
        header.writeNumber(UInt16(Self.timeFieldSize + (entry.isLarge ? 20 : 0)))
        header.writeString(entry.name)
        header.writeTimeField(entry)
        if entry.isLarge {
            let size = isStored ? UInt64(entry.size) : 0
            header.writeZip64Field([size, size])
        }
        return header
    }

    /// Returns what follows an entry's bytes: nothing if stored, the data descriptor if deflated (section 4.3.9).
    ///
    /// - Parameter compressedSize: how many bytes were sent for the entry; for a stored entry this is its size.
    package mutating func end(compressedSize: Int64) -> ByteBuffer {
        guard let entry = current else { preconditionFailure("begin an entry first") }
        current = nil
        entries.append(Written(entry: entry, offset: offset, compressedSize: compressedSize))
        var descriptor = ByteBuffer()
        if entry.method == .deflated {
            descriptor.writeNumber(0x0807_4b50 as UInt32)
            descriptor.writeNumber(entry.crc32)
            for size in [compressedSize, entry.size] {
                if entry.isLarge { descriptor.writeNumber(UInt64(size)) } else { descriptor.writeNumber(UInt32(size)) }
            }
        }
        offset += Int64(Self.localHeaderSize(entry) + descriptor.readableBytes) + compressedSize
        return descriptor
    }

    /// Hands out the directory at the end of the archive (sections 4.3.12 to 4.3.16), in parts of some 64 KiB.
    ///
    /// Throws what `send` throws.
    package mutating func finish<Failure>(_ send: (ByteBuffer) async throws(Failure) -> Void) async throws(Failure) {
        let start = offset
        var part = ByteBuffer()
        for written in entries {
            part.writeDirectoryEntry(written.entry, offset: written.offset, compressedSize: written.compressedSize)
            if part.readableBytes >= 65_536 {
                offset += Int64(part.readableBytes)
                try await send(part)
                part.clear()
            }
        }
        offset += Int64(part.readableBytes)
        part.writeEnd(count: entries.count, directory: start..<offset)
        try await send(part)
    }

    /// The length in bytes of an archive of stored entries, before any of it is written.
    package static func length(ofStored entries: some Sequence<ZipEntry>) -> Int64 {
        var (files, directory, count) = (Int64(0), Int64(0), 0)
        for entry in entries {
            directory += Int64(directoryEntrySize(entry, offset: files, compressedSize: entry.size))
            files += Int64(localHeaderSize(entry)) + entry.size
            count += 1
        }
        return files + directory + Int64(endSize(count: count, directory: files..<files + directory))
    }

    /// Tag, length, flags and a 32-bit time; see `writeTimeField`.
    static let timeFieldSize = 9

    /// The 30 fixed bytes of section 4.3.7, the name and the extra fields. Zip64 needs both sizes, 20 bytes.
    private static func localHeaderSize(_ entry: ZipEntry) -> Int {
        30 + entry.name.utf8.count + timeFieldSize + (entry.isLarge ? 20 : 0)
    }

    /// The 46 fixed bytes of section 4.3.12, the name and the extra fields.
    private static func directoryEntrySize(_ entry: ZipEntry, offset: Int64, compressedSize: Int64) -> Int {
        let large = largeNumbers(entry, offset: offset, compressedSize: compressedSize)
        return 46 + entry.name.utf8.count + timeFieldSize + (large.isEmpty ? 0 : 4 + 8 * large.count)
    }

    /// The numbers of a directory entry that do not fit in 32 bits, in the order of section 4.5.3.
    fileprivate static func largeNumbers(_ entry: ZipEntry, offset: Int64, compressedSize: Int64) -> [UInt64] {
        [entry.size, compressedSize, offset].filter { $0 >= UInt32.max }.map(UInt64.init)
    }

    /// The end record has 22 bytes (section 4.3.16). Zip64 adds a record of 56 and a locator of 20 (4.3.14, 4.3.15).
    private static func endSize(count: Int, directory: Range<Int64>) -> Int {
        22 + (needsZip64End(count: count, directory: directory) ? 56 + 20 : 0)
    }

    /// Whether the count needs more than 16 bits, or an offset more than 32.
    fileprivate static func needsZip64End(count: Int, directory: Range<Int64>) -> Bool {
        count >= UInt16.max || directory.upperBound >= UInt32.max
    }
}

extension ByteBuffer {
    fileprivate mutating func writeNumber(_ number: some FixedWidthInteger) {
        writeInteger(number, endianness: .little)
    }

    /// What both headers of an entry share after the signature and "made by": version to extract, flags, method, time.
    fileprivate mutating func writeCommonFields(_ entry: ZipEntry, isLarge: Bool? = nil) {
        // 4.5 for Zip64, else 2.0 (section 4.4.3). Flags (4.4.4): names in UTF-8; sizes after the bytes.
        writeNumber(isLarge ?? entry.isLarge ? 45 : 20 as UInt16)
        writeNumber(1 << 11 | (entry.method == .deflated ? 1 << 3 : 0) as UInt16)
        writeNumber(entry.method.rawValue)
        let (time, date) = entry.dosTime
        writeNumber(time)
        writeNumber(date)
    }

    /// Info-ZIP's extended timestamp: seconds since 1970. Unlike the MS-DOS time it has a time zone, UTC.
    fileprivate mutating func writeTimeField(_ entry: ZipEntry) {
        writeNumber(0x5455 as UInt16)
        writeNumber(5 as UInt16)
        writeNumber(1 as UInt8)
        writeNumber(Int32(clamping: entry.modified))
    }

    fileprivate mutating func writeZip64Field(_ numbers: [UInt64]) {
        writeNumber(1 as UInt16)
        writeNumber(UInt16(8 * numbers.count))
        for number in numbers { writeNumber(number) }
    }

    fileprivate mutating func writeDirectoryEntry(_ entry: ZipEntry, offset: Int64, compressedSize: Int64) {
        let large = ZipWriter.largeNumbers(entry, offset: offset, compressedSize: compressedSize)
        writeNumber(0x0201_4b50 as UInt32)
        writeNumber(3 << 8 | 45 as UInt16)  // Made on Unix, after version 4.5: the permissions below count.
        writeCommonFields(entry, isLarge: entry.isLarge || !large.isEmpty)
        writeNumber(entry.crc32)
        writeNumber(UInt32(clamping: compressedSize))
        writeNumber(UInt32(clamping: entry.size))
        writeNumber(UInt16(entry.name.utf8.count))
        writeNumber(UInt16(ZipWriter.timeFieldSize + (large.isEmpty ? 0 : 4 + 8 * large.count)))
        writeNumber(0 as UInt16)  // No comment.
        writeNumber(0 as UInt16)  // On the first disk.
        writeNumber(0 as UInt16)  // Nothing about text or binary.
        writeNumber(0o100_644 << 16 as UInt32)  // A plain file, rw-r--r--.
        writeNumber(UInt32(clamping: offset))
        writeString(entry.name)
        writeTimeField(entry)
        if !large.isEmpty { writeZip64Field(large) }
    }

    fileprivate mutating func writeEnd(count: Int, directory: Range<Int64>) {
        if ZipWriter.needsZip64End(count: count, directory: directory) {
            writeNumber(0x0606_4b50 as UInt32)
            writeNumber(44 as UInt64)  // The length of the rest of this record.
            writeNumber(3 << 8 | 45 as UInt16)
            writeNumber(45 as UInt16)
            writeNumber(0 as UInt32)
            writeNumber(0 as UInt32)
            writeNumber(UInt64(count))
            writeNumber(UInt64(count))
            writeNumber(UInt64(directory.count))
            writeNumber(UInt64(directory.lowerBound))
            writeNumber(0x0706_4b50 as UInt32)  // The locator of the record above.
            writeNumber(0 as UInt32)
            writeNumber(UInt64(directory.upperBound))
            writeNumber(1 as UInt32)
        }
        writeNumber(0x0605_4b50 as UInt32)
        writeNumber(0 as UInt16)
        writeNumber(0 as UInt16)
        writeNumber(UInt16(clamping: count))
        writeNumber(UInt16(clamping: count))
        writeNumber(UInt32(clamping: directory.count))
        writeNumber(UInt32(clamping: directory.lowerBound))
        writeNumber(0 as UInt16)  // No comment.
    }
}
