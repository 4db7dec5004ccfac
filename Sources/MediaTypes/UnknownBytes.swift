/// Formats of films and sound that libmagic 5.44 does not know, and that curl declares as nothing.
enum UnknownBytes {
    static func type(of bytes: UnsafeRawBufferPointer) -> String? {
        if bytes.starts(with: "caff\0\u{1}\0\0".utf8) { return "audio/x-caf" }
        return isTransportStream(bytes, packet: 188, offset: 0) || isTransportStream(bytes, packet: 192, offset: 4)
            ? "video/mp2t" : nil
    }

    /// Every packet of an MPEG transport stream begins with 47 (ISO 13818-1); Blu-ray's have four bytes before it.
    private static func isTransportStream(_ bytes: UnsafeRawBufferPointer, packet: Int, offset: Int) -> Bool {
        let starts = Array(stride(from: offset, to: bytes.count, by: packet).prefix(32))
        return starts.count >= 4 && starts.allSatisfy { bytes[$0] == 0x47 }
    }
}
