"""What all tests share: real services, the profiles of Hypothesis, what is left out and how loudly that is said."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from compose.launcher import Cluster
from compose.machine import locked

from tests import nodes, services
from tests.keeping import ServerRun, ServiceMissing

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

REAL_DATA_VARIABLE = "FEEDSITE_REAL_DATA"
"""The folder of the real data set (CONTRIBUTING.md); tests marked `real_data` are left out where it is not set."""

_POSTGRESQL = pytest.StashKey[services.PostgresRun]()
_TOKEN = pytest.StashKey[str]()
_ELASTICSEARCH = pytest.StashKey[nodes.ElasticsearchRun]()

# Where the environment forbids to keep compiled modules, every program that a test starts would compile the site anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def under_ci() -> bool:
    """Whether this is a build machine, where nothing may be skipped."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


# ---- options, profiles, selection


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--drills", action="store_true", help="run the tests that take minutes, and only them")


def pytest_configure(config: pytest.Config) -> None:
    _load_hypothesis_profile(drills=config.getoption("--drills"))
    given = _given_by_controller(config) or {}
    owner = given.get("owner_pid", os.getpid())
    # A socket's path may have 107 bytes at most: short names, next to the root of the temporary folder, which every
    # user may enter.
    token = given.get("run_token", secrets.token_hex(4))
    base = Path(tempfile.gettempdir())
    config.stash[_POSTGRESQL] = services.PostgresRun(base / f"feedsite-pg-{token}", owner)
    config.stash[_ELASTICSEARCH] = nodes.ElasticsearchRun(base / f"feedsite-es-{token}", owner)
    config.stash[_TOKEN] = token


