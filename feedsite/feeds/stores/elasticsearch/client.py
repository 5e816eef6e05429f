"""The client of the search cluster: one for a process, with bounded patience, and its errors in the store's words."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import urllib3
from elastic_transport import ConnectionTimeout, NodeConfig, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch

from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.elasticsearch.deadline import Deadline, Trips, counting_trips, within
from feedsite.feeds.stores.elasticsearch.wire import BoundedNode, tls_context

__all__ = [
    "Access",
    "Deadline",
    "Trips",
    "answering",
    "connect",
    "counting_trips",
    "making_sense",
    "unavailable",
    "within",
]

#: Connections to a node that are kept open; more are made when more are needed, and closed after use.
_KEPT_OPEN = 25
_PORT = 9200


@dataclass(frozen=True)
class Access:
    """Where the cluster is and who asks.

    Args:
        hosts: addresses of nodes, http or https, such as `https://search-1.example:9200` (the port, if none is said).
        api_key: an API key in its encoded form; empty: none.
        user, password: instead of an API key.
        ca: a file of authorities (PEM) that vouch for the nodes' certificates; empty: the system's.
    """

    hosts: tuple[str, ...]
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""

    @classmethod
    def from_url(cls, url: str, *, ca: str = "") -> Access:
        """Access from one address, with user and password in it where there are any: `https://user:pw@host:9200`."""
        parts = urlsplit(url)
        name = parts.hostname or ""
        host = f"[{name}]" if ":" in name else name
        port = f":{parts.port}" if parts.port else ""
        return cls(
            hosts=(f"{parts.scheme}://{host}{port}{parts.path}",),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca=ca,
        )


def connect(access: Access) -> Elasticsearch:
    """A client, to be kept and shared by all threads of a process. It connects at its first call.

    Nodes that failed are left alone for a while (1 s, doubling to 30 s) as long as there are others. A call is tried
    once more, on another node where there is one, only when its connection failed: never after a time-out, 429 or 503.
    A request may take as long as the deadline of its context allows (`within`), and where there is none
    `wire.READ_SECONDS` from end to end; with `client.options(request_timeout=…)` no longer than that either.

    Raises OSError when the file of authorities cannot be read.
    """
    context = tls_context(access.ca) if any(host.startswith("https:") for host in access.hosts) else None
    nodes = [_node(host, context) for host in access.hosts]
    return Elasticsearch(
        nodes,
        api_key=access.api_key or None,
        basic_auth=(access.user, access.password) if access.user else None,
        node_class=BoundedNode,
        max_retries=1,
        retry_on_timeout=False,
        retry_on_status=(),
        dead_node_backoff_factor=1.0,
        max_dead_node_backoff=30.0,
        sniff_on_start=False,
        sniff_before_requests=False,
        sniff_on_node_failure=False,
        # It would tell the cluster which versions run here.
        meta_header=False,
    )


def _node(host: str, context: ssl.SSLContext | None) -> NodeConfig:
    parts = urlsplit(host)
    return NodeConfig(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or _PORT,
        path_prefix=parts.path.rstrip("/"),
        connections_per_node=_KEPT_OPEN,
        http_compress=False,
        ssl_context=context if parts.scheme == "https" else None,
    )


# -- errors ----------------------------------------------------------------------------------------------------------

#: What a status means: (kind, sentence). Of the others those below 400 are not Elasticsearch's, those of 500 and above
#: are a failure of its own, and the rest is a request that it refuses.
_STATUSES = {
    401: ("denied", "the search cluster refuses the credentials"),
    403: ("denied", "the search cluster refuses what was asked"),
    404: ("missing", "an index is missing"),
    408: ("timeout", "the search cluster did not answer in time"),
    429: ("busy", "the search cluster is busy"),
    502: ("busy", "the search cluster is not available"),
    503: ("busy", "the search cluster is not available"),
    504: ("timeout", "the search cluster did not answer in time"),
}


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn every error of the driver into StoreUnavailable with a short reason and its `kind`; no address, no secret.

    Kinds: `timeout`, `late` (the deadline was over before it was asked), `connection`, `busy` (429, or 500 and
    above), `answer` (what came back is not Elasticsearch's, or cut), `missing` (404), `denied` (401, 403), `request`
    (any other status of 400 and above).
    """
    try:
        yield
    except _DRIVER_ERRORS as error:
        raise unavailable(error) from error


@contextlib.contextmanager
def making_sense() -> Iterator[None]:
    """Around the taking apart of an answer: one of another shape than Elasticsearch's raises StoreUnavailable."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, StopIteration) as error:
        raise StoreUnavailable("the search cluster's answer makes no sense", kind="answer") from error


_DRIVER_ERRORS = (
    ApiError,
    TransportError,
    urllib3.exceptions.HTTPError,
    OSError,
    json.JSONDecodeError,
    UnicodeDecodeError,
    RecursionError,
)


def unavailable(error: BaseException) -> StoreUnavailable:
    """What an error of the driver means to the store."""
    kind, sentence = _meaning(error)
    return StoreUnavailable(sentence, kind=kind)


def _meaning(error: BaseException) -> tuple[str, str]:
    if isinstance(error, ApiError):
        status = error.meta.status
        if status < 400:
            return "answer", "the answer is not Elasticsearch's"
        otherwise = ("request" if status < 500 else "busy", f"the search cluster answered {status}")
        return _STATUSES.get(status, otherwise)
    if isinstance(error, ConnectionTimeout | TimeoutError | urllib3.exceptions.TimeoutError):
        return "timeout", "the search cluster did not answer in time"
    if isinstance(error, SerializationError | json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "answer", "the search cluster's answer cannot be read"
    if isinstance(error, TlsError):
        return "connection", "the search cluster's certificate or its TLS is refused"
    return "connection", "the search cluster cannot be reached"
