"""Times, links, actions, empty states: what every other shape is made of."""

from dataclasses import dataclass


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
class EmptyView:
    """Why there is nothing here, and what to do about it.

    Attributes:
        kind: "follows-nothing", "nothing-yet" or "filtered": three different states, never guessed. A search
            has "nothing-asked", too.
    """

    kind: str
    title: str
    text: str
    links: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One of a few values to pick."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class AlternateView:
    """The same list in another format: its media type, what people call it, its address."""

    media_type: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class HeadView:
    """What a page says of itself to machines: in links, and to those that show a card of it (https://ogp.me).

    Attributes:
        url: its address for good ("canonical"); empty: there is none, as for a further page of a list.
        title, description: plain text.
        kind: "profile", "article" or "website".
        alternates: feeds of it, to subscribe to.
        author, published, modified: of an article: the address of who wrote it, and when, in ISO 8601.
        username: of a profile.
        image: the address of a square picture of it; empty: there is none.
    """

    url: str = ""
    title: str = ""
    description: str = ""
    kind: str = "website"
    alternates: tuple[AlternateView, ...] = ()
    author: str = ""
    published: str = ""
    modified: str = ""
    username: str = ""
    image: str = ""
