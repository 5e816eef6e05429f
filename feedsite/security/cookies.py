"""The site's cookies: their names and attributes follow from whether people reach it over https."""

from __future__ import annotations

from typing import Any

SESSION = "session"
VISITOR = "visitor"
DEVICE = "device"
SECOND = "second"
BACK = "back"
FLASH = "flash"
THEME = "theme"
DRAFT = "draft"
DRAFT_REST = "draft_rest"


def cookie_name(request: Any, name: str) -> str:
    """The full name of one of the site's cookies; ``__Host-`` binds it to this very host over https."""
    return f"__Host-feedsite_{name}" if request.site_settings.is_https else f"feedsite_{name}"


def read_cookie(request: Any, name: str) -> str:
    """What the browser sent, or an empty string."""
    value: str = request.cookies.get(cookie_name(request, name), "")
    return value


def write_cookie(request: Any, response: Any, name: str, value: str, *, max_age: float | None = None) -> None:
    """Set a cookie: HttpOnly, SameSite=Lax, the whole site, Secure exactly when the site is https.

    Args:
        max_age: seconds; None: until the browser is closed.
    """
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=None if max_age is None else int(max_age),
        path="/",
        secure=request.site_settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: Any, response: Any, name: str) -> None:
    """Take a cookie back. Browsers want the same attributes as when it was set."""
    write_cookie(request, response, name, "", max_age=0)
