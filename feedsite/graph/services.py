"""Following people, watching threads and tags, muting people and threads."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.posts.acts import watching
from feedsite.requesting.services import FollowRequestService

_ = TranslationStringFactory("feedsite")

_BLOCKS = 1000


class LinkRefused(ValueError):
    """A link that cannot be made.

    Args:
        message: why, as a sentence for who wanted it.
    """

    def __init__(self, message: TranslationString) -> None:
        self.message = message
        super().__init__(str(message))


class Outcome(Enum):
    """What came of following or watching: a new link, a new request for one, or nothing new."""

    LINKED = "linked"
    ASKED = "asked"
    SAME = "same"

    @classmethod
    def of(cls, new: bool) -> Outcome:
        """The outcome of a change that asks nobody."""
        return cls.LINKED if new else cls.SAME


class GraphService:
    """Changes what somebody follows, watches and mutes. Each method returns whether something changed; doing it twice,
    or twenty times at once, is harmless.

    Here alone it is decided that who wants to follow a locked account asks: buttons, tables and archives come by.
    """

    def __init__(self, feeds: Manager, requests: FollowRequestService) -> None:
        self._feeds, self._requests = feeds, requests

    def follow(self, follower_id: str, person: Person, since: datetime | None = None) -> Outcome:
        """Follow somebody, who is told about it; since now, unless `since` says when. Who is locked is asked instead.

        Raises LinkRefused for oneself and for somebody who is suspended.
        """
        if follower_id == person.id:
            raise LinkRefused(_("You see your own notes in your home already."))
        if person.state == "suspended":
            raise LinkRefused(_("This account is suspended: nobody can follow it now."))
        if person.leaves is not None:
            raise LinkRefused(_("This account has been deleted."))
        if self.blocked_between(follower_id, person.id):
            raise LinkRefused(_("You cannot follow this account."))
        if person.locked:
            return self._ask(follower_id, person.id)
        # It may have waited since the account was locked.
        self._requests.end(follower_id, person.id)
        return Outcome.of(self.link(follower_id, person.id, since))

    def _ask(self, follower_id: str, followed_id: str) -> Outcome:
        asked = self._requests.ask(follower_id, followed_id)
        # The request first: if it waited for somebody who was accepting an earlier one, the link is there by now.
        if self._feeds.linked(Entity("person", follower_id), [Entity("person", followed_id)], kinds=("follow",)):
            self._requests.end(follower_id, followed_id)
            return Outcome.SAME
        return Outcome.ASKED if asked else Outcome.SAME

    def link(self, follower_id: str, followed_id: str, since: datetime | None = None) -> bool:
        """Make the link and the act of following, whoever is followed: for who has been allowed to."""
        follower, followed = Entity("person", follower_id), Entity("person", followed_id)
        # The act first, here and in `unfollow`: its row is what those who press at the same moment wait for.
        self._feeds.perform(Activity("follow", Actor(follower_id), Object(followed_id, "person"), audience=(followed,)))
        return self._feeds.follow(follower, followed, since)

    def unfollow(self, follower_id: str, person: Person) -> bool:
        """Stop following somebody, or take back that one asked to.

        Raises LinkRefused for oneself: the link to oneself is what brings one's own notes home.
        """
        if follower_id == person.id:
            raise LinkRefused(_("You see your own notes in your home already."))
        return self._end_follow(follower_id, person.id)

    def _end_follow(self, follower_id: str, followed_id: str) -> bool:
        # The request first: if it waited for somebody who was accepting it, there is a link to end by now.
        withdrawn = self._requests.end(follower_id, followed_id)
        follower, followed = Entity("person", follower_id), Entity("person", followed_id)
        undone = self._feeds.undo("follow", follower, followed)
        changed = self._feeds.un_follow(follower, followed)
        if changed and not undone:
            # Either the link never had an act (an imported one), or both came between the two statements.
            self._feeds.undo("follow", follower, followed)
        return changed or withdrawn

    def watch(self, watcher_id: str, thing: Entity, since: datetime | None = None) -> bool:
        """Hear of what is written in a thread (`Note.root`) or under a tag; since now, unless `since` says when."""
        return self._feeds.add_network_link(watching(watcher_id, thing, since))

    def unwatch(self, watcher_id: str, thing: Entity) -> bool:
        """Stop watching a thing."""
        return self._feeds.un_watch(Entity("person", watcher_id), thing.id, thing.type)

    def remove_follower(self, person_id: str, follower: Person) -> bool:
        """Have somebody follow one no longer, or ask no longer; they are not told, and may follow or ask again."""
        return follower.id != person_id and self._end_follow(follower.id, person_id)

    def block(self, blocker_id: str, person: Person) -> bool:
        """Neither sees the other any more; whoever of them followed the other, or asked to, does so no longer.

        Raises LinkRefused for oneself.
        """
        if blocker_id == person.id:
            raise LinkRefused(_("You cannot block yourself."))
        # In one order, whoever blocks: two who block each other at once wait for each other in no circle.
        for follower_id, followed_id in sorted(((blocker_id, person.id), (person.id, blocker_id))):
            self._end_follow(follower_id, followed_id)
        return self._feeds.block(Entity("person", blocker_id), Entity("person", person.id))

    def unblock(self, blocker_id: str, person: Person) -> bool:
        """Take a block back; nobody follows again by themselves."""
        return self._feeds.un_block(Entity("person", blocker_id), Entity("person", person.id))

    def blocked_between(self, one_id: str, other_id: str) -> bool:
        """Whether either of two people blocks the other."""
        one, other = Entity("person", one_id), Entity("person", other_id)
        return any(self._feeds.linked(*pair, kinds=("block",)) for pair in ((one, [other]), (other, [one])))

    def expect_blocked_around(self, reader_id: str) -> None:
        """Say that `blocked_around` will be asked soon."""
        me = Entity("person", reader_id)
        self._feeds.expect(lambda feeds: feeds.following(me, kinds=("block",), size=_BLOCKS))
        self._feeds.expect(lambda feeds: feeds.followers(me, kinds=("block",), size=_BLOCKS))

    def blocked_around(self, reader_id: str) -> set[Entity]:
        """Whom a reader blocks and who blocks them, the newest 1,000 of each."""
        me = Entity("person", reader_id)
        held = self._feeds.following(me, kinds=("block",), size=_BLOCKS).links
        borne = self._feeds.followers(me, kinds=("block",), size=_BLOCKS).links
        return {row.entity for row in held} | {row.follower for row in borne}

    def mute(self, reader_id: str, thing: Entity, until: datetime | None = None) -> bool:
        """See nothing more of a person, a thread (`Note.root`), somebody's shares (`acts.shares_of`) or a word; nobody
        is told.

        Args:
            until: when it ends by itself; None: never. A mute that stands gets this end in place of its own.

        Raises LinkRefused for oneself.
        """
        if thing == Entity("person", reader_id):
            raise LinkRefused(_("You cannot mute yourself."))
        return self._feeds.mute(Entity("person", reader_id), thing, until=until)

    def unmute(self, reader_id: str, thing: Entity) -> bool:
        """See it again."""
        return self._feeds.un_mute(Entity("person", reader_id), thing)

    def release(self, reader_id: str, thing: Entity) -> bool:
        """Take back whatever mute or block there is."""
        me = Entity("person", reader_id)
        unmuted = self._feeds.un_mute(me, thing)
        return self._feeds.un_block(me, thing) or unmuted

    def muted(self, reader_id: str, things: list[Entity]) -> set[Entity]:
        """Which of these the reader has muted."""
        rows = self._feeds.linked(Entity("person", reader_id), things, kinds=("mute",))
        return {row.entity for row in rows}


def graph_service(_context: object, request: Any) -> GraphService:
    """Service factory."""
    return GraphService(request.find_service(Manager), request.find_service(FollowRequestService))
