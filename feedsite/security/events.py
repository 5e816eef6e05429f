"""What happens at the site's doors, one log line each, for whoever looks for attacks (OWASP ASVS 5.0, 16.3).

A line says what was tried, how it ended, whose account it was about (an opaque id), and from which network. No
password, code, token, mail address or text of a form is ever in it: `note` takes words of the code's own.
"""

from __future__ import annotations

from typing import Any

import structlog

from feedsite.security.throttle import address_key

#: How it ended, and whether that is worth a warning.
_OUTCOMES = {"done": False, "half": False, "refused": True}

_log = structlog.get_logger("feedsite.security")


def note(request: Any, act: str, outcome: str = "done", *, person: str = "", why: str = "") -> None:
    """Write a line.

    Args:
        act: what was tried, as docs/security.md lists it: "sign in", "second factor", …
        outcome: "done", "half" (a second factor is still to come) or "refused".
        person: the id of whose account it is about; empty: of whoever is signed in.
        why: why it was refused, in a word or two of the code's own.
    """
    route = request.matched_route
    facts = {
        "act": act.replace(" ", "-"),
        "outcome": outcome,
        "person": person or (request.authenticated_userid or "-"),
        "network": address_key(request.remote_addr),
        "route": route.name if route is not None else "-",
    }
    if why:
        facts["why"] = why.replace(" ", "-")
    (_log.warning if _OUTCOMES[outcome] else _log.info)("security", **facts)
