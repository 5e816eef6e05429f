"""The engine's front door: activities and links go in, pages of feeds come out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple, Unpack

from feedsite.feeds.acquainted import AcquaintanceMethods
from feedsite.feeds.activity import Activity, checked_dimensions
from feedsite.feeds.aggregators.base import Aggregator, checked_size
from feedsite.feeds.aggregators.notification import NotificationAggregator
from feedsite.feeds.aggregators.semantic import SemanticAggregator
from feedsite.feeds.composing import Remembered, compose
from feedsite.feeds.cursor import CursorCodec
from feedsite.feeds.erasing import ErasureMethods
from feedsite.feeds.errors import InvalidActivity, InvalidQuery, NotSupported
from feedsite.feeds.finding import FindingMethods
from feedsite.feeds.hiding import KEPT, hide_muted
from feedsite.feeds.links import LinkMethods, checked_link
from feedsite.feeds.matching import Filters, Matching
from feedsite.feeds.names import checked_id, checked_name, entity_of
from feedsite.feeds.network import Link
from feedsite.feeds.page import Item, Page
from feedsite.feeds.query import Cell, Facet, FeedQuery, Freshness, Marker, Scope
from feedsite.feeds.stores.base import FeedReader, FeedStore, Written
from feedsite.feeds.stores.opening import open_store

_CHUNK = 2000
_DELETED_AT_ONCE = 200
URL_VARIABLE = "FEEDSITE_FEEDS_URL"
Progress = Callable[[int, int], None]


class Counted(NamedTuple):
    """How many, and whether that is exact (False: at least so many)."""

    number: int
    is_exact: bool


class Manager(LinkMethods, FindingMethods, AcquaintanceMethods, ErasureMethods):
    """Writes activities and links to a store and reads feeds from it.

    Args:
        feed_index, network_index: the names that what the store makes begins with; sites that share a database differ
            in them.
        url: an SQLAlchemy URL of SQLite or PostgreSQL, or `http(s)://` of an Elasticsearch node; otherwise the
            environment's FEEDSITE_FEEDS_URL; otherwise in memory.
        record: with Elasticsearch, the SQLAlchemy URL of its record; an SQLite file in the current folder unless given.
        store: a store, in place of a URL.
        secret: signs cursors; managers with the same secret accept each other's. Several: the first one signs, and each
            is believed, so that a secret can be changed.
        vector_dims: how many numbers the vectors of acts have, 1 to 4096: others are refused, when they are written and
            when they are asked with; the indexes on Elasticsearch are made for them (later ones by a rebuild). None: of
            any length; each is compared with those of its own, and on Elasticsearch the record does it.
        renotify: for verbs that can be undone: done again this long after the last time, they notify again (otherwise
            never).
        remembered: keeps figures that may be a minute old; managers of one process may share one.

    Nothing connects before the first use.
    """

    def __init__(
        self,
        feed_index: str = "feeds",
        network_index: str = "network",
        *,
        url: str | None = None,
        record: str | None = None,
        store: FeedStore | None = None,
        secret: bytes | tuple[bytes, ...] = b"",
        renotify: dict[str, timedelta] | None = None,
        remembered: Remembered | None = None,
        vector_dims: int | None = None,
    ) -> None:
        names = (checked_name(feed_index, "feed_index"), checked_name(network_index, "network_index"))
        self._vector_dims = checked_dimensions(vector_dims)
        address = url or os.environ.get(URL_VARIABLE)
        self.store: FeedStore = store or open_store(address, names, record, self._vector_dims)
        secrets = secret if isinstance(secret, tuple) else (secret or "/".join(names).encode(),)
        self._codec = CursorCodec(*secrets)
        self._renotify = dict(renotify or {})
        self._remembered = remembered or Remembered()

    def create_indexes(self) -> None:
        """Make what the store needs; harmless when it is there. The first use does it too."""
        self.store.create()

    def close(self) -> None:
        """Let go of the store's connections."""
        self.store.close()

    # Activities

    def add_activity_feed(self, activity_object: Activity) -> Written:
        """Store an activity.

        Returns:
            Its id and, as the truth value, whether it was new: an id that is known (or was deleted) changes nothing.

        Raises:
            InvalidActivity: not an Activity. StoreUnavailable: nothing was written.
        """
        with self.store.writing() as writer:
            return writer.add([self._checked(activity_object)])[0]

    def add_activities(self, activities: Iterable[Activity], *, progress: Progress | None = None) -> int:
        """Store many activities, 2,000 a transaction.

        Args:
            activities: any iterable; it is read once.
            progress: called after each transaction with how many were read and how many of them were new.

        Returns:
            How many were new.
        """
        return self._in_chunks(
            map(self._checked, activities), lambda writer, chunk: sum(map(bool, writer.add(chunk))), progress
        )

    def _in_chunks(
        self, values: Iterable[Any], write: Callable[[Any, list[Any]], int], progress: Progress | None
    ) -> int:
        read, changed, source = 0, 0, iter(values)
        while chunk := list(islice(source, _CHUNK)):
            with self.store.writing() as writer:
                changed += write(writer, chunk)
            read += len(chunk)
            if progress is not None:
                progress(read, changed)
        return changed

    def add_links(self, links: Iterable[Link], *, progress: Progress | None = None) -> int:
        """Store many links, 2,000 a transaction; returns how many changed something."""
        return self._in_chunks(map(checked_link, links), lambda writer, chunk: sum(writer.link(chunk)), progress)

    def perform(self, activity: Activity) -> Written:
        """Do what can be undone and done again (like, share, follow): its id is made from verb, actor, object and
        generation.

        Nothing changes while the act stands. Done again, it is a new act, which notifies again only after the verb's
        `renotify` time.
        """
        with self.store.writing() as writer:
            return writer.perform(*self._undoable(activity))

    def perform_all(self, activities: Iterable[Activity], *, progress: Progress | None = None) -> int:
        """`perform` for many activities, 2,000 a transaction; returns how many were new."""
        undoable = map(self._undoable, activities)
        return self._in_chunks(undoable, lambda writer, chunk: sum(map(bool, writer.perform_all(chunk))), progress)

    def _undoable(self, activity: Activity) -> tuple[Activity, int | None]:
        """The activity, and its verb's time before it notifies again, in milliseconds."""
        if self._checked(activity).id is not None:
            rule = "None: what can be undone gets its id from the engine"
            raise InvalidActivity(field="id", value=activity.id, rule=rule)
        window = self._renotify.get(activity.verb)
        return activity, None if window is None else window // timedelta(milliseconds=1)

    def undo(self, verb: str, actor: object, object_: object) -> bool:
        """Undo what `perform` did; returns whether it stood."""
        with self.store.writing() as writer:
            return writer.undo(checked_name(verb, "verb"), entity_of(actor, "actor"), entity_of(object_, "object"))

    def performed(self, verb: str, actor: object, objects: Iterable[object]) -> set[str]:
        """The keys of those objects for which the actor's act of this verb stands."""
        ends = [entity_of(end, "objects") for end in objects]
        name, who = checked_name(verb, "verb"), entity_of(actor, "actor")
        return {end.key for end in self.store.look_up(lambda reader: reader.standing(name, who, ends))}

    def update_activity(self, activity: Activity) -> bool:
        """Replace what may change of the activity with this id; returns whether it stands.

        Raises:
            InvalidActivity: no id, or verb, actor, object or published differ from what is stored.
        """
        act_id = checked_id(self._checked(activity).id, "id")
        stands = self.store.look_up(lambda reader: reader.get([act_id])).get(act_id)
        if stands is None:
            return False
        given = (activity.verb, activity.activity_actor.entity, activity.activity_object.entity)
        same_time = activity.published is None or activity.published == stands.published
        if given != (stands.verb, stands.actor, stands.object) or not same_time:
            raise InvalidActivity(field="activity", value=act_id, rule="verb, actor, object and published never change")
        with self.store.writing() as writer:
            return writer.update(act_id, activity)

    def delete_activity(self, act_id: str) -> bool:
        """Delete an activity for good: its id stays deleted; returns whether it stood."""
        with self.store.writing() as writer:
            return writer.delete(checked_id(act_id, "act_id"))

    def delete_activities_on(self, object_: object) -> int:
        """Delete every activity whose object this is, whoever may see it; returns how many stood."""
        end, deleted, more = entity_of(object_, "object_"), 0, True
        while more:
            with self.store.writing() as writer:
                done = writer.delete_on(end, _DELETED_AT_ONCE)
            deleted, more = deleted + done, done == _DELETED_AT_ONCE
        return deleted

    def get_activity(self, act_id: str) -> Item | None:
        """The activity with this id whoever may see it, or None."""
        name = checked_id(act_id, "act_id")
        return self.store.look_up(lambda reader: reader.get([name])).get(name)

    def get_activities(
        self, *, viewer: object = None, cursor: str | None = None, size: int = 25, **filters: Unpack[Filters]
    ) -> Page:
        """The activities that match every filter exactly and that the viewer (None: everybody) may see, in pages.

        Args:
            viewer: who looks.
            cursor: a page's `next` or `previous`; None: the first page.
            size: acts a page, 1 to 1000.
            filters: see `feedsite.feeds.matching.Filters`.

        Raises:
            InvalidQuery, InvalidIdentifier: names the argument and the rule. InvalidCursor. StoreUnavailable.
        """
        return self.get_page(Matching(viewer=viewer, size=size, **filters), cursor)

    def hide_muted(self, *, keep: int = KEPT, progress: Callable[[int], None] | None = None) -> int:
        """The job that keeps searches short where the site mutes many: see `feedsite.feeds.hiding.hide_muted`."""
        return hide_muted(self.store, checked_size(keep + 1, "keep") - 1, progress)

    def _checked(self, activity: object) -> Activity:
        if not isinstance(activity, Activity):
            raise InvalidActivity(field="activity_object", value=activity, rule="an Activity")
        dims = self._vector_dims
        if dims and activity.vector is not None and len(activity.vector) != dims:
            raise InvalidActivity(field="vector", value=f"{len(activity.vector)} numbers", rule=f"{dims} numbers")
        return activity

    # Feeds

    def get_page(self, aggregator: Aggregator, cursor: str | None = None) -> Page:
        """A page of a feed, in the one envelope.

        Args:
            aggregator: the description of the feed.
            cursor: a page's `next` or `previous`, or a group's `more`; None: the first page.

        Raises:
            InvalidCursor: the cursor was changed or belongs to another feed or reader.
            InvalidQuery: a vector is compared with others than those of this manager. StoreUnavailable.
        """
        if isinstance(aggregator, SemanticAggregator):
            aggregator.check_dimensions(self._vector_dims)
        return self.store.read(lambda reader: compose(reader, aggregator, cursor, self._codec, self._remembered))

    def get_feeds(self, aggregator: Aggregator) -> list[dict[str, Any]]:
        """A feed as ElasticFeeds gives it: plain lists of dicts.

        A calendar comes whole, with every month; other feeds give their first page (`size`), and get_page the rest.
        """
        feeds: list[dict[str, Any]] = []
        for page in self._whole(aggregator):
            for entry in aggregator.as_feeds(page):
                if feeds and "year" in entry and feeds[-1].get("year") == entry["year"]:
                    feeds[-1]["months"] += entry["months"]
                    feeds[-1]["total"] += entry["total"]
                else:
                    feeds.append(entry)
        return feeds

    def _whole(self, aggregator: Aggregator) -> Iterator[Page]:
        page = self.get_page(aggregator)
        yield page
        while page.next is not None and hasattr(aggregator, "year"):
            page = self.get_page(aggregator, page.next)
            yield page

    def count_new(self, aggregator: Aggregator, after: Marker | None, *, cap: int = 100) -> Counted:
        """How many acts of a feed are newer than a marker, counted to `cap` (None as marker: all of them)."""
        fresh = None if after is None else Freshness(after)

        def count(reader: FeedReader) -> int:
            query = aggregator.query(reader.now())
            return reader.count(query if fresh is None else query.but(freshness=fresh), cap)

        number = self.store.read(count)
        return Counted(number, number < cap)

    def count_badge(self, aggregator: NotificationAggregator, *, cap: int = 100) -> Counted:
        """How many New groups have something newer than *seen*, counted to `cap`.

        By the predicate of the list itself.
        """
        number = self.store.read(
            lambda reader: reader.count_values(aggregator.badge_query(reader.now()), Facet.NOTICE, cap)
        )
        return Counted(number, number < cap)

    def expect(self, question: Callable[[Manager], object]) -> None:
        """Say that a question will be asked soon: a store far away fetches what it needs along with the next one.

        Args:
            question: what will be asked, such as `lambda feeds: feeds.count_badge(aggregator)`.
        """
        self.store.expect(lambda: question(self))

    def counts(
        self,
        things: Iterable[object],
        verbs: Iterable[str] | None = None,
        *,
        viewer: object = None,
        cap: int | None = None,
        by: str = "object",
    ) -> dict[tuple[str, str], int]:
        """How many acts of each verb that the viewer may see each entity has a part in: {(key, verb): number}.

        Args:
            things: entities; a string is a person's id.
            verbs: verbs; None: every verb that was ever stored, and what was not done is left out.
            viewer: None: what everybody may see.
            cap: count no further (None: all).
            by: the part: `object` (a liked note), `target` (an answered one), `origin`, `actor` (who did it), or
                `thing` (whatever touches it, each act once).

        Raises:
            InvalidQuery, InvalidIdentifier: names the argument and the rule.
        """
        if by not in _COUNTED_BY:
            raise InvalidQuery(field="by", value=by, rule="one of " + ", ".join(_COUNTED_BY))
        ends = list(dict.fromkeys(entity_of(thing, "things").key for thing in things))
        named = None if verbs is None else list(dict.fromkeys(checked_name(verb, "verbs") for verb in verbs))
        who = None if viewer is None else entity_of(viewer, "viewer")

        def count(reader: FeedReader) -> dict[tuple[str, str], int]:
            names = [(end, verb) for end in ends for verb in (reader.verbs() if named is None else named)]
            if not names:
                return {}
            cells = [Cell(((_COUNTED_BY[by], end), (Facet.VERB, verb))) for end, verb in names]
            everything = FeedQuery(Scope.EVERYBODY if by == "actor" else Scope.THING, None, who, as_of=reader.now())
            answers = reader.cells(everything, cells, 0, cap)
            found = {name: answer.count for name, answer in zip(names, answers, strict=True)}
            return found if named is not None else {name: number for name, number in found.items() if number}

        # Shown beside what was loaded from the record, and by one statement: it is asked there too.
        return self.store.look_up(count)

    def readable(self, act_ids: Iterable[str], viewer: object = None) -> set[str]:
        """Which of these activities stand and may be seen by the viewer (None: by everybody)."""
        ids = tuple(sorted({checked_id(act_id, "act_ids") for act_id in act_ids}))
        if not ids:
            return set()
        who = None if viewer is None else entity_of(viewer, "viewer")

        def newest(reader: FeedReader) -> list[Item]:
            query = FeedQuery(Scope.EVERYBODY, None, who, as_of=reader.now(), ids=ids)
            return reader.newest(query, None, len(ids))

        return {item.id for item in self.store.look_up(newest)}

    def execute_raw_feeds_query(self, query_dict: dict[str, Any]) -> dict[str, Any]:
        """What Elasticsearch answers to a search of its own language among the acts of the live generation.

        It sees what the index has, tombstones among it (`deleted`), and knows no viewer: who may read what is up to the
        caller.

        Raises:
            NotSupported: the store is SQL. StoreUnavailable.
        """
        return self._raw(query_dict, "feeds")

    def execute_raw_network_query(self, query_dict: dict[str, Any]) -> dict[str, Any]:
        """The same among links."""
        return self._raw(query_dict, "network")

    def _raw(self, query: dict[str, Any], part: str) -> dict[str, Any]:
        search = getattr(self.store, "search", None)
        if search is None:
            raise NotSupported(f"execute_raw_{part}_query needs a store on Elasticsearch; this one is SQL")
        answer: dict[str, Any] = search(query, part)
        return answer


_COUNTED_BY = {
    "object": Facet.OBJECT,
    "target": Facet.TARGET,
    "origin": Facet.ORIGIN,
    "actor": Facet.ACTOR,
    "thing": Facet.TOUCHED,
}
