"""The catalogues of languages are complete, fit the sentences they translate, and are compiled."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parents[2] / "feedsite" / "locale"
LANGUAGES = sorted(file.parts[-3] for file in LOCALES.glob("*/LC_MESSAGES/feedsite.po"))
_PLACE = re.compile(r"\$\{\w+\}|%\(\w+\)s|<[^>]+>")


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "feedsite.po").open("rb") as lines:
        return read_po(lines, locale=language)


def forms(message: Message) -> list[tuple[str, str]]:
    """Pairs of a sentence and its translation."""
    given = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if isinstance(message.id, str):
        return [(message.id, text) for text in given]
    one, many = message.id[0], message.id[-1]
    return [(many if at else one, text) for at, text in enumerate(given)]


def test_there_is_spanish() -> None:
    assert "es" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_no_other(language: str) -> None:
    with (LOCALES / "feedsite.pot").open("rb") as lines:
        wanted = {message.id for message in read_po(lines) if message.id}
    given = {message.id for message in catalogue(language) if message.id and all(text for _, text in forms(message))}
    assert wanted - given == set()
    assert given - wanted == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_marked_up_is_the_same(language: str) -> None:
    for message in catalogue(language):
        for source, text in forms(message) if message.id else ():
            assert sorted(set(_PLACE.findall(text))) == sorted(set(_PLACE.findall(source))), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_compiled(language: str) -> None:
    """`make messages` does that."""
    made = BytesIO()
    write_mo(made, catalogue(language))
    assert (LOCALES / language / "LC_MESSAGES" / "feedsite.mo").read_bytes() == made.getvalue()
