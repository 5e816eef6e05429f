"""What kinds of announcements are called, and what is said where one is refused."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

KIND_NAMES = {"news": _("News"), "warning": _("Warning")}
REFUSALS = {
    "text": _("This has 1 to 500 characters."),
    "kind": _("There is no such kind."),
    "ends": _("It ends before it begins."),
    "": _("There are five announcements already. Withdraw one first."),
}
