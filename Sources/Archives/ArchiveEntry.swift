/// What an archive says of one thing that is in it. None of it is to be believed.
package struct ArchiveEntry: Sendable {
    package enum Kind: String, Sendable {
        case file, directory, link
        /// A device, a pipe, or a file with holes.
        case other
    }

    /// How the bytes of a file are kept.
    enum Packing: Equatable {
        case stored, deflated
        /// In a way that is not read here.
        case unknown
    }

    /// A larger entry is not opened, in bytes.
    package static let mostBytes = 1 << 30

    /// In the order of the archive, from 1.
    package let number: Int
    let rawName: RawName
    package let kind: Kind
    /// Unpacked, in bytes.
    package let size: Int64
    /// Nil in a tar archive, whose entries are not compressed one by one.
    package var compressedSize: Int64?
    /// Seconds since 1970; nil when the archive says nothing.
    package let modified: Int64?
    package var isEncrypted = false
    var packing = Packing.stored
    /// Of the unpacked bytes; nil in a tar archive.
    var crc32: UInt32?
    /// Where its header is, in a zip archive.
    var offset: Int64 = 0

    package var isKnownPacking: Bool { packing != .unknown }
    package var isSmallEnough: Bool { size <= Self.mostBytes }
    /// Whether its bytes can be read here.
    package var opens: Bool { kind == .file && !isEncrypted && isKnownPacking && isSmallEnough }

    /// As the archive has it: nothing that may be used as a path.
    package var givenName: String { rawName.text }
    package var name: String { rawName.shown }
}
