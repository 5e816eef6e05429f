"""Moderation: what people who look after the site do about others, and the record of it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and the letters."""
    from feedsite.moderation.audit import AuditService, audit_service
    from feedsite.moderation.care import CareService, care_service
    from feedsite.moderation.export import AuditTable, audit_table
    from feedsite.moderation.letters import LETTERS
    from feedsite.moderation.ranks import Ranks, ranks_service
    from feedsite.moderation.removing import RemovalService, removal_service
    from feedsite.moderation.services import ModerationService, moderation_service
    from feedsite.moderation.standing import StandingService, standing_service

    config.register_service_factory(audit_service, AuditService)
    config.register_service_factory(audit_table, AuditTable)
    config.register_service_factory(ranks_service, Ranks)
    config.register_service_factory(standing_service, StandingService)
    config.register_service_factory(moderation_service, ModerationService)
    config.register_service_factory(removal_service, RemovalService)
    config.register_service_factory(care_service, CareService)
    for name, letter in LETTERS.items():
        config.add_letter(f"moderation.{name}", letter)
    config.add_personal_data("audit log", tables=("audit",), erase=lambda find, who: find(AuditService).forget(who.key))
    config.add_personal_data(
        "sanctions", tables=("sanctions",), erase=lambda find, who: find(StandingService).forget(who.key)
    )
