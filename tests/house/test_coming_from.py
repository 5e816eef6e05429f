"""docs/coming-from.md: what a row says of this library runs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.house.checkout import ROOT

DOCUMENT = ROOT / "docs" / "coming-from.md"
_CODE = re.compile(r"`([^`]+)`")


def rows() -> list[Any]:
    library, found = "", []
    for number, line in enumerate(DOCUMENT.read_text().splitlines(), 1):
        if line.startswith("## "):
            library = line[3:]
        if line.startswith("|") and library and not line.startswith(("|---", f"| {library} |")):
            found.append(pytest.param(line, id=f"{library}:{number}"))
    return found


@pytest.fixture
def program() -> dict[str, Any]:
    """The names that the document's own first lines give."""
    (beginning,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
    names: dict[str, Any] = {}
    exec(beginning, names)
    return names


@pytest.mark.parametrize("line", rows())
def test_a_row_runs_or_says_why_there_is_no_such_thing(line: str, program: dict[str, Any]) -> None:
    there, here, differs = (cell.strip() for cell in line[1:-1].split("|"))
    assert there
    if here == "—":
        assert differs, "a dash needs its reason"
        return
    statements = _CODE.findall(here)
    assert statements
    for statement in statements:
        exec(statement, program)


@pytest.mark.parametrize("library", ["ElasticFeeds", "Django Activity Stream", "Stream Framework"])
def test_each_library_has_its_table(library: str) -> None:
    assert sum(row.id.startswith(f"{library}:") for row in rows()) >= 20
