import NIOCore
import Testing

@testable import MediaTypes

@Suite("What bytes are")
struct DetectionTests {
    static let detector = Result { () throws(MediaTypeError) in try MediaTypeDetector() }

    private func detect(
        _ bytes: ByteBuffer,
        whole: Bool = true,
        declared: String? = nil,
        as filename: String = "a"
    ) throws -> MediaType {
        try Self.detector.get().detect(sample: bytes, isWhole: whole, declaredType: declared, filename: filename)
    }

    @Test("every sample file gets its type, charset and disposition", arguments: Sample.all)
    func samples(_ sample: Sample) throws {
        let found = try detect(sample.bytes, declared: sample.declared, as: sample.filename)
        #expect(found == MediaType(type: sample.type, charset: sample.charset))
        let policy = ServingPolicy(type: found.type, charset: found.charset, requested: nil)
        #expect(policy.disposition == sample.disposition)
        #expect(policy.contentType == sample.type + (sample.charset.map { "; charset=\($0)" } ?? ""))
    }

    @Test("libmagic is not asked what kind of text a text is, for which it works long on line ends")
    func noSearchInText() throws {
        let source = Array("#include <stdio.h>\nint main(void) { return 0; } // caf".utf8) + [0xE9]
        let libmagic = try MagicHandle()
        let answers = try source.withUnsafeBytes { bytes in
            try [MagicQuestion(without: 0), .bytes, .dataInText].map { try libmagic.answer($0, bytes).type }
        }
        #expect(answers == ["text/x-c", "text/plain", "text/plain"])
    }

    @Test("a zero behind any number of line ends is seen")
    func zeroBehindLineEnds() throws {
        let text = "words" + String(repeating: "\n", count: 50_000)
        #expect(try detect(ByteBuffer(string: text)).type == "text/plain")
        #expect(try detect(ByteBuffer(string: text + "\0\u{1}")).type == MediaType.unknown)
    }