def pytest_unconfigure(config: pytest.Config) -> None:
    if _given_by_controller(config) is None:
        runs: list[ServerRun | None] = [config.stash.get(_POSTGRESQL, None), config.stash.get(_ELASTICSEARCH, None)]
        for run in runs:
            if run is not None:
                run.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist which servers are the run's."""
    node.workerinput["run_token"] = node.config.stash[_TOKEN]
    node.workerinput["owner_pid"] = os.getpid()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    drills = config.getoption("--drills")
    has_data = REAL_DATA_VARIABLE in os.environ
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        is_drill = item.get_closest_marker("drill") is not None
        lacks_data = item.get_closest_marker("real_data") is not None and not has_data
        (left_out if is_drill != drills or lacks_data else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # What takes minutes begins first: at the end it would keep one process while the others have nothing left to do.
    items[:] = sorted(kept, key=lambda item: not _takes_minutes(item))


def _takes_minutes(item: pytest.Item) -> bool:
    own = item.get_closest_marker("timeout")
    return own is not None and own.args[0] > float(item.config.getini("timeout"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if under_ci() and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if REAL_DATA_VARIABLE not in os.environ:
        terminalreporter.write_line(f"Left out: the tests of the real data set ({REAL_DATA_VARIABLE} is not set).")
    if skipped := _skipped(config):
        reasons = sorted({str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)})
        terminalreporter.section(f"{len(skipped)} TESTS DID NOT RUN", sep="!", red=True, bold=True)
        for reason in reasons:
            terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True)
        verdict = "CI is set: this run has failed." if under_ci() else "With CI set this would be a failure."
        terminalreporter.write_line(f"`make services` installs what it can. {verdict}", red=True)


def _given_by_controller(config: pytest.Config) -> dict[str, Any] | None:
    """What a worker of pytest-xdist was told; None in the process that owns the run."""
    return getattr(config, "workerinput", None)


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else list(reporter.stats.get("skipped", []))


def _load_hypothesis_profile(*, drills: bool) -> None:
    # No deadlines: the machine is shared, and how long something takes is the benchmarks' business.
    slow_is_fine = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
    settings.register_profile("dev", max_examples=25, **slow_is_fine)  # type: ignore[arg-type]
    settings.register_profile("ci", max_examples=100, **slow_is_fine)  # type: ignore[arg-type]
    settings.register_profile("drills", max_examples=2_000, **slow_is_fine)  # type: ignore[arg-type]
    usual = "drills" if drills else "ci" if under_ci() else "dev"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", usual))


# ---- services


def _cannot_run(problem: ServiceMissing) -> NoReturn:
    if under_ci():
        pytest.fail(f"{problem} (nothing may be missing under CI)", pytrace=False)
    pytest.skip(str(problem))


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def make_postgresql(pytestconfig: pytest.Config) -> Iterator[Callable[[], str]]:
    """Makes an empty database on a real PostgreSQL (one server a run) and gives its SQLAlchemy URL."""
    server = os.environ.get(services.POSTGRESQL_URL_VARIABLE)
    if not server:
        run = pytestconfig.stash[_POSTGRESQL]
        try:
            run.ensure()
        except ServiceMissing as problem:
            _cannot_run(problem)
        server = run.url()
    made: list[str] = []

    def make() -> str:
        name = f"feedsite_test_{_worker()}_{secrets.token_hex(4)}"
        _administer(server, f'CREATE DATABASE "{name}"')
        made.append(name)
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql_url(make_postgresql: Callable[[], str]) -> str:
    """The SQLAlchemy URL of a database on a real PostgreSQL, one a worker: the site's, to be migrated."""
    return make_postgresql()


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def elasticsearch_url(pytestconfig: pytest.Config) -> str:
    """The URL of a real Elasticsearch node that all workers of a run share; each makes indexes of its own prefix."""
    if given := os.environ.get(nodes.URL_VARIABLE):
        return given.rstrip("/")
    return _started(pytestconfig.stash[_ELASTICSEARCH]).url


@pytest.fixture(scope="session")
def elasticsearch_prefix(elasticsearch_url: str) -> Iterator[str]:
    """What the names of this worker's indexes begin with; at the end all that begin so are removed."""
    prefix = f"t-{_worker()}-{secrets.token_hex(4)}"
    yield prefix
    nodes.remove_indexes(elasticsearch_url, prefix)


@pytest.fixture(scope="module")
def own_node(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """A real node of this module's own, to be killed and started again; it takes 12 to 25 seconds to come up."""
    with _own_nodes(pytestconfig, 1) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def three_nodes(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """Three real nodes of this module's own, to be killed and started again; one such cluster at a time on a machine.

    They take about 40 seconds to come up: few tests use them, in few modules, with a time-out that allows for it.
    """
    # Machine-wide: two such clusters at once would take more than most machines have.
    with locked(Path(tempfile.gettempdir()) / "feedsite-es-three.lock"), _own_nodes(pytestconfig, 3) as cluster:
        yield cluster


@contextlib.contextmanager
def _own_nodes(config: pytest.Config, count: int) -> Iterator[Cluster]:
    shared = config.stash[_ELASTICSEARCH]
    run = replace(shared, folder=shared.folder.with_name(f"{shared.folder.name}-{_worker()}-{count}"), count=count)
    try:
        yield _started(run).cluster
    finally:
        run.stop()


def _started(run: nodes.ElasticsearchRun) -> nodes.ElasticsearchRun:
    try:
        run.ensure()
    except ServiceMissing as problem:
        _cannot_run(problem)
    return run


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The real Chromium of this machine; give it `chromium_flags` too."""
    try:
        return services.chromium_path()
    except ServiceMissing as problem:
        _cannot_run(problem)


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    """The flags for Chromium on this machine: no network of its own, no sandbox where it runs as root."""
    return services.chromium_flags()


@pytest.fixture(scope="session")
def chromium(chromium_path: Path, chromium_flags: list[str]) -> Iterator[Chromium]:
    """A running Chromium: one a worker, as its driver allows for no second one."""
    from playwright.sync_api import sync_playwright  # few tests need it, and it takes its time

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=chromium_flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data set; for tests marked `real_data`."""
    folder = Path(os.environ[REAL_DATA_VARIABLE])
    assert folder.is_dir(), f"{REAL_DATA_VARIABLE} names {folder}, which is no folder"
    return folder
