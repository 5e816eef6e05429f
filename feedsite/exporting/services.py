"""Gathering what the site has about somebody. Read in batches: how much there is makes it longer, not larger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.accounts.services import AccountService, AddressService, PeopleService, TwoFactorService
from feedsite.editing.models import NoteVersion
from feedsite.exporting.archive import Archive, Row
from feedsite.feeds import Entity, Manager
from feedsite.feeds.order import instant
from feedsite.feedsout.models import FeedToken
from feedsite.keeping.models import Bookmark, Pin
from feedsite.mail.models import MailRefusal
from feedsite.moderation.models import Sanction
from feedsite.notifications.models import NotificationState, UnwantedVerb
from feedsite.pictures.services import PictureService
from feedsite.posts.models import Note
from feedsite.reporting.models import Report
from feedsite.requesting.models import FollowRequest
from feedsite.security.sessions import LoginSessionService
from feedsite.suggestions.models import Dismissal
from feedsite.timelines.models import ReaderMark

_CHOICES = ("noindex", "discoverable", "locked", "shortcuts")
_BATCH = 500

_README = """What {site} ({url}) has about @{handle}.

account.json   the account, its settings and its earlier handles
picture.webp   the picture, where there is one
logins         the browsers that are signed in
notes          what was written, with earlier texts; a deleted note has no text any more
acts           everything that was done: notes, likes, shares, follows, with the instant
links          what is followed, watched, muted and blocked
followers      who follows the account
requests       who asks to follow whom (sent, received) and waits for an answer
bookmarks      notes that were kept
marks          up to where timelines were read
notifications  which ones were saved, done, or marked as read or unread
dismissals     whom the site should not suggest again
reports        what was reported, and what came of it
sanctions      warnings, limits and suspensions, what was said to them, and the answer

