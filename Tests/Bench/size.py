"""What the bytes of the released binary are: its sections, and who brought them, by the map of the linker."""

import collections
import os
import re
import subprocess
import sys
import tempfile

LINE = re.compile(r"\s*[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ (.*)$")
#: What strip takes away.
STRIPPED = (".debug", ".symtab", ".strtab", ".shstrtab", ".swift_ast", ".comment")


def owner(place):
    """The library or module that a piece of a section comes from."""
    archive = re.match(r"(.*?\.a)\(", place)
    module = re.search(r"/(\w[\w.+-]*)\.build/", place)
    if archive:
        return os.path.basename(archive[1])
    return module[1] if module else "the linker" if place.startswith("<internal>") else "the system's objects"


def pieces(path):
    """Each piece that stays in the binary: its section, its owner, its size."""
    section = ""
    with open(path, errors="replace") as lines:
        for line in lines:
            found = LINE.match(line)
            if not found:
                continue
            size, rest = int(found[1], 16), found[2]
            if not rest.startswith(" "):
                section = rest
            elif rest.startswith(" " * 8) and not rest.startswith(" " * 9) and not section.startswith(STRIPPED):
                yield section, owner(rest.strip()), size if section not in (".bss", ".tbss") else 0


def table(title, counts, rows):
    print(f"\n| {title} | MB |\n|---|---|")
    for name, size in counts.most_common(rows):
        print(f"| {name} | {size / 1e6:.2f} |")


def main(binary, link_map):
    with tempfile.TemporaryDirectory() as folder:
        stripped = f"{folder}/placet"
        subprocess.run(["strip", "-R", ".swift_ast", "-R", ".comment", "-o", stripped, binary], check=True)
        packed = subprocess.run(["xz", "-T0", "-c", stripped], stdout=subprocess.PIPE, check=True).stdout
        print(f"as built {os.path.getsize(binary) / 1e6:.1f} MB, stripped {os.path.getsize(stripped) / 1e6:.1f} MB, "
              f"compressed {len(packed) / 1e6:.1f} MB")
    sections, owners = collections.Counter(), collections.Counter()
    for section, who, size in pieces(link_map):
        sections[section] += size
        owners[who] += size
    table("Section", sections, 10)
    table("Library or module", owners, 40)


main(*sys.argv[1:3])
