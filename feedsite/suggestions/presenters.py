"""Suggestions as cards: who, why, and the button that takes them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.security.permissions import Permission
from feedsite.suggestions.services import Suggestion, SuggestionService
from feedsite.timelines.people import person_views
from feedsite.web.plurals import counted
from feedsite.web.presenting import ActionView, PersonView

_ = TranslationStringFactory("feedsite")

#: Beside a timeline, and on the page of their own.
FEW, MANY = 5, 40


def suggested(request: Any, size: int = FEW) -> tuple[PersonView, ...]:
    """Whom the reader of a request could follow, as cards with their reasons."""
    reader = None if request.identity is None else request.identity.entity
    found = request.find_service(SuggestionService).read(reader, size)
    views = person_views(request, [one.person for one in found])
    return tuple(_reasoned(request, *pair) for pair in zip(views, found, strict=True))


def _reasoned(request: Any, view: PersonView, one: Suggestion) -> PersonView:
    return replace(view, reason=_reason(request, one), dismiss=_dismiss(request, one.person))


def _reason(request: Any, one: Suggestion) -> str:
    names: Sequence[Person] = one.through
    if not names:
        text: str = request.translate(_("Active lately"))
        return text
    others = one.count - 1
    if not others:
        said: str = request.localizer.translate(_("Followed by ${name}"), mapping={"name": names[0].name})
        return said
    return counted(
        request,
        "Followed by ${name} and ${count} other you follow",
        "Followed by ${name} and ${count} others you follow",
        others,
        name=names[0].name,
    )


def _dismiss(request: Any, person: Person) -> ActionView | None:
    if request.identity is None or not request.has_permission(Permission.ARRANGE):
        return None
    label = request.localizer.translate(_("Do not suggest ${name}"), mapping={"name": person.name})
    url = request.route_path("suggestions.dismiss", handle=person.handle)
    return ActionView("dismiss", label, url, "close")
