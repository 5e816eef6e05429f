"""Who is asking, and what they may do: policy, permissions, passwords, sessions, CSRF, headers, rate limits."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the policy, its services and the checks around every view."""
    from feedsite.db import engine_of
    from feedsite.security.passwords import Passwords, passwords_from
    from feedsite.security.policy import SecurityPolicy
    from feedsite.security.sessions import LoginSessionService, session_service
    from feedsite.security.throttle import Throttle, throttle_from
    from feedsite.security.throttle_store import ThrottleCounts, throttle_counts
    from feedsite.settings import settings_of

    settings = settings_of(config.registry)
    policy = SecurityPolicy()
    config.set_security_policy(policy)
    config.add_request_method(policy.is_suspended, "is_suspended", property=True)
    config.add_request_method(policy.login_id, "login_id", property=True)
    config.register_service(passwords_from(settings), Passwords)
    config.register_service(throttle_from(settings, engine_of(config.registry)), Throttle)
    config.register_service_factory(session_service, LoginSessionService)
    config.register_service_factory(throttle_counts, ThrottleCounts)
    config.add_personal_data(
        "security", tables=("throttle_counts",), erase=lambda find, who: find(ThrottleCounts).forget(who.id)
    )
    config.include(".csrf")
    config.include(".fresh")
    config.include(".headers")
    config.include(".public")
