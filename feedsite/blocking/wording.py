"""What kinds and effects of blocks are called, and what is said where one is refused."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

KIND_NAMES = {"network": _("Network address"), "domain": _("E-mail domain")}
EFFECT_NAMES = {"sign-up": _("Making accounts"), "everything": _("Everything")}
REFUSALS = {
    "value": _(
        "Give a network such as 192.0.2.0/24 or 2001:db8::/48 (not wider than /8 and /16, and not your own), or a "
        "domain such as example.org."
    ),
    "kind": _("There is no such kind."),
    "effect": _("A domain can be kept from making accounts alone."),
    "reason": _("Please say why, in at most 1,000 characters."),
    "ends": _("This is in the past."),
}
