"""The verbs of this site, in the words of ActivityStreams."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.feedstore import RENOTIFY
from feedsite.timelines.verbs import Said, ngettext

_ = TranslationStringFactory("feedsite")


def includeme(config: Any) -> None:
    """Register them."""
    _written(config)
    _reactions(config)
    _people_and_projects(config)


def _written(config: Any) -> None:
    config.add_verb(
        "create",
        Said(_("%(actor)s wrote a note")),
        mention=Said(_("%(actor)s mentioned you in a note")),
        icon="pen",
        title=_("Notes"),
        grouped=False,
    )
    config.add_verb(
        "reply",
        Said(_("%(actor)s replied to a note")),
        mine=Said(_("%(actor)s replied to you")),
        own=Said(_("%(actor)s continued their thread")),
        other=Said(_("%(actor)s replied to %(other)s")),
        mention=Said(_("%(actor)s mentioned you in a reply")),
        icon="reply",
        title=_("Replies"),
        grouped=False,
    )
    config.add_verb(
        "mention",
        Said(_("%(actor)s mentioned somebody in a note")),
        mention=Said(_("%(actor)s mentioned you in a note")),
        icon="at",
        title=_("Mentions"),
        grouped=False,
    )


def _reactions(config: Any) -> None:
    config.add_verb(
        "like",
        Said(
            _("%(actor)s liked a note"),
            _("%(actor)s and %(second)s liked a note"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s liked a note",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s liked a note",
            ),
        ),
        mine=Said(
            _("%(actor)s liked your note"),
            _("%(actor)s and %(second)s liked your note"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s liked your note",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s liked your note",
            ),
        ),
        own=Said(_("%(actor)s liked their own note")),
        other=Said(_("%(actor)s liked a note by %(other)s")),
        icon="heart",
        title=_("Likes"),
    )
    config.add_verb(
        "announce",
        Said(
            _("%(actor)s shared a note"),
            _("%(actor)s and %(second)s shared a note"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s shared a note",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s shared a note",
            ),
        ),
        mine=Said(
            _("%(actor)s shared your note"),
            _("%(actor)s and %(second)s shared your note"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s shared your note",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s shared your note",
            ),
        ),
        own=Said(_("%(actor)s shared their own note")),
        other=Said(_("%(actor)s shared a note by %(other)s")),
        icon="share",
        title=_("Shares"),
    )


def _people_and_projects(config: Any) -> None:
    config.add_verb(
        "follow",
        Said(
            _("%(actor)s followed somebody"),
            _("%(actor)s and %(second)s followed somebody"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s followed somebody",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s followed somebody",
            ),
        ),
        mine=Said(
            _("%(actor)s followed you"),
            _("%(actor)s and %(second)s followed you"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s followed you",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s followed you",
            ),
        ),
        other=Said(_("%(actor)s followed %(other)s")),
        icon="user",
        title=_("Follows"),
        # Who unfollows and follows again within a day is not told of twice.
        renotify=RENOTIFY["follow"],
    )
    config.add_verb(
        "join",
        Said(
            _("%(actor)s joined %(thing)s"),
            _("%(actor)s and %(second)s joined %(thing)s"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s joined %(thing)s",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s joined %(thing)s",
            ),
        ),
        icon="users",
        title=_("Joined"),
    )
    config.add_verb(
        "add",
        Said(
            _("%(actor)s added %(thing)s"),
            _("%(actor)s and %(second)s added %(thing)s"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s added %(thing)s",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s added %(thing)s",
            ),
        ),
        target=Said(_("%(actor)s added %(thing)s to %(target)s")),
        icon="folder",
        title=_("Added"),
    )
    config.add_verb(
        "update",
        Said(
            _("%(actor)s updated %(thing)s"),
            _("%(actor)s and %(second)s updated %(thing)s"),
            ngettext(
                "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s updated %(thing)s",
                "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s updated %(thing)s",
            ),
        ),
        icon="pen",
        title=_("Updates"),
    )
