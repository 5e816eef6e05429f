"""The client of the search cluster meets servers that misbehave: it ends in time, and says what happened."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import trustme
from elasticsearch import Elasticsearch

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch import wire
from feedsite.feeds.stores.elasticsearch.client import Access, Deadline, answering, connect, counting_trips, within

from tests.promptness import in_time
from tests.sick_cluster import SickCluster

BUDGET = 0.6
#: What a call may take beyond its deadline on a machine that others use too.
SLACK = 0.7

KINDS = {
    "away": "connection",
    "silent": "timeout",
    "trickling headers": "timeout",
    "trickling body": "timeout",
    "resetting": "connection",
    "busy": "busy",
    "unavailable": "busy",
    "proxy": "answer",
    "garbage": "connection",
    "broken json": "answer",
    "broken text": "answer",
    "deep json": "answer",
    "cut": "connection",
    "failing": "busy",
    "redirect": "answer",
    "denied": "denied",
}


@pytest.fixture
def cluster() -> Iterator[SickCluster]:
    with SickCluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_cluster(authority: trustme.CA) -> Iterator[SickCluster]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with SickCluster(tls=context) as cluster:
        yield cluster


@pytest.fixture
def ca(authority: trustme.CA, tmp_path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def client(*hosts: str, **access: str) -> Elasticsearch:
    return connect(Access(hosts, **access))


def ask(client: Elasticsearch, seconds: float = BUDGET) -> None:
    with within(Deadline(seconds)), answering():
        client.cluster.health()


def refusal(client: Elasticsearch, seconds: float = BUDGET) -> tuple[str, str]:
    """The kind of the refusal, and its sentence."""
    with pytest.raises(StoreUnavailable) as caught:
        ask(client, seconds)
    return caught.value.kind, str(caught.value)


def prompt_refusal(make: Callable[[], Elasticsearch]) -> tuple[str, str]:
    """The same, which comes by the deadline.

    Args:
        make: gives the client for each try.
    """
    return in_time(BUDGET + SLACK, lambda: refusal(make()))


def test_a_healthy_cluster_answers_over_one_kept_connection(cluster):
    one = client(cluster.url)
    with counting_trips() as trips:
        ask(one)
        ask(one)
    assert len(trips) == 2
    assert all(0 < seconds < BUDGET for seconds in trips.seconds)
    assert len(cluster._open) == 1


@pytest.mark.parametrize("illness", SickCluster.ILLNESSES)
def test_every_illness_is_a_refusal_in_time(cluster, illness):
    cluster.falls(illness)
    kind, sentence = prompt_refusal(lambda: client(cluster.url))
    assert kind == KINDS[illness]
    assert "127.0.0.1" not in sentence


@pytest.mark.parametrize("illness", SickCluster.ILLNESSES)
def test_every_illness_of_a_connection_that_was_well_is_a_refusal_in_time(cluster, illness):
    made: list[Elasticsearch] = []

    def that_was_well() -> Elasticsearch:
        cluster.falls("well")
        made.append(client(cluster.url))
        ask(made[-1], 5)
        cluster.falls(illness)
        return made[-1]

    kind, _ = prompt_refusal(that_was_well)
    assert kind == KINDS[illness]
    cluster.falls("well")
    ask(made[-1], 5)


@pytest.mark.parametrize("illness", ["silent", "trickling headers", "trickling body", "resetting", "garbage"])
def test_under_tls_too(tls_cluster, ca, illness):
    def that_was_well() -> Elasticsearch:
        tls_cluster.falls("well")
        one = client(tls_cluster.url, ca=ca)
        ask(one, 5)
        tls_cluster.falls(illness)
        return one

    kind, _ = prompt_refusal(that_was_well)
    assert kind == KINDS[illness]


def test_a_server_that_never_agrees_on_tls_is_given_up_in_time(cluster):
    cluster.falls("silent")
    kind, _ = prompt_refusal(lambda: client(cluster.url.replace("http:", "https:")))
    assert kind in ("connection", "timeout")


def test_a_certificate_of_another_authority_is_refused(tls_cluster, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    for one in (client(tls_cluster.url), client(tls_cluster.url, ca=str(other))):
        kind, sentence = refusal(one, 5)
        assert kind == "connection"
        assert "certificate" in sentence


def test_naming_an_authority_trusts_no_other(ca, tls_cluster):
    """The public authorities, which the library would load by itself, are not among those that count."""
    one = client(tls_cluster.url, ca=ca)
    ask(one, 5)
    (node,) = one.transport.node_pool.all()
    assert len(node.config.ssl_context.get_ca_certs()) == 1
    assert node.pool.ca_certs is None


def test_a_certificate_of_another_host_is_refused(authority, ca):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(context)
    with SickCluster(tls=context) as cluster:
        assert refusal(client(cluster.url, ca=ca), 5)[0] == "connection"


def test_without_a_deadline_a_request_has_an_end_of_its_own(cluster):
    cluster.falls("trickling body")

    def ask_it() -> None:
        with pytest.raises(StoreUnavailable), answering():
            client(cluster.url).options(request_timeout=0.5).cluster.health()

    in_time(0.5 + SLACK, ask_it)


def test_without_a_deadline_or_a_time_out_a_request_ends_nevertheless(cluster, monkeypatch):
    monkeypatch.setattr(wire, "READ_SECONDS", 0.3)
    cluster.falls("silent")

    def ask_it() -> None:
        with pytest.raises(StoreUnavailable), answering():
            client(cluster.url).cluster.health()

    in_time(0.3 + SLACK, ask_it)


def test_who_sets_a_deadline_is_not_cut_short(cluster, monkeypatch):
    monkeypatch.setattr(wire, "READ_SECONDS", BUDGET / 6)
    cluster.falls("silent")
    started = time.monotonic()
    assert refusal(client(cluster.url))[0] == "timeout"
    assert time.monotonic() - started >= BUDGET


def test_all_calls_share_the_deadline(cluster):
    one = client(cluster.url)
    deadlines: list[Deadline] = []

    def ask_twice() -> None:
        cluster.falls("well")
        deadlines.append(Deadline(2 * BUDGET))
        with within(deadlines[-1]), answering():
            one.cluster.health()
            time.sleep(BUDGET)
            cluster.falls("silent")
            with pytest.raises(StoreUnavailable), answering():
                one.cluster.health()

    in_time(2 * BUDGET + SLACK, ask_twice)
    deadline = deadlines[-1]
    assert deadline.left == 0
    with pytest.raises(StoreUnavailable):
        deadline.check()
    asked = cluster.requests
    with pytest.raises(StoreUnavailable) as caught, within(deadline):
        one.cluster.health()
    assert caught.value.kind == "late"
    assert cluster.requests == asked


def test_the_earlier_of_two_deadlines_counts(cluster):
    cluster.falls("silent")

    def ask_it() -> None:
        with pytest.raises(StoreUnavailable), within(Deadline(0.3)), within(Deadline(5)), answering():
            client(cluster.url).cluster.health()

    in_time(0.3 + SLACK, ask_it)


def test_a_deadline_that_is_over_marks_no_node_as_dead(cluster):
    one = client(cluster.url)
    with within(Deadline(0.2)):
        time.sleep(0.25)
        with pytest.raises(StoreUnavailable):
            one.cluster.health()
    assert not one.transport.node_pool._dead_consecutive_failures


def test_busy_answers_and_slow_ones_are_not_tried_again(cluster):
    one = client(cluster.url)
    for illness in ("busy", "unavailable", "silent", "trickling body", "denied"):
        cluster.falls(illness)
        asked = cluster.requests
        refusal(one)
        assert cluster.requests == asked + 1, illness


def test_a_lost_connection_is_tried_once_more(cluster):
    one = client(cluster.url)
    cluster.falls("resetting")
    refusal(one)
    assert cluster.requests == 2


def test_a_node_that_is_away_costs_no_page_while_there_is_another():
    with SickCluster() as first, SickCluster() as second:
        one = client(first.url, second.url)
        first.falls("away")
        for _ in range(6):
            ask(one)
        assert second.requests == 6
        # And the dead one is left alone: it was met once.
        assert one.transport.node_pool._dead_consecutive_failures[first_config(one, first)] <= 2


def first_config(client: Elasticsearch, cluster: SickCluster) -> object:
    return next(node.config for node in client.transport.node_pool.all() if node.config.port == cluster.port)


def test_a_silent_node_costs_one_deadline():
    with SickCluster() as first, SickCluster() as second:
        one = client(first.url, second.url)
        first.falls("silent")
        refused = 0
        for _ in range(6):
            try:
                ask(one)
            except StoreUnavailable:
                refused += 1
        assert refused <= 2


def test_more_threads_than_kept_connections_wait_for_nobody(cluster):
    one, problems = client(cluster.url), []

    def ask_once() -> None:
        try:
            ask(one, 5)
        except StoreUnavailable as problem:
            problems.append(problem)

    threads = [threading.Thread(target=ask_once) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_secrets_are_shown_to_the_cluster_alone():
    for access in (Access(("http://h:9200",), api_key="topsecret"), Access.from_url("http://ana:topsecret@h:9200")):
        assert "topsecret" not in repr(access)
        assert "topsecret" not in repr(connect(access))
        assert all("@" not in host for host in access.hosts)


def test_an_address_is_taken_apart():
    access = Access.from_url("https://ana:p%40ss@[::1]:9201/search", ca="/etc/ca.pem")
    assert access == Access(("https://[::1]:9201/search",), user="ana", password="p@ss", ca="/etc/ca.pem")


def test_errors_that_are_ours_pass(cluster):
    with pytest.raises(KeyError), answering():
        raise KeyError("took")
    with pytest.raises(ValueError, match="ours"), answering():
        raise ValueError("ours")
