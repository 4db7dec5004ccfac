import CZlib
import Testing

@testable import Archives

/// The low bytes of a number, the lowest first.
func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

func crc(_ content: [UInt8]) -> Int { Int(crc32_z(0, content, content.count)) }

func deflated(_ content: [UInt8], window: Int32 = -MAX_WBITS) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
        &stream,
        9,
        Z_DEFLATED,
        window,
        8,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)
    )
    defer { deflateEnd(&stream) }
    var (content, packed) = (content, [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count)))))
    let count = content.withUnsafeMutableBufferPointer { given in
        packed.withUnsafeMutableBufferPointer { room in
            (stream.next_in, stream.avail_in) = (given.baseAddress, UInt32(given.count))
            (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
            deflate(&stream, Z_FINISH)
            return room.count - Int(stream.avail_out)
        }
    }
    return Array(packed.prefix(count))
}

func gzipped(_ content: [UInt8]) -> [UInt8] { deflated(content, window: MAX_WBITS + 16) }

/// What is written of one entry of a zip archive, true or not.
struct Zipped {
    var name: [UInt8]
    var packed: [UInt8]
    var size: Int
    var crc: Int
    var method = 8
    var flags = 0
    var extra: [UInt8] = []
    var attributes = 0
    var time = 0
    var date = 0x5C7A  // 2026-03-26
    var offset: Int?

    init(_ name: String, _ content: String) {
        let content = Array(content.utf8)
        (self.name, packed, size, crc) = (
            Array(name.utf8), deflated(content), content.count, ArchivesTests.crc(content)
        )
    }
}

func zip(_ entries: [Zipped], count: Int? = nil, comment: String = "") -> [UInt8] {
    var (file, directory) = ([UInt8](), [UInt8]())
    for one in entries {
        let offset = one.offset ?? file.count
        let common = bytes(20, 2) + bytes(one.flags, 2) + bytes(one.method, 2) + bytes(one.time, 2) + bytes(one.date, 2)
        let numbers = bytes(one.crc, 4) + bytes(one.packed.count, 4) + bytes(one.size, 4) + bytes(one.name.count, 2)
        if one.offset == nil {
            file += bytes(0x0403_4b50, 4) + common + numbers + bytes(0, 2) + one.name + one.packed
        }
        directory += bytes(0x0201_4b50, 4) + bytes(3 << 8 | 20, 2) + common + numbers + bytes(one.extra.count, 2)
        directory += bytes(0, 2) + bytes(0, 2) + bytes(0, 2) + bytes(one.attributes, 4) + bytes(offset, 4)
        directory += one.name + one.extra
    }
    let end = bytes(0x0605_4b50, 4) + bytes(0, 4) + bytes(count ?? entries.count, 2) + bytes(count ?? entries.count, 2)
    let place = bytes(directory.count, 4) + bytes(file.count, 4)
    return file + directory + end + place + bytes(comment.utf8.count, 2) + Array(comment.utf8)
}

/// A header and the bytes that follow it, the last block filled.
func tarred(_ name: String, _ content: String, type: String = "0", size: [UInt8]? = nil, prefix: String = "") -> [UInt8]
{
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ value: [UInt8], _ offset: Int) { block.replaceSubrange(offset..<offset + value.count, with: value) }
    func octal(_ number: Int, _ digits: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
    }
    put(Array(name.utf8.prefix(100)), 0)
    put(size ?? octal(content.utf8.count, 11), 124)
    put(octal(1_000_000_000, 11), 136)
    put(Array(type.utf8), 156)
    put(Array("ustar\0".utf8) + Array("00".utf8), 257)
    put(Array(prefix.utf8), 345)
    put(Array(repeating: 32, count: 8), 148)
    put(octal(block.reduce(0) { $0 + Int($1) }, 6) + [0, 32], 148)
    let filling = [UInt8](repeating: 0, count: (512 - content.utf8.count % 512) % 512)
    return block + Array(content.utf8) + filling
}

func tar(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap(\.self) + [UInt8](repeating: 0, count: 1024) }

func open(_ file: [UInt8], unpacking limit: Int = 1 << 30, until isOver: @escaping () -> Bool = { false }) throws
    -> Archive?
{
    try Archive(size: Int64(file.count), unpacking: limit) { offset, buffer in
        buffer.copyBytes(from: file[Int(offset)..<Int(offset) + buffer.count])
    } until: {
        isOver()
    }
}

func content(_ number: Int, of file: [UInt8]) throws -> String {
    let archive = try #require(try open(file))
    let bytes = try archive.bytes(of: try #require(try archive.entry(number)))
    var (all, part, count) = ([UInt8](), [UInt8](repeating: 0, count: 1000), 0)
    repeat {
        count = try part.withUnsafeMutableBytes { try bytes.read(into: $0) }
        all += part.prefix(count)
    } while count > 0
    return String(decoding: all, as: UTF8.self)
}
