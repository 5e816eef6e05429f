"""The pages of the site's rules and of how to reach its people; and those that admins write them on."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config
from wtforms import TextAreaField
from wtforms.validators import Length

from feedsite.moderation.services import Actor
from feedsite.posts.rendering import render
from feedsite.security.permissions import Permission
from feedsite.texts.services import MAX_TEXT, TextRefused, TextService
from feedsite.web.forms import Form

_ = TranslationStringFactory("feedsite")

TITLES = {"rules": _("Rules"), "contact": _("Contact")}
HINTS = {
    "rules": _(
        "A blank line stands between two rules; the first line of each is its title. They are numbered by themselves. "
        "Addresses become links. Empty: the usual rules."
    ),
    "contact": _("How to reach the people of this site. Addresses become links. Empty: the usual text."),
}
TOO_LONG = _("At most 20,000 characters; of rules at most 30, with titles of at most 120 characters.")


class TextForm(Form):
    """A text of the site."""

    text = TextAreaField(_("Text"), validators=[Length(max=MAX_TEXT, message=TOO_LONG)])


@view_config(route_name="texts.rules", renderer="texts/rules.html", request_method="GET")
def rules(request: Any) -> dict[str, object]:
    """What this site asks of everybody, numbered."""
    found = request.find_service(TextService).rules()
    return {"rules": [(rule, _shown(request, rule.text)) for rule in found]}


@view_config(route_name="texts.contact", renderer="texts/contact.html", request_method="GET")
def contact(request: Any) -> dict[str, object]:
    """How to reach the people who look after this site."""
    text = request.find_service(TextService).text("contact")
    return {"text": _shown(request, text), "email": request.site_settings.contact_email}


@view_config(
    route_name="admin.rules", renderer="texts/edit.html", request_method="GET", permission=Permission.ADMINISTER
)
@view_config(
    route_name="admin.contact", renderer="texts/edit.html", request_method="GET", permission=Permission.ADMINISTER
)
def edit(request: Any) -> dict[str, object]:
    """A text, to write it anew."""
    return _page(request, TextForm.blank(request, text=request.find_service(TextService).text(_name(request))))


@view_config(
    route_name="admin.rules", renderer="texts/edit.html", request_method="POST", permission=Permission.ADMINISTER
)
@view_config(
    route_name="admin.contact", renderer="texts/edit.html", request_method="POST", permission=Permission.ADMINISTER
)
def write(request: Any) -> dict[str, object] | Response:
    """Write a text anew."""
    form, service = TextForm.of(request), request.find_service(TextService)
    if form.validate():
        try:
            changed = service.write(Actor.of(request.identity), _name(request), form.text.data or "")
        except TextRefused:
            form.refuse("text", TOO_LONG)
        else:
            request.flash(_("The text is changed.") if changed else _("Nothing was changed: it was so already."))
            return HTTPSeeOther(request.path)
    request.response.status = 422
    return _page(request, form)


def _name(request: Any) -> str:
    return str(request.matched_route.name).removeprefix("admin.")


def _page(request: Any, form: TextForm) -> dict[str, object]:
    name = _name(request)
    form.text.description = request.translate(HINTS[name])
    return {
        "form": form,
        "title": request.translate(TITLES[name]),
        "page_url": request.route_path(f"texts.{name}"),
        "history_url": request.route_path("admin.audit", _query={"target": f"text:{name}"}),
    }


def _shown(request: Any, text: str) -> Markup:
    if not text:
        return Markup("")
    return render(text, mentions={}, tag_url=lambda tag: str(request.route_path("timelines.tag", tag=tag)))
