"""Accounts: people, their handles, signing up, in and out, and their own settings."""

from __future__ import annotations

from typing import Any

_TABLES = (
    "people",
    "person_words",
    "login_sessions",
    "handle_history",
    "retired_handles",
    "link_tokens",
    "address_claims",
    "second_factors",
    "recovery_codes",
    "sign_up_requests",
    "invitations",
    "invited",
)


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.accounts import name_words, services  # noqa: F401  # words follow names from now on
    from feedsite.accounts.letters import LETTERS

    config.register_service_factory(services.people_service, services.PeopleService)
    config.register_service_factory(services.privacy_service, services.PrivacyService)
    config.register_service_factory(services.account_service, services.AccountService)
    config.register_service_factory(services.link_service, services.LinkService)
    config.register_service_factory(services.notice_service, services.NoticeService)
    config.register_service_factory(services.address_service, services.AddressService)
    config.register_service_factory(services.invitation_service, services.InvitationService)
    config.register_service_factory(services.joining_service, services.JoiningService)
    config.register_service_factory(services.reset_service, services.ResetService)
    config.register_service_factory(services.two_factor_service, services.TwoFactorService)
    config.register_service_factory(services.departing_service, services.DepartingService)
    for name, letter in LETTERS.items():
        config.add_letter(f"accounts.{name}", letter)
    config.add_personal_data(
        "accounts", tables=_TABLES, erase=lambda find, who: find(services.DepartingService).forget(who)
    )
    config.scan(".views")
