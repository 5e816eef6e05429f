"""What the site says about itself: one log line for a request, UTC, one event a line; `Server-Timing` in development.

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

from feedsite.db import counting_statements
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
    """Measure a request and log it."""
    settings: Settings = settings_of(registry)
    log = structlog.get_logger("feedsite.requests")

    def tween(request: Any) -> Response:
        started = time.perf_counter()
        request.log_id = secrets.token_hex(8)
        with counting_statements() as count, structlog.contextvars.bound_contextvars(request=request.log_id):
            response = handler(request)
            milliseconds = (time.perf_counter() - started) * 1000
            route = getattr(request, "matched_route", None)
            log.info(
                "request",
                method=request.method,
                route=route.name if route is not None else "-",
                status=response.status_int,
                milliseconds=round(milliseconds, 1),
                statements=len(count),
                attempt=request.environ.get("retry.attempt", 0) + 1,
            )
        if settings.environment == "development":
            response.headers["Server-Timing"] = f'total;dur={milliseconds:.1f}, sql;desc="{len(count)} statements"'
        return response

    return tween


def includeme(config: Any) -> None:
    """Set up the loggers and put the tween outside of the transaction."""
    configure_logging()
    config.add_tween(
        "feedsite.observability.observe_tween",
        over=("pyramid_tm.tm_tween_factory", "pyramid.tweens.excview_tween_factory"),
    )
