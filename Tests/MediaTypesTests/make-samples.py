#!/usr/bin/env python3
"""Makes the files in Samples/. Plain samples need only the standard library; the media, office and font
samples need tools named below and are committed, so that the tests need none of them:

    apt-get install ffmpeg webp libavif-bin p7zip-full zstd libreoffice-writer-nogui libreoffice-calc-nogui \
        libreoffice-impress-nogui woff2 wabt default-jdk-headless fonts-dejavu-core binutils
    pip install python-docx openpyxl python-pptx fonttools

No sample ends in .c or .swift: SwiftPM would compile it.

`make-samples.py` writes the plain samples, `make-samples.py --tools` all of them.
"""

import bz2
import gzip
import io
import lzma
import pathlib
import random
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent / "Samples"
DATE = (2024, 1, 2, 3, 4, 6)


def png(width=8, height=8):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([40, 120, 200] * width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def gif():
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def pdf():
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length 41>>stream\nBT /F 24 Tf 20 100 Td (Placet) Tj ET      \nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return out + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def zipped(entries, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries:
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = kind
            archive.writestr(info, data)
    return out.getvalue()


def tarred():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        data = b"hello from a tar\n"
        info = tarfile.TarInfo("notes/hello.txt")
        info.size, info.mtime = len(data), 1_700_000_000
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def iso():
    """The descriptors of an ISO 9660 image; the first stands at 32 KiB."""
    volume = b"\x01CD001\x01\0" + b"LINUX".ljust(32) + b"PLACET".ljust(32)
    end = b"\xffCD001\x01"
    return bytes(32768) + volume.ljust(2048, b"\0") + end.ljust(2048, b"\0")


def sqlite():
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        db = sqlite3.connect(file.name)
        db.executescript("pragma page_size=512; create table t (a); insert into t values (1);")
        db.close()
        return pathlib.Path(file.name).read_bytes()


def ooxml(part, main, before=()):
    types = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    entries = [("[Content_Types].xml", types), ("_rels/.rels", "<Relationships/>"), (part, main)]
    return zipped(list(before) + entries)


HTML = "<!DOCTYPE html>\n<html><head><title>Report</title></head><body><script>alert(1)</script></body></html>\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>\n'
JSON = '{"name": "placet", "items": [1, 2, {"deep": true}], "text": "h\\u00e9"}\n'
LOG = "".join(f"2024-05-01 12:00:0{i} INFO worker[{i}]: job {i} done in {i * 7} ms\n" for i in range(8))
MARKDOWN = "# Report\n\nA *short* paragraph, with a [link](https://example.org).\n\n- one\n- two\n\n```c\n#include <stdio.h>\n```\n"

PLAIN = {
    "empty": b"",
    "one-byte": b"x",
    "one-nul": b"\0",
    "random.bin": random.Random(7).randbytes(2048),
    "pixel.png": png(),
    "pixel.gif": gif(),
    "page.pdf": pdf(),
    "archive.zip": zipped([("a.txt", "hello\n" * 9), ("b/c.txt", "world\n")]),
    "empty.zip": zipped([]),
    "plain-order.docx": ooxml("word/document.xml", "<w:document/>"),
    "odd-order.docx": ooxml("word/document.xml", "<w:document/>", before=[("docProps/thumbnail.jpeg", b"\xff\xd8\xff")]),
    "plain-order.xlsx": ooxml("xl/workbook.xml", "<workbook/>"),
    "plain-order.pptx": ooxml("ppt/presentation.xml", "<p:presentation/>"),
    "mimetype-last.odt": zipped([("content.xml", "<o/>"), ("mimetype", "application/vnd.oasis.opendocument.text")]),
    "plain.odp": zipped(
        [("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", "<o/>")], stored=["mimetype"]
    ),
    "book.epub": zipped(
        [("mimetype", "application/epub+zip"), ("META-INF/container.xml", "<container/>")], stored=["mimetype"]
    ),
    "python-made.jar": zipped([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("A.class", b"\xca\xfe\xba\xbe\0\0\0\x34")]),
    "app.apk": zipped([("AndroidManifest.xml", b"\x03\0\x08\0"), ("classes.dex", b"dex\n035\0")]),
    "notes.tar": tarred(),
    "notes.tar.gz": gzip.compress(tarred(), mtime=1),
    "notes.tar.bz2": bz2.compress(tarred()),
    "notes.tar.xz": lzma.compress(tarred()),
    "disk.iso": iso(),
    "index.sqlite": sqlite(),
    "data.json": JSON.encode(),
    "one-line.json": ("[" + ",".join('{"id":%d,"name":"item %d"}' % (i, i) for i in range(1500)) + "]").encode(),
    "cut.json": b'{"rows": [' + b"[1, 2, 3], " * 100,
    "events.ndjson": b"".join(b'{"at":%d,"event":"tick"}\n' % i for i in range(9)),
    "table.csv": b"".join(b"%d,name %d,%d\n" % (i, i, i * i) for i in range(12)),
    "one-row.csv": b"id,name,score\n",
    "table.tsv": b"".join(b"%d\tname %d\t%d\n" % (i, i, i * i) for i in range(12)),
    "report.md": MARKDOWN.encode(),
    "badge.md": b'<h1 align="center">Placet</h1>\n\n<p align="center">Files for agents.</p>\n\n## Use\n\nRun it.\n',
    "commented.md": b"<!-- toc -->\n# Title\n\nText.\n",
    "config.yaml": b"---\nname: placet\nitems:\n  - one\n  - two: {a: 1}\n",
    "config.toml": b'title = "placet"\n\n[server]\nport = 3001\nhosts = ["a", "b"]\n',
    "config.ini": b"[server]\nport=3001\nhost=127.0.0.1\n",
    "tool.py": b"#!/usr/bin/env python3\nimport sys\n\n\ndef main():\n    print(sys.argv)\n\n\nmain()\n",
    "template.py": b'import os\n\nPAGE = """\n<html><head><title>x</title></head><body>hi</body></html>\n"""\nprint(PAGE)\n',
    "app.js": b"'use strict';\nconst a = () => { return document.title; };\nfunction f(x) { return a(x); }\nf(1);\n",
    "swift-source": b'import Foundation\n\n@main struct Tool {\n    static func main() { print("hi") }\n}\n',
    "c-source": b"#include <stdio.h>\n\nint main(void) {\n    return puts(\"hi\");\n}\n",
    "deploy.sh": b"#!/bin/sh\nset -eu\necho deploying\n",
    "query.sql": b"SELECT a, b\nFROM t\nWHERE a = 1;\n",
    "style.css": b"body { color: red; }\n.a > .b { margin: 0; }\n",
    "change.diff": b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n",
    "git.patch": b"diff --git a/x b/x\nindex 111..222 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n",
    "server.log": LOG.encode(),
    "colour.log": b"".join(b"\x1b[32mINFO\x1b[0m step %d \x1b[1mdone\x1b[0m\r\n" % i for i in range(9)),
    "progress.log": b"".join(b"\rloading %d%%\x08\x08 \x07" % i for i in range(9)) + b"\n",
    "c-like.log": b"/* start */\n#include <config>\nstruct foo { int a; };\nstatic int x = 1;\nextern int y;\n" + LOG.encode(),
    "troff-like.log": b".SH NAME\n.TH one\n'\\\" t\n" + LOG.encode(),
    "html-error.log": LOG.encode() + b"upstream said: <html><head><title>502</title></head><body>Bad</body></html>\n",
    "mail-like.txt": b"From: a@example.org\nTo: b@example.org\nSubject: hello\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nText.\n",
    "page.mhtml": b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    b'\tboundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<html><script>alert(1)</script></html>\r\n--b--\r\n',
    "nul-in.log": LOG.encode() + b"\0\0\0\n" + LOG.encode(),
    "latin1.txt": "Grüße aus Köln, café, señor\n".encode("latin-1") * 3,
    "cp1252.txt": "“Smart” quotes – and € signs\n".encode("cp1252") * 3,
    "utf8.txt": "Grüße – 你好, мир ☃ 🎉\n".encode() * 3,
    "utf8-bom.txt": b"\xef\xbb\xbf" + "Grüße\n".encode() * 3,
    "utf16le.txt": "\ufeffGrüße aus Köln\n".encode("utf-16-le") * 3,
    "utf16be.txt": "\ufeffGrüße aus Köln\n".encode("utf-16-be") * 3,
    "utf16le-nobom.txt": "Plain words in two bytes each\n".encode("utf-16-le") * 3,
    "utf32.txt": "\ufeffwide words\n".encode("utf-32-le"),
    "utf7.html": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n",
    "page.html": HTML.encode(),
    "bom.html": b"\xef\xbb\xbf" + HTML.encode(),
    "utf16.html": ("\ufeff" + HTML).encode("utf-16-le"),
    "spaces.html": b"\n\t  \r\n" * 50 + b"<script>alert(1)</script>",
    "comment.html": b"<!-- " + b"x" * 9000 + b" -->\n<html><script>alert(1)</script></html>",
    "fragment.html": b"<p>Hello, <b>you</b></p>\n",
    "custom-tag.html": b"<x-app onclick=alert(1)>Hello</x-app>\n",
    "words.html": b"Nothing but words here.\n",
    "late.html": b"some words first\n<html><script>alert(1)</script></html>\n",
    "plain.svg": SVG.encode(),
    "prolog.svg": b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n' + SVG.encode(),
    "doctype.svg": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    + SVG.encode(),
    "comment.svg": b"<!-- " + b"x" * 5000 + b" -->\n" + SVG.encode(),
    "prefixed.svg": b'<?xml version="1.0"?><s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></s:svg>\n',
    "data.xml": b'<?xml version="1.0"?>\n<items><item id="1"/></items>\n',
    "no-prolog.xml": b'<project xmlns="urn:x"><name>x</name></project>\n',
    "styled.xml": b'<?xml-stylesheet href="#s" type="text/xsl"?>\n<items/>\n',
    "page.xhtml": b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><script>alert(1)</script></head></html>\n',
    "feed.rss": b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>x</title></channel></rss>\n',
    "doctype-only.html": b"<!doctype html>\nhello",
    "gif-js.gif": b"GIF89a=1;alert(1)/*" + bytes(20) + b"*/;\n",
    "gif-html.gif": gif() + b"<html><script>alert(1)</script></html>",
    "pdf-html.pdf": b"<html><script>alert(1)</script><!--\n" + pdf() + b"-->",
    "junk.pdf": b"junk before the header\n" * 4 + pdf(),
    "zip-tail.png": png() + zipped([("a.txt", "hello\n")]),
    "html-tail.png": png() + HTML.encode(),
    "module.wasm": b"\0asm\x01\0\0\0",
}


def run(*command, cwd=None):
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def media(to):
    """Eighths of a second of sound and sixteen pixels square of picture."""
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.125"]
    picture = ["-f", "lavfi", "-i", "testsrc=size=32x32:rate=8:duration=0.5"]
    for name, source, codec in [
        ("tone.mp3", tone, []), ("tone.ogg", tone, ["-c:a", "libvorbis"]), ("tone.opus", tone, []), ("tone.wav", tone, []),
        ("tone.flac", tone, []), ("tone.m4a", tone, ["-c:a", "aac"]), ("film.mp4", picture, ["-pix_fmt", "yuv420p"]),
        ("film.webm", picture, ["-c:v", "libvpx"]), ("film.mkv", picture, ["-c:v", "libx264"]), ("film.mov", picture, []),
        ("film.avi", picture, []), ("photo.jpg", picture, ["-frames:v", "1"]), ("photo.bmp", picture, ["-frames:v", "1"]),
        ("photo.tiff", picture, ["-frames:v", "1"]),
    ]:
        run("ffmpeg", "-y", *source, *codec, str(to / name))
    (to / "frame.png").write_bytes(png(16, 16))
    run("cwebp", "-q", "50", "frame.png", "-o", "photo.webp", cwd=to)
    run("avifenc", "frame.png", "photo.avif", cwd=to)


def office(to):
    import docx
    import openpyxl
    import pptx

    document = docx.Document()
    document.add_paragraph("Made by python-docx")
    document.save(to / "python.docx")
    openpyxl.Workbook().save(to / "python.xlsx")
    pptx.Presentation().save(to / "python.pptx")
    for source, text, target in [
        ("writer.txt", "hello\n", "docx"), ("writer.txt", "hello\n", "odt"), ("writer.txt", "hello\n", "doc"),
        ("writer.txt", "hello\n", "rtf"), ("sheet.csv", "1,2\n3,4\n", "xlsx"), ("sheet.csv", "1,2\n3,4\n", "ods"),
    ]:
        (to / source).write_text(text)
        run("soffice", "--headless", "--convert-to", target, source, cwd=to)
    for made in to.glob("writer.*"):
        made.rename(to / f"libreoffice{made.suffix}")
    for made in to.glob("sheet.*"):
        made.rename(to / f"libreoffice{made.suffix}")


def archives(to):
    (to / "a.txt").write_text("hello\n" * 9)
    run("7z", "a", "-mtm=off", "notes.7z", "a.txt", cwd=to)
    (to / "notes.tar").write_bytes(tarred())
    run("zstd", "-q", "-f", "notes.tar", cwd=to)
    run("zip", "-X", "info-zip.zip", "a.txt", cwd=to)
    run("jar", "cf", "jdk-made.jar", "a.txt", cwd=to)


def programs(to):
    (to / "a.s").write_text(".globl _start\n_start: mov $60, %eax\nxor %edi, %edi\nsyscall\n")
    run("as", "a.s", "-o", "a.o", cwd=to)
    run("ld", "-s", "-N", "a.o", "-o", "program.elf", cwd=to)
    font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    run(sys.executable, "-m", "fontTools.subset", font, "--text=P", "--output-file=letter.ttf", cwd=to)
    run("woff2_compress", "letter.ttf", cwd=to)


KEEP = """tone.mp3 tone.ogg tone.opus tone.wav tone.flac tone.m4a film.mp4 film.webm film.mkv film.mov film.avi photo.jpg
photo.bmp photo.tiff photo.webp photo.avif python.docx python.xlsx python.pptx libreoffice.docx libreoffice.odt
libreoffice.doc libreoffice.rtf libreoffice.xlsx libreoffice.ods notes.7z notes.tar.zst info-zip.zip jdk-made.jar
program.elf letter.ttf letter.woff2""".split()


def main():
    HERE.mkdir(exist_ok=True)
    for name, data in PLAIN.items():
        (HERE / name).write_bytes(data)
    if "--tools" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder)
            for make in (media, office, archives, programs):
                make(to)
            for name in KEEP:
                (HERE / name).write_bytes((to / name).read_bytes())


main()
