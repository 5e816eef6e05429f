"""What templates consume: frozen shapes with finished fields.

A template shows, it does not decide. So every field here is ready to print: sentences are translated, counts are formatted, times are in
the reader's zone, and an action that the reader may not take is not there (`None`). Features' presenters fill the shapes, the macros in
`feedsite/templates/macros/` print them, and the style guide shows each of them in every state. `feedsite.web.wording` has the small
functions that fill their fields.

A `str` field is plain text and is escaped when printed; a `Markup` field is HTML that is already safe.
"""

from dataclasses import dataclass

from markupsafe import Markup

__all__ = [
    "ActionView",
    "ArchiveView",
    "ChoiceView",
    "ComposeView",
    "DayView",
    "EmptyView",
    "GroupPageView",
    "GroupView",
    "ItemView",
    "LinkView",
    "MonthView",
    "NoteView",
    "NotificationGroupView",
    "NotificationListView",
    "PaneView",
    "PersonView",
    "ProfileView",
    "TabView",
    "TagView",
    "TimeView",
    "TimelineView",
    "YearView",
]


@dataclass(frozen=True, slots=True)
class TimeView:
    """An instant, three times: for machines, in full for the title, in short for the eye."""

    iso: str
    absolute: str
    relative: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link in a list of links; `primary` makes it look like the page's main button."""

    text: str
    url: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class TabView:
    """One of several views of the same thing; `current` is the page that is open."""

    text: str
    url: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class ActionView:
    """Something the reader can do: a button that posts, a link (`method="get"`), or a bare figure (no `url`).

    Attributes:
        name: what it is to the style sheet and to tests: "reply", "like", "share", "mute", "watch", "delete", …
        label: its accessible name, a whole phrase with the figure in it where there is one ("Like, 3 likes").
        url: where it posts or leads; empty: nobody may act here, only the figure is shown.
        icon: a symbol of `static/img/icons.svg`.
        text: what is written on it; empty: the icon alone, with `label` for those who cannot see it.
        on: already done, so that the button undoes it.
        danger: shown as something that cannot be taken back.
        fields: hidden fields to post along with the CSRF token.
    """

    name: str
    label: str
    url: str = ""
    icon: str = ""
    text: str = ""
    method: str = "post"
    on: bool = False
    danger: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as others see them.

    Attributes:
        key: "person:{id}".
        initials, hue: for the generated avatar (`wording.initials`, `wording.hue`).
        bio: safe HTML, may be empty.
        following: None where there is nothing to press (an anonymous reader, oneself).
        follow: the button that follows or unfollows, as `following` says; None likewise.
        menu: what else can be done: mute, unmute, …
        badge: a word beside the name ("Follows you", "Muted", "Suspended"), or nothing.
    """

    key: str
    handle: str
    name: str
    url: str
    initials: str
    hue: int
    bio: Markup = Markup("")
    is_me: bool = False
    following: bool | None = None
    muted: bool = False
    follow: ActionView | None = None
    menu: tuple[ActionView, ...] = ()
    badge: str = ""


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag or another thing that can be watched; `summary` is a finished sentence ("12 notes, 3 people watch it")."""

    name: str
    url: str
    summary: str = ""
    watch: ActionView | None = None


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with everything its card shows.

    Attributes:
        html: the text, linkified and sanitised, in block elements (`<p>…</p>`).
        visibility: "public", "followers" or "mentioned"; `visibility_label` says it in words (empty for public).
        in_reply_to, in_reply_to_author: where the answered note is and who wrote it; empty when this answers nothing.
        reply, like, share: the bar below the text; None leaves it out.
        menu: mute, watch, delete, … behind the "more" button; empty: no button.
        watching: the reader watches this note's thread.
    """

    id: str
    url: str
    author: PersonView
    html: Markup
    time: TimeView
    visibility: str = "public"
    visibility_label: str = ""
    in_reply_to: str = ""
    in_reply_to_author: PersonView | None = None
    reply: ActionView | None = None
    like: ActionView | None = None
    share: ActionView | None = None
    menu: tuple[ActionView, ...] = ()
    watching: bool = False


@dataclass(frozen=True, slots=True)
class ItemView:
    """One activity of a timeline.

    Attributes:
        id: the activity's id; `anchor` ("act-…") is its id in the page and the fragment that returns to it.
        templates: what may show it, best first (`wording.activity_templates`).
        sentence: who did what, with links; the item's heading unless its template has another.
        note, person, tag: the object, when it is one of these and may be seen.
        url: its permanent link, may be empty.
        reason: why it is here ("because you follow Ana"); may be empty.
    """

    id: str
    anchor: str
    verb: str
    object_type: str
    templates: tuple[str, ...]
    actor: PersonView
    sentence: Markup
    time: TimeView
    url: str = ""
    note: NoteView | None = None
    person: PersonView | None = None
    tag: TagView | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EmptyView:
    """Why there is nothing here, and what to do about it.

    Attributes:
        kind: "follows-nothing", "nothing-yet" or "filtered": three different states, never guessed.
    """

    kind: str
    title: str
    text: str
    links: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A page of activities, newest first.

    Attributes:
        label: its heading.
        here: this page's path and query, so that an action can return to the very item.
        older_url, newer_url, first_url: empty when there is none: a last page has no older one.
        empty: what to say when there are no items.
        divider_index: "you have read up to here" stands before this item (None: nowhere).
        notice: the "5 new" link on top, when something arrived since.
        toggle: the filter's link ("Only new" / "Show all").
        mark_read: the button that moves the reader's place here.
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


@dataclass(frozen=True, slots=True)
class GroupView:
    """Several activities about one thing: the newest, and how many more.

    Attributes:
        key: stable while the group lives; `anchor` is its id in the page.
        heading: what they have in common, with its link.
        items: the newest ones, at least one.
        total_label: a finished sentence ("and 12 more"), empty when all are shown; it leads to `more_url`.
        people: who acted, newest first, for the row of avatars.
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
class DayView:
    """A labelled section of activities: a month, a day, a verb. Its heading stands outside any feed."""

    anchor: str
    label: str
    items: tuple[ItemView, ...]
    count_label: str = ""
    more: LinkView | None = None


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


@dataclass(frozen=True, slots=True)
class NotificationListView:
    """The notifications page: what is new above the reader's mark, what was earlier below it.

    Attributes:
        mark_read: "Mark all read"; it carries the newest instant on the page. `undo` takes the last one back.
    """

    new: tuple[NotificationGroupView, ...]
    earlier: tuple[NotificationGroupView, ...]
    here: str = ""
    mark_read: ActionView | None = None
    undo: ActionView | None = None
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


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The head of a profile: the person, since when, and the tabs with their counts."""

    person: PersonView
    joined: str
    stats: tuple[TabView, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One of a few values to pick."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ComposeView:
    """The box a note is written in.

    Attributes:
        action: where it posts.
        text: the draft, kept after an error.
        max_length: characters that a note may have.
        label: the field's name ("What is happening?", "Your reply to Ana"); `button` what is written on the button.
        visibilities: who may see it; empty: it is not asked.
        errors: what was wrong with the draft.
        fields: hidden fields (the answered note, where to return).
    """

    action: str
    label: str
    button: str
    author: PersonView | None = None
    text: str = ""
    max_length: int = 1000
    hint: str = ""
    visibilities: tuple[ChoiceView, ...] = ()
    errors: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    autofocus: bool = False
