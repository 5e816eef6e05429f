"""The locks say what pyproject.toml asks for, all of it with hashes."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.checkout import ROOT


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _lock(name: str) -> dict[str, str]:
    """The version of each library of a lock, by its canonical name."""
    pinned = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.M
    )
    return {canonicalize_name(library): version for library, version in pinned}


def _asked(name: str) -> list[str]:
    project = _project()
    run: list[str] = project["project"]["dependencies"]
    test: list[str] = project["project"]["optional-dependencies"]["test"]
    groups: dict[str, list[str]] = project["dependency-groups"]
    return {"run": run, "test": run + test, **groups}[name]


@pytest.mark.parametrize("name", ["run", "test", "tools", "scan"])
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    locked = _lock(name)
    for line in _asked(name):
        wanted = Requirement(line)
        version = locked.get(canonicalize_name(wanted.name))
        assert version is not None, f"requirements/{name}.txt lacks {wanted.name}: run make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} is not {version}: run make lock"


@pytest.mark.parametrize("name", ["run", "test", "tools", "scan"])
def test_every_locked_library_has_hashes(name: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / "requirements" / f"{name}.txt").read_text(), flags=re.M)
    assert [entry.split()[0] for entry in entries[1:] if "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_what_the_site_runs_on() -> None:
    run, test = _lock("run"), _lock("test")
    assert {library: test.get(library) for library in run} == run
