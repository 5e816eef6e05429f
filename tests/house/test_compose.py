"""The compose file is read here, where nothing runs it: it parses, and says what the site and its documents say."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

import yaml

from feedsite.settings import Settings, environment_name, load

from tests.house.checkout import ROOT

COMPOSE = ROOT / "compose"


def _compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((COMPOSE / "docker-compose.yml").read_text())
    return content


def test_every_image_has_a_version() -> None:
    images = {name: service["image"] for name, service in _compose()["services"].items() if "image" in service}
    assert {name: image for name, image in images.items() if not re.search(r":v?\d+", image)} == {}


def test_every_port_is_open_to_this_machine_only() -> None:
    ports = [port for service in _compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_site_is_given_settings_that_exist() -> None:
    given = set(_compose()["services"]["site"]["environment"])
    assert given <= {environment_name(setting.name) for setting in fields(Settings)}


def test_three_nodes_make_one_cluster() -> None:
    services = _compose()["services"]
    nodes = {name: service["environment"] for name, service in services.items() if name.startswith("elasticsearch")}
    assert len(nodes) == 3
    for name, environment in nodes.items():
        assert environment["node.name"] == name
        assert set(environment["cluster.initial_master_nodes"].split(",")) == set(nodes)
        assert set(environment["discovery.seed_hosts"].split(",")) == set(nodes) - {name}
    assert services["kibana"]["image"].partition(":")[2] == services["elasticsearch1"]["image"].partition(":")[2]


def test_the_site_knows_the_three_nodes() -> None:
    services = _compose()["services"]
    environment = services["site"]["environment"]
    hosts = environment["FEEDSITE_ELASTICSEARCH_HOSTS"].split()
    assert {urlsplit(host).hostname for host in hosts} == {
        name for name in services if name.startswith("elasticsearch")
    }
    given = {"FEEDSITE_STORE": "elasticsearch", "FEEDSITE_ELASTICSEARCH_HOSTS": " ".join(hosts)}
    own = {
        "FEEDSITE_SECRET": "0123456789abcdef" * 2,
        "FEEDSITE_DATABASE_URL": "postgresql+psycopg://feedsite@postgresql/feedsite",
    }
    assert load({}, {**given, **own}).elasticsearch_hosts == tuple(hosts)


def test_every_volume_is_declared_and_used() -> None:
    compose = _compose()
    used = {
        volume.partition(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])


def test_the_dockerfile_copies_what_there_is() -> None:
    lines = re.findall(r"^COPY (.+)$", (COMPOSE / "Dockerfile").read_text(), re.M)
    sources = [source for line in lines for source in line.split()[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_documents_name_every_service() -> None:
    text = (COMPOSE / "README.md").read_text()
    named = [name for name in _compose()["services"] if f"`{name}`" in text or re.fullmatch(r"elasticsearch[23]", name)]
    assert set(named) == set(_compose()["services"])
