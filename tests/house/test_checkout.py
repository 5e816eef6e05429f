"""Nothing in the checkout belongs to one machine, nothing is unfinished, and modules stay readable."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, text_of, tracked_files

MOST_LINES = 400

# Spelt in pieces, so that this file does not hold what it looks for.
_MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.])/(?:work|farm|root|home/\w+|Users/\w+)" + r"/[A-Za-z.]")
_REGISTRY = re.compile(
    "|".join(
        [
            "files[.]pythonhosted",
            r"pypi[.]org/" + "simple",
            "registry[.]npm" + "js",
            "--" + "index-url",
            "--" + "find-links",
        ]
    )
)
_UNFINISHED = re.compile(
    r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|coming " + r"soon|NotImplemented" + r"Error", re.IGNORECASE
)
_LINTED = (".py", ".html", ".js", ".css", ".md", ".toml", ".ini", ".example", ".yml")


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{_relative(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_path_of_a_machine_is_tracked() -> None:
    assert _lines_with(_MACHINE_PATH, tracked_files()) == []


def test_no_package_registry_is_named() -> None:
    """Where libraries come from is each machine's own business; which they are, the hashes say."""
    locks = [path for path in tracked_files() if path.parent.name == "requirements"]
    assert len(locks) == 5
    assert _lines_with(re.compile(r"://"), locks) == []
    assert _lines_with(_REGISTRY, [path for path in tracked_files() if path.name != "lock"]) == []


def test_nothing_is_left_for_later() -> None:
    assert _lines_with(_UNFINISHED, [path for path in tracked_files() if path.suffix in _LINTED]) == []


@pytest.mark.parametrize("folder", ["feedsite", "migrations", "tests", "scripts", "bench"])
def test_every_module_can_be_read_in_one_sitting(folder: str) -> None:
    modules = [path for path in tracked_files() if path.suffix == ".py" and _relative(path).startswith(f"{folder}/")]
    long = {_relative(path): len(path.read_text().splitlines()) for path in modules}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    modules = [path for path in tracked_files() if path.suffix == ".py" and _relative(path).startswith("feedsite/")]
    silent = [
        _relative(path) for path in modules if path.read_text() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    templates = [path for path in tracked_files() if path.suffix == ".html"]
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=[\"']", re.IGNORECASE)
    assert _lines_with(inline, templates) == []
