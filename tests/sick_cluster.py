"""A search cluster that is sick in the way a test says: a loopback server in front of a real node, or of none."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar, Self

_HEAD = b"HTTP/1.1 %s\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
_HEALTHY = b'{"cluster_name": "sick", "status": "green", "number_of_nodes": 1}'


def _answer(status: bytes, body: bytes, kind: bytes = b"application/json", *, length: int | None = None) -> bytes:
    return _HEAD % (status, kind, len(body) if length is None else length) + body


def _error(status: int, reason: str) -> bytes:
    body = {"error": {"type": reason, "reason": "the test says so"}, "status": status}
    return _answer(f"{status} {reason}".encode(), json.dumps(body).encode())


class SickCluster:
    """Listens on a port of its own while it is entered.

    Args:
        upstream: (host, port) of a real node that `well` passes everything to; None: `well` answers every request
            with a small JSON object.
        tls: for https: the server's context.
    """

    #: What each illness answers with; those of the other illnesses are methods.
    ANSWERS: ClassVar[dict[str, bytes]] = {
        "busy": _error(429, "es_rejected_execution_exception"),
        "unavailable": _error(503, "cluster_block_exception"),
        "failing": _error(500, "illegal_state_exception"),
        "proxy": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>Welcome</html>",
        "garbage": b"\x00\xff\x13\x37 no HTTP at all \r\n\r\n",
        "broken json": _answer(b"200 OK", b'{"took": 1, "responses": [{'),
        "broken text": _answer(b"200 OK", b'{"took": "\xff\xfe"}'),
        "deep json": _answer(b"200 OK", b"[" * 200_000),
        "cut": _answer(b"200 OK", b'{"took": 1, "resp', length=500),
        "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "denied": _error(401, "security_exception"),
        "other": _answer(b"200 OK", b'{"hello": "world"}'),
    }
    #: All illnesses but `other`, which only a reader of the answer can notice.
    ILLNESSES: ClassVar[tuple[str, ...]] = (
        "away",
        "silent",
        "trickling headers",
        "trickling body",
        "resetting",
        *(name for name in ANSWERS if name != "other"),
    )

    def __init__(self, upstream: tuple[str, int] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.upstream, self.tls = upstream, tls
        self.illness = "well"
        self.requests = 0
        self._stop = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        if self._listener is not None:
            # Closing alone would not wake who waits in accept.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._hang_up()
        for thread in self._threads:
            thread.join(5)

    def falls(self, illness: str) -> None:
        """Be sick from now on; connections that are open are closed."""
        assert illness == "well" or illness in self.ILLNESSES or illness == "other"
        self.illness = illness
        self._hang_up()

    # -- connections

    def _start(self, what: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _hang_up(self) -> None:
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        assert self._listener is not None
        while not self._stop.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if self.illness == "away":
                _reset(sock)
            else:
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), self._kept(sock) as plain:
            connection = plain
            if self.tls is not None:
                connection = self.tls.wrap_socket(plain, server_side=True)
                self._open.add(connection)
            with connection:
                while self._turn(connection):
                    pass

    @contextlib.contextmanager
    def _kept(self, sock: socket.socket) -> Iterator[socket.socket]:
        self._open.add(sock)
        try:
            with sock:
                yield sock
        finally:
            self._open.discard(sock)

    def _turn(self, sock: socket.socket) -> bool:
        """Answer one request; returns whether the connection goes on."""
        request = _read_request(sock)
        if request is None or self._stop.is_set():
            return False
        self.requests += 1
        illness = self.illness
        if illness == "well":
            answer = self._pass_on(request) if self.upstream else _answer(b"200 OK", _HEALTHY)
            sock.sendall(answer)
            return True
        if illness == "silent":
            self._stop.wait(30)
        elif illness == "trickling headers":
            self._trickle(sock, _answer(b"200 OK", _HEALTHY))
        elif illness == "trickling body":
            head = _answer(b"200 OK", b"", length=1000)
            sock.sendall(head)
            self._trickle(sock, b" " * 1000)
        elif illness == "resetting":
            sock.sendall(_answer(b"200 OK", b'{"took": 1,', length=5000))
            _reset(sock)
        elif illness in self.ANSWERS:
            sock.sendall(self.ANSWERS[illness])
            return illness not in ("garbage", "cut")
        return False

    def _trickle(self, sock: socket.socket, answer: bytes) -> None:
        for byte in answer:
            if self._stop.wait(0.1):
                return
            sock.sendall(bytes([byte]))

    def _pass_on(self, request: bytes) -> bytes:
        assert self.upstream is not None
        with socket.create_connection(self.upstream, timeout=30) as node:
            node.sendall(request)
            return _read_answer(node, head_only=request.startswith(b"HEAD"))


def _reset(sock: socket.socket) -> None:
    # Lingering for no time sends a reset in place of a farewell.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def _read_request(sock: socket.socket) -> bytes | None:
    head = _read_until_blank(sock)
    return None if head is None else _with_body(sock, *head)


def _read_answer(sock: socket.socket, *, head_only: bool) -> bytes:
    head = _read_until_blank(sock)
    if head is None:
        raise OSError("the node said nothing")
    return head[0] if head_only else _with_body(sock, *head)


def _read_until_blank(sock: socket.socket) -> tuple[bytes, bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return None
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    return head + b"\r\n\r\n", rest


def _with_body(sock: socket.socket, head: bytes, body: bytes) -> bytes:
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
    if length is not None:
        while len(body) < length:
            body += _more(sock)
    elif b"transfer-encoding: chunked" in lines:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(sock)
    return head + body


def _more(sock: socket.socket) -> bytes:
    piece = sock.recv(1 << 20)
    if not piece:
        raise OSError("hung up in the middle")
    return piece
