"""What accounts can do, one module a thing."""

from __future__ import annotations

from feedsite.accounts.services.accounts import (
    HANDLE_REDIRECT,
    NAMES_AT_ONCE,
    AccountService,
    Taken,
    TooManyNames,
    account_service,
    email_key,
)
from feedsite.accounts.services.addresses import AddressService, Confirmed, address_service
from feedsite.accounts.services.departing import DepartingService, departing_service
from feedsite.accounts.services.invitations import InvitationService, invitation_service
from feedsite.accounts.services.joining import JoiningService, NotOpen, joining_service
from feedsite.accounts.services.links import LinkService, NoSuchLink, link_service
from feedsite.accounts.services.notices import NoticeService, notice_service
from feedsite.accounts.services.people import PeopleService, people_service
from feedsite.accounts.services.privacy import PrivacyService, privacy_service
from feedsite.accounts.services.resetting import ResetService, reset_service
from feedsite.accounts.services.two_factor import TwoFactorService, two_factor_service

__all__ = [
    "HANDLE_REDIRECT",
    "NAMES_AT_ONCE",
    "AccountService",
    "AddressService",
    "Confirmed",
    "DepartingService",
    "InvitationService",
    "JoiningService",
    "LinkService",
    "NoSuchLink",
    "NotOpen",
    "NoticeService",
    "PeopleService",
    "PrivacyService",
    "ResetService",
    "Taken",
    "TooManyNames",
    "TwoFactorService",
    "account_service",
    "address_service",
    "departing_service",
    "email_key",
    "invitation_service",
    "joining_service",
    "link_service",
    "notice_service",
    "people_service",
    "privacy_service",
    "reset_service",
    "two_factor_service",
]
