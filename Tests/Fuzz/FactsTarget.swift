import MediaFacts

//     byte 0     how long the file is: as long as its bytes, or longer, with zeros
//     the rest   the bytes of a file
func fuzzFacts(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let more = input.byte()
    let content = Array(input.rest)
    let size = more & 1 == 0 ? Int64(content.count) : Int64(content.count) + 1 << Int64(more >> 1 % 50)
    var (reads, total) = (0, 0)
    let file = MediaFile(size: size) { offset, buffer in
        try hold(offset >= 0 && offset <= size && Int64(buffer.count) <= size - offset, "\(offset) of \(size)")
        (reads, total) = (reads + 1, total + buffer.count)
        for place in buffer.indices {
            let at = offset + Int64(place)
            buffer[place] = at < content.count ? content[Int(at)] : 0
        }
    }
    if let picture = try PictureSize(of: file) { try hold(picture.width > 0 && picture.height > 0, picture) }
    if let seconds = try PlayingTime.seconds(of: file) { try hold(seconds > 0 && seconds.isFinite, seconds) }
    if let pages = try PageCount.pages(of: file) { try hold(pages >= 0, pages) }
    // No file takes long, whatever it says: a thousand steps in each of at most 64 tables.
    try hold(reads <= 70_000 && total <= 8 << 20, "\(reads) reads of \(total) bytes")
}
