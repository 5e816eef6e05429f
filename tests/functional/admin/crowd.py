"""Many people at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from feedsite.accounts.models import Person
from feedsite.db import utcnow

from tests.site import Site


def add_crowd(site: Site, number: int) -> None:
    """Make people p000, p001, …, a second apart; two of three share their second with a neighbour."""
    start = utcnow() - timedelta(days=1)
    rows = [
        {
            "id": f"crowd{at:015}",
            "handle": f"p{at:03}",
            "name": f"P {at}",
            "bio": "",
            "created": start + timedelta(seconds=at // 3),
        }
        for at in range(number)
    ]
    with site.transaction() as request:
        request.dbsession.execute(insert(Person), rows)
