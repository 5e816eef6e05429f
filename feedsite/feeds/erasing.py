"""The manager's methods for erasing: nothing is left of an entity, and nothing of it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from feedsite.feeds.activity import RESERVED
from feedsite.feeds.errors import InvalidIdentifier, InvalidQuery
from feedsite.feeds.names import Entity, entity_of
from feedsite.feeds.stores.base import Erasing, FeedStore

# Each is a statement or two: a transaction stays far below a second.
_AT_ONCE = 200


class ErasureMethods:
    """What a manager does to erase."""

    store: FeedStore

    def erase_entity(self, entity: object, *, progress: Callable[[Erasing], None] | None = None) -> Erasing:
        """Erase a person or a thing for good, wherever it stands.

        What it did and what was done to it become tombstones that hold nothing of it. Where it stands beside (target,
        origin, about, audience, gate) it is taken out; an act for the followers of an erased gate is left to those whom
        it names. Links in both directions go. A keyed hash of the entity stays: nothing that names it is stored again,
        by whomever and from wherever. Ids are never reused, so there is no way back.

        With transactions of the store's own this is many short ones, and may be called again where it was interrupted;
        in a caller's transaction it is a part of that.

        Args:
            entity: a person's id, or an Entity.
            progress: called after each step with what was done so far.

        Raises:
            InvalidIdentifier: one of the engine's own types. StoreUnavailable: call it again.
        """
        self.forbid_entity(entity)
        total, step = Erasing(), Erasing(more=True)
        while step.more:
            step = self.erase_piece(entity)
            total += step
            if progress is not None:
                progress(total)
        return total

    def forbid_entity(self, entity: object) -> None:
        """The first part of `erase_entity`, for who erases in transactions of their own.

        Nothing that names the entity is stored any more. It has to be committed before the first `erase_piece`: so what
        was under way is found.

        Errors as for `erase_entity`.
        """
        with self.store.writing() as writer:
            writer.forbid(_erasable(entity))

    def erase_piece(self, entity: object) -> Erasing:
        """A step of `erase_entity`; call it again while there is `more`."""
        with self.store.writing() as writer:
            return writer.erase(_erasable(entity), _AT_ONCE)

    def erasures(self) -> list[str]:
        """The list of what was erased, a line an entity, to be kept apart from backups; no id can be told from it."""
        with self.store.writing() as writer:
            return writer.erasures()

    def erase_again(self, lines: Iterable[str] = ()) -> Erasing:
        """Erase again what a restored backup brought back.

        Args:
            lines: the list as `erasures` gave it, where the backup is older than it.

        Raises:
            InvalidQuery: a line of something else; nothing was changed.
        """
        with self.store.writing() as writer:
            try:
                writer.take_erasures(list(lines))
            except ValueError as error:
                raise InvalidQuery(field="lines", value=str(error), rule="the lines that `erasures` gave") from error
        with self.store.writing() as writer:
            present = writer.erased_and_present()
        total = Erasing()
        for key in present:
            total += self.erase_entity(Entity.from_key(key))
        return total


def _erasable(entity: object) -> Entity:
    end = entity_of(entity, "entity")
    if end.type in RESERVED:
        raise InvalidIdentifier(field="entity", value=end.key, rule="not one of the engine's own types")
    return end
