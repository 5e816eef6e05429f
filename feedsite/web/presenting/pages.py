"""Timelines, grouped pages, the archive, notifications and the pane: many cards in their order."""

from dataclasses import dataclass

from markupsafe import Markup

from feedsite.web.presenting.basics import ActionView, EmptyView, LinkView, TimeView
from feedsite.web.presenting.things import ItemView, NoteView, PersonView


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A page of activities, newest first unless it says otherwise.

    Attributes:
        label: its heading.
        here: this page's path and query, so that an action can return to the very item.
        older_url, newer_url, first_url: empty when there is none: a last page has no older one.
        empty: what to say when there are no items.
        divider_index: "you have read up to here" stands before this item (None: nowhere).
        notice: the "5 new" link on top, when something arrived since.
        toggle: the filter's link ("Only new" / "Show all").
        mark_read: the button that moves the reader's place here.
        oldest_first: time runs down the page: `older_url` leads on to what is newer, `newer_url` back.
        since: what the script asks with how much came since (`mark_token`); empty: it does not ask.
    """

    items: tuple[ItemView, ...]
    label: str
    here: str = ""
    older_url: str = ""
    newer_url: str = ""
    first_url: str = ""
    empty: EmptyView | None = None
    divider_index: int | None = None
    notice: LinkView | None = None
    toggle: LinkView | None = None
    mark_read: ActionView | None = None
    label_hidden: bool = False
    oldest_first: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A labelled section of activities: a month, a day, a verb. Its heading stands outside any feed."""

    anchor: str
    label: str
    items: tuple[ItemView, ...]
    count_label: str = ""
    more: LinkView | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Several activities about one thing: the newest, and how many more.

    Attributes:
        key: stable while the group lives; `anchor` is its id in the page.
        heading: what they have in common, with its link.
        items: the newest ones, at least one.
        total_label: a finished sentence ("and 12 more"), empty when all are shown; it leads to `more_url`.
        people: who acted, newest first, for the row of avatars.
        is_thing: what the items are about is the heading; it need not be said again in each.
    """

    key: str
    anchor: str
    heading: Markup
    time: TimeView
    items: tuple[ItemView, ...] = ()
    icon: str = ""
    url: str = ""
    total_label: str = ""
    more_url: str = ""
    people: tuple[PersonView, ...] = ()
    is_thing: bool = False


@dataclass(frozen=True, slots=True)
class GroupPageView:
    """A page of cards; the links are those of TimelineView."""

    groups: tuple[GroupView, ...]
    label: str
    here: str = ""
    older_url: str = ""
    newer_url: str = ""
    first_url: str = ""
    empty: EmptyView | None = None
    toggle: LinkView | None = None


@dataclass(frozen=True, slots=True)
class ThingSectionView:
    """A watched thing: its heading with its link, and a section inside for each verb.

    Attributes:
        parts: the verbs that show their newest acts; `others` are only named, with their counts.
    """

    anchor: str
    heading: Markup
    count_label: str
    parts: tuple[SectionView, ...]
    others: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionPageView:
    """A page of labelled sections, or of watched things; the links are those of TimelineView."""

    sections: tuple[SectionView, ...]
    label: str
    here: str = ""
    older_url: str = ""
    newer_url: str = ""
    first_url: str = ""
    empty: EmptyView | None = None
    toggle: LinkView | None = None
    things: tuple[ThingSectionView, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendView:
    """Something that much happened to lately: its name with its link, and how much."""

    heading: Markup
    count_label: str


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month of the archive: `level` (0 to 10) is its share of the busiest month, for the bar."""

    label: str
    url: str
    count_label: str
    level: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of the archive with every month that has something, newest first."""

    label: str
    url: str
    count_label: str
    months: tuple[MonthView, ...] = ()
    current: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """The past by years and months; `note` says where a count is a lower bound or how old it is."""

    label: str
    years: tuple[YearView, ...]
    empty: EmptyView | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatView:
    """How active somebody was on each day of 53 weeks.

    Attributes:
        label: the picture in words.
        ground: an SVG path through all days; `days` one path for each of four levels of activity.
        months: the same figures by month, each leading to its acts.
    """

    label: str
    ground: str
    days: tuple[str, ...]
    months: tuple[MonthView, ...]


@dataclass(frozen=True, slots=True)
class NotificationGroupView:
    """Everybody who did one kind of thing to one thing.

    Attributes:
        kind: the verb, for the icon's colour; `icon` the symbol.
        people: the newest who acted (at most 8 are shown).
        sentence: "Ana, Bo and 3 others liked your note", with links.
        url: where the thing is; `excerpt` its beginning, plain text.
        note: the note itself where it can be answered here (a reply, a mention).
        is_new: above the reader's mark.
        token: what the forms of the list call it; empty: nothing can be said of it here.
        tools: what can be said of it; each button's value is the token.
    """

    key: str
    anchor: str
    kind: str
    icon: str
    sentence: Markup
    time: TimeView
    url: str
    people: tuple[PersonView, ...] = ()
    excerpt: str = ""
    note: NoteView | None = None
    is_new: bool = False
    reason: str = ""
    token: str = ""
    tools: tuple[ActionView, ...] = ()


@dataclass(frozen=True, slots=True)
class NotificationListView:
    """The notifications page: what is new above the reader's mark, what was earlier below it.

    Attributes:
        mark_read: "Mark all read"; it carries the newest instant on the page. `undo` takes the last one back.
        bulk: what can be said of all that are chosen; `action` is where that is sent.
    """

    new: tuple[NotificationGroupView, ...]
    earlier: tuple[NotificationGroupView, ...]
    here: str = ""
    mark_read: ActionView | None = None
    undo: ActionView | None = None
    bulk: tuple[ActionView, ...] = ()
    action: str = ""
    older_url: str = ""
    newer_url: str = ""
    first_url: str = ""
    empty: EmptyView | None = None


@dataclass(frozen=True, slots=True)
class PaneView:
    """Notifications beside every page: the badge and at most five New groups, from the same predicate as the list.

    Attributes:
        badge_label: at most "99+", empty for none; `badge_text` says it in words ("3 new notifications").
    """

    url: str
    badge: int = 0
    badge_label: str = ""
    badge_text: str = ""
    groups: tuple[NotificationGroupView, ...] = ()
