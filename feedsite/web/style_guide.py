"""The style guide: every component of the site in every state, on one page, with people who do not exist.

Shown in development and to admins. It reads nothing: the samples are shapes of `feedsite.web.presenting`, filled as
presenters fill them, so this is also the shortest introduction to what a presenter has to hand over.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from pyramid.request import Request
from pyramid.view import view_config
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from feedsite.security.permissions import Permission
from feedsite.web import presenting as shapes
from feedsite.web.forms import Form, SelectChoice
from feedsite.web.style_samples import ANA, ASKED, PEOPLE, ZOE, sample_items, sample_notifications

#: In the order of the sprite.
_NAMES = """
home compass search archive flag bell reply heart share more user users tag calendar eye mute trash check plus close
left right up lock at bookmark pin pen folder enter leave gear shield alert filter leaf sun moon auto
"""
ICONS = tuple(_NAMES.split())


@view_config(
    route_name="web.style_guide",
    renderer="style_guide.html",
    request_method="GET",
    permission=Permission.READ_STYLE_GUIDE,
)
def style_guide(request: Request) -> dict[str, Any]:
    """Every component in every state."""
    return samples()


def samples() -> dict[str, Any]:
    """What the page shows, by name. The same at every call, but for the forms."""
    items = sample_items()
    good, bad = _SampleForm(name="Ana Reyes"), _SampleForm(prefix="bad-")
    del bad.zone, bad.theme
    bad.validate()
    return {
        "icons": ICONS,
        "people": (*PEOPLE, ASKED),
        "profile": _profile(),
        "tabs": _tabs(),
        "timeline": _timeline(items),
        "open_note": replace(items[0], anchor="act-open"),
        "unread": _unread(items),
        "loading": replace(items[1], anchor="act-loading"),
        "month": shapes.SectionView(
            "october",
            "October 2026",
            (replace(items[1], anchor="act-october"),),
            "48 acts",
            shapes.LinkView("All of October", "#"),
        ),
        "groups": shapes.GroupPageView(_groups(items), "By thing", "/style-guide", older_url="#", first_url="#"),
        "by_thing": _watched(items),
        "trends": _trends(),
        "heat": _heat(),
        "archive": _archive(),
        "notifications": _notifications(),
        "pane": shapes.PaneView("#", 128, "99+", "more than 99 new notifications", sample_notifications()[:3]),
        "empty_pane": shapes.PaneView("#"),
        "empties": EMPTIES,
        "compose": _compose(),
        "compose_error": _compose(errors=("Write something first.",)),
        "form": good,
        "bad_form": bad,
    }


def _timeline(items: Sequence[shapes.ItemView]) -> shapes.TimelineView:
    return shapes.TimelineView(
        tuple(items),
        "Latest from what you follow",
        here="/style-guide",
        older_url="#older",
        newer_url="#newer",
        first_url="#first",
        divider_index=2,
        notice=shapes.LinkView("5 new", "#new"),
        toggle=shapes.LinkView("Only new", "#only-new"),
        mark_read=shapes.ActionView("read", "Mark all as read", "#", text="Mark all as read"),
    )


def _unread(items: Sequence[shapes.ItemView]) -> shapes.TimelineView:
    text = "Mark as read and go on"
    return shapes.TimelineView(
        (replace(items[2], anchor="act-unread"),),
        "Since you marked it as read, oldest first",
        older_url="#newer",
        newer_url="#older",
        first_url="#oldest",
        mark_read=shapes.ActionView("read", text, "#", text=text),
        oldest_first=True,
    )


def _groups(items: Sequence[shapes.ItemView]) -> tuple[shapes.GroupView, ...]:
    tag = Markup('<a href="#">#cartography</a>')
    thing = Markup('<a href="#">A note by Ana Reyes</a>')
    return (
        shapes.GroupView(
            "g1",
            "group-1",
            tag,
            items[0].time,
            (replace(items[0], anchor="act-g1"),),
            "tag",
            "#",
            "and 12 more",
            "#",
            PEOPLE,
        ),
        shapes.GroupView("g2", "group-2", thing, items[3].time, (replace(items[3], anchor="act-g2"),), "heart", "#"),
    )


def _watched(items: Sequence[shapes.ItemView]) -> shapes.SectionPageView:
    more = shapes.LinkView("More: Notes", "#")
    parts = (
        shapes.SectionView("w-notes", "Notes", (replace(items[0], anchor="act-w1"),), "30 activities", more),
        shapes.SectionView("w-likes", "Likes", (replace(items[3], anchor="act-w2"),), "1 activity"),
    )
    others = (shapes.LinkView("Shares 12", "#"), shapes.LinkView("Updates 1,000+", "#"))
    heading = Markup('<a href="#">#sourdough</a>')
    thing = shapes.ThingSectionView("watched", heading, "43 activities", parts, others)
    return shapes.SectionPageView(
        (), "What you watch", things=(thing,), toggle=shapes.LinkView("Only new", "#only-new")
    )


def _trends() -> tuple[shapes.TrendView, ...]:
    return (
        shapes.TrendView(Markup('<a href="#">#cartography</a>'), "61 activities"),
        shapes.TrendView(
            Markup('<a href="#">A note by Ana Reyes: The 1894 survey drew this river twice</a>'), "1 activity"
        ),
    )


def _heat() -> shapes.HeatView:
    ground = "".join(f"M{week * 12 + 5} 0v84" for week in range(53))
    days = tuple(
        "".join(f"M{(level + 7 * week) * 12} {12 * level}h10v10h-10z" for week in range(7)) for level in range(4)
    )
    label = "472 activities in the last 53 weeks, on 199 days. The busiest one was November 25, 2026 with 23."
    months = (shapes.MonthView("November 2026", "#", "140", 10), shapes.MonthView("October 2026", "#", "98", 7))
    return shapes.HeatView(label, ground, days, months)


def _archive() -> shapes.ArchiveView:
    counts = (("November", 1204), ("October", 3310), ("September", 2790), ("August", 12), ("January", 1))
    months = tuple(shapes.MonthView(m, "#", f"{n:,}", round(n / 331), current=m == "October") for m, n in counts)
    return shapes.ArchiveView(
        "Archive", (shapes.YearView("2026", "#", "7,317 acts", months), shapes.YearView("2025", "#", "904 acts"))
    )


def _notifications() -> shapes.NotificationListView:
    groups = sample_notifications()
    read = shapes.ActionView("read", "Mark all as read", "#", "check", "Mark all as read", fields=(("until", "0"),))
    undo = shapes.ActionView("undo", "Undo", "#", text="Undo")
    return shapes.NotificationListView(groups[:2], groups[2:], "/style-guide", read, undo, older_url="#older")


def _profile() -> shapes.ProfileView:
    stats = (
        shapes.TabView("notes", "#", True, "312"),
        shapes.TabView("following", "#", count="88"),
        shapes.TabView("followers", "#", count="23.1K"),
    )
    mute = shapes.ActionView("mute", "Mute Ana Reyes", "#", "mute", "Mute Ana Reyes")
    return shapes.ProfileView(replace(ANA, menu=(mute,), approves=ASKED.approves), "Joined in March 2024", stats)


def _tabs() -> tuple[shapes.TabView, ...]:
    return (
        shapes.TabView("Latest", "#", True),
        shapes.TabView("By thing", "#"),
        shapes.TabView("New", "#", count="12"),
    )


def _compose(**more: Any) -> shapes.ComposeView:
    choices = (
        shapes.ChoiceView("public", "Everybody", True),
        shapes.ChoiceView("followers", "Followers"),
        shapes.ChoiceView("mentioned", "Only people I mention"),
    )
    hint = "Mention people with @, tags with #."
    return shapes.ComposeView("#", "What is happening?", "Post", ZOE, hint=hint, visibilities=choices, **more)


EMPTIES = (
    shapes.EmptyView(
        "follows-nothing",
        "You follow nobody yet",
        "Follow a few people and what they do appears here.",
        (shapes.LinkView("Find people", "#", True),),
    ),
    shapes.EmptyView(
        "nothing-yet",
        "Nothing yet",
        "The people you follow have not done anything.",
        (shapes.LinkView("Whom you follow", "#"),),
    ),
    shapes.EmptyView(
        "filtered", "Nothing new", "You have read everything up to here.", (shapes.LinkView("Show all", "#"),)
    ),
)


class _SampleForm(Form):
    name = StringField("Name", [InputRequired("Enter the name people see.")], description="As you want to be called.")
    password = PasswordField("Password", [InputRequired("Enter a password.")])
    zone = SelectField("Time zone", choices=[SelectChoice(zone) for zone in ("Europe/Madrid", "Asia/Kolkata")])
    theme = RadioField(
        "Colours",
        choices=[SelectChoice("auto", "As the device"), SelectChoice("light", "Light"), SelectChoice("dark", "Dark")],
        default="auto",
    )
    stay = BooleanField("Stay signed in")
