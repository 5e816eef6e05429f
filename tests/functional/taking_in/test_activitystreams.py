"""An outbox of another site: its notes with their dates, as text, for whom they were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedsite.accounts.services import PeopleService
from feedsite.importing.account import AccountImport
from feedsite.importing.activitystreams import read_outbox
from feedsite.importing.contents import BadArchive
from feedsite.importing.html_text import text_of_html

from tests.functional.timelines.world import World

PUBLIC, ME = "https://www.w3.org/ns/activitystreams#Public", "https://elsewhere.example/users/ana"


def create(number: int, content: str, **more: Any) -> dict[str, Any]:
    note = {"id": f"{ME}/statuses/{number}", "type": "Note", "published": f"2024-02-0{number}T10:00:00Z"}
    note |= {"content": content, "to": [PUBLIC], "cc": [f"{ME}/followers"], "inReplyTo": None, "summary": None, **more}
    return {"type": "Create", "actor": ME, "published": note["published"], "object": note}


def outbox(*items: Any) -> str:
    return json.dumps({"@context": "…", "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items})


_MENTION = '<span class="h-card"><a href="https://e.example/@bo" class="u-url mention">@<span>bo</span></a></span>'
_TAG = '<a href="https://e.example/tags/bread" class="mention hashtag" rel="tag">#<span>bread</span></a>'
_SHORTENED = '<span class="ellipsis">example.org/lo</span><span class="invisible">ng/path</span>'
_LINK = f'<a href="https://example.org/long/path"><span class="invisible">https://</span>{_SHORTENED}</a>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        (f"<p>{_MENTION} hi {_TAG}</p>", "@bo hi #bread"),
        (_LINK, "https://example.org/long/path"),
        ("A &lt;b&gt; &amp; c<script>alert(1)</script><style>p{}</style>", "A <b> & c"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
    ],
)
def test_html_becomes_the_text_that_a_reader_saw(html: str, text: str) -> None:
    assert text_of_html(html) == text


def test_an_outbox_is_taken_in_once_and_what_is_left_out_is_counted(world: World) -> None:
    anew = world.person("anew")
    text = outbox(
        create(1, "<p>Hello <b>world</b></p>"),
        create(2, "<p>And on</p>", inReplyTo=f"{ME}/statuses/1"),
        create(3, "<p>Unlisted</p>", to=[f"{ME}/followers"], cc=[PUBLIC]),
        create(4, "<p>For followers</p>", to=[f"{ME}/followers"], cc=[]),
        create(5, "<p>Between us</p>", to=["https://e.example/bo"], cc=[], summary="private"),
        create(6, "<p>To you</p>", inReplyTo="https://e.example/7", attachment=[{"type": "Document"}]),
        {"type": "Announce", "object": f"{ME}/statuses/1", "published": "2024-02-08T00:00:00Z"},
        {"type": "Announce", "object": "https://e.example/1", "published": "2024-02-08T00:00:00Z"},
        {"type": "Create", "object": {"type": "Question"}},
        {"type": "Move"},
    )
    for known in (0, 6):
        with world.site.transaction() as request:
            person = request.find_service(PeopleService).by_id(anew.id)
            taken = request.find_service(AccountImport).take_in(person, read_outbox(text))
        assert (taken.notes, taken.known) == (6 - known, known)
    assert {**taken.skipped}.keys() == {
        "activities of the type Move",
        "things of the type Question",
        "shares of notes of others",
        "notes whose pictures and files are left behind",
    }
    mine, theirs = world.browser("anew").get("/@anew/2024/2").text, world.browser("bo").get("/@anew/2024/2").text
    for words in ("Hello world", "And on", "Unlisted", "To you"):
        assert words in theirs
    for words in ("For followers", "Between us"):
        assert words in mine
        assert words not in theirs
    assert "shared" in theirs


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{", "outbox.json, line 1: JSON: "),
        ("[]", "outbox.json, line 1: an object"),
        ('{"type": "OrderedCollection", "orderedItems": 7}', "orderedItems is a list"),
        (outbox(create(1, "x"), create(2, "y", published="x")), "activity 2 of orderedItems: published is an instant"),
        (outbox("x"), "activity 1 of orderedItems: an object"),
        (outbox(create(1, 7)), "activity 1 of orderedItems: content is a text"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_outbox_is_refused_by_its_place_and_rule(text: str, rule: str) -> None:
    with pytest.raises(BadArchive) as refused:
        read_outbox(text)
    assert rule in str(refused.value)
