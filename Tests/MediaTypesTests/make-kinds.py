#!/usr/bin/env python3
"""Makes the files of Samples/ whose names begin with `k-`: the kinds of files that users have, one or two of each.

    apt-get install ffmpeg
    pip install pillow numpy python-docx

`make-kinds.py` writes what needs only the standard library, `make-kinds.py --tools` all of it. The types that we answer
stand in Kinds.swift. Formats without a tool here have their real header and little behind it, as libmagic reads no more.
"""

import base64
import email.message
import email.policy
import gzip
import io
import json
import lzma
import marshal
import pathlib
import pickle
import plistlib
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import uuid
import wave
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent / "Samples"
DATE = (2024, 1, 2, 3, 4, 6)
be, le = (lambda form, *v: struct.pack(">" + form, *v)), (lambda form, *v: struct.pack("<" + form, *v))


def zipped(entries, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def ooxml(part, *more):
    types = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zipped([("[Content_Types].xml", types), ("_rels/.rels", "<Relationships/>"), (part, "<x/>"), *more])


def opendocument(kind):
    kind = "application/vnd.oasis.opendocument." + kind
    return zipped([("mimetype", kind), ("content.xml", "<o/>")], stored=["mimetype"])


def box(kind, *parts):
    """A box of MP4."""
    data = b"".join(parts)
    return be("I", 8 + len(data)) + kind + data


def track(kind):
    handler = box(b"hdlr", bytes(8), kind, bytes(12), b"Handler\0")
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), handler, box(b"minf")))


def mp4(brand, *kinds, first=b""):
    head = box(b"ftyp", brand, be("I", 512), brand, b"iso2")
    return head + first + box(b"moov", box(b"mvhd", bytes(100)), *map(track, kinds)) + box(b"mdat", bytes(64))


def element(name, data):
    """An element of Matroska with a length of one or two bytes."""
    size = bytes([0x80 | len(data)]) if len(data) < 127 else be("H", 0x4000 | len(data))
    return bytes.fromhex(name) + size + data


def matroska(kind, *codecs):
    head = element("1a45dfa3", element("4286", b"\1") + element("42f7", b"\1") + element("4282", kind.encode()))
    tracks = b"".join(
        element("ae", element("d7", bytes([at])) + element("83", b"\1" if codec[0] == "V" else b"\2")
                + element("86", codec.encode())) for at, codec in enumerate(codecs, 1))
    # The name of a codec may stand in the data too.
    body = element("1549a966", element("2ad7b1", b"\x0f\x42\x40")) + element("1654ae6b", tracks)
    return head + element("18538067", body + element("1f43b675", element("e7", b"\0") + b"\x86\x85V_VP8"))


def asf(*kinds):
    stream = b"".join(uuid.UUID("b7dc0791-a9b7-11cf-8ee6-00c00c205365").bytes_le + le("Q", 78) +
                      uuid.UUID(kind).bytes_le + bytes(38) for kind in kinds)
    return uuid.UUID("75b22630-668e-11cf-a6d9-00aa0062ce6c").bytes_le + le("QIH", 30 + len(stream), 1, 0x0201) + stream


SOUND, PICTURE = "f8699e40-5b4d-11cf-a8fd-00805f5c442b", "bc19efc0-5b4d-11cf-a8fd-00805f5c442b"


def transport(packet, before):
    return b"".join(bytes(before) + b"\x47\x40" + bytes([at, 0x10]) + b"\xff" * (packet - before - 4) for at in range(12))


def tarred(name, data, form=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()[:2048]


def mail(*first, html=False):
    """A mail that begins with the given fields."""
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    for field in first:
        name, _, value = field.partition(": ")
        message[name] = value
    for name, value in [("From", "Ada <ada@example.org>"), ("To", "bob@example.org"), ("Subject", "Report"),
                        ("Date", "Mon, 01 Jan 2024 00:00:00 +0000"), ("Message-ID", "<1@example.org>")]:
        if name not in message:
            message[name] = value
    if html:
        message.set_content("<html><body><p>Hello</p></body></html>", subtype="html")
    else:
        message.set_content("Hello\n")
    return message.as_bytes()


def pem(kind, data):
    lines = base64.b64encode(data).decode()
    return f"-----BEGIN {kind}-----\n" + "\n".join(lines[i:i + 64] for i in range(0, len(lines), 64)) + f"\n-----END {kind}-----\n"


def sqlite(*statements):
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        db = sqlite3.connect(file.name)
        db.executescript("pragma page_size=512;" + ";".join(statements))
        db.close()
        return pathlib.Path(file.name).read_bytes()


def sound(rate=8000, width=1, channels=1):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * 2)
    return out.getvalue()


