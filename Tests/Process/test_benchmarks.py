"""The benchmarks are run by hand and seldom. What one of them imports of another has to be there."""

import ast
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "Bench"


def modules():
    names = {path: ".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in FOLDER.rglob("*.py")}
    return {name.removesuffix(".__init__"): ast.parse(path.read_text()) for path, name in names.items()}


def defined(module):
    """The names that another module may import."""
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def missing(found):
    for name, module in found.items():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom):
                # `from .load import wrk`, in a module of a package
                package = name.rpartition(".")[0]
                other = f"{package}.{node.module}" if node.level else node.module
                if other in found:
                    there = set(defined(found[other]))
                    yield from (f"{name}: {other}.{one.name}" for one in node.names if one.name not in there)


def test_what_one_imports_of_another_is_there():
    found = modules()
    assert len(found) > 20
    assert list(missing(found)) == []


def test_what_is_not_there_is_seen():
    found = modules() | {"new": ast.parse("from messages import percentile, terms")}
    assert list(missing(found)) == ["new: messages.percentile"]
