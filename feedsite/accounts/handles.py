"""What a handle may be."""

from __future__ import annotations

import re

from pyramid.i18n import TranslationString, TranslationStringFactory

_ = TranslationStringFactory("feedsite")

PATTERN = re.compile(r"[a-z0-9_]{1,30}")

#: Names that could be taken for the site, for one of its addresses, or for somebody in charge.
_RESERVED = """
about abuse account accounts admin administrator all announcement announcements anonymous api archive atom auth
billing blog bot contact dashboard demo dev developer developers everyone explore favicon feed feeds feedsite
following followers guest hashtag healthz help home hostmaster info invite join json legal links login logout mail
me media metrics moderation moderator moderators myself news noreply no_reply notes notification notifications
null official owner postmaster press privacy public readyz register report requests reset robots root rss search
security settings share signin signout signup site staff static status style_guide support sysadmin system tag tags team
terms test theme undefined user users verify watching webmaster well_known www you
"""
RESERVED = frozenset(_RESERVED.split())


def normalised(handle: str) -> str:
    """A handle as it is stored and compared: without the `@` people write before it, in lower case."""
    return handle.strip().removeprefix("@").lower()


def refusal(handle: str, *, reserved: tuple[str, ...] = ()) -> TranslationString | None:
    """Why a normalised handle cannot be had by anybody, as a sentence; None: it can.

    Args:
        reserved: names this site refuses besides the built-in ones.
    """
    if not PATTERN.fullmatch(handle):
        return _("A handle has 1 to 30 of the letters a to z, the digits and the underscore.")
    if handle in RESERVED or handle in reserved:
        return _("This handle is reserved. Choose another one.")
    return None
