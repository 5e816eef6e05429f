"""The documents of the feed engine are complete: every aggregator, every method, every test that is named."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache

import pytest

from feedsite.feeds import Manager, aggregators
from feedsite.routes import ROUTES

from tests.house.checkout import ROOT
from tests.house.pictures import DOCUMENT, drawn, sources

EVIDENCE = ROOT / "docs" / "evidence.md"
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
_PARTS = ("**Answers:**", "**On the site:**", "**Cost:**", "<!-- picture: ", "```python\n")


def section(name: str) -> str:
    """What docs/aggregators.md says under a heading."""
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.M | re.S)
    assert found is not None, f"docs/aggregators.md has no section {name}"
    return found[1]


@cache
def functions_in(path: str) -> set[str]:
    """The names of the functions of a module, those of its classes too."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", aggregators.__all__)
def test_every_aggregator_is_described(name: str) -> None:
    said = section(name)
    assert [part for part in _PARTS if part not in said] == []
    snippet = said.split("```python\n")[1].split("```")[0]
    assert f"{name}(" in snippet or f"({name})" in snippet, "its snippet uses it"


def test_every_picture_is_what_the_aggregator_gives() -> None:
    """`make pictures` draws them again."""
    text = DOCUMENT.read_text()
    assert drawn(text) == text
    drawn_names = {source.partition("(")[0] for source in sources(text)}
    assert set(aggregators.__all__) - drawn_names == set()


@pytest.mark.parametrize("name", aggregators.__all__)
def test_the_pages_of_an_aggregator_are_pages_of_the_site(name: str) -> None:
    line = section(name).partition("**On the site:**")[2].partition("\n\n")[0]
    # What stands in braces differs: {user} for people, {handle:…} for a route, whose @ is a placeholder too.
    plain = [(name, pattern.replace("{at:@}", "@")) for name, pattern in ROUTES]
    known = {re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "{}", pattern) for _, pattern in plain}
    pages = [re.sub(r"\{[^}]*\}", "{}", page) for page in re.findall(r"`(/[^`]*)`", line)]
    assert [page for page in pages if page not in known] == []
    assert pages or " no page" in line


def test_every_method_of_the_manager_is_described() -> None:
    said = (ROOT / "docs" / "feeds.md").read_text()
    methods = {name for name in dir(Manager) if not name.startswith("_") and callable(getattr(Manager, name))}
    assert {name for name in methods if f"`{name}(" not in said} == set()


def test_every_common_argument_is_described() -> None:
    table = DOCUMENT.read_text().partition("## What all of them take")[2].partition("## Aggregator")[0]
    names = set(inspect.signature(aggregators.Aggregator.__init__).parameters) - {"self"}
    assert {name for name in names if f"`{name}`" not in table} == set()


def test_every_test_that_evidence_names_exists() -> None:
    named = _TEST.findall(EVIDENCE.read_text())
    assert len(named) > 60
    assert [f"{path}::{test}" for path, test in named if test not in functions_in(path)] == []


def test_every_row_of_evidence_names_a_test() -> None:
    rows = [line for line in EVIDENCE.read_text().splitlines() if line.startswith("| ") and ".py" not in line]
    assert [row for row in rows if not row.startswith(("| Rule |", "| Aggregator |", "| Promise |", "| Fault |"))] == []


def test_every_aggregator_has_its_row_of_evidence() -> None:
    said = EVIDENCE.read_text()
    names = set(aggregators.__all__) - {"Aggregator"}
    assert {name for name in names if f"`{name}`" not in said} == set()
