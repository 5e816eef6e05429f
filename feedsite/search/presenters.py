"""The page of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from markupsafe import Markup
from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.feeds import Entity, InvalidCursor
from feedsite.search.people import PeopleSearch, Spot
from feedsite.search.query import BadQuery, Query, parse
from feedsite.search.services import FoundTag, SearchService
from feedsite.security.signing import BadToken, signer
from feedsite.timelines.people import person_views
from feedsite.timelines.presenters import TimelinePresenter
from feedsite.web.cursors import cursor_from, first_page_url, page_url
from feedsite.web.plurals import counted
from feedsite.web.presenting import EmptyView, LinkView, PersonView, TabView, TimelineView, TrendView

_ = TranslationStringFactory("feedsite")

_LINK = Markup('<a href="{}">{}</a>')
PEOPLE, NOTES, TAGS = "people", "notes", "tags"
_TABS = {PEOPLE: _("People"), NOTES: _("Notes"), TAGS: _("Tags")}


@dataclass(frozen=True)
class Asked:
    """What a request searches for.

    Attributes:
        text: as it was typed.
        query: what it asks for; None: nothing.
        tab: what is looked for.
        refusal: why nothing can be searched for with it; None: it can.
    """

    text: str
    query: Query | None
    tab: str
    refusal: TranslationString | None = None

    @classmethod
    def of(cls, request: Any) -> Asked:
        """What the address says. Whoever asks for more than words looks for notes, unless the address says what for."""
        text, tab = request.GET.get("q", ""), request.GET.get("tab", "")
        refusal = None
        try:
            query = parse(text, ZoneInfo(request.zone))
        except BadQuery as bad:
            query, refusal = None, bad.message
        if tab not in _TABS:
            tab = NOTES if query is not None and query.narrows else PEOPLE
        return cls(text.strip(), query, tab, refusal)


@dataclass(frozen=True)
class SearchView:
    """The page of a search.

    Attributes:
        text: what was typed, for the field.
        tab: what is looked for, for the form.
        error: why it cannot be searched for; empty: it can.
        tabs: the same search among people, notes and tags.
        label: the heading of what was found.
        people, tags: what was found of these.
        timeline: the notes that were found.
        empty: what is said where there is nothing.
        older_url, newer_url, first_url: other pages of people and tags.
    """

    text: str
    tab: str
    error: str = ""
    tabs: tuple[TabView, ...] = ()
    label: str = ""
    people: tuple[PersonView, ...] = ()
    tags: tuple[TrendView, ...] = ()
    timeline: TimelineView | None = None
    empty: EmptyView | None = None
    older_url: str = ""
    newer_url: str = ""
    first_url: str = ""


class SearchPresenter:
    """Searches for the reader of a request, and shows what is found."""

    def __init__(self, request: Any, asked: Asked) -> None:
        self._request, self._asked = request, asked
        self._reader: Entity | None = None if request.identity is None else request.identity.entity
        self._service: SearchService = request.find_service(SearchService)

    def view(self) -> SearchView:
        """The page. Raises InvalidCursor."""
        asked, translate = self._asked, self._request.translate
        if asked.query is None:
            error = "" if asked.refusal is None else translate(asked.refusal)
            empty = None if error else self._nothing_asked()
            return SearchView(asked.text, asked.tab, error, empty=empty)
        shown = {PEOPLE: self._people, NOTES: self._notes, TAGS: self._tags}[asked.tab](asked.query)
        return SearchView(asked.text, asked.tab, tabs=self._tabs(), label=translate(_TABS[asked.tab]), **shown)

    def _tabs(self) -> tuple[TabView, ...]:
        translate, current = self._request.translate, self._asked.tab
        return tuple(TabView(translate(name), self._url(tab), tab == current) for tab, name in _TABS.items())

    def _url(self, tab: str, text: str = "") -> str:
        query = urlencode({"q": text or self._asked.text, "tab": tab})
        return f"{self._request.route_path('search.search')}?{query}"

    # What is found

    def _people(self, query: Query) -> dict[str, Any]:
        words = query.words or ((query.author,) if query.author else ())
        if not words:
            return {"empty": self._no_words()}
        service = self._request.find_service(PeopleSearch)
        service.expect(self._reader)
        found = service.read(words, self._reader, self._spot())
        following = None if found.next is None else self._signed(list(found.next))
        if not found.people:
            return {"empty": self._nothing(PEOPLE)}
        return {"people": person_views(self._request, found.people), **self._pages(following)}

    def _notes(self, query: Query) -> dict[str, Any]:
        author = self._service.author(query)
        if query.author and author is None:
            return {"empty": self._nobody(query.author)}
        cursor = cursor_from(self._request)
        self._service.expect_notes(query, author, self._reader, cursor)
        found = self._service.notes(query, author, self._reader, cursor)
        empty = None
        if not found.page.items:
            empty = self._nothing_more() if found.page.next or cursor else self._why_no_notes(query)
        return {"timeline": TimelinePresenter(self._request, found).view(_("Notes"), empty=empty, label_hidden=True)}

    def _tags(self, query: Query) -> dict[str, Any]:
        beginning = "".join(query.tags[:1]) or "".join(query.words)
        if not beginning:
            return {"empty": self._no_words()}
        after = self._payload()
        found = self._service.tags(beginning, self._reader, "" if after is None else str(after[0]))
        if not found.tags and not found.next:
            return {"empty": self._nothing(TAGS)}
        return {
            "tags": tuple(map(self._tag, found.tags)),
            **self._pages(self._signed([found.next]) if found.next else None),
        }

    def _tag(self, tag: FoundTag) -> TrendView:
        url = self._request.route_path("timelines.tag", tag=tag.name)
        count = counted(
            self._request,
            "${count} note",
            "${count} notes",
            tag.notes,
            count=format_decimal(tag.notes, locale=self._request.locale_name),
        )
        return TrendView(_LINK.format(url, f"#{tag.name}"), count)

    # Pages: of the engine for notes, our own for people and tags

    def _signed(self, payload: list[str]) -> str:
        return signer(self._request, self._purpose()).sign(payload)

    def _purpose(self) -> str:
        reader = "" if self._reader is None else self._reader.id
        return repr(["search", self._asked.tab, self._asked.text, reader])

    def _payload(self) -> list[str] | None:
        token = cursor_from(self._request)
        if token is None:
            return None
        try:
            return [str(part) for part in signer(self._request, self._purpose()).read(token)]
        except BadToken as error:
            raise InvalidCursor(field="cursor", value=token[:80], rule="a cursor of this search, unchanged") from error

    def _spot(self) -> Spot | None:
        payload = self._payload()
        return None if payload is None else Spot(*payload)

    def _pages(self, following: str | None) -> dict[str, Any]:
        first = first_page_url(self._request) if self._request.GET.get("cursor") else ""
        return {"older_url": page_url(self._request, following) or "", "first_url": first}

    # What is said where there is nothing

    def _nothing_asked(self) -> EmptyView:
        return self._empty(
            "nothing-asked", _("Find people, notes and tags"), _("Type a name, a word of a note, or a #tag.")
        )

    def _no_words(self) -> EmptyView:
        notes = LinkView(self._request.translate(_("Look among notes")), self._url(NOTES), primary=True)
        text = _("People and tags are found by words. What you typed says only which notes you mean.")
        return self._empty("filtered", _("There is no word in this search"), text, notes)

    def _nobody(self, handle: str) -> EmptyView:
        return self._empty(
            "nothing-yet",
            _("Nobody has this handle"),
            _("There is nobody here who is called @${handle}.", mapping={"handle": handle}),
            LinkView(self._request.translate(_("Look among people")), self._url(PEOPLE, handle), primary=True),
        )

    def _nothing(self, tab: str) -> EmptyView:
        translate = self._request.translate
        others = [LinkView(translate(_LOOK[other]), self._url(other)) for other in _TABS if other != tab]
        return self._empty("nothing-yet", _("Nothing found"), _NOTHING[tab], *others)

    def _nothing_more(self) -> EmptyView:
        first = LinkView(self._request.translate(_("Newest")), first_page_url(self._request), primary=True)
        return self._empty(
            "nothing-yet", _("Nothing here"), _("There is nothing on this page; others may have it."), first
        )

    def _why_no_notes(self, query: Query) -> EmptyView:
        if not query.narrows or not self._service.has_words(query, self._reader):
            return self._nothing(NOTES)
        wider = LinkView(
            self._request.translate(_("Look for the words alone")),
            self._url(NOTES, " ".join(query.words)),
            primary=True,
        )
        text = _("There are notes with these words, but none that is all of what you asked for.")
        return self._empty("filtered", _("Nothing behind this filter"), text, wider)

    def _empty(self, kind: str, title: str, text: str, *links: LinkView) -> EmptyView:
        return EmptyView(kind, self._request.translate(title), self._request.translate(text), links)


_NOTHING = {
    PEOPLE: _("Nobody here has a name or a handle that begins like this."),
    NOTES: _("No public note has all of these words."),
    TAGS: _("No tag begins like this."),
}
_LOOK = {PEOPLE: _("Look among people"), NOTES: _("Look among notes"), TAGS: _("Look among tags")}
