"""What `feedsite index` says about an index."""

from __future__ import annotations

import click

from feedsite.feeds.delivery import Standing, Status, Verified
from feedsite.feeds.order import instant
from feedsite.feeds.stores.generation import LIVE, OLD

#: A backlog older than this (milliseconds) is one that nobody is delivering.
_STALE_MS = 60_000


def tell_status(status: Status) -> bool:
    """Say how an index stands; returns whether it answers and lacks nothing that it should have."""
    click.echo(f"The record has {status.acts:,} acts and {status.links:,} links.")
    if status.problem:
        click.echo(f"The cluster does not answer: {status.problem}.")
    else:
        health = status.health
        nodes = health.get("number_of_nodes", 0)
        click.echo(f"The cluster {health.get('cluster_name')} is {health.get('status')}, of {nodes} nodes.")
    if not any(one.generation.slot == LIVE for one in status.generations):
        click.echo("There is no index yet: create it with: feedsite index create")
        return False
    are_well = [_tell_generation(one, status.now) for one in status.generations]
    return all(are_well)


def _tell_generation(one: Standing, now: int) -> bool:
    generation = one.generation
    made = instant(generation.made).strftime("%Y-%m-%d %H:%M UTC")
    state = "whole" if generation.whole else "not filled yet"
    click.echo(f"Generation {generation.id} ({generation.slot}), made {made}, {state}:")
    if one.matches is None:
        click.echo("  whether the cluster has its indexes is not known")
    elif not one.matches:
        click.echo("  the cluster does not have its indexes as they were made; feedsite index rebuild mends it")
    for name, (documents, size) in one.sizes.items():
        click.echo(f"  {name:<40} {documents:>12,} documents {size / 2**20:>10,.1f} MiB")
    if generation.slot == OLD:
        click.echo("  it is not used any more, and will be deleted")
        return True
    backlog = one.backlog
    age = 0 if backlog.oldest_ms is None else now - backlog.oldest_ms
    click.echo(f"  behind: {backlog.count:,} rows" + (f", the oldest for {age / 1000:,.1f} s" if backlog.count else ""))
    if backlog.refused:
        click.echo(f"  refused: {backlog.refused:,} rows (feedsite index status --refused)")
    answers = bool(one.matches) and (generation.whole or generation.slot != LIVE)
    return answers and not backlog.refused and age < _STALE_MS


def tell_refused(count: int) -> bool:
    """Say that rows were refused, where some were; returns whether none were."""
    if count:
        click.echo(f"The cluster refused {count:,} rows; which and why: feedsite index status --refused")
    return not count


def tell_verified(verified: Verified) -> bool:
    """Say how the comparison went; returns whether the index is equal."""
    click.echo(f"{verified.compared:,} rows compared, {verified.differences:,} differ.")
    if verified.differences:
        click.echo(
            f"  missing: {verified.missing:,}, extra: {verified.extra:,}, different: {verified.different:,};"
            f" repaired: {verified.repaired:,}"
        )
        for example in verified.examples:
            click.echo(f"  {example}")
    if verified.waiting:
        click.echo(f"  on their way or refused: {verified.waiting:,} (pages take them from the database)")
    return verified.is_equal
