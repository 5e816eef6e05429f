"""Reading links: all that an entity holds (kept by the process), lists in pages, and counts of distinct ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from feedsite.feeds.names import SITE_ALL, Entity
from feedsite.feeds.network import link_name
from feedsite.feeds.stores.base import LinkEdge, LinkRow
from feedsite.feeds.stores.elasticsearch.asking import Answer, Search
from feedsite.feeds.stores.elasticsearch.clauses import Clause, above, all_of, any_of, below, term, terms
from feedsite.feeds.stores.elasticsearch.client import making_sense
from feedsite.feeds.stores.elasticsearch.sight import Held, LinkKey, Tie
from feedsite.feeds.stores.elasticsearch.sitting import Sitting

_AT_ONCE = 10_000
_GROUPS = 65_535
_STANDS = term("deleted", False)


class LinkReader:
    """Answers questions about links.

    Args:
        sitting: one state of the record, and the way to the index.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._versions: dict[str, int] = {}
        self._held: dict[str, Held] = {}

    # All that an entity holds

    def held(self, holders: Iterable[str]) -> dict[str, Held]:
        """What entities hold, by their keys; empty keys are left out."""
        wanted = [holder for holder in dict.fromkeys(holders) if holder]
        unknown = [holder for holder in wanted if holder not in self._versions]
        if unknown:
            found = self._sitting.versions.holder_versions(unknown)
            self._versions.update({holder: found.get(holder, 0) for holder in unknown})
        everything = self._sitting.asker.together([lambda name=holder: self._hold(name) for holder in wanted])  # type: ignore[misc]
        return dict(zip(wanted, everything, strict=True))

    def _hold(self, holder: str) -> Held:
        if holder in self._held:
            return self._held[holder]
        generation, version = self._sitting.generation.id, self._versions[holder]
        held = self._sitting.sights.get(generation, holder, version)
        if held is None:
            held = self._gather(holder)
            self._sitting.sights.put(generation, version, held)
        self._held[holder] = held
        return held

    def _gather(self, holder: str) -> Held:
        mine = any_of([term("follower", holder), all_of([term("entity", holder), term("kind", "block")])])
        laid_over = {
            key: tie
            for key, tie in self._sitting.overlay.links.items()
            if key[0] == holder or (key[2] == holder and key[1] == "block")
        }
        ties = [tie for tie in self._all(all_of([_STANDS, mine])) if _key(tie) not in laid_over]
        if buried := self._sitting.overlay.buried:
            ties = [tie for tie in ties if link_name(*_key(tie)) not in buried]
        marks = self._sitting.versions.hidings() if holder == SITE_ALL else None
        return Held(holder, [*ties, *(tie for tie in laid_over.values() if tie is not None)], marks)

    def _all(self, clause: Clause) -> list[Tie]:
        """Every link that a query finds, in steps that the cluster takes."""
        found: list[Tie] = []
        after: list[str] | None = None
        while True:
            body: dict[str, Any] = {
                "query": clause,
                "size": _AT_ONCE,
                "track_total_hits": False,
                "sort": [{name: "asc"} for name in ("entity", "kind", "verbs", "follower")],
            }
            if after is not None:
                body["search_after"] = after
            ties = self._ties(body)
            found += ties
            if len(ties) < _AT_ONCE:
                return found
            last = ties[-1]
            after = [last.entity, last.kind, last.verbs_text, last.follower]

    def _ties(self, body: dict[str, Any]) -> list[Tie]:
        sources = self._ask(body).sources
        with making_sense():
            return [Tie.of(source) for source in sources]

    def _ask(self, body: dict[str, Any]) -> Answer:
        return self._sitting.asker.ask([self._search(body)])[0]

    def _search(self, body: dict[str, Any]) -> Search:
        return Search((self._sitting.names.links(self._sitting.generation),), body)

    # Lists

    def links(
        self,
        *,
        follower: Entity | None = None,
        entity: Entity | None = None,
        kinds: Sequence[str],
        as_of: int,
        entities: Iterable[str] | None = None,
        followers: Iterable[str] | None = None,
        before: LinkEdge | None = None,
        size: int | None = None,
        others_only: bool = False,
    ) -> list[LinkRow]:
        """Links that stand, newest first."""
        chosen = _Chosen(
            follower=None if follower is None else follower.key,
            entity=None if entity is None else entity.key,
            kinds=frozenset(kinds),
            as_of=as_of,
            entities=None if entities is None else frozenset(entities),
            followers=None if followers is None else frozenset(followers),
            before=before,
            others_only=others_only,
        )
        if follower is not None and size is None:
            held = self.held([follower.key])[follower.key]
            ties = held.ties if chosen.entities is None else held.to(chosen.entities)
            found = [tie for tie in ties if chosen.has(tie)]
        else:
            found = self._listed(chosen, size)
        ordered = sorted(found, key=lambda tie: (tie.kind, tie.verbs_text))
        ordered.sort(key=lambda tie: (tie.since, chosen.other(tie)), reverse=True)
        return [tie.row() for tie in ordered[:size]]

    def _listed(self, chosen: _Chosen, size: int | None) -> list[Tie]:
        laid_over = {key: tie for key, tie in self._sitting.overlay.links.items() if chosen.reaches(key)}
        clause = chosen.clause(laid_over, self._sitting.overlay.buried)
        fresh = [tie for tie in laid_over.values() if tie is not None and chosen.has(tie)]
        if size is None:
            return [*self._all(clause), *fresh]
        other = "follower" if chosen.follower is None else "entity"
        sort = [{"since": "desc"}, {other: "desc"}, {"kind": "asc"}, {"verbs": "asc"}]
        found: list[Tie] = []
        after: list[Any] | None = None
        while len(found) < size:
            asked = min(size - len(found), _AT_ONCE)
            body: dict[str, Any] = {"query": clause, "size": asked, "track_total_hits": False, "sort": sort}
            if after is not None:
                body["search_after"] = after
            ties = self._ties(body)
            found += ties
            if len(ties) < asked:
                break
            last = ties[-1]
            after = [last.since, chosen.other(last), last.kind, last.verbs_text]
        return [*found, *fresh]

    def weights(self, follower: Entity, kinds: Sequence[str], as_of: int) -> list[float]:
        """The distinct weights of somebody's links, ascending."""
        ties = self.held([follower.key])[follower.key].ties
        mine = (tie for tie in ties if tie.follower == follower.key and tie.kind in kinds and tie.stands(as_of))
        return sorted({tie.weight for tie in mine})

    # Counts

    def count_links(self, entity: Entity, kinds: Sequence[str], as_of: int) -> int:
        """How many others hold a link of these kinds to the entity."""
        return self._distinct(_Chosen(None, entity.key, frozenset(kinds), as_of, others_only=True), kinds[0])

    def count_held(self, follower: Entity, kinds: Sequence[str], as_of: int) -> int:
        """To how many others somebody holds a link of these kinds."""
        return self._distinct(_Chosen(follower.key, None, frozenset(kinds), as_of, others_only=True), kinds[0])

    def _distinct(self, chosen: _Chosen, usual: str) -> int:
        """How many distinct ends links have: those of the usual form are counted, the few others are named."""
        laid_over = {key: tie for key, tie in self._sitting.overlay.links.items() if chosen.reaches(key)}
        fresh = {chosen.other(tie) for tie in laid_over.values() if tie is not None and chosen.has(tie)}
        other = "follower" if chosen.follower is None else "entity"
        clause = all_of([chosen.clause(laid_over, self._sitting.overlay.buried)], [terms(other, fresh)])
        plain = all_of([term("kind", usual), term("verbs", "")])
        # One end has one link of the usual form at most.
        usually = {"query": all_of([clause, plain]), "size": 0, "track_total_hits": True}
        named = {
            "query": all_of([clause], [plain]),
            "size": 0,
            "track_total_hits": False,
            "aggs": {"ends": {"terms": {"field": other, "size": _GROUPS}}},
        }
        counted, others = self._sitting.asker.ask([self._search(usually), self._search(named)])
        names = others.keys("ends")
        twice = 0
        if names:
            both = {"query": all_of([clause, plain, terms(other, names)]), "size": 0, "track_total_hits": True}
            twice = self._ask(both).total
        return counted.total + len(names) - twice + len(fresh)


