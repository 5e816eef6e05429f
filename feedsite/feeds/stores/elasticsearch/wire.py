"""The connection to a node of the cluster, every operation of which ends by the deadline of its context.

A socket's own time-out begins anew with each piece that arrives, so that a server which sends one byte a second holds
a request for as long as it likes. Here the time-out is set before every single operation to what is left of the
deadline: headers and body, sending and receiving, in the open and under TLS, without a thread. Only the resolver of
names has no time-out that a program could set: name hosts that the machine itself knows.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any

import urllib3
from elastic_transport import BaseNode, HttpHeaders, NodeConfig, SerializationError, Urllib3HttpNode
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from feedsite.feeds.stores.elasticsearch.deadline import Deadline, has_deadline, one_trip, seconds_left, within

#: Seconds to reach a node, and within them to agree on TLS.
CONNECT_SECONDS = 1.0
#: Seconds that a request may take from its first byte to the last of the answer, where neither it nor a deadline says
#: otherwise.
READ_SECONDS = 10.0
_JSON = frozenset({"application/json", "application/vnd.elasticsearch+json"})


class _Bounded:
    """What both kinds of sockets share: a patience of their own, cut to what is left of the deadline."""

    _patience: float | None = None

    def settimeout(self, value: float | None, /) -> None:
        """The patience for single operations."""
        self._patience = value
        super().settimeout(value)  # type: ignore[misc]

    def _arm(self) -> None:
        left = seconds_left()
        if left is not None:
            super().settimeout(left if self._patience is None else min(left, self._patience))  # type: ignore[misc]


class BoundedSocket(_Bounded, socket.socket):
    """A socket in the open."""

    # `sendall` of a plain socket keeps one time-out for all of its parts: arming it once is enough.

    def sendall(self, *arguments: Any) -> None:
        self._arm()
        super().sendall(*arguments)

    def send(self, *arguments: Any) -> int:
        self._arm()
        return super().send(*arguments)

    def recv(self, *arguments: Any) -> bytes:
        self._arm()
        return super().recv(*arguments)

    def recv_into(self, *arguments: Any) -> int:
        self._arm()
        return super().recv_into(*arguments)


class BoundedTlsSocket(_Bounded, ssl.SSLSocket):
    """A socket under TLS: receiving goes through `read`, sending through `send`; each keeps one time-out inside."""

    def do_handshake(self, *arguments: Any) -> None:
        self._arm()
        super().do_handshake(*arguments)

    def read(self, *arguments: Any) -> Any:
        self._arm()
        return super().read(*arguments)

    def send(self, *arguments: Any) -> int:
        self._arm()
        return super().send(*arguments)


class _Connecting:
    """Connects with a bounded socket, to the first address that answers."""

    host: str
    port: int
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        try:
            left = seconds_left()
            # Half of what is left: where this node is out of reach, another can still be asked.
            ends = time.monotonic() + (CONNECT_SECONDS if left is None else min(CONNECT_SECONDS, left / 2))
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, _as_resolving(error)) from error  # type: ignore[arg-type]
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]
        problem: OSError = OSError("the host has no address")
        for family, kind, protocol, _, address in found:
            sock = BoundedSocket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(max(0.001, ends - time.monotonic()))
                sock.connect(address)
                return sock
            except OSError as error:
                sock.close()
                problem = error
        # A connection that takes too long is a node that is away: the transport asks another one.
        raise NewConnectionError(self, str(problem)) from problem  # type: ignore[arg-type]


def _as_resolving(error: Exception) -> socket.gaierror:
    return error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))


class _Open(_Connecting, HTTPConnection):
    pass


class _Tls(_Connecting, HTTPSConnection):
    pass


class _OpenPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Open


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Tls


def tls_context(ca: str = "") -> ssl.SSLContext:
    """How certificates are checked: TLS 1.2 or later, against a file of authorities (empty: the system's)."""
    context = ssl.create_default_context(cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = BoundedTlsSocket
    return context


class BoundedNode(Urllib3HttpNode):
    """A node: each request ends by its own time-out and by the deadline, and only Elasticsearch's answers count."""

    def __init__(self, config: NodeConfig) -> None:
        # Not the parent's: its pools trust the public authorities besides those that were named, and wait without end
        # for a connection when all are in use.
        BaseNode.__init__(self, config)
        pool: Any = _TlsPool if config.scheme == "https" else _OpenPool
        more = {"ssl_context": config.ssl_context, "cert_reqs": "CERT_REQUIRED"} if config.scheme == "https" else {}
        self.pool = pool(config.host, port=config.port, maxsize=config.connections_per_node, block=False, **more)

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """One round trip, which ends by the deadline, and by its own time-out where it has one."""
        # Whoever set a deadline has said how long this may take: a second limit would cut a longer one short unseen.
        usual = None if has_deadline() else READ_SECONDS
        seconds = usual if isinstance(request_timeout, DefaultType) else request_timeout
        with one_trip(), within(None if seconds is None else Deadline(seconds)):
            answer = super().perform_request(method, target, body, headers, seconds)
        self._refuse_strangers(method, answer)
        return answer

    def _refuse_strangers(self, method: str, answer: NodeApiResponse) -> None:
        # A proxy's welcome page says 200 too.
        meta = answer.meta
        if not 200 <= meta.status < 300:
            return
        of_elasticsearch = meta.headers.get("x-elastic-product") == "Elasticsearch"
        if not of_elasticsearch or (method != "HEAD" and meta.mimetype not in _JSON):
            raise SerializationError("the answer is not Elasticsearch's")

    def _log_request(self, *arguments: Any, **named: Any) -> None:
        # What people wrote stands in the bodies: it is in no log.
        pass
