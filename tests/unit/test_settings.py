"""A setting that is wrong stops the start and says which one it is; every setting is documented."""

from __future__ import annotations

import configparser
from dataclasses import fields
from pathlib import Path

import pytest

from feedsite.settings import SettingError, Settings, environment_name, load
from feedsite.settings_page import page

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
GOOD = {"feedsite.secret": SECRET, "feedsite.database_url": "sqlite:////var/lib/feedsite.sqlite"}


def test_the_least_that_is_needed() -> None:
    settings = load(GOOD, {})
    assert settings.environment == "production"
    assert settings.site_url == "http://localhost:6543"
    assert settings.request_attempts == 3


@pytest.mark.parametrize("missing", ["secret", "database_url"])
def test_what_has_no_default_must_be_there(missing: str) -> None:
    ini = {name: value for name, value in GOOD.items() if name != f"feedsite.{missing}"}
    with pytest.raises(
        SettingError, match=rf"^feedsite\.{missing} \(environment: FEEDSITE_{missing.upper()}\): must be set"
    ):
        load(ini, {})


def test_the_environment_goes_over_the_file() -> None:
    settings = load({**GOOD, "feedsite.site_name": "file"}, {"FEEDSITE_SITE_NAME": "environment"})
    assert settings.site_name == "environment"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "live"),
        ("site_url", "example.org"),
        ("site_url", "ftp://example.org"),
        ("site_url", "https://example.org/sub"),
        ("secret", "short"),
        ("previous_secret", "short"),
        ("previous_secret", SECRET),
        ("database_url", "mysql://localhost/x"),
        ("database_pool_size", "many"),
        ("database_pool_size", "0"),
        ("database_busy_timeout", "-1"),
        ("database_statement_timeout", "60"),
        ("max_body_bytes", "1e6"),
        ("password_memory_kib", "19455"),
        ("password_iterations", "1"),
        ("throttle_login_address", "often"),
        ("throttle_storage", "redis"),
        ("throttle_storage", "database"),
        ("note_max_length", "1001"),
        ("default_zone", "Mars/Olympus"),
        ("default_zone", "../etc/passwd"),
        ("session_idle_seconds", "99999999"),
        ("store", "solr"),
        ("elasticsearch_hosts", "localhost:9200"),
        ("elasticsearch_hosts", "ftp://localhost:9200"),
        ("elasticsearch_hosts", "http://localhost"),
        ("elasticsearch_hosts", "http://localhost:http"),
        ("elasticsearch_hosts", "http://localhost:99999"),
        ("elasticsearch_hosts", "http://ana:topsecret@localhost:9200"),
        ("elasticsearch_hosts", "http://localhost:9200 http://localhost:9200"),
        ("elasticsearch_ca", "/no/such/file.pem"),
        ("elasticsearch_feed_index", "Feeds"),
        ("elasticsearch_feed_index", "-feeds"),
        ("elasticsearch_feed_index", "feeds*"),
        ("elasticsearch_network_index", "feeds"),
        ("elasticsearch_network_index", "feeds-network"),
        ("elasticsearch_deadline", "2.5"),
        ("elasticsearch_deliver_budget", "10"),
        ("elasticsearch_deliver_every", "-1"),
        ("metrics_token", "short"),
        ("metrics_token", "sixteen characters and spaces"),
    ],
)
def test_a_bad_value_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingError) as raised:
        load({**GOOD, f"feedsite.{name}": value}, {})
    assert raised.value.name == name
    assert environment_name(name) in str(raised.value)
    if name == "secret" or "topsecret" in value:
        assert value not in str(raised.value)
        assert "topsecret" not in str(raised.value)


CLUSTER = {**GOOD, "feedsite.store": "elasticsearch", "feedsite.elasticsearch_hosts": "http://127.0.0.1:9200"}


