"""Leaving: accounts are gone for everybody at once, may come back for a while, and are taken out after it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and the letters, and find the views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.leaving.letters import LETTERS
    from feedsite.leaving.services import LeavingService, leaving_service

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(leaving_service, LeavingService)
    config.add_job("purge", _("Taking out who left"), command="feedsite purge")
    for name, letter in LETTERS.items():
        config.add_letter(f"leaving.{name}", letter)
    config.scan(".views")
