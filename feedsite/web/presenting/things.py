"""People, tags, notes, and what somebody did with them: one card each."""

from dataclasses import dataclass

from markupsafe import Markup

from feedsite.web.presenting.basics import ActionView, ChoiceView, LinkView, TabView, TimeView


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as others see them.

    Attributes:
        key: "person:{id}".
        initials, hue: for the generated avatar (`wording.initials`, `wording.hue`).
        picture: the address of their picture, which is shown in place of that; empty: there is none.
        bio: safe HTML, may be empty.
        following: None where there is nothing to press (an anonymous reader, oneself).
        follow: the button that follows or unfollows, as `following` says; None likewise. Of somebody who approves who
            follows them it asks, and takes that back: `following` stands for having asked, too.
        approves: a sentence that they approve who follows them; empty: they do not.
        menu: what else can be done: mute, unmute, …
        reason: why they are suggested; empty: they are not.
        dismiss: the button that suggests them no more.
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
    approves: str = ""
    reason: str = ""
    dismiss: ActionView | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The head of a profile: the person, since when, and the tabs with their counts."""

    person: PersonView
    joined: str
    stats: tuple[TabView, ...] = ()


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
        edited: "edited", leading to what the note said before; None: it never said anything else.
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
    edited: LinkView | None = None


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
