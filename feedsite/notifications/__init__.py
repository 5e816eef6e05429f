"""Notifications: what concerns a reader, grouped when it is read; the list, the pane and the badge."""

from __future__ import annotations

from typing import Any

from feedsite.feedstore import ANNOUNCING


def includeme(config: Any) -> None:
    """Register the service, put the pane on every request, and find the views."""
    from feedsite.notifications.digesting import digest
    from feedsite.notifications.digests import LETTER, DigestService, digest_service
    from feedsite.notifications.services import NotificationService, notification_service
    from feedsite.notifications.states import StateService, state_service
    from feedsite.notifications.views import announce_pane, notification_pane

    config.register_service_factory(notification_service, NotificationService)
    config.register_service_factory(state_service, StateService)
    config.register_service_factory(digest_service, DigestService)
    config.add_letter(LETTER, digest)
    config.add_request_method(notification_pane, "notification_pane", reify=True)
    config.registry.setdefault(ANNOUNCING, []).append(announce_pane)
    config.add_personal_data("notifications", tables=("notification_states", "notification_unwanted"))
    config.add_personal_data("digests", tables=("digests",), erase=lambda find, who: find(DigestService).forget(who))
    for views in (".views", ".counters"):
        config.scan(views)
