"""The languages that the site speaks: English, and every one that has a compiled catalogue in `feedsite/locale`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

LOCALES = Path(__file__).resolve().parents[1] / "locale"
_SOURCE = "en"
"""The sentences in the code are in this one."""


@cache
def languages() -> dict[str, str]:
    """What each language calls itself, by its code, sorted by code."""
    codes = {_SOURCE, *(file.parts[-3] for file in LOCALES.glob("*/LC_MESSAGES/feedsite.mo"))}
    return {code: str(Locale.parse(code).display_name).capitalize() for code in sorted(codes)}


def language_of(request: Any) -> str:
    """The language of a request: the account's, else the browser's first choice that there is, else the site's."""
    site = str(request.site_settings.default_locale)
    if request.identity is not None:
        own = str(request.identity.locale)
        return own if own in languages() else site
    # A wish that cannot be read is no wish.
    wish = request.accept_language
    found: str | None = wish.lookup(list(languages()), default=site) if wish else site
    return found or site
