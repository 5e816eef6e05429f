"""Nothing is left of who is taken out, in any column of any table, but what docs/accounts.md says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import MetaData, select

from feedsite.accounts.models import AddressClaim, Invitation, SignUpRequest
from feedsite.accounts.services import AccountService, LinkService, TwoFactorService
from feedsite.db import utcnow
from feedsite.editing.services import EditService, version_of
from feedsite.feeds import Entity
from feedsite.graph.services import GraphService
from feedsite.keeping.services import KeepingService
from feedsite.mail.models import Mail
from feedsite.mail.services import MailService
from feedsite.moderation.services import Actor, ModerationService
from feedsite.notifications.digests import LETTER as DIGEST
from feedsite.notifications.models import NotificationState, UnwantedVerb
from feedsite.posts.acts import shares_of
from feedsite.posts.models import Note
from feedsite.reporting.services import ReportFilter, ReportService
from feedsite.requesting.services import FollowRequestService
from feedsite.security.throttle_store import ThrottleCount
from feedsite.timelines.models import ReaderMark

from tests.functional.leaving.going import leave, take_out
from tests.functional.timelines.world import World
from tests.site import Site

#: Each stands in everything of its kind that is Ana's, and nowhere else.
HANDLE, NAME, EMAIL, WORDS = "zz_ana", "Anastasia Zzyzx", "ana.zzyzx@example.org", "quokka"


def cells(site: Site) -> Iterator[tuple[str, str, str]]:
    """Every cell of the database that holds something: table, column, text."""
    metadata = MetaData()
    metadata.reflect(site.engine)
    with site.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield from ((table.name, column, str(value)) for column, value in row._mapping.items() if value)


def traces(site: Site, *needles: str) -> dict[str, set[str]]:
    """Where each needle stands: ``table.column``."""
    found: dict[str, set[str]] = {needle: set() for needle in needles}
    for table, column, text in cells(site):
        for needle in needles:
            if needle.lower() in text.lower():
                found[needle].add(f"{table}.{column}")
    return found


def live(site: Site) -> World:
    """Ana has done everything that leaves a row somewhere, and so have others with her."""
    world = World(site)
    ana = site.person(HANDLE, name=NAME, email=EMAIL, bio=f"{WORDS} keeper", role="moderator")
    world.people["ana"] = ana
    bo, cy = world.person("bo"), world.person("cy")
    for other in ("bo", "cy"):
        world.follow("ana", other)
        world.follow(other, "ana")
    public = world.write("ana", f"A {WORDS} @bo #bread")
    gated = world.write("ana", f"Followers' {WORDS}", visibility="followers")
    theirs = world.write("bo", f"Good day, @{HANDLE}")
    world.reply("bo", public, "Very nice")
    world.reply("bo", gated, "Between us")
    world.reply("ana", theirs, f"The {WORDS} says hello")
    world.like(public, "bo", "cy")
    world.share(public, "bo")
    world.like(theirs, "ana")
    world.share(theirs, "ana")
    world.mute("cy", "ana")
    # Whom Ana does not see, she likes and is liked by all the same.
    world.like(public, "dan")
    world.mute("ana", "dan")
    world.delete(world.write("ana", f"A lost {WORDS}"))
    with site.transaction() as request:
        find, session = request.find_service, request.dbsession
        mine = session.get(Note, public.id)
        find(EditService).edit(mine, f"A better {WORDS} @bo", seen=version_of(mine))
        find(KeepingService).bookmark(ana.id, session.get(Note, theirs.id))
        find(KeepingService).bookmark(bo.id, mine)
        find(KeepingService).pin(mine)
        find(FollowRequestService).ask(ana.id, bo.id)
        find(FollowRequestService).ask(cy.id, ana.id)
        find(GraphService).mute(bo.id, shares_of(ana.id))
        find(GraphService).block(ana.id, cy)
        find(GraphService).watch(ana.id, Entity("tag", "bread"))
        find(ReportService).report_person(ana.key, cy, "other", f"He took my {WORDS}")
        find(ReportService).report_note(cy.key, mine, "other", f"Too much {WORDS}")
        reports = find(ReportService)
        find(ReportService).claim(Actor(ana.key, ana.id), reports.page(ReportFilter()).rows[0].id)
        find(ModerationService).limit(Actor(ana.key, ana.id), cy.id, "he went too far")
        find(ModerationService).set_password(Actor("command line"), ana.id, "three quiet otters sing", f"lost {WORDS}")
        find(TwoFactorService).begin(ana.id)
        find(MailService).write("accounts.reset_nobody", EMAIL.upper())
        find(MailService).refuse(ana.id, "logins")
        find(LinkService).make("reset", ana.id, timedelta(hours=1))
        find(AccountService).rename(ana.id, f"{HANDLE}2")
        now = utcnow()
        session.add_all(
            [
                AddressClaim(person_id=ana.id, email=f"new.{EMAIL}", email_key=f"new.{EMAIL}"),
                SignUpRequest(person_id=ana.id, message=f"For the {WORDS}"),
                Invitation(id="i" * 64, created_by=ana.key, expires=now + timedelta(days=1), uses_left=1),
                Mail(person_id=ana.id, recipient=EMAIL, kind="accounts.approved", data={"handle": HANDLE}, expires=now),
                Mail(
                    person_id=bo.id, recipient="b@x.org", kind=DIGEST, data={"sentences": [f"{NAME} left"]}, expires=now
                ),
                NotificationState(person_id=ana.id, key="k" * 64, kind="done", position=1),
                UnwantedVerb(person_id=ana.id, verb="like"),
                ReaderMark(person_id=ana.id, timeline="home", position=1),
                ThrottleCount(key=f"LIMITER/export/{ana.id}/5/1/hour", count=1, expires=2e9),
            ]
        )
    world.browser("ana").get("/home")
    return world


def test_nothing_is_left_of_who_is_taken_out(site: Site) -> None:
    world = live(site)
    ana = world.people["ana"]
    before = traces(site, ana.id, HANDLE, NAME, EMAIL, WORDS)
    assert len(before[ana.id]) > 30, sorted(before[ana.id])
    assert all(before.values())
    leave(site, ana.id)
    take_out(site, ana.id)
    after = traces(site, ana.id, HANDLE, NAME, EMAIL, WORDS)
    # What others wrote is theirs: its text, and the words that it is found by.
    theirs = {"notes.text", "feeds_acts.body", "feeds_words.word"}
    assert after == {ana.id: set(), HANDLE: theirs, NAME: set(), EMAIL: set(), WORDS: set()}
    assert {"people", "notes", "reports", "audit", "feeds_acts"} <= {table for table, *_ in cells(site)}
