"""``feedsite index``: the search index; making it, delivering to it, rebuilding it, comparing it with the record."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import click
from tqdm import tqdm

from feedsite.cli.opening import Refusal, site
from feedsite.cli.telling import tell_refused, tell_status, tell_verified
from feedsite.db import utcnow
from feedsite.feeds.delivery import Delivered, Delivery, DeliveryRefused, Progress
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.generation import RULES
from feedsite.indexing.process import index_of
from feedsite.system.jobs import Teller, jobs_of

_TEND_SECONDS = 600.0
# Where that failed.
_TEND_AGAIN_SECONDS = 30.0
_SHOWN = 20


@contextlib.contextmanager
def _delivery(config: str) -> Iterator[Delivery]:
    """Delivery between the site's database and its cluster."""
    with _delivery_told(config) as (delivery, _tell):
        yield delivery


@contextlib.contextmanager
def _delivery_told(config: str) -> Iterator[tuple[Delivery, Teller]]:
    """The same, with what notes its runs."""
    with site(config) as opened:
        index = index_of(opened.registry)
        if index is None:
            raise Refusal("this site has no search index: its setting feedsite.store is not elasticsearch")
        try:
            yield index.delivery, jobs_of(opened.registry).teller("delivery")
        except DeliveryRefused as refused:
            raise Refusal(str(refused)) from refused
        except StoreUnavailable as away:
            of_cluster = away.kind != StoreUnavailable().kind
            raise Refusal(
                str(away) if of_cluster else f"{away}; is it there, and migrated? (feedsite db upgrade)"
            ) from away
        finally:
            index.close()


@contextlib.contextmanager
def _bars() -> Iterator[Progress]:
    """A progress bar for each thing that is being done, on a terminal."""
    bars: dict[str, tqdm[Any]] = {}

    def show(doing: str, done: int, total: int) -> None:
        if doing not in bars:
            bars[doing] = tqdm(total=total, unit="rows", unit_scale=True, desc=doing, disable=None)
        bar = bars[doing]
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


@click.group()
def index() -> None:
    """The search index (Elasticsearch), which is kept equal to the database.

    Exit status: 0 when all is well, 1 when something is left, refused or different, 2 when nothing could be done.
    """


@index.command()
@click.option("--layout", type=click.Choice(RULES), default="monthly", show_default=True, help="Indexes by month.")
@click.pass_obj
def create(config: str, layout: str) -> None:
    """Make the index and fill it. Again, it goes on where it was interrupted; harmless when the index is whole."""
    started = time.monotonic()
    with _delivery(config) as delivery:
        with _bars() as progress:
            generation = delivery.create(layout=layout, progress=progress)
        status = delivery.status()
        click.echo(f"The generation {generation.id} is whole ({time.monotonic() - started:,.1f} s).")
        click.echo(f"It has {status.acts:,} acts and {status.links:,} links.")
        refused = sum(one.backlog.refused for one in status.generations)
    _end_with(tell_refused(refused))


@index.command()
@click.option("--refused", is_flag=True, help="Say which rows the cluster refused, and why.")
@click.pass_obj
def status(config: str, refused: bool) -> None:
    """Say how the index stands; exit status 1 when it does not answer, or lacks something."""
    with _delivery(config) as delivery:
        is_well = tell_status(delivery.status())
        if refused:
            for one in delivery.refused(_SHOWN):
                click.echo(f"  {one.kind} {' '.join(one.key)}: {one.reason}")
    _end_with(is_well)


@index.command()
@click.option("--follow", is_flag=True, help="Go on until it is stopped (SIGINT or SIGTERM).")
@click.option("--every", type=click.FloatRange(0.1, 3600), default=1.0, show_default=True, help="Seconds between.")
@click.pass_obj
def deliver(config: str, follow: bool, every: float) -> None:
    """Send what the index lacks. Several may do so at once.

    The site does it itself, after each write and in the background; this is for what happened while it did not.
    """
    with _delivery_told(config) as (delivery, tell):
        if follow:
            _follow(delivery, every, tell)
            return
        began = utcnow()
        done = delivery.deliver()
        tell(began, done.problem)
        _tell_delivered(done)
        refused = delivery.behind().refused
    _end_with(tell_refused(refused) and not done.left and not done.problem)


def _follow(delivery: Delivery, every: float, tell: Teller) -> None:
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    click.echo("Delivering; stop with Ctrl-C.")
    tended, trouble = float("-inf"), ""
    while not stopped.is_set():
        problem, began = "", utcnow()
        try:
            done = delivery.deliver(budget_s=30)
            problem = done.problem
            if done.sent or done.refused:
                _tell_delivered(done)
            # After delivering: an index that cannot be made ahead of time keeps nothing back.
            if not problem and time.monotonic() - tended >= _TEND_SECONDS:
                tended = time.monotonic() - _TEND_SECONDS + _TEND_AGAIN_SECONDS
                delivery.tend()
                tended = time.monotonic()
        except StoreUnavailable as away:
            problem = str(away)
        tell(began, problem)
        if problem != trouble:
            click.echo(f"Trouble: {problem}" if problem else "The trouble is over.", err=True)
            trouble = problem
        stopped.wait(every)


def _tell_delivered(done: Delivered) -> None:
    words = [f"{done.sent:,} sent"]
    words += [f"{done.refused:,} refused"] if done.refused else []
    words += [f"{done.left:,} left"] if done.left else []
    click.echo(", ".join(words) + (f": {done.problem}" if done.problem else "") + ".")


@index.command()
@click.option("--afresh", is_flag=True, help="Throw away what an interrupted rebuild left, in place of going on.")
@click.option("--layout", type=click.Choice(RULES), help="Indexes by month; as now where it is not given.")
@click.pass_obj
def rebuild(config: str, afresh: bool, layout: str | None) -> None:
    """Make the index anew beside the present one, compare it with the database, and let it take its place.

    People are answered meanwhile. After an interruption it goes on.
    """
    started = time.monotonic()
    with _delivery(config) as delivery, _bars() as progress:
        verified = delivery.rebuild(layout=layout, afresh=afresh, progress=progress)
    click.echo(f"Rebuilt, and equal to the record ({time.monotonic() - started:,.1f} s).")
    _end_with(tell_verified(verified))


@index.command()
@click.option("--repair", is_flag=True, help="Put right what differs.")
@click.pass_obj
def verify(config: str, repair: bool) -> None:
    """Compare every document with its row, contents too; exit status 1 when something differs."""
    with _delivery(config) as delivery:
        with _bars() as progress:
            verified = delivery.verify(repair=repair, progress=progress)
        is_well = tell_verified(verified)
    _end_with(is_well)


@index.command()
@click.pass_obj
def retry(config: str) -> None:
    """Send again what the cluster refused."""
    with _delivery(config) as delivery:
        click.echo(f"{delivery.retry_refused():,} rows are tried again.")
        done = delivery.deliver()
        _tell_delivered(done)
        refused = delivery.behind().refused
    _end_with(tell_refused(refused) and not done.left and not done.problem)


@index.command()
@click.confirmation_option(prompt="Delete the search index?", help="Do not ask.")
@click.pass_obj
def remove(config: str) -> None:
    """Delete the index, for a site that goes back to its database alone (set feedsite.store = sql afterwards)."""
    with _delivery(config) as delivery:
        click.echo(f"{delivery.remove():,} generations are deleted; the database answers every page.")


def _end_with(is_well: bool) -> None:
    if not is_well:
        click.get_current_context().exit(1)
