"""What people may do, and the predicate that decides each.

A view names a permission; the security policy looks its predicate up here. Nothing else decides: a template that wants
to know asks ``request.has_permission``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from feedsite.security.identity import Identity

#: Roles from the lowest rank to the highest. Nobody acts on an equal or higher rank.
RANKS: Mapping[str, int] = {"member": 0, "moderator": 1, "admin": 2}


class Permission(Enum):
    """One thing that somebody may be allowed to do."""

    READ_HOME = "read home"
    READ_NOTIFICATIONS = "read notifications"
    MANAGE_ACCOUNT = "manage account"
    SIGN_OUT = "sign out"
    #: How one's account stands, and a word about that: the suspended, too.
    READ_STANDING = "read standing"
    #: Notes and replies.
    WRITE = "write"
    #: Likes and shares.
    REACT = "react"
    #: Following people: they are told about it.
    FOLLOW = "follow"
    #: Watching, muting, marking as read: nobody else sees it.
    ARRANGE = "arrange"
    MODERATE = "moderate"
    ADMINISTER = "administer"
    READ_STYLE_GUIDE = "read style guide"


Predicate = Callable[[Identity], bool]


def _anybody(_identity: Identity) -> bool:
    return True


def _signed_in(identity: Identity) -> bool:
    return identity.state != "suspended"


def _may_act_in_public(identity: Identity) -> bool:
    # "limited" people write as before; what they write reaches their followers only (feed engine).
    return identity.state in ("active", "limited")


def at_least(role: str) -> Predicate:
    """A predicate: an active account of `role` or higher."""

    def predicate(identity: Identity) -> bool:
        return identity.state == "active" and RANKS[identity.role] >= RANKS[role]

    return predicate


PREDICATES: Mapping[Permission, Predicate] = {
    Permission.READ_HOME: _signed_in,
    Permission.READ_NOTIFICATIONS: _signed_in,
    Permission.MANAGE_ACCOUNT: _signed_in,
    Permission.SIGN_OUT: _anybody,
    Permission.READ_STANDING: _anybody,
    Permission.WRITE: _may_act_in_public,
    Permission.REACT: _may_act_in_public,
    Permission.FOLLOW: _may_act_in_public,
    Permission.ARRANGE: _signed_in,
    Permission.MODERATE: at_least("moderator"),
    Permission.ADMINISTER: at_least("admin"),
    Permission.READ_STYLE_GUIDE: at_least("admin"),
}


#: What only people who look after the site do: to everybody else its pages are not there.
_HIDDEN = frozenset({Permission.MODERATE, Permission.ADMINISTER})


def is_hidden(permission: Permission, identity: Identity) -> bool:
    """Whether somebody who may not do this should not hear that it exists."""
    return permission in _HIDDEN and not PREDICATES[Permission.MODERATE](identity)


def outranks(actor_role: str, target_role: str) -> bool:
    """Whether somebody of `actor_role` may act on somebody of `target_role`: strictly higher rank only."""
    return RANKS[actor_role] > RANKS[target_role]
