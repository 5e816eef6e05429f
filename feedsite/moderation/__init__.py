"""Moderation: what people who look after the site do about others, and the record of it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services."""
    from feedsite.moderation.audit import AuditService, audit_service
    from feedsite.moderation.export import AuditTable, audit_table
    from feedsite.moderation.services import ModerationService, moderation_service

    config.register_service_factory(audit_service, AuditService)
    config.register_service_factory(audit_table, AuditTable)
    config.register_service_factory(moderation_service, ModerationService)
