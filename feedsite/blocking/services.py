"""Keeping networks and e-mail domains out: which, why, until when; and whether somebody is meant."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedsite.blocking.models import EFFECTS, KINDS, Block
from feedsite.db import utcnow
from feedsite.keyset import Order, Place, Rows
from feedsite.moderation.audit import AuditService
from feedsite.moderation.services import MAX_REASON, Actor
from feedsite.remembering import remembered_in

#: The name under which a process keeps the blocks that are not over.
REMEMBERED = "blocks"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: The widest that can be blocked: a slip of the finger does not keep the world out.
_WIDEST = {4: 8, 6: 16}
#: One IPv6 customer gets a /64: a single address, or a part of it, is the whole of it.
_NARROWEST_IPV6 = 64
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_NEWEST_FIRST = Order((Block.created, Block.id), descending=True)


class BlockRefused(ValueError):
    """Why a block cannot be as it was given.

    Args:
        field: "value", "effect", "kind", "reason" or "ends".
        rule: what is right.
    """

    def __init__(self, field: str, rule: str) -> None:
        self.field, self.rule = field, rule
        super().__init__(f"{field}: {rule}")


@dataclass(frozen=True)
class Kept:
    """The blocks that are not over, as a process keeps them: networks and domains with effect and end."""

    networks: tuple[tuple[Network, str, datetime | None], ...] = ()
    domains: tuple[tuple[str, datetime | None], ...] = ()

    def of_address(self, address: str | None) -> str:
        """What is refused to an address: one of `EFFECTS`, or nothing (empty)."""
        if not self.networks:
            return ""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return ""
        mapped = getattr(parsed, "ipv4_mapped", None)
        asked, now = mapped or parsed, utcnow()
        found = {
            effect
            for network, effect, ends in self.networks
            if network.version == asked.version and asked in network and (ends is None or now < ends)
        }
        return "everything" if "everything" in found else "sign-up" if found else ""

    def has_domain_of(self, email: str) -> bool:
        """Whether the domain of an e-mail address, or one above it, is blocked."""
        given = _ascii(email.rpartition("@")[2])
        above = {given[at:] for at in (0, *(match.end() for match in re.finditer(r"\.", given)))}
        now = utcnow()
        return any(domain in above and (ends is None or now < ends) for domain, ends in self.domains)


def not_over(session: Session) -> Kept:
    """The blocks that are not over: what a process keeps."""
    rows = list(session.scalars(select(Block).where(or_(Block.ends.is_(None), Block.ends > utcnow()))))
    return Kept(
        tuple((ipaddress.ip_network(row.value), row.effect, row.ends) for row in rows if row.kind == "network"),
        tuple((row.value, row.ends) for row in rows if row.kind == "domain"),
    )


def normalised_network(text: str) -> str:
    """A network as it is kept: an address alone is one, of IPv6 its /64. Raises BlockRefused."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise BlockRefused("value", "an address or a network, such as 192.0.2.7 or 2001:db8::/48") from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= 96:
        # Some servers write IPv4 so; it is asked for as IPv4.
        network = ipaddress.ip_network((mapped, network.prefixlen - 96))
    elif network.version == 6 and network.prefixlen > _NARROWEST_IPV6:
        network = network.supernet(new_prefix=_NARROWEST_IPV6)
    if network.prefixlen < _WIDEST[network.version]:
        raise BlockRefused("value", f"no wider than /{_WIDEST[network.version]}")
    return str(network)


def normalised_domain(text: str) -> str:
    """A domain as it is kept and compared: in ASCII, lower case. Raises BlockRefused."""
    domain = _ascii(text.strip().removeprefix("@"))
    if not _DOMAIN.fullmatch(domain):
        raise BlockRefused("value", "a domain, such as example.org")
    return domain


def _ascii(domain: str) -> str:
    lowered = domain.strip().rstrip(".").lower()
    try:
        return lowered.encode("idna").decode()
    except UnicodeError:
        return lowered


