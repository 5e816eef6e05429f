"""What the site says about itself: one log line for a request, UTC, one event a line; counters; `Server-Timing` in
development.

No secret, no token, no query string and no form ever gets into a line: a request is named by its route.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from pyramid.response import Response
from pyramid_retry import is_error_retryable

from feedsite.db import counting_statements
from feedsite.feeds.stores.elasticsearch.deadline import Trips, counting_trips
from feedsite.metrics import Metrics
from feedsite.settings import Settings, settings_of

_CONTROL = {code: f"\\x{code:02x}" for code in [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029]} | {
    0x0A: "\\n",
    0x0D: "\\r",
    0x09: "\\t",
}


class LineFormatter(logging.Formatter):
    """A log line: instant in UTC, level, logger, message. Line breaks are escaped, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).translate(_CONTROL)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (the base's name)
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def configure_logging() -> None:
    """Events go through the standard library's loggers, as `key=value` text; the ini file says where to."""
    # The driver tells every failed connection with its traceback. What it comes to is counted, and said once, by us.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def observe_tween(handler: Callable[[Any], Response], registry: Any) -> Callable[[Any], Response]:
    """Measure a request, log it and count it."""
    settings: Settings = settings_of(registry)
    metrics: Metrics = registry["feedsite.metrics"]
    has_index = settings.store == "elasticsearch"
    log = structlog.get_logger("feedsite.requests")

    def tween(request: Any) -> Response:
        started = time.perf_counter()
        request.log_id = secrets.token_hex(8)
        with (
            counting_statements() as count,
            counting_trips() as trips,
            structlog.contextvars.bound_contextvars(request=request.log_id),
        ):
            response = handler(request)
            seconds = time.perf_counter() - started
            route = getattr(request, "matched_route", None)
            name = route.name if route is not None else "-"
            log.info(
                "request",
                method=request.method,
                route=name,
                status=response.status_int,
                milliseconds=round(seconds * 1000, 1),
                statements=len(count),
                attempt=request.environ.get("retry.attempt", 0) + 1,
                **({"round_trips": len(trips), "fallback": request.feeds_degraded or "-"} if has_index else {}),
            )
        if getattr(request, "exception", None) is not None and is_error_retryable(request, request.exception):
            metrics.begun_anew(name)
        else:
            metrics.answered(name, request.method, response.status_int, seconds)
        if has_index:
            metrics.asked_index(trips.seconds)
        if settings.environment == "development":
            response.headers["Server-Timing"] = server_timing(seconds, len(count), trips if has_index else None)
        return response

    return tween


def server_timing(seconds: float, statements: int, trips: Trips | None) -> str:
    """The header that a browser's tools show beside a request (https://www.w3.org/TR/server-timing/).

    Args:
        seconds: that the request took.
        statements: SQL statements it ran.
        trips: its round trips to the search cluster; None: there is no cluster.
    """
    parts = [f"total;dur={seconds * 1000:.1f}", f'sql;desc="{statements} statements"']
    if trips is not None:
        parts.append(f'index;dur={sum(trips.seconds) * 1000:.1f};desc="{len(trips)} round trips"')
    return ", ".join(parts)


def includeme(config: Any) -> None:
    """Set up the loggers and the counters, and put the tween outside of the transaction."""
    configure_logging()
    config.registry["feedsite.metrics"] = Metrics()
    config.add_tween(
        "feedsite.observability.observe_tween",
        over=("pyramid_tm.tm_tween_factory", "pyramid.tweens.excview_tween_factory"),
    )
