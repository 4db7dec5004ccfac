"""scripts/fuzz makes a package of some of our files, and is run by hand and seldom. Here: that these files are there, and
import nothing but what that package has."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = (ROOT / "scripts/fuzz").read_text()
#: Of the system, and the two packages it depends on.
OTHERS = {"Dispatch", "FoundationEssentials", "Glibc", "HTTPTypes", "NIOCore", "Synchronization"}


def files():
    """By module: all files of a shelf that is linked whole, and those that are named of the others."""
    listed = re.search(r"files=\((.*?)\n\)", SCRIPT, re.DOTALL)[1]
    named = {module: names.split() for module, names in re.findall(r'\[(\w+)\]="(.*?)"', listed, re.DOTALL)}
    whole = re.search(r"for module in (.*?); do", SCRIPT)[1].split()
    found = {module: [ROOT / f"Sources/{module}/{name}.swift" for name in names] for module, names in named.items()}
    return found | {module: sorted((ROOT / "Sources" / module).rglob("*.swift")) for module in whole}


def test_each_file_is_there_and_imports_what_the_package_has():
    found = files()
    assert {"JSON", "Delivery", "Lines"} <= found.keys()
    assert [path for paths in found.values() for path in paths if not path.exists()] == []
    imports = {(path.name, name) for paths in found.values() for path in paths
               for name in re.findall(r"^import (\w+)", path.read_text(), re.MULTILINE)}
    assert {one for one in imports if one[1] not in found.keys() | OTHERS} == set()
    systems = {name for _, name in imports if name.startswith("C") and not list((ROOT / "Sources" / name).glob("*.c*"))}
    assert {name for name in systems if f'.systemLibrary(name: "{name}")' not in SCRIPT} == set()
