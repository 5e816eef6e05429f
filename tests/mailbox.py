"""Reading mails as people do, and a mail server on this machine that says what a test wants it to."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit


def text_of(mail: EmailMessage) -> str:
    """The text of a mail, each paragraph on one line."""
    body = mail.get_body(("plain",))
    assert body is not None
    paragraphs = body.get_content().split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def link_in(mail: EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://\S+/\S+", text_of(mail))
    assert found is not None, text_of(mail)
    return urlsplit(found[0]).path


@dataclass
class MailServer:
    """What a mail server was told, and what it answers.

    Args:
        refuse: recipient -> the answer to its RCPT, such as "550 nobody here".
        broken: it hangs up at once.
    """

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    connections: int = 0


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client of one machine needs."""

    def handle(self) -> None:
        server: MailServer = self.server.mail_server  # type: ignore[attr-defined]
        server.connections += 1
        if server.broken:
            return
        self._say("220 ready")
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            if command.upper() == "DATA":
                self._say("354 go on")
                server.taken.append(self._message())
                self._say("250 taken")
            elif command.upper() == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                self._say(server.refuse.get(address, "250 fine"))
            elif command.upper() == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        parsed = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port of this machine."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        made = MailServer(port=server.server_address[1])
        server.mail_server = made  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join(5)
