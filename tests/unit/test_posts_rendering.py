"""From text to HTML: nothing that is typed becomes markup."""

from __future__ import annotations

from urllib.parse import quote

import html5lib
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from feedsite.posts.rendering import excerpt, plain, render
from feedsite.posts.text import normalised

from tests.unit.test_posts_text import TEXTS

AWAY = 'rel="nofollow ugc noopener"'
MENTIONS = {"ana": "/@ana_now", "bo_1": "/@bo_1"}
EVIL = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</p></div><p>",
        "<!--",
        "<![CDATA[",
        '"><b>',
        "' onmouseover='x",
        "https://example.org/\"onclick='x",
        "https://example.org/<script>",
        "javascript:alert(1)",
        "http://javascript:alert(1)@x",
        "data:text/html,x",
        "&lt;script&gt;",
        "&#60;b&#62;",
        '#tag"onclick=x',
        '@ana"><b>',
        "<svg/onload=x>",
        "{{ 7*7 }}",
    ]
)
HOSTILE = st.lists(EVIL | TEXTS, max_size=8).map(" ".join)


def rendered(text: str) -> str:
    return str(render(normalised(text), mentions=MENTIONS, tag_url=lambda tag: f"/tags/{quote(tag)}"))


def shown(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for line_break in soup("br"):
        line_break.replace_with("\n")
    return "\n\n".join(paragraph.get_text() for paragraph in soup("p"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Good morning.", '<p dir="auto">Good morning.</p>'),
        ("one\ntwo\n\nthree", '<p dir="auto">one<br>two</p><p dir="auto">three</p>'),
        ("@Ana", '<p dir="auto"><a class="mention" href="/@ana_now">@Ana</a></p>'),
        ("@nobody", '<p dir="auto">@nobody</p>'),
        ("#Straße", '<p dir="auto"><a class="tag" href="/tags/strasse">#Straße</a></p>'),
        (
            "https://www.example.org/?a=1&b=2",
            f'<p dir="auto"><a href="https://www.example.org/?a=1&amp;b=2" {AWAY}>example.org/?a=1&amp;b=2</a></p>',
        ),
        ("a < b & c > d", '<p dir="auto">a &lt; b &amp; c &gt; d</p>'),
        ("&lt;b&gt;", '<p dir="auto">&amp;lt;b&amp;gt;</p>'),
    ],
)
def test_what_is_made_of_a_text(text: str, html: str) -> None:
    assert rendered(text) == html


def test_a_long_address_is_shown_short_and_leads_where_it_says() -> None:
    address = "https://example.org/" + "y" * 100
    link = BeautifulSoup(rendered(address), "html.parser").a
    assert link["href"] == address
    assert len(link.get_text()) == 48
    assert link.get_text().startswith("example.org/yyy")


@given(HOSTILE)
def test_nothing_typed_becomes_markup(text: str) -> None:
    html = rendered(text)
    html5lib.HTMLParser(strict=True).parseFragment(html)
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.name in ("p", "br", "a")
        assert set(tag.attrs) <= {"p": {"dir"}, "br": set(), "a": {"href", "rel", "class"}}[tag.name]
        if tag.name == "a":
            outside = tag["href"].lower().startswith(("http://", "https://"))
            assert outside or tag["href"].startswith(("/@", "/tags/"))
            assert tag.get("rel") == (["nofollow", "ugc", "noopener"] if outside else None)


@given(HOSTILE)
def test_what_is_typed_is_what_is_read(text: str) -> None:
    """Escaped once, not twice: but for shortened addresses the page shows what was typed."""
    if "://" not in text:
        # An HTML parser reads a form feed or a lone control character as it likes.
        clean = "".join(character for character in text if character == "\n" or character.isprintable())
        assert shown(rendered(clean)) == normalised(clean)


@given(TEXTS, st.integers(10, 200))
def test_an_excerpt_is_one_line_and_short(text: str, length: int) -> None:
    line = excerpt(normalised(text), length)
    assert len(line) <= length
    assert "\n" not in line


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert excerpt("The night train is the only one on time.", 20) == "The night train is…"
    assert excerpt("one\n\ntwo", 20) == "one two"
    assert excerpt("x" * 50, 20) == "x" * 19 + "…"


def test_a_note_in_one_line_keeps_its_paragraphs_apart() -> None:
    html = render("Again.\n\n#library\nof <b>", mentions={}, tag_url=lambda name: f"/tags/{name}")
    assert plain(html) == "Again. #library of <b>"


def test_what_is_kept_of_a_text_depends_on_who_is_known_and_where_tags_lead() -> None:
    """People rename themselves, leave and join; a site moves below a prefix: the same text leads elsewhere then."""
    text = "@ana on #bread"

    def shown(mentions: dict[str, str], prefix: str) -> str:
        return str(render(text, mentions=mentions, tag_url=lambda tag: f"{prefix}/tags/{tag}"))

    first = shown({"ana": "/@ana"}, "")
    assert 'href="/@ana"' in first
    assert 'href="/tags/bread"' in first
    assert 'href="/@renamed"' in shown({"ana": "/@renamed"}, "")
    assert "mention" not in shown({}, "")
    assert 'href="/site/tags/bread"' in shown({"ana": "/@ana"}, "/site")
    assert shown({"ana": "/@ana", "bo": "/@bo"}, "") == first
