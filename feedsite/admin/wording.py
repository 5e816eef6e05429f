"""What roles, states, orders and acts are called on pages."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

STATE_NAMES = {
    "active": _("Active"),
    "unverified": _("Unverified"),
    "limited": _("Limited"),
    "suspended": _("Suspended"),
}
ROLE_NAMES = {"member": _("Member"), "moderator": _("Moderator"), "admin": _("Admin")}
CONFIRMED = {"yes": _("Confirmed"), "no": _("Not confirmed")}
ORDERS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "handle": _("By handle"),
    "name": _("By name"),
    "seen": _("Last seen first"),
}
ACTIONS = {
    "create": _("Account made"),
    "warn": _("Warned"),
    "limit": _("Limited"),
    "suspend": _("Suspended"),
    "purge": _("Account deleted for good"),
    "reinstate": _("Reinstated"),
    "appeal": _("Appeal made"),
    "answer appeal": _("Appeal answered"),
    "role": _("Role changed"),
    "note": _("Note"),
    "reset link": _("Link for a new password sent"),
    "password": _("Password reset"),
    "remove picture": _("Picture removed"),
    "sign out": _("Signed out"),
    "second factor": _("Second factor removed"),
    "approve": _("Sign-up approved"),
    "reject": _("Sign-up refused"),
    "invite": _("Invitation made"),
    "revoke": _("Invitation revoked"),
    "claim": _("Report taken"),
    "release": _("Report given back"),
    "report": _("Report answered"),
    "audit export": _("Audit log taken as a table"),
    "announcement": _("Announcement"),
    "hide note": _("Note hidden"),
    "show note": _("Note shown again"),
    "delete note": _("Note deleted"),
    "remove act": _("Like, share or follow removed"),
    "site text": _("Text of the site changed"),
    "block": _("Network or domain blocked"),
    "unblock": _("Network or domain not blocked any more"),
}
#: What can be done to several people at once.
ACTS = {
    "approve": _("Let in"),
    "warn": _("Warn"),
    "limit": _("Limit"),
    "suspend": _("Suspend"),
    "reinstate": _("Reinstate"),
}
#: Fields of the audit log's *before* and *after*.
FIELDS = {
    "state": _("State"),
    "role": _("Role"),
    "sessions_ended": _("Logins ended"),
    "rule": _("Rule"),
    "verb": _("What was done"),
    "thing": _("To what"),
    "report": _("Report"),
    "about": _("About"),
    "uses": _("How many may join"),
    "appeal": _("Appeal"),
    "sanction": _("Sanction"),
    "text": _("Text"),
    "kind": _("Kind"),
    "from": _("From"),
    "until": _("Until"),
    "blocked": _("Blocked"),
    "author": _("Author"),
    "effect": _("Refused"),
    "picture": _("Picture"),
}

REFUSALS = {
    "rank": _("You may not act on somebody of your own or a higher rank."),
    "last-admin": _("This is the last admin. Make somebody else an admin first."),
    "reason": _("Please say why."),
    "role": _("There is no such role."),
    "state": _("Only an active account can be limited."),
    "final": _("This suspension has stood for 30 days: only an admin takes it back."),
    "address": _("This account has no confirmed e-mail address."),
    "nobody": _("There is no such account."),
}
"""What pages say for the rules of `moderation.services.NotAllowed`."""
