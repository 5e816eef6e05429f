"""What is most active: figures that are everybody's and a minute old at most, less what a reader has muted."""

from __future__ import annotations

from dataclasses import replace

from feedsite.feeds.aggregators.counts import TrendingAggregator
from feedsite.feeds.composing.context import Context
from feedsite.feeds.composing.remembered import Figures
from feedsite.feeds.names import Entity
from feedsite.feeds.order import instant
from feedsite.feeds.page import Group, Page
from feedsite.feeds.query import Cell, Facet
from feedsite.feeds.stores.base import CellAnswer


def trend_page(context: Context[TrendingAggregator]) -> Page:
    """The things that most acts touched, each with its newest act that the viewer may see."""
    figures = _figures(context)
    cells = [Cell(((Facet.TOUCHED, thing),)) for thing, _ in figures.tally]
    reader, sample = context.reader, context.aggregator.activities_per_group
    reader.ahead(lambda: reader.cells(context.query, cells, sample, 1), lambda: _muted(context, figures))
    answers = reader.cells(context.query, cells, sample, 1) if cells else []
    muted = _muted(context, figures)
    groups = [
        _group(context, cell, acts, answer)
        for (thing, acts), cell, answer in zip(figures.tally, cells, answers, strict=True)
        if answer.count and thing not in muted
    ]
    page = context.page(kind="groups", groups=tuple(groups[: context.aggregator.size]))
    return replace(page, as_of=instant(figures.at))


def _figures(context: Context[TrendingAggregator]) -> Figures:
    aggregator, name, now = context.aggregator, context.aggregator.shared_fingerprint(), context.query.as_of
    found = context.remembered.get(name, now)
    if found is not None:
        return found
    query = aggregator.everybody(now)
    tally = context.reader.tally(query, Facet.TOUCHED, aggregator.candidates, aggregator.kinds)
    return context.remembered.put(name, Figures(now, tally))


def _muted(context: Context[TrendingAggregator], figures: Figures) -> set[str]:
    """The things that the viewer wants to hear nothing of, in any verb that is counted."""
    viewer, verbs = context.aggregator.viewer, set(context.aggregator.verbs)
    if viewer is None or not figures.tally:
        return set()
    links = context.reader.links(
        follower=viewer,
        kinds=("mute", "block"),
        as_of=context.query.as_of,
        entities=[thing for thing, _ in figures.tally],
    )
    return {row.entity.key for row in links if not row.verbs or (verbs and verbs <= set(row.verbs))}


def _group(context: Context[TrendingAggregator], cell: Cell, acts: int, answer: CellAnswer) -> Group:
    thing = cell.values[0][1]
    return Group(
        level=Facet.TOUCHED.value,
        value=Entity.from_key(thing),
        items=answer.items,
        total=acts,
        more=context.more(cell, answer.items) if acts > len(answer.items) else None,
        latest=answer.items[0].key,
    )