Every table is there twice: as JSON, with everything, and as CSV, for spreadsheets (a cell that would be a formula
begins with an apostrophe). Instants are UTC. There is no password, no key and nothing that
others did: what they wrote is theirs.
"""

_SANCTION = ("imposed", "kind", "rule", "reason", "lifted", "appealed", "appeal", "answer", "comment")


class ExportService:
    """Writes everything about a person into a ZIP.

    Args:
        session: reads in its transaction: one snapshot of all of it.
        feeds, people, accounts, addresses, factors, logins, pictures: the services it asks.
        site: the site's name, and its address.
    """

    def __init__(
        self,
        session: Session,
        feeds: Manager,
        *,
        people: PeopleService,
        accounts: AccountService,
        addresses: AddressService,
        factors: TwoFactorService,
        logins: LoginSessionService,
        pictures: PictureService,
        site: tuple[str, str],
    ) -> None:
        self._session, self._feeds, self._people = session, feeds, people
        self._accounts, self._addresses, self._factors, self._logins = accounts, addresses, factors, logins
        self._pictures, self._site = pictures, site

    def write(self, person: Person, file: IO[bytes]) -> None:
        """Write the ZIP of a person to a file that can be sought."""
        archive, (site, url) = Archive(file), self._site
        archive.text("README.txt", _README.format(site=site, url=url, handle=person.handle))
        archive.document("account", self._account(person))
        picture = self._pictures.of(person.id)
        if picture is not None:
            archive.file("picture.webp", picture)
        archive.table("logins", ("created", "last_seen", "expires", "ip", "user_agent"), self._login_rows(person))
        columns = ("id", "created", "edited", "deleted", "visibility", "in_reply_to", "text", "tags")
        archive.table("notes", columns, self._notes(person))
        archive.table("acts", ("published", "verb", "object", "target"), self._acts(person))
        archive.table("links", ("kind", "type", "id", "handle", "since", "until", "weight"), self._links(person))
        archive.table("followers", ("handle", "id", "since"), self._followers(person))
        archive.table("requests", ("direction", "handle", "id", "asked"), self._requests(person))
        archive.table("bookmarks", ("note", "created"), self._bookmarks(person))
        archive.table("private_feeds", ("feed", "name", "created", "last_used", "ended"), self._private_feeds(person))
        archive.table("marks", ("timeline", "position"), self._marks(person))
        archive.table("notifications", ("key", "kind", "saved", "changed"), self._notification_states(person))
        archive.table("dismissals", ("id", "handle", "created"), self._dismissals(person))
        archive.table("reports", ("created", "target", "reason", "text", "state"), self._reports(person))
        archive.table("sanctions", _SANCTION, self._sanctions(person))
        archive.close()

    def _account(self, person: Person) -> Row:
        claim, pin = self._addresses.claim_of(person.id), self._session.get(Pin, person.id)
        refused = select(MailRefusal.topic).where(MailRefusal.person_id == person.id)
        unwanted = select(UnwantedVerb.verb).where(UnwantedVerb.person_id == person.id).order_by(UnwantedVerb.verb)
        columns = ("id", "handle", "name", "email", "bio", "role", "state", "zone", "locale", "theme", "created")
        return {
            **{column: getattr(person, column) for column in (*columns, *_CHOICES)},
            "email_claimed": None if claim is None else claim.email,
            "former_handles": [
                {"handle": row.handle, "until": row.until} for row in self._accounts.former_handles(person.id)
            ],
            "second_factor": self._factors.is_on(person.id),
            "pinned_note": None if pin is None else pin.note_id,
            "mails_refused": list(self._session.scalars(refused)),
            "notifications_unwanted": list(self._session.scalars(unwanted)),
        }

    def _login_rows(self, person: Person) -> Iterator[Row]:
        columns = ("created", "last_seen", "expires", "ip", "user_agent")
        for login in self._logins.of(person.id):
            yield {column: getattr(login, column) for column in columns}

    def _notes(self, person: Person) -> Iterator[Row]:
        asked = select(Note).where(Note.author_id == person.id).order_by(Note.created, Note.id)
        columns = ("id", "created", "edited", "deleted", "visibility", "in_reply_to", "text", "tags")
        for notes in _batches(self._session.scalars(asked.execution_options(yield_per=_BATCH))):
            ids = [note.id for note in notes]
            versions: dict[str, list[Row]] = {}
            kept = select(NoteVersion).where(NoteVersion.note_id.in_(ids)).order_by(NoteVersion.number)
            for version in self._session.scalars(kept):
                versions.setdefault(version.note_id, []).append({"written": version.written, "text": version.text})
            for note in notes:
                yield {**{name: getattr(note, name) for name in columns}, "earlier": versions.get(note.id, [])}

    def _acts(self, person: Person) -> Iterator[Row]:
        me, cursor = Entity("person", person.id), None
        while True:
            page = self._feeds.get_activities(actor=me, viewer=me, cursor=cursor, size=100)
            for item in page.items:
                target = None if item.target is None else item.target.key
                yield {"published": item.published, "verb": item.verb, "object": item.object.key, "target": target}
            if page.next is None:
                return
            cursor = page.next

    def _links(self, person: Person) -> Iterator[Row]:
        def read(cursor: str | None) -> Any:
            kinds = ("follow", "watch", "mute", "block")
            return self._feeds.following(Entity("person", person.id), kinds=kinds, cursor=cursor, size=_BATCH)

        for links in _link_pages(read):
            # Somebody's shares are a thing that has their id.
            ends = [row.entity.id for row in links if row.entity.type in ("person", "shares")]
            known = self._people.by_ids(ends)
            for row in links:
                who = known.get(row.entity.id)
                yield {
                    "kind": row.kind,
                    "type": row.entity.type,
                    "id": row.entity.id,
                    "handle": None if who is None else who.handle,
                    "since": instant(row.since),
                    "until": None if row.until is None else instant(row.until),
                    "weight": row.weight,
                    "verbs": list(row.verbs),
                }

    def _followers(self, person: Person) -> Iterator[Row]:
        me = Entity("person", person.id)
        for links in _link_pages(lambda cursor: self._feeds.followers(me, cursor=cursor, size=_BATCH)):
            known = self._people.by_key(row.follower.key for row in links)
            for row in links:
                who = known.get(row.follower.key)
                handle = None if who is None else who.handle
                yield {"handle": handle, "id": row.follower.id, "since": instant(row.since)}

    def _requests(self, person: Person) -> Iterator[Row]:
        asked, mine, theirs = FollowRequest.asked, FollowRequest.requester_id, FollowRequest.person_id
        for direction, me, other in (("sent", mine, theirs), ("received", theirs, mine)):
            found = select(Person.handle, Person.id, asked).join(FollowRequest, Person.id == other)
            for row in self._session.execute(found.where(me == person.id).order_by(asked, Person.id)):
                yield {"direction": direction, "handle": row.handle, "id": row.id, "asked": row.asked}

    def _bookmarks(self, person: Person) -> Iterator[Row]:
        asked = select(Bookmark).where(Bookmark.person_id == person.id).order_by(Bookmark.created, Bookmark.note_id)
        for row in self._session.scalars(asked):
            yield {"note": row.note_id, "created": row.created}

    def _private_feeds(self, person: Person) -> Iterator[Row]:
        columns = ("feed", "name", "created", "last_used", "ended")
        asked = select(FeedToken).where(FeedToken.person_id == person.id).order_by(FeedToken.created, FeedToken.id)
        for row in self._session.scalars(asked):
            yield {column: getattr(row, column) for column in columns}

    def _marks(self, person: Person) -> Iterator[Row]:
        asked = select(ReaderMark).where(ReaderMark.person_id == person.id).order_by(ReaderMark.timeline)
        for row in self._session.scalars(asked):
            yield {"timeline": row.timeline, "position": row.position}

    def _notification_states(self, person: Person) -> Iterator[Row]:
        mine = select(NotificationState).where(NotificationState.person_id == person.id)
        for row in self._session.scalars(mine.order_by(NotificationState.changed, NotificationState.key)):
            yield {"key": row.key, "kind": row.kind, "saved": row.saved, "changed": row.changed}

    def _dismissals(self, person: Person) -> Iterator[Row]:
        mine = select(Dismissal, Person.handle).join(Person, Person.id == Dismissal.dismissed_id)
        mine = mine.where(Dismissal.person_id == person.id).order_by(Dismissal.created, Dismissal.dismissed_id)
        for row, handle in self._session.execute(mine):
            yield {"id": row.dismissed_id, "handle": handle, "created": row.created}

    def _sanctions(self, person: Person) -> Iterator[Row]:
        asked = select(Sanction).where(Sanction.person_id == person.id).order_by(Sanction.imposed, Sanction.id)
        for sanction in self._session.scalars(asked):
            yield {column: getattr(sanction, column) for column in _SANCTION}

    def _reports(self, person: Person) -> Iterator[Row]:
        # Without the words that were reported: they are somebody else's.
        asked = select(Report).where(Report.reporter == person.key).order_by(Report.created, Report.id)
        columns = ("created", "target", "reason", "text", "state", "answered")
        for row in self._session.scalars(asked):
            yield {column: getattr(row, column) for column in columns}


def _batches(rows: Any) -> Iterator[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _link_pages(read: Callable[[str | None], Any]) -> Iterator[tuple[Any, ...]]:
    cursor = None
    while True:
        page = read(cursor)
        yield page.links
        if page.next is None:
            return
        cursor = page.next


def export_service(_context: object, request: Any) -> ExportService:
    """Service factory."""
    settings = request.site_settings
    return ExportService(
        request.dbsession,
        request.find_service(Manager),
        people=request.find_service(PeopleService),
        accounts=request.find_service(AccountService),
        addresses=request.find_service(AddressService),
        factors=request.find_service(TwoFactorService),
        logins=request.find_service(LoginSessionService),
        pictures=request.find_service(PictureService),
        site=(settings.site_name, settings.site_url),
    )
