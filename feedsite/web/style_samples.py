"""Sample people, notes and acts for the style guide: how a presenter fills its shapes, in short."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup

from feedsite.web import presenting as shapes
from feedsite.web.wording import activity_templates, compact, fill, hue, initials, time_view

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def person(name: str, handle: str, bio: str = "", **more: Any) -> shapes.PersonView:
    """A sample person; `more` are other fields of PersonView."""
    following = more.get("following")
    follow = None
    if following is not None:
        label = f"Unfollow {name}" if following else f"Follow {name}"
        text = "Following" if following else "Follow"
        follow = shapes.ActionView("follow", f"{text}: {label}", "#", text=text, on=following)
    return shapes.PersonView(
        f"person:{handle}",
        handle,
        name,
        f"#{handle}",
        initials(name),
        hue(f"person:{handle}"),
        Markup(bio),  # noqa: S704 - written above, by us
        follow=follow,
        **more,
    )


PEOPLE = (
    person(
        "Ana Reyes",
        "ana",
        "<p>Maps, rivers and slow trains. Writes about <a href='#'>#cartography</a>.</p>",
        following=True,
    ),
    person("Bo Lindqvist", "bo", "<p>Baker.</p>", following=False, badge="Follows you"),
    person(
        "Chidi Okonkwo-Featherstonehaugh", "chidi_of_the_long_name_30char", following=False, muted=True, badge="Muted"
    ),
    person("Zoë", "zoe", is_me=True),
)
ANA, BO, CHIDI, ZOE = PEOPLE
#: The reader has asked, and waits.
ASKED = replace(
    person("Dana Haddad", "dana", following=True, approves="Approves who follows them"),
    follow=shapes.ActionView(
        "follow", "Requested to follow Dana Haddad: take the request back", "#", text="Requested", on=True
    ),
)


def note(
    author: shapes.PersonView, html: str, ago: timedelta, likes: int = 0, shares: int = 0, **more: Any
) -> shapes.NoteView:
    """A sample note with its whole bar; `more` are other fields of NoteView."""
    liked, shared = more.pop("liked", False), more.pop("shared", False)
    actions: dict[str, Any] = {
        "reply": shapes.ActionView("reply", "Reply, 3 replies", "#", "reply", "3", method="get"),
        "like": _counted("like", "heart", likes, liked),
        "share": _counted("share", "share", shares, shared),
        "menu": (
            shapes.ActionView("watch", "Watch this thread", "#", "eye", "Watch this thread"),
            shapes.ActionView("mute", f"Mute {author.name}", "#", "mute", f"Mute {author.name}"),
            shapes.ActionView("delete", "Delete", "#", "trash", "Delete", danger=True),
        ),
    }
    return shapes.NoteView(f"n{likes}", f"#{author.handle}-note", author, Markup(html), _time(ago), **(actions | more))  # noqa: S704 - written below, by us


def _counted(name: str, icon: str, count: int, on: bool) -> shapes.ActionView:
    label = f"{'Undo ' if on else ''}{name}, {count}"
    return shapes.ActionView(name, label.capitalize(), "#", icon, compact(count) if count else "", on=on)


def _time(ago: timedelta) -> shapes.TimeView:
    return time_view(NOW - ago, NOW, "Europe/Madrid", "en")


def _link(who: shapes.PersonView) -> Markup:
    return Markup('<a class="name" href="{}">{}</a>').format(who.url, who.name)


def _item(
    number: int, verb: str, actor: shapes.PersonView, sentence: str, ago: timedelta, **more: Any
) -> shapes.ItemView:
    kind = "person" if more.get("person") else "note" if more.get("note") else "project"
    parts = {"actor": _link(actor), "other": _link(more["note"].author if more.get("note") else more.get("person", BO))}
    return shapes.ItemView(
        f"a{number}",
        f"act-{number}",
        verb,
        kind,
        activity_templates(kind, verb),
        actor,
        fill(sentence, parts),
        _time(ago),
        url=f"#act-{number}",
        **more,
    )


def sample_items() -> tuple[shapes.ItemView, ...]:
    """One act of each kind that has a look of its own."""
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    text = (
        "<p>The 1894 survey drew this river twice: once where it was, once where it had been. "
        "Both are wrong now. <a href='#'>#cartography</a></p><p>Scans follow tonight, <a href='#'>@bo</a>.</p>"
    )
    first = note(ANA, text, 3 * minute, likes=12, shares=2, liked=True)
    private = note(
        BO,
        "<p>Rye on Saturday, wheat on Sunday.</p>",
        2 * hour,
        visibility="followers",
        visibility_label="Followers only",
    )
    answer = replace(
        note(CHIDI, "<p>Where can I see the originals?</p>", 5 * hour, likes=1), in_reply_to="#ana-note", share=None
    )
    old = note(
        ANA, "<p>Slow trains are fast if you count the sleep.</p>", 400 * day, likes=23143, shares=1200, shared=True
    )
    seen = replace(
        old, like=shapes.ActionView("like", "23143 likes", icon="heart", text="23.1K"), reply=None, share=None, menu=()
    )
    why = "Because you follow Ana"
    return (
        _item(1, "create", ANA, "%(actor)s wrote a note", 3 * minute, note=first, reason=why),
        _item(2, "create", BO, "%(actor)s wrote a note", 2 * hour, note=private),
        _item(
            3,
            "reply",
            CHIDI,
            "%(actor)s replied to Ana Reyes",
            5 * hour,
            note=answer,
            reason="Because you watch this thread",
        ),
        _item(4, "like", BO, "%(actor)s liked a note", 26 * hour, note=seen),
        _item(5, "announce", ZOE, "%(actor)s shared a note", 30 * hour, note=old),
        _item(6, "follow", ANA, "%(actor)s followed %(other)s", 4 * day, person=BO),
        _item(7, "join", BO, "%(actor)s joined the project Bread of the North", 40 * day),
    )


def sample_notifications() -> tuple[shapes.NotificationGroupView, ...]:
    """One notification group of each kind; the first two are new."""
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    liked = fill("%(a)s, %(b)s and 3 others liked your note", {"a": _link(ANA), "b": _link(BO)})
    answered = fill("%(a)s replied to you", {"a": _link(CHIDI)})
    followed = fill("%(a)s and %(b)s followed you", {"a": _link(BO), "b": _link(CHIDI)})
    shared = fill("%(a)s shared your note", {"a": _link(ANA)})
    reply = note(CHIDI, "<p>Agreed, but who counts the sleep?</p>", 20 * minute)
    make = shapes.NotificationGroupView
    return (
        make(
            "k1",
            "ntf-1",
            "like",
            "heart",
            liked,
            _time(5 * minute),
            "#",
            PEOPLE[:3],
            "The night train is the only one on time.",
            is_new=True,
        ),
        make("k2", "ntf-2", "reply", "reply", answered, _time(20 * minute), "#", (CHIDI,), note=reply, is_new=True),
        make("k3", "ntf-3", "follow", "user", followed, _time(3 * hour), "#", (BO, CHIDI)),
        make(
            "k4",
            "ntf-4",
            "announce",
            "share",
            shared,
            _time(9 * day),
            "#",
            (ANA,),
            "Tickets are still sold on paper.",
            reason="Your note",
        ),
    )
