"""What reasons, states and answers are called on pages."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

REASON_NAMES = {
    "spam": _("Spam: advertising or pestering"),
    "harassment": _("Harassment: it attacks a person"),
    "hate": _("Hate: it attacks a group of people"),
    "violence": _("Violence, or a call for it"),
    "illegal": _("It is against the law"),
    "other": _("Something else"),
}
STATE_NAMES = {
    "open": _("Open"),
    "claimed": _("Somebody looks at it"),
    "acted": _("Something was done"),
    "dismissed": _("Nothing had to be done"),
}
FILTERS = {"unanswered": _("Unanswered"), **STATE_NAMES}
ANSWER_NAMES = {"acted": _("Something was done"), "dismissed": _("Nothing has to be done")}