class BlockService:
    """Adds and lifts blocks: one audit row each, in the caller's transaction.

    Args:
        session: of the site's database.
        audit: the log.
        changed: called when something is changed.
    """

    def __init__(self, session: Session, audit: AuditService, changed: Callable[[], None] = lambda: None) -> None:
        self._session, self._audit, self._changed = session, audit, changed

    def page(self, place: Place | None = None, *, size: int = 50) -> Rows[Block]:
        """A page of all blocks, newest first. Raises ValueError when the place is none of this list."""
        return _NEWEST_FIRST.page(self._session, select(Block), place, size)

    def find(self, block_id: str) -> Block | None:
        """A block by its id."""
        return self._session.get(Block, block_id)

    def find_value(self, kind: str, value: str) -> Block | None:
        """The block of a network or domain, as somebody writes it. Raises BlockRefused."""
        kept = normalised_network(value) if kind == "network" else normalised_domain(value)
        return self._session.scalar(select(Block).where(Block.kind == kind, Block.value == kept))

    def add(
        self,
        actor: Actor,
        kind: str,
        value: str,
        effect: str,
        reason: str,
        *,
        ends: datetime | None = None,
        own_address: str | None = None,
    ) -> Block:
        """Keep a network or a domain out; one that is blocked already gets this effect, reason and end.

        Args:
            actor: who blocks.
            kind: one of `KINDS`.
            value: a network or an address (of IPv6: its /64), or a domain (with its sub-domains).
            effect: one of `EFFECTS`; domains are about signing up alone.
            reason: why, 1 to `MAX_REASON` characters.
            ends: until when, in the future; None: for good.
            own_address: where the actor is: nobody shuts themselves out.

        Raises BlockRefused.
        """
        if kind not in KINDS:
            raise BlockRefused("kind", f"one of {', '.join(KINDS)}")
        if effect not in EFFECTS or (kind == "domain" and effect != "sign-up"):
            raise BlockRefused("effect", f"one of {', '.join(EFFECTS)}; of a domain: sign-up")
        if not reason.strip() or len(reason) > MAX_REASON:
            raise BlockRefused("reason", f"1 to {MAX_REASON} characters")
        if ends is not None and ends <= utcnow():
            raise BlockRefused("ends", "in the future")
        found = self.find_value(kind, value)
        made = found or Block(kind=kind, value=value, created=utcnow())
        made.value = normalised_network(value) if kind == "network" else normalised_domain(value)
        if kind == "network" and Kept(((ipaddress.ip_network(made.value), effect, None),)).of_address(own_address):
            raise BlockRefused("value", "not the network that you come from")
        before = {} if found is None else _told(found)
        made.effect, made.reason, made.ends = effect, reason.strip(), ends
        self._session.add(made)
        self._session.flush()
        self._audit.record(actor.key, "block", made.key, before=before, after=_told(made), reason=made.reason)
        self._changed()
        return made

    def lift(self, actor: Actor, found: Block, reason: str) -> None:
        """Take a block back. Raises BlockRefused where there is no reason."""
        if not reason.strip() or len(reason) > MAX_REASON:
            raise BlockRefused("reason", f"1 to {MAX_REASON} characters")
        self._audit.record(actor.key, "unblock", found.key, before=_told(found), reason=reason.strip())
        self._session.delete(found)
        self._session.flush()
        self._changed()


def _told(found: Block) -> dict[str, str]:
    ends = "" if found.ends is None else found.ends.isoformat(timespec="minutes")
    return {"blocked": found.value, "effect": found.effect, "until": ends}


def block_service(_context: object, request: Any) -> BlockService:
    """Service factory."""

    def changed() -> None:
        remembered_in(request.registry, REMEMBERED).forget_after_commit(request.tm.get())

    return BlockService(request.dbsession, request.find_service(AuditService), changed)
