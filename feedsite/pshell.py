"""What `pshell development.ini` offers: the models, a session in a transaction, and the request's services."""

from __future__ import annotations

from typing import Any


def setup(env: dict[str, Any]) -> None:
    """Fill the shell. Nothing connects until a name is used; `tm.commit()` keeps what was done."""
    from feedsite.accounts.models import HandleHistory, LoginSession, Person
    from feedsite.accounts.services import AccountService, PeopleService
    from feedsite.feeds import Manager

    request = env["request"]
    request.tm.begin()
    env.update(
        tm=request.tm,
        session=request.dbsession,
        find=request.find_service,
        settings=request.site_settings,
        Person=Person,
        LoginSession=LoginSession,
        HandleHistory=HandleHistory,
        PeopleService=PeopleService,
        AccountService=AccountService,
        Manager=Manager,
    )
