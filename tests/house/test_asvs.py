"""docs/security.md: every requirement of OWASP ASVS 5.0 that is promised is there, each with its test or a reason."""

from __future__ import annotations

import ast
import re
from functools import cache

from feedsite.accounts.forms import AddressForm, JoinForm, ProfileForm
from feedsite.links import views as links
from feedsite.posts import text as notes
from feedsite.reporting.services import MAX_COMMENT, MAX_TEXT
from feedsite.security import passwords
from feedsite.settings import Settings, load
from feedsite.web import cursors, redirects

from tests.house.checkout import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text()


def numbers(*sections: str) -> set[str]:
    """``"6.2.1-8"`` is 6.2.1 to 6.2.8."""
    found = set()
    for section in sections:
        front, _, last = section.partition("-")
        place, first = front.rsplit(".", 1)
        found |= {f"{place}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


#: The 70 of level 1, and those of level 2 in the chapters on web frontends, authentication, sessions and logging.
LEVEL_1 = numbers(
    "1.2.1-5", "1.3.1-2", "1.5.1", "2.1.1", "2.2.1-2", "2.3.1", "3.2.1-2", "3.3.1", "3.4.1-2", "3.5.1-3", "4.1.1",
    "4.4.1", "5.2.1-2", "5.3.1-2", "6.1.1", "6.2.1-8", "6.3.1-2", "6.4.1-2", "7.2.1-4", "7.4.1-2", "8.1.1", "8.2.1-2",
    "8.3.1", "9.1.1-3", "9.2.1", "10.4.1-5", "11.3.1-2", "11.4.1", "12.1.1", "12.2.1-2", "13.4.1", "14.2.1", "14.3.1",
    "15.1.1", "15.2.1", "15.3.1",
)  # fmt: skip
LEVEL_2 = numbers(
    "3.3.2-4", "3.4.3-6", "3.5.4-5", "3.7.1-2", "6.1.2-3", "6.2.9-12", "6.3.3-4", "6.4.3-4", "6.5.1-5", "6.6.1-3",
    "6.8.1-4", "7.1.1-3", "7.3.1-2", "7.4.3-5", "7.5.1-2", "7.6.1-2", "16.1.1", "16.2.1-5", "16.3.1-4", "16.4.1-3",
    "16.5.1-3",
)  # fmt: skip
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \| (.+) \|$", re.M)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(title: str) -> dict[str, tuple[str, str]]:
    """number -> (how, tests) of the table under a title."""
    part = DOCUMENT.split(f"### {title}")[1].split("\n### ")[0]
    return {number: (how, tests) for number, _what, how, tests in _ROW.findall(part)}


def test_every_requirement_has_its_row() -> None:
    assert len(LEVEL_1) == 70
    assert set(rows("Level 1")) == LEVEL_1
    assert set(rows("Level 2")) == LEVEL_2


def test_every_row_has_a_test_or_says_why_there_is_none() -> None:
    for number, (how, tests) in {**rows("Level 1"), **rows("Level 2")}.items():
        assert _TEST.search(tests) or how.startswith("Not applicable"), number


@cache
def functions_in(path: str) -> frozenset[str]:
    """The functions of a file, methods too."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_test_that_is_named_exists() -> None:
    named = _TEST.findall(DOCUMENT)
    assert len(named) > 100
    assert [f"{path}::{test}" for path, test in named if test not in functions_in(path)] == []


def test_what_is_accepted_is_what_the_code_accepts() -> None:
    table = DOCUMENT.split("## What is accepted")[1].split("\n## ")[0]
    accepted = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", table, re.M))
    for what, form, field in (
        ("name", ProfileForm, "name"),
        ("mail address", AddressForm, "email"),
        ("about oneself, why to join", ProfileForm, "bio"),
        ("about oneself, why to join", JoinForm, "message"),
    ):
        (longest,) = [getattr(rule, "max", 0) for rule in form()[field].validators if getattr(rule, "max", 0)]
        assert str(longest) in accepted[what], what
    for what, number in (
        ("password", passwords.MIN_LENGTH),
        ("password", passwords.MAX_BYTES),
        ("report, comment, reason of an act", MAX_TEXT),
        ("report, comment, reason of an act", MAX_COMMENT),
        ("note", notes.MAX_TAGS),
        ("table of links", links._LARGEST_TABLE),
        ("cursor", cursors._LONGEST),
        ("where to go next", redirects._LONGEST),
        ("picture", _defaults().picture_max_bytes),
        ("picture", _defaults().picture_max_pixels),
        ("body of a request", _defaults().max_body_bytes),
        ("note", _defaults().note_max_length),
    ):
        assert f"{number:,}" in accepted[what], what


def test_limits_of_logins_are_those_of_the_settings() -> None:
    part = DOCUMENT.split("## Logins")[1].split("\n## ")[0]
    settings = _defaults()
    for number in (settings.session_idle_seconds / 86_400, settings.session_absolute_seconds / 86_400):
        assert f"{number:.0f} days" in part.replace("\n", " ")
    assert f"{settings.confirm_again_seconds / 60:.0f} minutes" in part


def test_libraries_have_their_times() -> None:
    part = DOCUMENT.split("## Libraries")[1].split("\n## ")[0]
    assert len(re.findall(r"\| \d+ days", part)) == 4


def test_every_act_of_the_log_is_listed() -> None:
    part = DOCUMENT.split("## Logs")[1].split("\n## ")[0]
    noted = {
        act.replace(" ", "-")
        for file in (ROOT / "feedsite").rglob("*.py")
        for call in re.findall(r"\bnote\(request, ([^)]*)\)", file.read_text())
        for act in re.findall(r"\"([a-z ]+)\"", call.split(",")[0])
    }
    assert len(noted) > 15
    assert {act for act in noted if act not in part} == set()


def _defaults() -> Settings:
    return load(
        {"feedsite.secret": "any text that is long enough 0123456789", "feedsite.database_url": "sqlite:///x"}, {}
    )
