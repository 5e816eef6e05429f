"""The form of an announcement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.i18n import TranslationStringFactory
from wtforms import DateTimeLocalField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from feedsite.announcing.models import Announcement
from feedsite.announcing.services import MAX_TEXT
from feedsite.announcing.wording import KIND_NAMES
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class AnnouncementForm(Form):
    """What is said, and from when until when."""

    text = TextAreaField(
        _("Text"),
        description=_("Addresses become links."),
        filters=[strip],
        validators=[DataRequired(_("Please write something.")), Length(max=MAX_TEXT, message=_("This is too long."))],
    )
    kind = SelectField(_("Kind"), choices=[SelectChoice(value, name) for value, name in KIND_NAMES.items()])
    starts = DateTimeLocalField(
        _("From"), format=_MINUTES, description=_("In your time zone; empty: at once."), validators=[Optional()]
    )
    ends = DateTimeLocalField(
        _("Until"),
        format=_MINUTES,
        description=_("In your time zone; empty: until you withdraw it."),
        validators=[Optional()],
    )

    @classmethod
    def about(cls, request: Any, found: Announcement) -> AnnouncementForm:
        """The form with an announcement as it is, or with what was posted."""
        zone = ZoneInfo(request.zone)
        ends = None if found.ends is None else found.ends.astimezone(zone)
        starts = found.starts.astimezone(zone)
        return cls.of(request, text=found.text, kind=found.kind, starts=starts, ends=ends)

    def instants(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From when and until when, of a form that is valid."""
        starts, ends = (_instant(field.data, zone) for field in (self.starts, self.ends))
        return starts, ends


def _instant(local: datetime | None, zone: str) -> datetime | None:
    # The first and the last days there are have no instant in every zone.
    if local is None or not 1 < local.year < 9999:
        return None
    return local.replace(tzinfo=ZoneInfo(zone))
