"""What the documents say can be done: their Python runs, their commands exist, their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, tracked_files

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```\s*$", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)|!\[[^\]]*\]\(([^)\s]+)\)")


def _documents() -> list[Path]:
    return sorted(path for path in tracked_files() if path.suffix == ".md")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _snippets() -> Sequence[object]:
    """Every fence marked `python`, with its document and its line; other languages are read, not run."""
    found = []
    for document in _documents():
        text = document.read_text()
        for fence in _FENCE.finditer(text):
            if fence[1].strip() == "python":
                line = text[: fence.start(2)].count("\n") + 1
                found.append(pytest.param(document, line, fence[2], id=f"{_name(document)}:{line}"))
    return found


@pytest.mark.parametrize(("document", "line", "source"), _snippets())
def test_a_snippet_runs(
    document: Path, line: int, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a folder of its own, with a name of its own: what it needs, it says."""
    monkeypatch.chdir(tmp_path)
    # Empty lines before it, so that a traceback names the document's own line.
    code = compile("\n" * (line - 1) + source, str(document), "exec")
    exec(code, {"__name__": "snippet"})


def test_the_commands_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        (_name(document), target)
        for document in _documents()
        for target in re.findall(r"(?:^|`|\$ )make ([a-z]+)", document.read_text(), re.M)
    }
    assert named, "README names the commands"
    assert {(document, target) for document, target in named if target not in targets} == set()


def test_every_command_has_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.M))
    assert targets - set(re.findall(r"^([a-z]+):.*## \S", text, re.M)) == set()


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = [first or second for first, second in _LINK.findall(_FENCE.sub("", document.read_text()))]
    dead = [
        target
        for target in targets
        if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_the_files_that_a_document_names_exist(document: Path) -> None:
    """A path in code style that starts in a folder of the checkout is one a reader will open."""
    prose = _FENCE.sub("", document.read_text())
    paths = re.findall(r"`((?:feedsite|tests|migrations|static|scripts|compose|docs|requirements)/[\w./-]*)`", prose)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_index_of_the_documents_names_them_all() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    documents = [path.name for path in _documents() if path.parent == ROOT / "docs" and path.name != "README.md"]
    assert [name for name in documents if f"({name})" not in index] == []
    records = (ROOT / "docs" / "adr" / "README.md").read_text()
    decisions = [path.name for path in _documents() if path.parent.name == "adr" and path.name != "README.md"]
    assert [name for name in decisions if f"({name})" not in records] == []
