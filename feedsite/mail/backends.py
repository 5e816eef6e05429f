"""Where mails go: a mail server, files, standard output, memory. Each says whether trying again may help."""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from feedsite.settings import Settings

#: Hands one message over. Raises MailRefused or MailUnavailable.
Send = Callable[[EmailMessage], None]


class MailRefused(Exception):
    """This mail will never be taken; the others may."""


class MailDelayed(Exception):
    """This mail is not taken now; the others may be."""


class MailUnavailable(Exception):
    """No mail can be handed over at the moment."""


class Backend(Protocol):
    """A way out of the site."""

    def open(self) -> contextlib.AbstractContextManager[Send]:
        """Ready to hand over some messages. Raises MailUnavailable."""


class SmtpBackend:
    """A mail server (RFC 5321). One connection for all the mails of a round.

    Args:
        settings: the site's: host, port, protection, user, password and time-out.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextlib.contextmanager
    def open(self) -> Iterator[Send]:
        """Connect, and sign in where there is a user."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(_words(error)) from None
        try:
            yield lambda message: _hand_over(server, message)
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        chosen = self._settings
        host, port, timeout = chosen.mail_smtp_host, chosen.mail_smtp_port, chosen.mail_smtp_timeout
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if chosen.mail_smtp_security == "tls":
            server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=timeout)
        try:
            if chosen.mail_smtp_security == "starttls":
                server.starttls(context=context)
            if chosen.mail_smtp_user:
                server.login(chosen.mail_smtp_user, chosen.mail_smtp_password)
        except BaseException:
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPNotSupportedError as error:
        # An address with letters that this server does not know (RFC 6531).
        raise MailRefused(_words(error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _by_code(code)(f"{code} {_plain(text)}") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421 or isinstance(error, smtplib.SMTPSenderRefused):
            raise MailUnavailable(_words(error)) from None
        raise _by_code(error.smtp_code)(_words(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailUnavailable(_words(error)) from None


def _by_code(code: int) -> type[Exception]:
    # 5yz: the same command will fail again; 4yz: it may succeed later (RFC 5321, 4.2.1).
    return MailRefused if code >= 500 else MailDelayed


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_plain(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"[:200]


def _plain(text: bytes | str) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(shown.split())[:180]


class FileBackend:
    """One file a mail, readable by the site's own user alone."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    @contextlib.contextmanager
    def open(self) -> Iterator[Send]:
        """Make the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailUnavailable(_words(error)) from None
        yield self._write

    def _write(self, message: EmailMessage) -> None:
        name = message["Message-ID"].strip("<>").split("@")[0]
        path = self._folder / f"{message['Date'].datetime:%Y%m%d-%H%M%S}-{name}.eml"
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
        except OSError as error:
            raise MailUnavailable(_words(error)) from None


class ConsoleBackend:
    """Standard output, never the log: links in mails open accounts."""

    @contextlib.contextmanager
    def open(self) -> Iterator[Send]:
        """Nothing to prepare."""
        yield lambda message: print(message.get_body(("plain",)), file=sys.stdout, flush=True)  # noqa: T201


class MemoryBackend:
    """A list."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    @contextlib.contextmanager
    def open(self) -> Iterator[Send]:
        """Nothing to prepare."""
        yield self.sent.append


def backend_from(settings: Settings) -> Backend:
    """The backend that the settings choose."""
    if settings.mail_backend == "smtp":
        return SmtpBackend(settings)
    if settings.mail_backend == "file":
        return FileBackend(settings.mail_folder)
    return ConsoleBackend() if settings.mail_backend == "console" else MemoryBackend()
