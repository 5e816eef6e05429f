"""Marking what the site mutes, step by step, so that a search index need not be told everybody who is muted."""

from __future__ import annotations

from collections.abc import Callable

from feedsite.feeds.stores.base import FeedStore, Hiding

KEPT = 100
"""So many site-wide mutes are named in every search before the older ones are turned into marks."""
# Each is a statement or two: a transaction stays far below a second.
_AT_ONCE = 200


def hide_muted(store: FeedStore, keep: int = KEPT, progress: Callable[[int], None] | None = None) -> int:
    """Mark the acts of those whom the site mutes, and take the marks of those back whom it does not mute any more.

    No page changes: mutes act by their links at once. It may be stopped and called again, and several may do so.

    Args:
        store: where the acts are.
        keep: how many mutes may stay without marks; the newest ones do.
        progress: called after each step with how many acts were changed so far.

    Returns:
        How many acts were changed.
    """
    at = Hiding()
    while not at.finished:
        with store.writing() as writer:
            at = writer.hide(at, keep, _AT_ONCE)
        if progress is not None:
            progress(at.changed)
    return at.changed
