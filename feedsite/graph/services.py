"""Following people, watching threads and tags, muting people and threads."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.posts.acts import watching

_ = TranslationStringFactory("feedsite")


class LinkRefused(ValueError):
    """A link that cannot be made.

    Args:
        message: why, as a sentence for who wanted it.
    """

    def __init__(self, message: TranslationString) -> None:
        self.message = message
        super().__init__(str(message))


class GraphService:
    """Changes what somebody follows, watches and mutes. Each method returns whether something changed; doing it twice,
    or twenty times at once, is harmless."""

    def __init__(self, feeds: Manager) -> None:
        self._feeds = feeds

    def follow(self, follower_id: str, person: Person) -> bool:
        """Follow somebody, who is told about it.

        Raises LinkRefused for oneself and for somebody who is suspended.
        """
        if follower_id == person.id:
            raise LinkRefused(_("You see your own notes in your home already."))
        if person.state == "suspended":
            raise LinkRefused(_("This account is suspended: nobody can follow it now."))
        follower, followed = Entity("person", follower_id), Entity("person", person.id)
        # The act first, here and in `unfollow`: its row is what those who press at the same moment wait for.
        self._feeds.perform(Activity("follow", Actor(follower_id), Object(person.id, "person"), audience=(followed,)))
        return self._feeds.follow(follower, followed)

    def unfollow(self, follower_id: str, person: Person) -> bool:
        """Stop following somebody.

        Raises LinkRefused for oneself: the link to oneself is what brings one's own notes home.
        """
        if follower_id == person.id:
            raise LinkRefused(_("You see your own notes in your home already."))
        follower, followed = Entity("person", follower_id), Entity("person", person.id)
        undone = self._feeds.undo("follow", follower, followed)
        changed = self._feeds.un_follow(follower, followed)
        if changed and not undone:
            # Either the link never had an act (an imported one), or both came between the two statements.
            self._feeds.undo("follow", follower, followed)
        return changed

    def watch(self, watcher_id: str, thing: Entity) -> bool:
        """Hear of what is written in a thread (`Note.root`) or under a tag."""
        return self._feeds.add_network_link(watching(watcher_id, thing))

    def unwatch(self, watcher_id: str, thing: Entity) -> bool:
        """Stop watching a thing."""
        return self._feeds.un_watch(Entity("person", watcher_id), thing.id, thing.type)

    def mute(self, reader_id: str, thing: Entity) -> bool:
        """See nothing more of a person or a thread (`Note.root`); nobody is told.

        Raises LinkRefused for oneself.
        """
        if thing == Entity("person", reader_id):
            raise LinkRefused(_("You cannot mute yourself."))
        return self._feeds.mute(Entity("person", reader_id), thing)

    def unmute(self, reader_id: str, thing: Entity) -> bool:
        """See a person or a thread again."""
        return self._feeds.un_mute(Entity("person", reader_id), thing)

    def muted(self, reader_id: str, things: list[Entity]) -> set[Entity]:
        """Which of these the reader has muted."""
        rows = self._feeds.linked(Entity("person", reader_id), things, kinds=("mute",))
        return {row.entity for row in rows}


def graph_service(_context: object, request: Any) -> GraphService:
    """Service factory."""
    return GraphService(request.find_service(Manager))
