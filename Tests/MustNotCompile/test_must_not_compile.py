"""Whose data it is, is a type: a snippet that does not ask does not compile (see Sources/Index/OwnedChannel.swift).

Each file in snippets/ begins with the errors that it must have, and no others, as regular expressions. One without
errors must compile: it shows that the others fail for their own reason and not for a missing module.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("PLACET", ROOT / ".build/debug/placet")).parent
SNIPPETS = sorted((HERE / "snippets").glob("*.swift"))


def package_name():
    """The package's name to the compiler, which SwiftPM makes of the name of the folder it is in."""
    commands = (ROOT / f".build/{BUILD.name}.yaml").read_text()
    return re.search(r'"-module-name","Index",.*?"-package-name","(\w+)"', commands)[1]


def type_check(snippet):
    """What the compiler says of a snippet, as if it were a module of the package."""
    modules = [
        ROOT / "Sources/CSQLite/module.modulemap",
        ROOT / "Sources/CUtf8proc/module.modulemap",
        BUILD / "CPostgreSQL.build/module.modulemap",
        BUILD / "CSchema.build/module.modulemap",
    ]
    return subprocess.run(
        ["swiftc", "-typecheck", "-swift-version", "6", "-package-name", package_name(), "-I", BUILD / "Modules"]
        + [flag for module in modules for flag in ("-Xcc", f"-fmodule-map-file={module}")]
        + [snippet],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet(snippet):
    expected = re.findall(r"^// error: (.+)$", snippet.read_text(), re.MULTILINE)
    result = type_check(snippet)
    errors = re.findall(r"error: (.+)$", result.stderr, re.MULTILINE)
    assert (result.returncode == 0) == (not expected), result.stderr
    for pattern in expected:
        assert any(re.search(pattern, error) for error in errors), result.stderr
    for error in errors:
        assert any(re.search(pattern, error) for pattern in expected), result.stderr


def test_one_snippet_compiles_and_the_others_do_not():
    assert [path.stem for path in SNIPPETS if "// error:" not in path.read_text()] == ["allowed"]
