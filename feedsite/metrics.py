"""What the site counts about itself, for Prometheus: requests, and how it stands with the search cluster.

Every label has few values that the site itself chooses: route names, statuses, kinds of failure; never what somebody
sent. Where several processes serve one site, PROMETHEUS_MULTIPROC_DIR names an empty folder in which they add their
numbers up (https://prometheus.github.io/client_python/multiprocess/).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# When a series began is told by nobody who reads this format: it would double the number of series.
disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TRIP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True)
class Reading:
    """A figure as it is now.

    Args:
        name: `feedsite_…`, with its unit at the end.
        help: one sentence.
        values: by the value of `label`; without a label: one, under the empty text.
        label: what tells the values apart.
    """

    name: str
    help: str
    values: dict[str, float] = field(default_factory=dict)
    label: str = ""


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()

        def counter(name: str, help: str, *labels: str) -> Counter:
            return Counter(name, help, labels, registry=self._registry)

        def histogram(name: str, help: str, buckets: Iterable[float], *labels: str) -> Histogram:
            return Histogram(name, help, labels, registry=self._registry, buckets=tuple(buckets))

        self._requests = counter("feedsite_requests_total", "Requests answered.", "route", "method", "status")
        self._seconds = histogram("feedsite_request_seconds", "Seconds a request took.", _SECONDS, "route")
        self._retries = counter("feedsite_retries_total", "Requests begun anew as the database asked for it.", "route")
        self._trips = histogram(
            "feedsite_index_round_trips", "Round trips to the search cluster in a request.", (0, 1, 2, 3, 5, 10, 20, 50)
        )
        self._trip_seconds = histogram(
            "feedsite_index_round_trip_seconds", "Seconds a round trip to the search cluster took.", _TRIP_SECONDS
        )
        self._fallbacks = counter(
            "feedsite_index_fallbacks_total", "Pages that the database answered in place of the index.", "reason"
        )
        self._errors = counter("feedsite_index_errors_total", "Failures of the search cluster.", "kind", "during")
        self._delivered = counter("feedsite_index_delivered_rows_total", "Rows that the index took.", "where")
        self._refused = counter("feedsite_index_refused_rows_total", "Rows that the index refused.", "where")

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def begun_anew(self, route: str) -> None:
        """A request is tried once more."""
        self._retries.labels(route).inc()

    def asked_index(self, trips: Iterable[float]) -> None:
        """A request asked the cluster so often; each round trip took so many seconds."""
        seconds = list(trips)
        self._trips.observe(len(seconds))
        for one in seconds:
            self._trip_seconds.observe(one)

    def fell_back(self, reason: str) -> None:
        """The database answered a page in place of the index."""
        self._fallbacks.labels(reason).inc()

    def index_failed(self, kind: str, during: str) -> None:
        """The cluster failed, `during` reading or delivery."""
        self._errors.labels(kind, during).inc()

    def delivered(self, sent: int, refused: int, where: str) -> None:
        """Rows were delivered `where`: in a request or in the background."""
        self._delivered.labels(where).inc(sent)
        self._refused.labels(where).inc(refused)

    def text(self, readings: Iterable[Reading] = ()) -> bytes:
        """All of it in Prometheus' text format, with figures that are read now."""
        registry = self._registry
        if os.environ.get(_SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        now = CollectorRegistry()
        now.register(_Readings(readings))
        return generate_latest(registry) + generate_latest(now)


class _Readings(Collector):
    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = list(readings)

    def collect(self) -> Iterator[Metric]:
        for reading in self._readings:
            family = GaugeMetricFamily(reading.name, reading.help, labels=[reading.label] if reading.label else [])
            for value, number in reading.values.items():
                family.add_metric([value] if reading.label else [], number)
            yield family


def metrics_of(registry: Any) -> Metrics:
    """The application's counters in a Pyramid registry."""
    found: Metrics = registry["feedsite.metrics"]
    return found