LINES = "".join(f"2024-05-01 12:00:0{i} INFO worker[{i}]: Prüfung ✓ ok\n" for i in range(10))
ASCII = "".join(f"2024-05-01 12:00:0{i} INFO worker[{i}]: step done\n" for i in range(10))
RUSSIAN, CHINESE, JAPANESE = "Сборка прошла успешно\n" * 6, "构建成功，所有测试通过\n" * 6, "ビルドに成功しました\n" * 6
KOREAN, GREEK, POLISH = "빌드가 성공했습니다\n" * 6, "MZ Η κατασκευή πέτυχε\n" * 6, "Zażółć gęślą jaźń\n" * 6

TEXTS = {
    # Logs, with what terminals and crashes leave in them.
    "sgr0.log": "\x1b[1mBuild\x1b[m\x0f ok\n" * 4,
    "sgr0-xterm.log": "\x1b[1mPrüfung\x1b(B\x1b[m ok\n" * 4,
    "backspace.log": "_\x08B_\x08u_\x08i_\x08l_\x08d\n" * 3,
    "control.log": ASCII + "stray \x01 byte and \x7f\n",
    "control": ASCII + "stray \x01 byte\n",
    "controls": "\x01\x02\x03\x04abc\x05\x06\x10\x11\n",
    "info.dir": ASCII + "\x1f\nNode: Top\tThis\n" + ASCII,
    "zeros.log": ASCII.encode() + bytes(200),
    "zeros-first.log": bytes(200) + ASCII.encode(),
    "cut.log": LINES.encode() + b"\xe2\x9c",
    "cut": LINES.encode() + b"\xe2\x9c",
    "cut-ascii.log": ASCII.encode() + b"\xe2\x9c",
    "broken.log": LINES.encode() + b"caf\xe9\n" + LINES.encode(),
    "cut-lines.log": b"".join("Prüfung größer\n".encode()[:-4] + b"\n" + LINES.encode() for _ in range(3)),
    "crlf.log": ASCII.replace("\n", "\r\n"), "cr.log": ASCII.replace("\n", "\r"),
    "gofmt.log": "%!d(string=x) wanted a number\nok\n", "octave-test": "%!test\n%! assert (1, 1)\n",
    "pdf-quoted.log": ASCII + "%PDF-1.7 expected\n%PDF- missing\n",
    "date-first": "Date: today\nbuild: 12\n", "bzip-words": "BZh9 is bzip\n", "otto-words": "OTTO is here\n",
    "article-words": "Article 12\nof the law\n", "hpgl-like": "IN;SP1;PU0,0;PD\nThis file explains.\n",
    "emoji.txt": "🎉 👩‍👩‍👧 done\n", "arabic.txt": "تم البناء بنجاح\n", "hebrew.txt": "הבנייה הצליחה\n",
    # Charsets.
    "gbk.log": CHINESE.encode("gbk"), "gb18030.txt": CHINESE.encode("gb18030"), "big5.txt": ("建置成功\n" * 6).encode("big5"),
    "shift-jis.txt": JAPANESE.encode("shift_jis"), "euc-jp.txt": JAPANESE.encode("euc_jp"),
    "iso-2022-jp.txt": JAPANESE.encode("iso2022_jp"), "iso-2022-kr.txt": KOREAN.encode("iso2022_kr"),
    "euc-kr.txt": KOREAN.encode("euc_kr"), "windows-1251.txt": RUSSIAN.encode("cp1251"), "koi8-r.txt": RUSSIAN.encode("koi8-r"),
    "iso-8859-5.txt": RUSSIAN.encode("iso8859-5"), "iso-8859-7.txt": GREEK.encode("iso8859-7"),
    "iso-8859-2.txt": POLISH.encode("iso8859-2"), "windows-1250.csv": "imię;kwota\nŻaneta;5\n".encode("cp1250"),
    "windows-1252.txt": "“Smart” quotes – and € signs\n".encode("cp1252"), "latin1.csv": "Grüße;5\nKöln;7\n".encode("latin-1"),
    "mac-roman.txt": "Grüße aus Köln\n".encode("mac-roman"), "cp437.nfo": "░▒▓ RELEASE ▓▒░\n".encode("cp437") * 3,
    "utf16.csv": "\ufeffname;size\nÄ;5\n".encode("utf-16-le"), "utf16.reg": "\ufeffWindows Registry Editor Version 5.00\r\n".encode("utf-16-le"),
    "utf8-bom.csv": b"\xef\xbb\xbfname;size\n\xc3\x84;5\n", "utf8-bom.json": b'\xef\xbb\xbf{"a": 1}\n',
    # Data.
    "package.json": json.dumps({"name": "x", "version": "1.0.0", "dependencies": {}}, indent=2),
    "map.geojson": json.dumps({"type": "FeatureCollection", "features": []}),
    "notebook.ipynb": json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
    "capture.har": json.dumps({"log": {"version": "1.2", "entries": []}}),
    "report.sarif": json.dumps({"version": "2.1.0", "runs": []}), "scene.gltf": json.dumps({"asset": {"version": "2.0"}}),
    "bundle.js.map": json.dumps({"version": 3, "mappings": ""}), "settings.jsonc": "// comments\n{\"a\": 1}\n",
    "events.jsonl": '{"a":1}\n{"a":2}\n{"a":3}\n', "scalar.json": "42\n", "array.json": "[1, 2, 3]\n", "string.json": '"text"\n',
    "compose.yml": "services:\n  web:\n    image: nginx\n", "values.yaml": "replicas: 2\n", "pyproject.toml": "[project]\nname = \"x\"\n",
    "Cargo.lock": "# generated\nversion = 3\n\n[[package]]\nname = \"x\"\n", "settings.ini": "[a]\nb=c\n", "nginx.conf": "server { listen 80; }\n",
    "app.properties": "a.b=c\n", "editorconfig": "root = true\n[*]\nindent_style = space\n", "env": "A=1\nexport B=2\n",
    "semicolon.csv": "a;b;c\n1;2;3\n4;5;6\n", "quoted.csv": 'a,"b, c",d\n1,"2\n3",4\n', "table.tsv": "a\tb\n1\t2\n", "one.csv": "a,b\n",
    "lcov.info": "TN:\nSF:a.c\nDA:1,1\nend_of_record\n", "results.tap": "TAP version 13\n1..2\nok 1\nnot ok 2\n",
    "requirements.txt": "requests==2.34.2\n", "go.mod": "module example.org/x\n\ngo 1.22\n", "list.m3u": "#EXTM3U\n#EXTINF:1,a\na.mp3\n",
    "messages.po": 'msgid ""\nmsgstr ""\n"Language: de\\n"\n', "refs.bib": "@book{a,\n  title = {B}\n}\n", "graph.dot": "digraph { a -> b }\n",
    "flow.puml": "@startuml\nA -> B\n@enduml\n", "flow.mmd": "graph TD\nA-->B\n", "link.url": "[InternetShortcut]\r\nURL=https://example.org\r\n",
    "app.desktop": "[Desktop Entry]\nName=x\nExec=x\n", "model.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "ascii.stl": "solid x\nfacet normal 0 0 1\nendsolid x\n",
    "cloud.ply": "ply\nformat ascii 1.0\nelement vertex 0\nend_header\n", "part.gcode": "G28\nG1 X10 Y10\n", "plan.dxf": "0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nEOF\n",
    "uu.txt": "begin 644 a\n#86)C\n`\nend\n", "base64.txt": base64.b64encode(bytes(range(256))).decode(), "p3.ppm": "P3\n1 1\n255\n1 2 3\n",
    "icon.xbm": "#define a_width 8\n#define a_height 1\nstatic char a_bits[] = { 0x00 };\n", "icon.xpm": "/* XPM */\nstatic char *a[] = {\n\"1 1 1 1\"};\n",
    "invite.ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "person.vcf": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n",
    "captions.srt": "1\n00:00:01,000 --> 00:00:02,000\nHello\n", "captions.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "captions.ass": "[Script Info]\nScriptType: v4.00+\n",
    "cert.pem": pem("CERTIFICATE", bytes(range(90))), "key.pem": pem("PRIVATE KEY", bytes(range(90))), "id.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ada\n",
    "key.asc": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF==\n-----END PGP PUBLIC KEY BLOCK-----\n",
    "sig.asc": "-----BEGIN PGP SIGNATURE-----\n\niQEz==\n-----END PGP SIGNATURE-----\n",
    "format.patch": "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: Ada <ada@example.org>\n"
        "Date: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH] x\n\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    # Programs.
    "main.go": "package main\n\nfunc main() {}\n", "lib.rs": "fn main() { println!(\"hi\"); }\n", "App.java": "public class App {}\n",
    "app.kt": "fun main() { println(1) }\n", "Program.cs": "using System;\nclass P { }\n", "app.ts": "const a: number = 1;\n", "view.tsx": "export const A = () => <p>hi</p>;\n",
    "script.rb": "puts 'hi'\n", "script.pl": "#!/usr/bin/perl\nuse strict;\n", "page.php": "<?php echo 'hi'; ?>\n", "script.lua": "print('hi')\n", "plot.r": "plot(1:10)\n",
    "prog.awk": "BEGIN { print 1 }\n", "tool.tcl": "puts hi\n", "rules.mk": "all:\n\techo hi\n", "run.bat": "@echo off\r\necho hi\r\n", "run.ps1": "Write-Host hi\n",
    "paper.tex": "\\documentclass{article}\n\\begin{document}\n\\end{document}\n", "doc.rst": "Title\n=====\n\n.. note:: x\n", "view.jsx": "const A = () => <div/>;\n",
    "module.mjs": "export default 1;\n", "sheet.scss": "$a: 1px;\n.b { c: $a; }\n", "Component.vue": "<template>\n<p/>\n</template>\n", "main.tf": "resource \"a\" \"b\" {}\n",
    "api.proto": "syntax = \"proto3\";\nmessage A {}\n", "schema.graphql": "type Query { a: Int }\n", "build.gradle": "plugins { id 'java' }\n", "dump.sql": "CREATE TABLE t (a INT);\n",
    "Dockerfile": "FROM debian:12\nRUN true\n", "Makefile": "all:\n\techo hi\n", "LICENSE": "MIT License\n\nCopyright (c)\n", "bash-script": "#!/bin/bash\necho hi\n",
    "node-script": "#!/usr/bin/env node\nconsole.log(1)\n", "python-script": "#!/usr/bin/env python3\nprint(1)\n", "notes.adoc": "= Title\n\nText.\n", "todo.org": "* TODO a\n",
    "README.markdown": "# Title\n\nText with `code`.\n", "frontmatter.md": "---\ntitle: x\n---\n\n# Title\n", "cplusplus": "#include <vector>\nclass A { public: int b; };\n",
    "x.gemspec": "Gem::Specification.new { |s| s.name = 'x\x01' }\n" + "# more\n" * 20,
    # Markup.
    "page.htm": "<html><body>hi</body></html>\n", "upper.html": "<!DOCTYPE HTML>\n<HTML><BODY>hi</BODY></HTML>\n", "latin1.html": "<html><body>Grüße</body></html>\n".encode("latin-1"),
    "gbk.html": "<html><meta charset=gbk><body>构建成功</body></html>\n".encode("gbk"), "Component.svelte": "<script>\nlet a = 1;\n</script>\n<p>{a}</p>\n",
    "junit.xml": '<?xml version="1.0"?>\n<testsuite tests="1"/>\n', "no-prolog-junit.xml": '<testsuite tests="1"/>\n', "pom.xml": "<project><modelVersion>4</modelVersion></project>\n",
    "feed.atom": '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"/>\n', "sitemap.xml": '<?xml version="1.0"?>\n<urlset/>\n',
    "track.gpx": '<?xml version="1.0"?>\n<gpx version="1.1"/>\n', "place.kml": '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"/>\n',
    "plan.drawio": '<mxfile><diagram/></mxfile>\n', "info.plist": plistlib.dumps({"a": 1}), "utf16.xml": '\ufeff<?xml version="1.0"?><a/>'.encode("utf-16-le"),
    "icon.svg": '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>\n', "utf16.svg": '\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>'.encode("utf-16-be"),
    "illustrator.svg": '<?xml version="1.0"?>\n<!DOCTYPE svg [\n<!ENTITY ns "http://x">\n]>\n<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    # Mail.
    "from.eml": mail(), "mime-first.eml": mail("MIME-Version: 1.0"), "subject-first.eml": mail("Subject: Report"), "to-first.eml": mail("To: bob@example.org"),
    "gmail.eml": mail("Delivered-To: bob@example.org", "Received: by 10.0.0.1"), "thunderbird.eml": mail("X-Mozilla-Status: 0001", "X-Mozilla-Status2: 00000000"),
    "dkim.eml": mail("DKIM-Signature: v=1; a=rsa-sha256; d=example.org"), "html.eml": mail("MIME-Version: 1.0", html=True), "return-path.eml": mail("Return-Path: <a@example.org>"),
    "words.eml": "Just words: nothing\nelse here\n", "box.mbox": b"From ada@example.org Mon Jan  1 00:00:00 2024\n" + mail(),
    "saved.mht": b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n",
    # PostScript and PDF.
    "page.ps": "%!PS-Adobe-3.0\n%%EOF\n", "old.ps": "%!\n/a 1 def\n", "picture.eps": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "letter.rtf": "{\\rtf1\\ansi hi}\n",
    "printer.ps": "\x1b%-12345X@PJL ENTER LANGUAGE=POSTSCRIPT\n%!PS-Adobe-3.0\n", "blank-first.pdf": b"\n\n %PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "bom.pdf": b"\xef\xbb\xbf%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
    "late.pdf": b"HTTP/1.1 200 OK\n" + b"X-Header: value\n" * 37 + b"\n%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "too-late.pdf": b"x" * 1100 + b"\n%PDF-1.4\n1 0 obj\n",
}

