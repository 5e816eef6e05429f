"""What the site's code does not use: text run as code, other programs, XML and foreign objects, weak hashes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import ROOT

IMPORTS = {
    "pickle",
    "marshal",
    "shelve",
    "subprocess",
    "pty",
    "ctypes",
    "xml",
    "lxml",
    "yaml",
    "ftplib",
    "telnetlib",
    "random",
}
#: Called by their bare names, or as somebody's attribute.
BARE = {"eval", "exec", "compile", "__import__"}
ATTRIBUTES = {"system", "popen", "md5", "sha1", "import_string"}
#: Where one of them is right, and why.
ALLOWED = {
    ("feedsite/demo", "random"): "the demo network is meant to be foreseen",
    ("feedsite/indexing/deliverer.py", "random"): "processes look at different moments",
    ("feedsite/feeds/testing", "random"): "networks to test with are no secrets",
    ("feedsite/feedsout/atom.py", "xml"): "documents are written, none is read",
}

LOCKING = "text(f'LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE')"
"""The name is that of a table in the code's own metadata; the name of a table cannot be a parameter."""


def _uses() -> Iterator[tuple[Path, int, str]]:
    for file in sorted((ROOT / "feedsite").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "").split(".")[0]]
            elif isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Attribute):
                    names = [called.attr] if called.attr in ATTRIBUTES else []
                else:
                    names = [getattr(called, "id", "")]
            for name in names:
                if name in IMPORTS | BARE | ATTRIBUTES:
                    yield file.relative_to(ROOT), getattr(node, "lineno", 0), name


def test_nothing_dangerous_is_used() -> None:
    found = [
        f"{file}:{line} {name}"
        for file, line, name in _uses()
        if not any(str(file).startswith(folder) and name == allowed for folder, allowed in ALLOWED)
    ]
    assert found == []


def test_sql_is_never_put_together_from_text() -> None:
    """`text(…)` is given a constant, or names of the code's own; values are parameters."""
    found = []
    for file in sorted((ROOT / "feedsite").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "text" and node.args:
                first = node.args[0]
                if isinstance(first, ast.BinOp) or (isinstance(first, ast.JoinedStr) and _takes_values(first)):
                    found.append(ast.unparse(node))
    assert set(found) <= {LOCKING}


def _takes_values(text: ast.JoinedStr) -> bool:
    # Constants of a module are upper case, or private names of it; what comes from outside is a variable.
    names = [
        part.value.id
        for part in text.values
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name)
    ]
    parts = [part for part in text.values if isinstance(part, ast.FormattedValue)]
    return len(names) != len(parts) or not all(name.isupper() or name.startswith("_") for name in names)
