"""`feedsite aggregators` and aggregators by name: ours, other packages', and broken ones."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedsite.cli import main
from feedsite.feeds import InvalidQuery, aggregators
from feedsite.feeds.aggregators import CollapseAggregator, YearMonthAggregator
from feedsite.feeds.plugins import GROUP, BrokenAggregator, aggregator, offered

Installer = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Installs a package as pip would leave it: a module, and metadata with an entry point."""

    def install(package: str, name: str, place: str, source: str = "") -> None:
        folder = tmp_path / package
        metadata = folder / f"{package}-1.0.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {place}\n")
        (folder / f"{package}.py").write_text(source)
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.delitem(sys.modules, package, raising=False)
        importlib.invalidate_caches()

    return install


def listed() -> Result:
    return CliRunner().invoke(main, ["aggregators"])


GOOD = '''
from feedsite.feeds.aggregators import CollapseAggregator

class Cards(CollapseAggregator):
    """Cards of
    a stranger.

    More about them.
    """
'''


def test_ours_are_listed_with_class_package_and_what_they_answer() -> None:
    done = listed()
    assert done.exit_code == 0, done.output
    assert "year-month  (YearMonthAggregator, feedsite " in done.output
    assert "A feed by year and month, newest first" in done.output


def test_every_aggregator_of_ours_is_offered() -> None:
    ours = {one.load() for one in offered() if one.package.startswith("feedsite ")}
    exported = {getattr(aggregators, name) for name in aggregators.__all__}
    assert ours == {kind for kind in exported if isinstance(kind, type)} - {aggregators.Aggregator}


def test_ours_are_found_by_name() -> None:
    assert aggregator("year-month") is YearMonthAggregator


def test_another_packages_aggregator_is_listed_and_found(install: Installer) -> None:
    install("stranger", "cards-of-a-stranger", "stranger:Cards", GOOD)
    done = listed()
    assert done.exit_code == 0, done.output
    assert "cards-of-a-stranger  (Cards, stranger 1.0)\n    Cards of a stranger.\n" in done.output
    assert issubclass(aggregator("cards-of-a-stranger"), CollapseAggregator)


def test_looking_at_what_is_offered_imports_nothing(install: Installer) -> None:
    install("stranger", "cards-of-a-stranger", "stranger:Cards", GOOD)
    assert "cards-of-a-stranger" in {one.name for one in offered()}
    assert "stranger" not in sys.modules
    aggregator("collapse")
    assert "stranger" not in sys.modules


@pytest.mark.parametrize(
    ("source", "place", "problem"),
    [
        (
            "import nothing_of_this_name",
            "broken:A",
            "broken:A cannot be imported (ModuleNotFoundError: No module named",
        ),
        ("def (", "broken:A", "broken:A cannot be imported (SyntaxError: "),
        ("raise SystemExit(3)", "broken:A", "broken:A cannot be imported (SystemExit: 3)"),
        ("raise ValueError", "broken:A", "broken:A cannot be imported (ValueError)"),
        ("B = 1", "broken:A", "broken:A cannot be imported (AttributeError: "),
        ("A = 1", "broken:A", "broken:A is no subclass of feedsite.feeds.aggregators.Aggregator"),
        ("class A: pass", "broken:A", "broken:A is no subclass of feedsite.feeds.aggregators.Aggregator"),
    ],
)
def test_a_broken_one_is_named_with_its_package_and_the_reason_and_breaks_nothing_else(
    install: Installer, source: str, place: str, problem: str
) -> None:
    install("broken", "a-broken-one", place, source)
    with pytest.raises(
        BrokenAggregator, match=r"^the aggregator a-broken-one of broken 1.0 cannot be used: "
    ) as caught:
        aggregator("a-broken-one")
    assert caught.value.problem.startswith(problem)
    done = listed()
    assert done.exit_code == 1
    assert "a-broken-one  (A, broken 1.0)\n    CANNOT BE USED: broken:A " in done.output
    assert "year-month  (YearMonthAggregator, feedsite " in done.output
    assert aggregator("year-month") is YearMonthAggregator


def test_two_packages_with_one_name_are_told_of_instead_of_one_hiding_the_other(install: Installer) -> None:
    install("one", "cards", "one:Cards", GOOD)
    install("two", "cards", "two:Cards", GOOD)
    with pytest.raises(BrokenAggregator, match=r"offers one of this name too; uninstall one of them"):
        aggregator("cards")
    assert listed().output.count("CANNOT BE USED: ") == 2


def test_one_without_a_docstring_says_that_it_has_none(install: Installer) -> None:
    source = "from feedsite.feeds.aggregators import Aggregator\nclass A(Aggregator): pass\n"
    install("silent", "silent", "silent:A", source)
    assert "silent  (A, silent 1.0)\n    It does not say what it answers" in listed().output


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InvalidQuery, match=r"aggregator: 'year-week' is refused: one of .*year-month"):
        aggregator("year-week")