MACROS = ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
BINARIES = {
    # Office and archives.
    "macro.docm": ooxml("word/document.xml", MACROS), "macro.docx": ooxml("word/document.xml", MACROS),
    "macro.xlsm": ooxml("xl/workbook.xml", ("xl/vbaProject.bin", b"\xd0\xcf")), "macro.pptm": ooxml("ppt/presentation.xml", ("ppt/vbaProject.bin", b"\xd0\xcf")),
    "template.dotx": ooxml("word/document.xml"), "template.xltx": ooxml("xl/workbook.xml"), "show.ppsx": ooxml("ppt/presentation.xml"),
    "drawing.odg": opendocument("graphics"), "template.ott": opendocument("text-template"), "formula.odf": opendocument("formula"),
    "package.whl": zipped([("x/__init__.py", ""), ("x-1.dist-info/WHEEL", "Wheel-Version: 1.0\n")]), "comic.cbz": zipped([("1.png", b"\x89PNG")]), "trace.zip": zipped([("trace.trace", "{}")]),
    "place.kmz": zipped([("doc.kml", "<kml/>")]), "plugin.xpi": zipped([("manifest.json", "{}")]), "aes.zip": b"PK\x03\x04\x33\x00\x01\x00\x63\x00" + bytes(16) + b"\x05\x00\x0b\x00a.txt" + bytes(20),
    "gnu.tar": tarred("a/b", b"x"), "pax.tar": tarred("a/b", b"x", tarfile.PAX_FORMAT), "data.gz": gzip.compress(b"hello", mtime=1), "data.xz": lzma.compress(b"hello"), "data.lzma": lzma.compress(b"hello", lzma.FORMAT_ALONE),
    "data.lz4": b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(20), "data.Z": b"\x1f\x9d\x90" + bytes(range(40)), "data.lz": b"LZIP\x01\x0c" + bytes(30), "data.rar": b"Rar!\x1a\x07\x01\x00" + bytes(range(60)),
    "old.rar": b"Rar!\x1a\x07\x00" + bytes(range(60)), "newc.cpio": b"070701" + b"0" * 104 + b"a\0", "lib.a": b"!<arch>\na.o/            0           0     0     644     4         `\n\0\1\2\xff", "data.cab": b"MSCF\0\0\0\0" + le("IIIII", 100, 0, 44, 0, 0x103) + bytes(range(60)),
    "tool.deb": b"!<arch>\ndebian-binary   1700000000  0     0     100644  4         `\n2.0\ncontrol.tar.xz  1700000000  0     0     100644  4         `\n\xfd7zXZ\0\1\2", "tool.rpm": b"\xed\xab\xee\xdb\x03\0\0\0\0\1tool-1.0" + bytes(80) + b"\x8e\xad\xe8\x01" + bytes(20),
    "vector.svgz": gzip.compress(b"<svg/>", mtime=1), "mail.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + le("HHHHH", 0x3e, 3, 0xfffe, 9, 6) + bytes(1000),
    # Pictures.
    "icon.ico": le("HHH", 0, 1, 1) + le("BBBBHHII", 16, 16, 0, 0, 1, 32, 40, 22) + le("IiiHHIIiiII", 40, 16, 32, 1, 32, 0, 0, 0, 0, 0, 0) + bytes(1088), "icon.icns": b"icns" + be("I", 24) + b"ic07" + be("I", 16) + bytes(8),
    "layers.psd": b"8BPS\0\1" + bytes(6) + be("HIIHH", 3, 1, 1, 8, 3) + bytes(16), "layers.xcf": b"gimp xcf v011\0" + be("III", 1, 1, 0) + bytes(16), "scan.djvu": b"AT&TFORM" + be("I", 20) + b"DJVUINFO" + be("I", 10) + bytes(10),
    "photo.heic": box(b"ftyp", b"heic", bytes(4), b"mif1heic") + box(b"meta", bytes(20)), "photo.jxl": b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl ", bytes(4), b"jxl "), "raw.jxl": b"\xff\x0a" + bytes(range(40)),
    "raw.cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(60), "photo.dng": b"II*\0\x08\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0" + bytes(20), "old.wmf": b"\xd7\xcd\xc6\x9a" + bytes(40), "vector.emf": le("II", 1, 108) + bytes(32) + b" EMF" + bytes(64),
    "scene.exr": b"v/1\x01\x02\0\0\0channels\0" + bytes(30), "scene.hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\0\1\2\3", "texture.dds": b"DDS |\0\0\0" + bytes(120), "plan.dwg": b"AC1032\0\0" + bytes(60),
    # Sound and films.
    "voice.webm": matroska("webm", "A_OPUS"), "film.webm": matroska("webm", "V_VP9", "A_OPUS"), "sound.mka": matroska("matroska", "A_FLAC"), "film.mkv": matroska("matroska", "V_MPEG4/ISO/AVC", "A_AAC"),
    "isom.m4a": mp4(b"isom", b"soun"), "audio.mp4": mp4(b"isom", b"soun"), "film.mp4": mp4(b"isom", b"vide", b"soun"), "late.m4a": mp4(b"isom", b"soun", first=box(b"mdat", bytes(70_000))),
    "book.m4b": mp4(b"M4B ", b"soun"), "clip.m4v": mp4(b"M4V ", b"vide"), "voice.3gp": mp4(b"3gp4", b"soun"), "clip.3gp": mp4(b"3gp4", b"vide", b"soun"), "quick.mov": mp4(b"qt  ", b"vide"),
    "song.wma": asf(SOUND), "film.wmv": asf(SOUND, PICTURE), "song.aac": (b"\xff\xf1\x50\x80\x03\xff\xfc" + bytes(range(24))) * 8, "song.caf": b"caff\0\1\0\0desc" + be("Q", 32) + be("d", 8000) + b"lpcm" + bytes(20),
    "film.ts": transport(188, 0), "film.m2ts": transport(192, 4), "film.flv": b"FLV\1\5\0\0\0\x09" + bytes(40), "film.mpg": b"\0\0\1\xba\x44\0\4\0\4\1\0\0\3\xf8\0\0\1\xbb" + bytes(40), "song.amr": b"#!AMR\n" + bytes(range(32)),
    "tune.mid": b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0", "song.au": b".snd" + be("IIIII", 24, 8, 1, 8000, 1) + bytes(8), "song.aiff": b"FORM" + be("I", 46) + b"AIFFCOMM" + be("I", 18) + bytes(18),
    "voice.wav": sound(), "stereo.wav": sound(44100, 2, 2), "id3.mp3": b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + bytes(413) + b"\xff\xfb\x90\x64" + bytes(413), "song.ape": b"MAC \x96\x0f\0\0" + bytes(60), "song.wv": b"wvpk" + le("IH", 100, 0x410) + bytes(range(60)),
    "game.swf": b"FWS\x0a" + le("I", 60) + bytes(range(52)),
    # Programs and systems.
    "tool.exe": b"MZ" + bytes(58) + le("I", 64) + b"PE\0\0" + le("HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22) + le("H", 0x20b) + bytes(238) + bytes(40), "app.class": b"\xca\xfe\xba\xbe\0\0\0\x41\0\x10" + bytes(30), "app.dex": b"dex\n035\0" + bytes(100),
    "mach-o": le("IIIIIII", 0xfeedfacf, 0x0100000c, 0, 2, 0, 0, 0) + bytes(40), "module.pyc": b"\xa7\x0d\x0d\x0a" + bytes(12) + marshal.dumps(compile("1", "a", "eval"), 2), "lib.so": b"\x7fELF\2\1\1" + bytes(9) + le("HHI", 3, 62, 1) + bytes(60),
    "disk.qcow2": b"QFI\xfb\0\0\0\3" + bytes(100), "disk.vmdk": b"KDMV\1\0\0\0" + bytes(100), "disk.vhdx": b"vhdxfile" + bytes(100) + b"\1\2", "root.squashfs": b"hsqs" + bytes(range(92)), "luks.img": b"LUKS\xba\xbe\0\2" + bytes(200),
    "boot.img": bytes(510) + b"\x55\xaa", "link.lnk": b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60), "repo.bundle": b"# v2 git bundle\n0123456789abcdef0123456789abcdef01234567 HEAD\n\nPACK\0\0\0\2\0\0\0\0", "objects.pack": b"PACK\0\0\0\2\0\0\0\0" + bytes(20),
    # Data.
    "notes.sqlite": sqlite("create table t (a)"), "table.dbf": b"\3\x7c\1\1\1\0\0\0\x41\0\x0b\0" + bytes(20) + b"A\0\0\0\0\0\0\0\0\0\0C\0\0\0\0\x0a" + bytes(15) + b"\r hello", "data.parquet": b"PAR1" + bytes(range(40)) + b"PAR1", "data.avro": b"Obj\1" + bytes(40),
    "data.feather": b"ARROW1\0\0" + bytes(range(40)), "data.orc": b"ORC" + bytes(range(40)), "data.h5": b"\x89HDF\r\n\x1a\n" + bytes(40), "data.nc": b"CDF\1" + bytes(40), "sky.fits": b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(80) + b"END".ljust(2640) + bytes(range(200)),
    "array.npy": b"\x93NUMPY\1\0\x76\0{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }".ljust(128) + b"\1\0\0\0", "model.pkl": pickle.dumps({"a": [1, 2.0]}, 4), "model.pkl0": pickle.dumps({"a": [1, 2]}, 0), "model.gguf": b"GGUF\3\0\0\0" + bytes(40), "model.safetensors": le("Q", 60) + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(60) + bytes(4),
    "model.onnx": b"\x08\x07\x12\x07pytorch\x1a\x051.0.0:" + bytes(range(60)), "settings.plist": plistlib.dumps({"a": 1}, fmt=plistlib.FMT_BINARY), "net.pcap": le("IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1), "net.pcapng": le("III", 0x0a0d0d0a, 28, 0x1a2b3c4d) + le("HHqI", 1, 0, -1, 28),
    "cert.der": b"\x30\x82\x01\x0a\x30\x82\x00\xb3\xa0\x03\x02\x01\x02" + bytes(range(200)), "message.gpg": b"\x85\x01\x0c\x03" + bytes(range(200)), "vault.kdbx": b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\1\0\3\0" + bytes(60), "scene.glb": b"glTF" + le("II", 2, 40) + bytes(28), "scene.blend": b"BLENDER-v300" + bytes(60),
    "part.stl": b"binary".ljust(80, b"\0") + le("I", 1) + bytes(50), "font.otf": b"OTTO\0\4\0\x40\0\2\0\0" + b"CFF " + bytes(60), "font.woff": b"wOFF\0\1\0\0" + bytes(60), "font.ttc": b"ttcf\0\1\0\0\0\0\0\1" + bytes(60), "font.eot": le("III", 100, 0, 0x20001) + bytes(22) + b"LP" + bytes(64), "zlib.bin": zlib.compress(b"hello" * 20),
}


def run(*command, cwd):
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def media(to):
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.1"]
    picture = ["-f", "lavfi", "-i", "testsrc=size=32x32:rate=8:duration=0.5"]
    for name, source, options in [
        ("voice-real.webm", tone, ["-c:a", "libopus"]), ("film-real.webm", picture + tone, ["-c:v", "libvpx", "-c:a", "libopus"]),
        ("isom-real.m4a", tone, ["-c:a", "aac", "-brand", "isom"]), ("audio-real.mp4", tone, ["-c:a", "aac"]),
        ("frag-audio.mp4", tone, ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"]), ("real.mka", tone, ["-c:a", "flac"]),
        ("real.wma", tone, []), ("real.wmv", picture, []), ("real.aac", tone, []), ("real.ts", picture, []), ("real.m2ts", picture, []),
        ("real.caf", tone, []), ("real.ac3", tone, []), ("real.aiff", tone, []), ("real.au", tone, []), ("real.flv", picture, []),
        ("real.mpg", picture, ["-r", "25"]), ("real.ogv", picture, ["-c:v", "libtheora"]), ("real.oga", tone, ["-c:a", "libvorbis"]),
        ("real.3gp", picture, ["-c:v", "mpeg4"]), ("real.spx", tone, ["-ar", "8000", "-c:a", "libspeex"]), ("real.wv", tone, []),
    ]:
        run("ffmpeg", "-y", *source, *options, "-fflags", "+bitexact", "-flags", "+bitexact", name, cwd=to)


def pictures(to):
    import numpy
    from PIL import Image

    image, second = Image.linear_gradient("L").convert("RGB").resize((8, 8)), Image.new("RGB", (8, 8), (200, 120, 40))
    for name, options in [
        ("real.png", {}), ("real.jpg", {}), ("progressive.jpg", {"progressive": True}), ("real.gif", {}), ("real.webp", {}), ("lossless.webp", {"lossless": True}),
        ("real.tiff", {}), ("lzw.tiff", {"compression": "tiff_lzw"}), ("real.bmp", {}), ("real.jp2", {}), ("real.avif", {}), ("real.ico", {}), ("real.icns", {}),
        ("real.ppm", {}), ("real.tga", {}), ("real.pcx", {}), ("real.dds", {}), ("real.sgi", {}), ("real.pdf", {}), ("real.eps", {}),
    ]:
        image.save(to / name, **options)
    for name in ("moving.gif", "moving.webp", "moving.png", "pages.tiff", "moving.avif"):
        image.save(to / name, save_all=True, append_images=[second])
    image.convert("1").save(to / "fax.tiff", compression="group4")
    image.convert("CMYK").save(to / "print.jpg")
    image.convert("L").save(to / "grey.pgm")
    numpy.save(to / "real.npy", numpy.arange(4))
    numpy.savez(to / "real.npz", a=numpy.arange(4))


def main():
    for name, data in (TEXTS | BINARIES).items():
        (HERE / f"k-{name}").write_bytes(data.encode() if isinstance(data, str) else data)
    if "--tools" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder)
            for make in (media, pictures):
                make(to)
            for made in to.iterdir():
                (HERE / f"k-{made.name}").write_bytes(made.read_bytes())


main()
