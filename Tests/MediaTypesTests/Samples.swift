import NIOCore
import Testing

import struct Foundation.Data
import struct Foundation.URL

@testable import MediaTypes

/// A file of Samples/ as a client might send it, and what we must answer. The files are made by make-samples.py.
struct Sample: CustomTestStringConvertible, Sendable {
    let file: String
    let filename: String
    let declared: String?
    let type: String
    let charset: String?
    let disposition: ServingPolicy.Disposition

    init(
        _ file: String,
        as filename: String? = nil,
        declared: String? = nil,
        _ type: String,
        _ charset: String?,
        _ disposition: ServingPolicy.Disposition
    ) {
        self.file = file
        self.filename = filename ?? file
        self.declared = declared
        self.type = type
        self.charset = charset
        self.disposition = disposition
    }

    init(
        _ file: String,
        as filename: String? = nil,
        declared: String? = nil,
        _ type: String,
        _ disposition: ServingPolicy.Disposition
    ) {
        self.init(file, as: filename, declared: declared, type, nil, disposition)
    }

    var testDescription: String { "\(file) as \(filename), declared \(declared ?? "nothing")" }

    var bytes: ByteBuffer {
        get throws { ByteBuffer(bytes: try Data(contentsOf: Self.folder.appending(path: file))) }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Samples")

    static let all = documents + containers + media + texts + markup + polyglots + kinds

    private static let documents: [Sample] = [
        Sample("page.pdf", "application/pdf", .attachment),
        Sample("junk.pdf", "application/pdf", .attachment),
        Sample("page.pdf", as: "a.txt", declared: "text/plain", "application/pdf", .attachment),
        Sample("libreoffice.rtf", "text/rtf", .attachment),
        Sample("libreoffice.doc", "application/msword", .attachment),
        Sample("libreoffice.docx", docx, .attachment),
        Sample("python.docx", docx, .attachment),
        Sample("plain-order.docx", docx, .attachment),
        Sample("odd-order.docx", docx, .attachment),
        Sample("python.xlsx", xlsx, .attachment),
        Sample("libreoffice.xlsx", xlsx, .attachment),
        Sample("plain-order.xlsx", xlsx, .attachment),
        Sample("python.pptx", pptx, .attachment),
        Sample("plain-order.pptx", pptx, .attachment),
        Sample("libreoffice.odt", "application/vnd.oasis.opendocument.text", .attachment),
        Sample("mimetype-last.odt", "application/vnd.oasis.opendocument.text", .attachment),
        Sample("libreoffice.ods", "application/vnd.oasis.opendocument.spreadsheet", .attachment),
        Sample("plain.odp", "application/vnd.oasis.opendocument.presentation", .attachment),
        Sample("book.epub", "application/epub+zip", .attachment),
    ]

    private static let containers: [Sample] = [
        Sample("archive.zip", "application/zip", .attachment),
        Sample("archive.zip", as: "a.docx", docx, .attachment),
        Sample("archive.zip", as: "a", declared: "application/epub+zip", "application/epub+zip", .attachment),
        Sample("info-zip.zip", "application/zip", .attachment),
        Sample("empty.zip", "application/zip", .attachment),
        Sample("python-made.jar", "application/java-archive", .attachment),
        Sample("jdk-made.jar", "application/java-archive", .attachment),
        Sample("app.apk", "application/vnd.android.package-archive", .attachment),
        Sample("notes.tar", "application/x-tar", .attachment),
        Sample("notes.tar.gz", "application/gzip", .attachment),
        Sample("notes.tar.bz2", "application/x-bzip2", .attachment),
        Sample("notes.tar.xz", "application/x-xz", .attachment),
        Sample("notes.tar.zst", "application/zstd", .attachment),
        Sample("notes.7z", "application/x-7z-compressed", .attachment),
        Sample("disk.iso", "application/x-iso9660-image", .attachment),
        Sample("index.sqlite", "application/vnd.sqlite3", .attachment),
        Sample("program.elf", "application/x-executable", .attachment),
        Sample("module.wasm", "application/wasm", .attachment),
    ]

    private static let media: [Sample] = [
        Sample("pixel.png", "image/png", .inline),
        Sample("pixel.png", as: "a.html", declared: "text/html", "image/png", .inline),
        Sample("pixel.gif", "image/gif", .inline),
        Sample("photo.jpg", "image/jpeg", .inline),
        Sample("photo.webp", "image/webp", .inline),
        Sample("photo.avif", "image/avif", .inline),
        Sample("photo.bmp", "image/bmp", .inline),
        Sample("photo.tiff", "image/tiff", .inline),
        Sample("film.mp4", "video/mp4", .inline),
        Sample("film.mov", "video/quicktime", .inline),
        Sample("film.webm", "video/webm", .inline),
        Sample("film.mkv", "video/x-matroska", .inline),
        Sample("film.avi", "video/x-msvideo", .inline),
        Sample("tone.mp3", "audio/mpeg", .inline),
        Sample("tone.ogg", "audio/ogg", .inline),
        Sample("tone.opus", "audio/ogg", .inline),
        Sample("tone.wav", "audio/wav", .inline),
        Sample("tone.flac", "audio/flac", .inline),
        Sample("tone.m4a", "audio/mp4", .inline),
        Sample("letter.ttf", "font/ttf", .attachment),
        Sample("letter.woff2", "font/woff2", .attachment),
    ]

    private static let texts: [Sample] = [
        Sample("empty", "application/x-empty", .attachment),
        Sample("empty", as: "photo.png", declared: "image/png", "application/x-empty", .attachment),
        Sample("empty", as: "page.html", declared: "text/html", "application/x-empty", .attachment),
        Sample("empty", as: "build.log", "text/plain", .inline),
        Sample("one-byte", plain, "utf-8", .inline),
        Sample("one-nul", MediaType.unknown, .attachment),
        Sample("random.bin", MediaType.unknown, .attachment),
        Sample("random.bin", declared: "image/heic", "image/heic", .inline),
        Sample("random.bin", declared: "text/plain", MediaType.unknown, .attachment),
        Sample("data.json", "application/json", "utf-8", .inline),
        Sample("one-line.json", "application/json", "utf-8", .inline),
        Sample("one-line.json", as: "a", "application/json", "utf-8", .inline),
        Sample("cut.json", "application/json", "utf-8", .inline),
        Sample("data.json", as: "a.txt", plain, "utf-8", .inline),
        Sample("data.json", declared: "text/plain", "application/json", "utf-8", .inline),
        Sample("events.ndjson", "application/x-ndjson", "utf-8", .inline),
        Sample("table.csv", "text/csv", "utf-8", .inline),
        Sample("one-row.csv", "text/csv", "utf-8", .inline),
        Sample("table.csv", as: "a", declared: "application/vnd.ms-excel", "text/csv", "utf-8", .inline),
        Sample("table.tsv", "text/tab-separated-values", "utf-8", .inline),
        Sample("report.md", "text/markdown", "utf-8", .inline),
        Sample("report.md", as: "a", plain, "utf-8", .inline),
        Sample("report.md", as: "a.txt", declared: "text/markdown; charset=UTF-8", "text/markdown", "utf-8", .inline),
        Sample("badge.md", "text/markdown", "utf-8", .inline),
        Sample("badge.md", as: "badge.txt", "text/html", "utf-8", .attachment),
        Sample("commented.md", "text/markdown", "utf-8", .inline),
        Sample("config.yaml", "application/yaml", "utf-8", .inline),
        Sample("config.toml", "application/toml", "utf-8", .inline),
        Sample("config.ini", plain, "utf-8", .inline),
        Sample("tool.py", "text/x-python", "utf-8", .inline),
        Sample("tool.py", as: "tool", "text/x-python", "utf-8", .inline),
        Sample("template.py", "text/x-python", "utf-8", .inline),
        Sample("app.js", plain, "utf-8", .inline),
        Sample("app.js", as: "a", declared: "text/javascript", plain, "utf-8", .inline),
        Sample("swift-source", as: "main.swift", "text/x-swift", "utf-8", .inline),
        Sample("c-source", as: "main.c", "text/x-c", "utf-8", .inline),
        Sample("c-source", plain, "utf-8", .inline),
        Sample("deploy.sh", "text/x-shellscript", "utf-8", .inline),
        Sample("deploy.sh", as: "deploy", "text/x-shellscript", "utf-8", .inline),
        Sample("query.sql", "application/sql", "utf-8", .inline),
        Sample("style.css", declared: "text/css", plain, "utf-8", .inline),
        Sample("change.diff", "text/x-diff", "utf-8", .inline),
        Sample("git.patch", as: "a", "text/x-diff", "utf-8", .inline),
        Sample("server.log", plain, "utf-8", .inline),
        Sample("colour.log", plain, "utf-8", .inline),
        Sample("progress.log", plain, "utf-8", .inline),
        Sample("c-like.log", plain, "utf-8", .inline),
        Sample("c-like.log", as: "a", plain, "utf-8", .inline),
        Sample("troff-like.log", plain, "utf-8", .inline),
        Sample("troff-like.log", as: "a", plain, "utf-8", .inline),
        Sample("html-error.log", plain, "utf-8", .inline),
        Sample("html-error.log", as: "a", "text/html", "utf-8", .attachment),
        Sample("nul-in.log", MediaType.unknown, .attachment),
        Sample("mail-like.txt", plain, "utf-8", .inline),
        Sample("mail-like.txt", as: "a.eml", "message/rfc822", .attachment),
        Sample("latin1.txt", plain, nil, .inline),
        Sample("latin1.txt", declared: "text/plain; charset=ISO-8859-1", plain, "iso-8859-1", .inline),
        Sample("cp1252.txt", plain, nil, .inline),
        Sample("utf8.txt", plain, "utf-8", .inline),
        Sample("utf8-bom.txt", plain, "utf-8", .inline),
        Sample("utf16le.txt", plain, "utf-16le", .inline),
        Sample("utf16be.txt", plain, "utf-16be", .inline),
        Sample("utf16le-nobom.txt", MediaType.unknown, .attachment),
        Sample("utf32.txt", plain, nil, .inline),
        Sample("utf7.html", plain, "utf-8", .inline),
    ]

    private static let markup: [Sample] = [
        Sample("page.html", "text/html", "utf-8", .attachment),
        Sample("page.html", as: "a.png", declared: "image/png", "text/html", "utf-8", .attachment),
        Sample("page.html", as: "a.txt", declared: "text/plain", "text/html", "utf-8", .attachment),
        Sample("page.html", as: "a.md", declared: "text/markdown", "text/html", "utf-8", .attachment),
        Sample("bom.html", "text/html", "utf-8", .attachment),
        Sample("utf16.html", "text/html", "utf-16le", .attachment),
        Sample("utf16.html", as: "a.log", "text/html", "utf-16le", .attachment),
        Sample("spaces.html", "text/html", "utf-8", .attachment),
        Sample("comment.html", "text/html", "utf-8", .attachment),
        Sample("comment.html", as: "a.log", "text/html", "utf-8", .attachment),
        Sample("fragment.html", "text/html", "utf-8", .attachment),
        Sample("doctype-only.html", "text/html", "utf-8", .attachment),
        Sample("late.html", "text/html", "utf-8", .attachment),
        Sample("custom-tag.html", plain, "utf-8", .inline),
        Sample("words.html", declared: "text/html", plain, "utf-8", .inline),
        Sample("plain.svg", "image/svg+xml", "utf-8", .attachment),
        Sample("plain.svg", as: "a.png", declared: "image/png", "image/svg+xml", "utf-8", .attachment),
        Sample("plain.svg", as: "a.md", "image/svg+xml", "utf-8", .attachment),
        Sample("prolog.svg", "image/svg+xml", "utf-8", .attachment),
        Sample("doctype.svg", "image/svg+xml", "utf-8", .attachment),
        Sample("comment.svg", "image/svg+xml", "utf-8", .attachment),
        Sample("prefixed.svg", "image/svg+xml", "utf-8", .attachment),
        Sample("data.xml", "text/xml", "utf-8", .attachment),
        Sample("data.xml", as: "a.json", declared: "application/json", "text/xml", "utf-8", .attachment),
        Sample("styled.xml", "text/xml", "utf-8", .attachment),
        Sample("feed.rss", "text/xml", "utf-8", .attachment),
        Sample("page.xhtml", "application/xhtml+xml", "utf-8", .attachment),
        Sample("no-prolog.xml", declared: "application/xml", plain, "utf-8", .inline),
        Sample("page.mhtml", declared: "multipart/related", "message/rfc822", .attachment),
    ]

    private static let polyglots: [Sample] = [
        Sample("gif-js.gif", as: "a.js", declared: "text/javascript", "image/gif", .inline),
        Sample("gif-html.gif", as: "a.html", declared: "text/html", "image/gif", .inline),
        Sample("pdf-html.pdf", as: "a.html", declared: "text/html", "application/pdf", .attachment),
        Sample("zip-tail.png", as: "a.zip", declared: "application/zip", "image/png", .inline),
        Sample("html-tail.png", as: "a.html", declared: "text/html", "image/png", .inline),
    ]

    private static let plain = "text/plain"
    private static let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    private static let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    private static let pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
}
