"""Taking in what was written elsewhere: archives of accounts, and networks of other places."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.importing.account import AccountImport, account_import
    from feedsite.importing.links import LinkTaker, link_taker

    config.register_service_factory(link_taker, LinkTaker)
    config.register_service_factory(account_import, AccountImport)
    config.scan(".views")
