"""Figures in Prometheus' text format, of one process and of several."""

from __future__ import annotations

import os
import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

from feedsite.metrics import Metrics, Reading

_COUNT_ONE = """
from feedsite.metrics import Metrics
metrics = Metrics()
metrics.answered("timelines.home", "GET", 200, 0.02)
metrics.asked_index([0.001, 0.002])
print(metrics.text().decode())
"""


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_was_counted_can_be_read() -> None:
    metrics = Metrics()
    metrics.answered("timelines.home", "GET", 200, 0.02)
    metrics.answered("timelines.home", "GET", 200, 0.3)
    metrics.answered("-", "BREW", 405, 0.001)
    metrics.begun_anew("posts.write")
    metrics.asked_index([0.001, 0.002])
    metrics.fell_back("timeout")
    metrics.index_failed("timeout", "reading")
    metrics.delivered(3, 1, "request")
    found = samples(metrics.text([Reading("feedsite_x_rows", "Rows.", {"live": 2.0, "next": 5.0}, "slot")]).decode())
    home = (("method", "GET"), ("route", "timelines.home"), ("status", "200"))
    assert found["feedsite_requests_total", home] == 2
    assert found["feedsite_requests_total", (("method", "other"), ("route", "-"), ("status", "405"))] == 1
    assert found["feedsite_request_seconds_count", (("route", "timelines.home"),)] == 2
    assert found["feedsite_retries_total", (("route", "posts.write"),)] == 1
    assert found["feedsite_index_round_trips_sum", ()] == 2
    assert found["feedsite_index_round_trip_seconds_count", ()] == 2
    assert found["feedsite_index_fallbacks_total", (("reason", "timeout"),)] == 1
    assert found["feedsite_index_errors_total", (("during", "reading"), ("kind", "timeout"))] == 1
    assert found["feedsite_index_delivered_rows_total", (("where", "request"),)] == 3
    assert found["feedsite_index_refused_rows_total", (("where", "request"),)] == 1
    assert found["feedsite_x_rows", (("slot", "next"),)] == 5


def test_two_applications_in_a_process_count_for_themselves() -> None:
    first, second = Metrics(), Metrics()
    first.begun_anew("posts.write")
    assert "posts.write" not in second.text().decode()


def test_several_processes_add_up_in_a_shared_folder(tmp_path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    shown = ""
    for _ in range(3):
        command = [sys.executable, "-c", _COUNT_ONE]
        shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = samples(shown)
    assert found["feedsite_requests_total", (("method", "GET"), ("route", "timelines.home"), ("status", "200"))] == 3
    assert found["feedsite_index_round_trips_sum", ()] == 6
