"""Accounts: people, their handles, signing up, in and out, and their own settings."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.accounts.services import AccountService, PeopleService, account_service, people_service

    config.register_service_factory(people_service, PeopleService)
    config.register_service_factory(account_service, AccountService)
    config.scan(".views")
