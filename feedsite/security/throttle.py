"""Rate limits that a script meets and a person does not."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Any

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from feedsite.settings import Settings

#: The limits there are; each has a setting ``throttle_<name>``.
LIMITS = (
    "login_address",
    "login_account",
    "join",
    "reset",
    "mail",
    "confirm",
    "code",
    "export",
    "import",
    "picture",
    "audit_export",
    "post",
    "react",
    "follow",
    "report",
    "search",
    "feed",
)


class TooManyRequests(Exception):
    """A limit is reached.

    Args:
        retry_after: whole seconds, at least 1, after which another try may succeed.
    """

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"try again in {retry_after} seconds")


class Throttle:
    """Counts attempts in fixed windows.

    The counts stand outside of the request's transaction: a failed attempt is rolled back, but it was made.
    """

    def __init__(self, storage: Storage, limits: dict[str, list[RateLimitItem]]) -> None:
        self._storage, self._limiter, self._limits = storage, FixedWindowRateLimiter(storage), limits

    def hit(self, limit: str, key: str) -> None:
        """Count one attempt.

        Args:
            limit: one of `LIMITS`.
            key: whose attempt it is: a person's id, `address_key(…)`, …

        Raises TooManyRequests when there were too many already; the attempt is counted all the same.
        """
        waits = [
            self._wait(item, limit, key) for item in self._limits[limit] if not self._limiter.hit(item, limit, key)
        ]
        if waits:
            raise TooManyRequests(max(waits))

    def reset(self) -> None:
        """Forget every attempt."""
        self._storage.reset()

    def _wait(self, item: RateLimitItem, limit: str, key: str) -> int:
        reset_time = self._limiter.get_window_stats(item, limit, key).reset_time
        return max(1, math.ceil(reset_time - time.time()))


def address_key(address: str | None) -> str:
    """What an address counts as: itself, or its /64, which is what one IPv6 customer gets."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def throttle_from(settings: Settings, engine: Any) -> Throttle:
    """The throttle as the settings describe it."""
    storage: Storage = MemoryStorage()
    if settings.throttle_storage == "database":
        from feedsite.security.throttle_store import DatabaseStorage

        storage = DatabaseStorage(engine)
    return Throttle(storage, {name: parse_many(getattr(settings, f"throttle_{name}")) for name in LIMITS})
