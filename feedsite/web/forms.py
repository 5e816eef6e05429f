"""The base of the site's forms: WTForms with our translations; the CSRF token is Pyramid's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from pyramid.i18n import TranslationString
from wtforms import Form as _Form
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

__all__ = ["Form", "SelectChoice", "strip"]


class _Translations:
    """WTForms' own messages, looked up in the site's catalogue."""

    def __init__(self, localizer: Any) -> None:
        self._localizer = localizer

    def gettext(self, message: str) -> str:
        return str(self._localizer.translate(message, domain="feedsite"))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return str(self._localizer.pluralize(singular, plural, count, domain="feedsite"))


class Form(_Form):
    """A form over a request.

    Labels, descriptions and messages may be translation strings: they are translated when the form is made.
    """

    class Meta:
        """How WTForms behaves here."""

        localizer: Any = None

        def get_translations(self, form: Any) -> Any:
            return None if self.localizer is None else _Translations(self.localizer)

    @classmethod
    def of(cls, request: Any, obj: object | None = None, **data: Any) -> Self:
        """The form with what the request posted, or filled from `obj` and `data` when it posted nothing."""
        return cls._made(request, request.POST if request.method == "POST" else None, obj, data)

    @classmethod
    def of_query(cls, request: Any, **data: Any) -> Self:
        """The form with what the address carries, for pages that search and filter; `data` where it carries nothing."""
        return cls._made(request, request.GET, None, data)

    @classmethod
    def blank(cls, request: Any, **data: Any) -> Self:
        """The form filled from `data` alone, whatever was posted: for pages with several forms."""
        return cls._made(request, None, None, data)

    @classmethod
    def _made(cls, request: Any, given: Any, obj: object | None, data: dict[str, Any]) -> Self:
        form = cls(given, obj=obj, data=data, meta={"localizer": request.localizer})
        form._localizer = request.localizer
        for field in form:
            field.label.text = form._translated(field.label.text)
            field.description = form._translated(field.description)
            if isinstance(field, SelectField):
                choices: Any = field.choices
                field.choices = [replace(choice, label=form._translated(choice.label)) for choice in choices]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; messages are translated."""
        right = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [self._translated(error) for error in field.errors]
        return right

    _localizer: Any = None

    def refuse(self, field: str, message: str) -> None:
        """Put a message on a field that looked right by itself (a handle that is taken)."""
        found = self._fields[field]
        found.errors = [*found.errors, self._translated(message)]

    def refuse_all(self, message: str) -> None:
        """Put a message on the form as a whole."""
        self.form_errors.append(self._translated(message))

    def _translated(self, message: str) -> str:
        # Most texts are plain by now, and hundreds of them are names of places: no look-up for those.
        if self._localizer is None or not isinstance(message, TranslationString):
            return message
        return str(self._localizer.translate(message))


def strip(value: str | None) -> str | None:
    """Field filter: without the white space around it."""
    return value.strip() if value is not None else None
