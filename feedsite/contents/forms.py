"""The form that finds notes."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from feedsite.accounts.handles import normalised
from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import EndForm
from feedsite.contents.acts import FOLLOW, ActFilter
from feedsite.contents.services import MAX_WORDS, NoteFilter
from feedsite.feeds import Entity
from feedsite.moderation.audit import midnight
from feedsite.posts.acts import LIKE, SHARE
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

VERBS = {"create": _("Notes"), "reply": _("Replies")}
STATES = {"shown": _("Shown"), "hidden": _("Hidden")}


ACT_VERBS = {LIKE: _("Like"), SHARE: _("Share"), FOLLOW: _("Follow")}


def _choices(names: dict[str, str], every: str) -> list[SelectChoice]:
    return [SelectChoice("", every), *(SelectChoice(value, name) for value, name in names.items())]


class NoteFilterForm(Form):
    """Which notes."""

    by = StringField(_("By"), description=_("A handle"), filters=[strip], validators=[Length(max=254)])
    words = StringField(_("Words in it"), filters=[strip], validators=[Length(max=200)])
    verb = SelectField(_("Kind"), choices=_choices(VERBS, _("Notes and replies")), default="")
    state = SelectField(_("State"), choices=_choices(STATES, _("Every state")), default="")
    since = DateField(_("From"), validators=[Optional()])
    until = DateField(_("Until"), description=_("This day included"), validators=[Optional()])

    def asked(self, people: PeopleService, zone: str) -> NoteFilter | None:
        """The filter; None, with messages on the fields, when something in the form is wrong.

        Args:
            people: finds the handle.
            zone: the reader's; days begin and end there.
        """
        if not self.validate():
            return None
        author_id = ""
        if self.by.data:
            person = people.by_handle(self.by.data.removeprefix("@"))
            if person is None:
                self.refuse("by", _("Nobody has this handle."))
                return None
            author_id = person.id
        return NoteFilter(
            author_id=author_id,
            words=tuple((self.words.data or "").split()[:MAX_WORDS]),
            verb=self.verb.data or "",
            state=self.state.data or "",
            since=midnight(self.since.data, zone),
            until=midnight(self.until.data, zone, days=1),
        )


class ActFilterForm(Form):
    """Which likes, shares and follows."""

    by = StringField(_("By"), description=_("A handle"), filters=[strip], validators=[Length(max=254)])
    whom = StringField(_("Whom"), description=_("The handle of who was followed"), filters=[strip])
    note = StringField(
        _("Note"),
        description=_("The end of its address"),
        filters=[strip],
        validators=[Optional(), Regexp(r"[0-9a-z]{1,64}\Z", message=_("An id has letters and digits only."))],
    )
    verb = SelectField(_("Kind"), choices=_choices(ACT_VERBS, _("Every kind")), default="")

    def asked(self, people: PeopleService) -> ActFilter | None:
        """The filter; None, with messages on the fields, when something in the form is wrong.

        Args:
            people: finds the handles.
        """
        if not self.validate():
            return None
        if self.whom.data and self.note.data:
            self.refuse("note", _("Either whom or which note."))
        handles = {field.name: normalised(field.data) for field in (self.by, self.whom) if field.data}
        named = people.by_handles(handles.values(), with_leaving=True)
        found = {}
        for name, handle in handles.items():
            if handle in named:
                found[name] = Entity("person", named[handle].id)
            else:
                self.refuse(name, _("Nobody has this handle."))
        if self.errors:
            return None
        thing = Entity("note", self.note.data) if self.note.data else found.get("whom")
        return ActFilter(found.get("by"), thing, self.verb.data or "")


class RemoveForm(EndForm):
    """Removing likes, shares and follows: who did them reads the reason."""
