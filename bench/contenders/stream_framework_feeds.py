"""The feeds, verbs and manager that Stream Framework wants its users to write; imported when it is configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from stream_framework.activity import Activity
from stream_framework.aggregators.base import BaseAggregator
from stream_framework.feed_managers.base import FanoutPriority, Manager, add_operation
from stream_framework.feeds.aggregated_feed.redis import RedisAggregatedFeed
from stream_framework.feeds.redis import RedisFeed
from stream_framework.storage.redis.connection import get_redis_connection
from stream_framework.verbs import register
from stream_framework.verbs.base import Verb

KEPT = 520

VERBS: dict[str, Any] = {}
for _number, _name in enumerate(("create", "reply", "like", "announce"), start=101):
    VERBS[_name] = type(_name, (Verb,), {"id": _number, "infinitive": _name, "past_tense": _name})
    register(VERBS[_name])


def activity(actor: int, verb: str, thing: int, when: datetime) -> Any:
    """An activity as it stores them: everything by number."""
    return Activity(actor, VERBS[verb], thing, time=when)


def client() -> Any:
    """Its connection."""
    return get_redis_connection()


class ByThing(BaseAggregator):
    """A group for a verb and an object; a reply stands alone."""

    def get_group(self, activity: Any) -> str:
        return f"{activity.verb.id}-{activity.object_id}"

    def rank(self, aggregated_activities: Any) -> Any:
        return sorted(aggregated_activities, key=lambda one: one.updated_at, reverse=True)


class Home(RedisFeed):
    """What those one follows do."""

    key_format, max_length = "home:%(user_id)s", KEPT


class Own(RedisFeed):
    """What one does."""

    key_format, max_length = "own:%(user_id)s", KEPT


class Notices(RedisAggregatedFeed):
    """What names somebody, in groups."""

    key_format, max_length, aggregator_class = "notices:%(user_id)s", KEPT, ByThing
    merge_max_length = KEPT


class Writing(Manager):
    """Fans an act out to so many followers.

    Args:
        count: how many.
    """

    feed_classes: dict[str, Any] = {"home": Home}
    user_feed_class = Own

    def __init__(self, count: int) -> None:
        self._count = count

    def get_user_follower_ids(self, user_id: int) -> dict[str, list[int]]:
        return {FanoutPriority.HIGH: list(range(10**6, 10**6 + self._count))}

    def create_fanout_tasks(
        self,
        follower_ids: list[int],
        feed_class: Any,
        operation: Callable[..., None] = add_operation,
        operation_kwargs: dict[str, Any] | None = None,
        fanout_priority: str | None = None,
    ) -> list[Any]:
        """The bodies of the tasks, one after the other."""
        for first in range(0, len(follower_ids), self.fanout_chunk_size):
            chunk = follower_ids[first : first + self.fanout_chunk_size]
            self.fanout(chunk, feed_class, operation, operation_kwargs)
        return []
