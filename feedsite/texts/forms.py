"""Forms on which a rule of the site may be named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Self

from pyramid.i18n import TranslationStringFactory
from wtforms import SelectField

from feedsite.texts.services import Rule
from feedsite.web.forms import Form, SelectChoice

_ = TranslationStringFactory("feedsite")


class NamingForm(Form):
    """A form with the site's rules to choose from, once they were `offer`ed."""

    rule = SelectField(_("Which rule of this site?"), choices=[], default="")

    #: The names of the rules there are, by number.
    rules: Mapping[str, str] = MappingProxyType({})

    def offer(self, request: Any, rules: Iterable[Rule]) -> Self:
        """Let one of these rules be chosen, or none; returns the form itself."""
        self.rules = {str(rule.number): rule.name for rule in rules}
        none = SelectChoice("", request.translate(_("None in particular")))
        self.rule.choices = [none, *(SelectChoice(number, name) for number, name in self.rules.items())]
        return self

    @property
    def named(self) -> str:
        """The rule that was chosen, by number and title, of a form that is valid; empty: none."""
        return self.rules.get(str(self.rule.data or ""), "")
