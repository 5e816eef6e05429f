"""Groups in forms: which one, and up to which of its acts the reader was shown it.

Nothing is signed: whoever makes one up says something of their own notifications.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import OrderKey

_ = TranslationStringFactory("feedsite")

MOST = 100
#: Positions are signed integers of 64 bits, and an instant has to come of them: those of the years 1700 to 2200 do.
_LIMIT = 2**63
_TOKEN = re.compile(r"([0-9a-f]{1,64})\.(-?\d{1,19})\.(\S{1,256})")


def group_token(key: str, newest: OrderKey) -> str:
    """A group as a form carries it."""
    return f"{key}.{newest.position}.{newest.id}"


def groups_of(values: Iterable[Any]) -> dict[str, OrderKey]:
    """The groups that a form carried: the newest act shown of each, by the group's key.

    Raises HTTPBadRequest where something else was carried, or more than a page has.
    """
    given = list(values)
    if len(given) > MOST:
        raise HTTPBadRequest(_("This form has more notifications than a page. Load the page again."))
    found: dict[str, OrderKey] = {}
    for value in given:
        read = _TOKEN.fullmatch(value) if isinstance(value, str) else None
        if read is None or not -_LIMIT <= int(read[2]) < _LIMIT:
            raise HTTPBadRequest(_("This form is not one that the site gave you. Load the page again."))
        found[read[1]] = OrderKey(int(read[2]), read[3])
    return found
