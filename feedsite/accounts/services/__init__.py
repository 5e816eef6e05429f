"""What accounts can do, one module a thing."""

from __future__ import annotations

from feedsite.accounts.services.accounts import (
    HANDLE_REDIRECT,
    NAMES_AT_ONCE,
    AccountService,
    Suspended,
    Taken,
    TooManyNames,
    account_service,
    email_key,
)
from feedsite.accounts.services.addresses import AddressService, Confirmed, address_service
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
    "JoiningService",
    "LinkService",
    "NoSuchLink",
    "NotOpen",
    "NoticeService",
    "PeopleService",
    "PrivacyService",
    "ResetService",
    "Suspended",
    "Taken",
    "TooManyNames",
    "TwoFactorService",
    "account_service",
    "address_service",
    "email_key",
    "joining_service",
    "link_service",
    "notice_service",
    "people_service",
    "privacy_service",
    "reset_service",
    "two_factor_service",
]