class _Chosen:
    """Which links are asked for; the arguments are those of `FeedReader.links`, entities by their keys."""

    def __init__(
        self,
        follower: str | None,
        entity: str | None,
        kinds: frozenset[str],
        as_of: int,
        *,
        entities: frozenset[str] | None = None,
        followers: frozenset[str] | None = None,
        before: LinkEdge | None = None,
        others_only: bool = False,
    ) -> None:
        self.follower, self.entity, self.kinds, self.as_of = follower, entity, kinds, as_of
        self.entities, self.followers, self.before, self.others_only = entities, followers, before, others_only

    def other(self, tie: Tie) -> str:
        """The end that is listed."""
        return tie.follower if self.follower is None else tie.entity

    def reaches(self, key: LinkKey) -> bool:
        """Whether the link with this key can be one of them."""
        return (
            self.follower in (None, key[0])
            and self.entity in (None, key[2])
            and key[1] in self.kinds
            and (self.entities is None or key[2] in self.entities)
            and (self.followers is None or key[0] in self.followers)
        )

    def has(self, tie: Tie) -> bool:
        """Whether the link is one of them."""
        return (
            self.reaches(_key(tie))
            and tie.stands(self.as_of)
            and not (self.others_only and tie.follower == tie.entity)
            and (self.before is None or self._follows(tie, self.before))
        )

    def _follows(self, tie: Tie, edge: LinkEdge) -> bool:
        here, there = (tie.since, self.other(tie)), (edge.since, edge.other)
        return here < there or (here == there and (tie.kind, tie.verbs_text) > (edge.kind, edge.verbs))

    def clause(self, laid_over: Iterable[LinkKey], buried: Iterable[str]) -> Clause:
        """What finds them in the index, less those that are taken from the record, and less erased ones, by name."""
        conditions = [_STANDS, terms("kind", self.kinds)]
        conditions.append(any_of([all_of([], [{"exists": {"field": "until"}}]), above("until", self.as_of)]))
        refused: list[Clause] = []
        for name, end, several in (
            ("follower", self.follower, self.followers),
            ("entity", self.entity, self.entities),
        ):
            if end is not None:
                conditions.append(term(name, end))
            if several is not None:
                conditions.append(terms(name, several))
        if self.others_only:
            # One of the two ends is given: a link to oneself has it at the other end too.
            refused.append(term("entity", self.follower) if self.follower else term("follower", self.entity))
        if self.before is not None:
            edge, other = self.before, "follower" if self.follower is None else "entity"
            same = all_of([term("since", edge.since), {"range": {other: {"lt": edge.other}}}])
            of_end = [term("since", edge.since), term(other, edge.other)]
            kinds = all_of([*of_end, {"range": {"kind": {"gt": edge.kind}}}])
            verbs = all_of([*of_end, term("kind", edge.kind), {"range": {"verbs": {"gt": edge.verbs}}}])
            conditions.append(any_of([below("since", edge.since), same, kinds, verbs]))
        if names := sorted({*(link_name(*key) for key in laid_over), *buried}):
            refused.append({"ids": {"values": names}})
        return all_of(conditions, refused)


def _key(tie: Tie) -> LinkKey:
    return (tie.follower, tie.kind, tie.entity, tie.verbs_text)
