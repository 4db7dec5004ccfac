"""Contents of every kind of which uploads are measured, each with a mark for the number that makes requests differ.

The numbers are put in by distinct.lua, which also makes a PNG's checksums anew.
"""

import io, json, random, struct, zipfile, zlib

MARK = b"@@@@@@@@@@@@@@@@"
#: A program that every Debian with Python has.
PROGRAM = "/usr/bin/python3"


def text(size):
    dice, lines = random.Random(1), []
    while sum(map(len, lines)) < size:
        second, worker, part = len(lines) % 60, dice.randrange(99), dice.randrange(10**6)
        lines.append(f"2026-11-26T12:00:{second:02}Z INFO worker {worker} built part {part}\n")
    return "".join(lines).encode()[:size - len(MARK)] + MARK


def json_text(size):
    dice, items = random.Random(2), []
    while len(json.dumps(items)) < size - 100:
        items.append({"test": f"case {len(items)}", "passed": dice.random() < 0.9, "seconds": round(dice.random(), 3)})
    return json.dumps({"items": items, "run": MARK.decode()}).encode()


def png(size):
    """Pixels of noise, stored without compression: the last ones are the mark, and the checksums stand right behind."""
    width = 36 if size < 16_384 else 146
    rows, noise = size // (1 + 3 * width) - 1, random.Random(3)
    pixels = b"".join(b"\0" + noise.randbytes(3 * width) for _ in range(rows))
    pixels = pixels[:-len(MARK)] + MARK
    length = struct.pack("<HH", len(pixels), len(pixels) ^ 0xFFFF)
    data = b"\x78\x01\x01" + length + pixels + struct.pack(">I", zlib.adler32(pixels))

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, rows, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zipped(size):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"report/{MARK.decode()}.bin", random.Random(4).randbytes(size - 300))
    return made.getvalue()


def elf(size):
    with open(PROGRAM, "rb") as file:
        return file.read(size - len(MARK)) + MARK


def unknown(size):
    return random.Random(6).randbytes(size - len(MARK)) + MARK


#: By name: how it is made, the end of its name, and the type that the server must find.
KINDS = {
    "text": (text, "log", "text/"),
    "JSON": (json_text, "json", "application/json"),
    "PNG": (png, "png", "image/png"),
    "zip": (zipped, "zip", "application/zip"),
    "ELF": (elf, "", "application/x-"),
    "unknown bytes": (unknown, "", "application/octet-stream"),
}
