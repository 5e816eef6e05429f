"""Asking to follow somebody who approves who follows them, and their answers."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.requesting.answers import AnswerService, answer_service
    from feedsite.requesting.services import FollowRequestService, follow_request_service

    config.register_service_factory(follow_request_service, FollowRequestService)
    config.register_service_factory(answer_service, AnswerService)
    config.add_personal_data("follow requests", tables=("follow_requests",))
    config.scan(".views")
