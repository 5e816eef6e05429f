"""What stands in a note's text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsite.posts.text import (
    MAX_MENTIONS,
    MAX_TAGS,
    MAX_WORDS,
    TAG_LENGTH,
    Kind,
    folded,
    handles,
    normalised,
    pieces,
    refusal,
    tag_name,
    tags,
    words,
)

# What people type, and what they should not: markup, addresses, signs, other scripts, characters that fold oddly.
SCRAPS = st.sampled_from(
    ["@", "#", "/", "&", ".", ",", " ", "\n", "\r\n", "\t", "_", "-", "<b>", '"', "'", "&amp;", "&#39;"]
    + ["ana", "Bo_1", "python", "PYTHON", "ñ", "ß", "İ", "ﬁ", "\u0301", "हिन्दी", "日本", "😀", "\u202e", "\u200d", "１"]
    + ["http://", "https://", "https://example.org/@ana#x?a=1&b=2", "www.", "javascript:alert(1)", "a@b.org"]
)
TEXTS = st.lists(SCRAPS | st.text(max_size=3), max_size=30).map("".join)


def mentions_and_tags(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.kind in (Kind.MENTION, Kind.TAG)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ana, @BO! (@chidi)", ["@ana", "@BO", "@chidi"]),
        ("ana@example.org and @ana@example.org", []),
        ("@" + "a" * 30, ["@" + "a" * 30]),
        ("@" + "a" * 31, []),
        ("@ñandú @anañ /@ana", []),
        ("#python #Über #日本 #हिन्दी #a_1", ["#python", "#Über", "#日本", "#हिन्दी", "#a_1"]),
        ("C# C## ##x a#b &#39; #1 #123 # #_", []),
        ("#1st", ["#1st"]),
        ("#" + "a" * 65, []),
        ("#one#two", ["#one"]),
        ("#semi-detached", ["#semi"]),
        ("https://example.org/@ana#python #real", ["#real"]),
        ("(#python)\n#perl", ["#python", "#perl"]),
    ],
)
def test_mentions_and_tags(text: str, found: list[str]) -> None:
    assert mentions_and_tags(text) == found


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.org/a_(b). Or not", ["https://example.org/a_(b)"]),
        ("HTTP://Example.org/x", ["HTTP://Example.org/x"]),
        ("example.org main.py www.example.org", []),
        ("ftp://example.org mailto:a@b.org //example.org javascript:alert(1)", []),
        ("xhttp://example.org", []),
        ("https://ñandú.cl/á?q=1&r=2#s", ["https://ñandú.cl/á?q=1&r=2#s"]),
    ],
)
def test_addresses(text: str, addresses: list[str]) -> None:
    assert [piece.text for piece in pieces(text) if piece.kind is Kind.LINK] == addresses


@given(TEXTS)
def test_the_pieces_are_the_text(text: str) -> None:
    text = normalised(text)
    assert "".join(piece.text for piece in pieces(text)) == text
    assert all(piece.text for piece in pieces(text))


@given(TEXTS)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\r" not in once
    assert "\t" not in once
    assert "\n\n\n" not in once


@given(TEXTS)
def test_a_tag_is_what_its_name_says(text: str) -> None:
    """The name of a tag, written as a tag again, is that tag: its page's address leads to itself."""
    for name in tags(normalised(text)):
        assert tag_name(name) == name
        assert 1 <= len(name) <= TAG_LENGTH
        assert name == folded(name)


@given(TEXTS)
def test_words_are_what_the_engine_takes(text: str) -> None:
    found = words(normalised(text))
    assert len(found) == len(set(found)) <= MAX_WORDS
    for word in found:
        assert word
        assert word == folded(word)
        assert not any(unicodedata.category(character)[0] in "ZC" for character in word)


def test_words_are_compared_without_case_and_form() -> None:
    assert words("Straße STRASSE ﬁne Fine １２ हिन्दी it's") == ("strasse", "fine", "12", "हिन्दी", "it", "s")


def test_a_word_counts_without_its_accents_too() -> None:
    assert words("Café CAFE año が हिन्दी") == ("café", "cafe", "año", "が", "हिन्दी", "ano")


def test_tags_and_handles_are_told_once() -> None:
    assert tags("#Python #PYTHON #python #perl") == ["python", "perl"]
    assert handles("@Ana @ana @bo") == ["ana", "bo"]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200d", "\u3000", "\u202e"])
def test_a_note_says_something(text: str) -> None:
    assert refusal(normalised(text), 1000) == "Write something first."


def test_characters_are_counted_as_readers_count_them() -> None:
    """Composed characters count once, line ends once, signs outside of the basic plane once."""
    assert refusal(normalised("e\u0301" * 1000), 1000) is None
    assert refusal(normalised("a\r\n" * 499 + "ab"), 1000) is None
    assert refusal(normalised("😀" * 1000), 1000) is None
    too_long = refusal(normalised("a" * 1001), 1000)
    assert too_long is not None
    assert too_long.interpolate() == "This note has 1001 characters; 1000 are possible."


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ufdd0", "\uffff", "\U0001fffe"])
def test_control_characters_are_refused(character: str) -> None:
    assert "control characters" in str(refusal(normalised(f"a{character}b"), 1000))


def test_too_many_tags_and_mentions_are_refused() -> None:
    names = [chr(97 + n // 26) + chr(97 + n % 26) for n in range(50)]
    assert refusal(" ".join("#" + name for name in names[:MAX_TAGS]), 1000) is None
    assert "tags" in str(refusal(" ".join("#" + name for name in names[: MAX_TAGS + 1]), 1000))
    assert refusal(" ".join("@" + name for name in names[:MAX_MENTIONS]), 1000) is None
    assert "mentions" in str(refusal(" ".join("@" + name for name in names[: MAX_MENTIONS + 1]), 1000))
