"""The package under examples/ installs by itself, is found by its name, and its own tests pass on both stores."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

PACKAGE = ROOT / "examples" / "feedsite-contributors"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package (`source`) and what pip makes of it (`site`), with no network."""
    folder = tmp_path_factory.mktemp("example")
    # A build leaves its traces beside the source: not in the checkout.
    shutil.copytree(PACKAGE, folder / "source")
    plain = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *plain, "--target", str(folder / "site"), str(folder / "source")]
    subprocess.run(command, check=True, timeout=120)
    return folder


def run(installed: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed / "site"), **environ},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_it_is_listed_with_its_package_and_what_it_answers(installed: Path) -> None:
    done = run(installed, "feedsite", "aggregators")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "contributors  (ContributorsAggregator, feedsite-contributors 1.0.0)\n    Who worked on a thing" in done.stdout
    )


def test_its_own_tests_pass_on_both_stores(installed: Path, elasticsearch_url: str) -> None:
    pytest_options = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "source/tests")
    done = run(installed, "pytest", *pytest_options, FEEDSITE_TEST_ELASTICSEARCH_URL=elasticsearch_url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout, "Elasticsearch was there"


def test_without_elasticsearch_its_tests_say_that_they_ran_on_sql_alone(installed: Path) -> None:
    options = ("-q", "-rs", "-p", "no:cacheprovider", "-k", "elasticsearch or name", "source/tests")
    done = run(installed, "pytest", *options, FEEDSITE_TEST_ELASTICSEARCH_URL="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "set FEEDSITE_TEST_ELASTICSEARCH_URL to a node's URL" in done.stdout
