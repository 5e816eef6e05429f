"""What sanctions and answers are called on pages."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

KIND_NAMES = {"warn": _("Warning"), "limit": _("Limited"), "suspend": _("Suspended")}
FILTER_NAMES = {
    "waiting": _("Waiting for an answer"),
    "upheld": _("It stays"),
    "lifted": _("Taken back"),
    "all": _("Every appeal"),
}
ANSWER_NAMES = {"lifted": _("Take it back"), "upheld": _("It stays as it is")}
REFUSALS = {
    "rank": _("You may not act on somebody of your own or a higher rank."),
    "imposer": _("You did this yourself: somebody else answers the appeal."),
    "final": _("This suspension has stood for 30 days: only an admin takes it back."),
    "reason": _("Please say why."),
}
"""What pages say for the rules of `moderation.ranks.NotAllowed`."""