    @Test(
        "a line of its own tells what a text without a name is; words of a language do not",
        arguments: [
            ("#!/usr/bin/env -S A=b python3.13 -u\n", "text/x-python"), ("#! /bin/sh\n", "text/x-shellscript"),
            ("#!/usr/bin/perl5.36-linux -w\r\n", "text/x-perl"), ("#!/usr/bin/env node\n", "text/plain"),
            ("#!/bin/sh\n<html><script>", "text/x-shellscript"), ("#![feature(x)]\n", "text/plain"),
            ("#!", "text/plain"), ("#!\n", "text/plain"),
            ("diff --git a/b a/b\n", "text/x-diff"), ("diff is a program\n", "text/plain"),
            ("Why.\n\n--- a\t2026\n+++ b\t2026\n@@ -1 +1 @@\n-c\n+d\n", "text/x-diff"),
            ("--- a\n+++ b\nc", "text/plain"), ("*** a\n--- b\n", "text/x-diff"), ("*** a\n", "text/plain"),
            ("From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n", "text/x-diff"),
            ("WEBVTT\n\n", "text/vtt"), ("WEBVTT is a format\n", "text/vtt"), ("WEBVTTs\n", "text/plain"),
            ("1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n", "application/x-subrip"), ("1\na --> b\n", "text/plain"),
            ("BEGIN:VCALENDAR\r\n", "text/calendar"), ("begin:vcard\n", "text/vcard"),
            ("-----BEGIN PGP SIGNATURE-----\n", "application/pgp-signature"),
            ("-----BEGIN PGP SIGNATURE----- is a line\n", "text/plain"),
            ("#include <a>\nint main(void) {}\n", "text/plain"), ("import os\ndef f(): pass\n", "text/plain"),
            ("{\"a\": [1, 2]}", "application/json"), ("{\"a\": [1, 2]}\n{}\n", "application/x-ndjson"),
            ("a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "text/csv"),
        ] as [(String, String)]
    )
    func tellingLines(_ text: String, _ type: String) throws {
        #expect(try detect(ByteBuffer(string: text)).type == type)
        guard !type.contains("json"), type != "text/csv" else { return }
        let utf16 = [0xFEFF] + Array(text.utf16)
        #expect(try detect(ByteBuffer(bytes: utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })).type == type)
    }

    @Test(
        "a page inside a text without a name counts, elements that many texts name do not",
        arguments: [
            ("502\n<HTML>", "text/html"), ("a <!DOCTYPE html", "text/html"), ("a <script src=b>", "text/html"),
            ("a <body\nclass=b>", "text/html"), ("a <svg xmlns=b>", "image/svg+xml"),
            ("# Releases\n<table><tr>", "text/plain"), ("move <object> <head-count> \"<svg\"", "text/plain"),
            ("a < html", "text/plain"), ("a <htmlx>", "text/plain"),
            (String(repeating: "a", count: 4_090) + "<html>", "text/html"),
            (String(repeating: "a", count: 4_096) + "<html>", "text/plain"),
        ] as [(String, String)]
    )
    func markupInside(_ text: String, _ type: String) throws {
        #expect(try detect(ByteBuffer(string: text)).type == type)
    }

    @Test("no name and no declared type turns bytes into a type that a browser runs")
    func hintsNeverMakeActive() throws {
        let active = ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript", "text/css"]
        let names = ["a.html", "a.svg", "a.xml", "a.xhtml", "a.js", "a.css", "a.mhtml", "a.pdf"]
        for file in ["words.html", "random.bin", "one-nul", "empty", "archive.zip", "server.log", "nul-in.log"] {
            let bytes = try Sample(file, "", .inline).bytes
            for (type, name) in active.flatMap({ type in names.map { (type, $0) } }) {
                let found = try detect(bytes, declared: type, as: name)
                #expect(!ActiveTypes.contains(found.type) && !active.contains(found.type), "\(file) \(type) \(name)")
            }
        }
    }

    @Test(
        "bytes that libmagic does not know keep a declared type only when it is passive",
        arguments: [
            ("image/heic", "image/heic"), ("VIDEO/Quux; a=b", "video/quux"), ("font/otf", "font/otf"),
            ("application/x-lz4", "application/x-lz4"), ("image/svg+xml", nil), ("audio/x-mpegurl", nil),
            ("text/html", nil),
            ("application/pdf", nil), ("text/javascript", nil), ("application/wasm", nil), ("image/*", nil),
            ("image/png\r\nX: y", nil), ("", nil), ("application/x-shockwave-flash", nil),
        ] as [(String, String?)]
    )
    func declaredType(_ declared: String, _ expected: String?) throws {
        let found = try detect(Sample("random.bin", "", .inline).bytes, declared: declared)
        #expect(found == MediaType(type: expected ?? MediaType.unknown))
    }

    @Test(
        "a hint from outside the family of the bytes is refused",
        arguments: [
            ("pixel.png", "a.docx", "application/zip"), ("page.pdf", "a.jar", "text/plain"),
            ("notes.7z", "a.docx", nil),
            ("python.docx", "a.xlsx", "application/epub+zip"), ("random.bin", "a.md", "text/markdown"),
            ("tone.mp3", "a.txt", "image/png"), ("one-nul", "a.docx", "application/msword"),
            ("libreoffice.doc", "a.docx", "application/zip"), ("program.elf", "a.log", "text/plain"),
            ("data.xml", "a.md", "text/plain"), ("photo.jpg", "a.svg", "image/svg+xml"),
        ] as [(String, String, String?)]
    )
    func refusedHints(_ file: String, _ filename: String, _ declared: String?) throws {
        let bytes = try Sample(file, "", .inline).bytes
        #expect(try detect(bytes, declared: declared, as: filename) == detect(bytes))
    }

    @Test("a cut or broken character leaves UTF-8, but does not make it of bytes that are hardly ever UTF-8")
    func cutCharacter() throws {
        let cut = ByteBuffer(bytes: Array("Grüße ☃".utf8.dropLast()))
        #expect(try detect(cut, whole: false).charset == "utf-8")
        #expect(try detect(cut, whole: true) == MediaType(type: "text/plain", charset: "utf-8"))
        let broken = Array("Grüße ☃ und".utf8) + [0xE9] + Array(" mehr".utf8)
        #expect(try detect(ByteBuffer(bytes: broken)) == MediaType(type: "text/plain", charset: "utf-8"))
        for latin: [UInt8] in [
            [0x63, 0x61, 0x66, 0xE9], [0x63, 0x61, 0x66, 0xE9, 0x0A], [0x61, 0xC3, 0xA9, 0xE9, 0x62],
        ] {
            #expect(try detect(ByteBuffer(bytes: latin), as: "a.txt") == MediaType(type: "text/plain"))
        }
        let long = ByteBuffer(string: "a" + String(repeating: "é", count: MediaTypeDetector.sampleBytes))
        #expect(try detect(long, whole: true) == MediaType(type: "text/plain", charset: "utf-8"))
    }

    @Test(
        "a declared charset counts when we know it and the bytes are text in it, and never against UTF-8",
        arguments: [
            ("k-gbk.log", "text/plain; charset=gbk", "gbk"), ("k-gbk.log", "text/plain; charset=\"GB2312\"", "gbk"),
            ("k-windows-1251.txt", "text/plain;charset=Windows-1251", "windows-1251"),
            ("k-windows-1251.txt", "text/x-unknown; a=b; CHARSET=cp1251", "windows-1251"),
            ("k-shift-jis.txt", "text/plain; charset=Shift_JIS", "shift_jis"),
            ("k-euc-kr.txt", "text/plain; charset=euc-kr", "euc-kr"),
            ("k-big5.txt", "text/plain; charset=big5", "big5"),
            ("k-latin1.csv", "text/csv; charset=latin1", "iso-8859-1"),
            ("k-windows-1251.txt", "text/plain; charset=gbk", nil), ("k-koi8-r.txt", "text/plain; charset=utf-8", nil),
            ("k-gbk.log", "text/plain; charset=utf-7", nil), ("k-gbk.log", "text/plain; charset=nonsense", nil),
            ("k-iso-2022-jp.txt", "text/plain; charset=iso-2022-jp", nil),
            ("k-latin1.html", "text/html; charset=iso-8859-1", nil),
            ("k-emoji.txt", "text/plain; charset=gbk", "utf-8"),
        ] as [(String, String, String?)]
    )
    func declaredCharset(_ file: String, _ declared: String, _ charset: String?) throws {
        #expect(try detect(Sample(file, "", .inline).bytes, declared: declared).charset == charset)
    }

    @Test(
        "a film is sound when it has no pictures, or when a hint says so",
        arguments: [
            ("k-film.mp4", "a.m4a", nil, "audio/mp4"), ("k-film.mp4", "a", "audio/mp4", "audio/mp4"),
            ("k-late.m4a", "a", nil, "video/mp4"), ("k-late.m4a", "a", "audio/mp4", "audio/mp4"),
            ("k-voice-real.webm", "a.webm", "video/webm", "audio/webm"), ("k-film-real.webm", "a", nil, "video/webm"),
            ("k-frag-audio.mp4", "a.mp4", "video/mp4", "audio/mp4"), ("k-real.wma", "a", nil, "audio/x-ms-wma"),
            ("k-real.ts", "a", nil, "video/mp2t"), ("k-real.m2ts", "a.ts", "application/octet-stream", "video/mp2t"),
            ("k-pixel.png", "a.m4a", "audio/mp4", "image/png"),
        ] as [(String, String, String?, String)]
    )
    func sound(_ file: String, _ filename: String, _ declared: String?, _ type: String) throws {
        let file = file == "k-pixel.png" ? "pixel.png" : file
        #expect(try detect(Sample(file, "", .inline).bytes, declared: declared, as: filename).type == type)
    }

    @Test("the text of a file in its charset: what is broken is U+FFFD, zeros and a byte order mark are left out")
    func textOfBytes() throws {
        let cases: [([UInt8], String?, String?)] = [
            (Array("a✓".utf8) + [0xE2, 0x9C], "utf-8", "a✓\u{FFFD}"), ([0x63, 0xE9], nil, "cé"), ([0x80], nil, nil),
            ([0x80], "windows-1252", "€"),
            ([0x63, 0xE9], "iso-8859-1", "cé"), ([0xD1, 0xE1], "windows-1251", "Сб"),
            ([0xB9, 0xB9, 0xBD], "gbk", "构\u{FFFD}"),
            ([0x61, 0xFF, 0x62], "gbk", "a\u{FFFD}b"), ([0x61, 0, 0], "utf-8", "a"),
            ([0xEF, 0xBB, 0xBF, 0x61], "utf-8", "a"),
            ([0xFF, 0xFE, 0x61, 0, 0xE4, 0], "utf-16le", "aä"), ([0xFE, 0xFF, 0, 0x61, 0], "utf-16be", "a"),
            ([], nil, ""),
            // Found by fuzzing: the last letter of these was lost, as a mark might have followed it.
            ([0xF9, 0xE5, 0x6D], "windows-1255", "שוm"), ([0xF9], "windows-1255", "ש"),
            ([0x61, 0xCC], "windows-1258", "a\u{300}"), ([0x61], "windows-1258", "a"),
        ]
        for (bytes, charset, text) in cases {
            #expect(Charset.text(ByteBuffer(bytes: bytes), charset: charset) == text, "\(bytes) \(charset ?? "")")
        }
    }

    @Test("many threads ask one detector at once and get the same answers")
    func concurrency() async throws {
        let detector = try Self.detector.get()
        let samples = Array(Sample.all.shuffled().prefix(60))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sample in samples + samples + samples {
                let bytes = try sample.bytes
                group.addTask {
                    let found = try detector.detect(
                        sample: bytes,
                        isWhole: true,
                        declaredType: sample.declared,
                        filename: sample.filename
                    )
                    #expect(found.type == sample.type)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("any bytes get an answer")
    func arbitraryBytes() throws {
        var random = SystemRandomNumberGenerator()
        let openings = try Sample.all.map { try $0.bytes }
        for round in 0..<500 {
            var bytes = openings[round % openings.count].readableBytesView.prefix(4_096).map(\.self)
            for _ in 0..<8 where !bytes.isEmpty {
                bytes[.random(in: bytes.indices)] = .random(in: 0...255, using: &random)
            }
            let found = try detect(ByteBuffer(bytes: bytes.prefix(.random(in: 0...4_096))))
            #expect(MediaType.normalisedDeclaredType(found.type) == found.type)
        }
    }

    @Test("bytes that are surely no text have the answer of libmagic that looks for an encoding too")
    func surelyBinary() throws {
        var random = SystemRandomNumberGenerator()
        let handle = try MagicHandle()
        let marked: [[UInt8]] = [Array("+/v8".utf8), [0xFE, 0xFF], [0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF]]
        let openings = try Sample.all.map { Array(try $0.bytes.readableBytesView.prefix(4_096)) } + marked
        var binary = 0
        for round in 0..<openings.count * 4 {
            var bytes = openings[round % openings.count]
            if round >= openings.count {
                for _ in 0..<3 where !bytes.isEmpty {
                    bytes[.random(in: bytes.indices, using: &random)] = .random(in: 0...4, using: &random)
                }
                bytes += Array(repeating: 0, count: .random(in: 0...8, using: &random))
            }
            try bytes.withUnsafeBytes { bytes in
                guard TextCoding.isNone(bytes) else { return }
                binary += 1
                let (quick, whole) = (try handle.answer(.binary, bytes), try handle.answer(.bytes, bytes))
                #expect(quick == whole)
            }
        }
        #expect(binary > openings.count)
    }

    @Test("UTF-32 that is broken is unknown, not text and not an error")
    func brokenUTF32() throws {
        let bytes = ByteBuffer(bytes: [0xFF, 0xFE, 0, 0, 0, 0, 0, 0xC4])
        #expect(try detect(bytes) == MediaType(type: MediaType.unknown))
    }

    @Test("the version names the library")
    func version() throws {
        #expect(try Self.detector.get().version.hasPrefix("libmagic 5."))
    }
}
