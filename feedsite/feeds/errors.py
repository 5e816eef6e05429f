"""What can go wrong in the feed engine: every refusal names the field, the value and the rule."""

from __future__ import annotations


class FeedError(ValueError):
    """Input that the engine refuses, before anything is written.

    Args:
        field: the name of the argument that was wrong, as the caller wrote it.
        value: what was given.
        rule: what is right, as a phrase that can follow "must be" or stand alone.
    """

    def __init__(self, *, field: str, value: object, rule: str) -> None:
        self.field, self.value, self.rule = field, value, rule
        shown = repr(value)
        super().__init__(f"{field}: {shown if len(shown) <= 80 else shown[:77] + '...'} is refused: {rule}")


class InvalidIdentifier(FeedError):
    """An id, type or verb that breaks the rules of names."""


class InvalidActivity(FeedError):
    """A part of an activity that cannot be stored."""


class InvalidLink(FeedError):
    """A part of a link that cannot be stored."""


class InvalidQuery(FeedError):
    """An argument of an aggregator or of a reading method that makes no sense."""


class InvalidCursor(FeedError):
    """A cursor that was changed, cut, or made for another feed or another reader."""


class StoreUnavailable(RuntimeError):
    """The store cannot be reached or did not answer in time, whatever the driver called it.

    Args:
        message: one sentence without addresses or secrets.
        kind: one word for what happened, from a short list (`timeout`, `connection`, ...): counted in metrics.
    """

    def __init__(self, message: str = "the store does not answer", *, kind: str = "unavailable") -> None:
        self.kind = kind
        super().__init__(message)


class NotSupported(RuntimeError):
    """The store cannot do this at all (a raw Elasticsearch query on the SQL store)."""