def test_a_cluster_is_a_list_of_nodes() -> None:
    settings = load(
        {**CLUSTER, "feedsite.elasticsearch_hosts": "https://one.example:9200\n https://two.example:9200"}, {}
    )
    assert settings.elasticsearch_hosts == ("https://one.example:9200", "https://two.example:9200")


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("elasticsearch_hosts", {"elasticsearch_hosts": ""}),
        ("elasticsearch_user", {"elasticsearch_password": "pw"}),
        ("elasticsearch_password", {"elasticsearch_user": "ana"}),
        (
            "elasticsearch_api_key",
            {"elasticsearch_api_key": "k", "elasticsearch_user": "a", "elasticsearch_password": "b"},
        ),
        ("elasticsearch_hosts", {"elasticsearch_api_key": "k", "elasticsearch_hosts": "http://search.example:9200"}),
        ("elasticsearch_hosts", {"elasticsearch_api_key": "k", "elasticsearch_hosts": "http://192.0.2.1:9200"}),
        ("elasticsearch_ca", {"elasticsearch_ca": __file__}),
    ],
)
def test_settings_of_the_cluster_must_fit_together(name: str, more: dict[str, str]) -> None:
    with pytest.raises(SettingError) as raised:
        load({**CLUSTER, **{f"feedsite.{key}": value for key, value in more.items()}}, {})
    assert raised.value.name == name


@pytest.mark.parametrize(
    "more",
    [
        {"elasticsearch_api_key": "k"},
        {"elasticsearch_user": "a", "elasticsearch_password": "b", "elasticsearch_hosts": "http://[::1]:9200"},
        {
            "elasticsearch_api_key": "k",
            "elasticsearch_hosts": "https://search.example:9200",
            "elasticsearch_ca": __file__,
        },
        {"elasticsearch_hosts": "http://elasticsearch1:9200"},
    ],
)
def test_credentials_travel_under_tls_or_on_one_machine(more: dict[str, str]) -> None:
    load({**CLUSTER, **{f"feedsite.{key}": value for key, value in more.items()}}, {})


def test_secrets_are_left_out_where_settings_are_shown() -> None:
    secrets = {
        "secret": "no text of ours, at all 0123456789",
        "metrics_token": "m" * 20,
        "elasticsearch_api_key": "key-of-the-cluster",
    }
    shown = repr(load({**CLUSTER, **{f"feedsite.{name}": value for name, value in secrets.items()}}, {}))
    assert not any(value in shown for value in secrets.values())
    assert "metrics_token" not in shown


def test_a_name_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingError, match=r"feedsite\.stie_name .*: there is no such setting"):
        load({**GOOD, "feedsite.stie_name": "x"}, {})


def test_other_peoples_settings_are_left_alone() -> None:
    load({**GOOD, "pyramid.reload_templates": "true", "stie_name": "x"}, {"FEEDSITE_REAL_DATA": "x"})


@pytest.mark.parametrize("file", ["development.ini", "testing.ini"])
def test_sample_secrets_are_for_samples(file: str) -> None:
    parser = configparser.ConfigParser(defaults={"here": "/srv"}, interpolation=None)
    parser.read(ROOT / file)
    ini = dict(parser["app:main"])
    assert load(ini, {}).secret == ini["feedsite.secret"]
    with pytest.raises(SettingError, match=r"feedsite\.secret .*is the sample everybody can read"):
        load(ini, {"FEEDSITE_ENVIRONMENT": "production"})


def test_a_secret_that_somebody_typed_is_refused_in_production() -> None:
    for name in ("secret", "previous_secret"):
        with pytest.raises(SettingError, match=rf"feedsite\.{name} .*is no random text"):
            load({**GOOD, f"feedsite.{name}": "aaaaaaaa" * 8}, {})
    with pytest.raises(SettingError, match=r"feedsite\.previous_secret .*is the sample everybody can read"):
        load({**GOOD, "feedsite.previous_secret": "only-for-the-test-suite-0000000000000000"}, {})


def test_the_production_sample_lacks_only_what_must_be_ones_own() -> None:
    parser = configparser.ConfigParser(defaults={"here": "/srv"}, interpolation=None)
    parser.read(ROOT / "production.ini.example")
    ini = dict(parser["app:main"])
    with pytest.raises(SettingError):
        load(ini, {})
    own = {"FEEDSITE_SECRET": SECRET, "FEEDSITE_DATABASE_URL": "postgresql+psycopg://feedsite@localhost/feedsite"}
    settings = load(ini, own)
    assert settings.is_https
    assert settings.is_production


def test_every_setting_is_documented() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == page(), "write it again: python -m feedsite.settings_page > docs/settings.md"
    for declared in fields(Settings):
        assert f"`feedsite.{declared.name}`" in written
        assert declared.metadata["help"].endswith(".")
