"""Signed, URL-safe tokens: what they carry can be read by anybody and made by this site alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any


class BadToken(ValueError):
    """A token that was changed, cut, made for another purpose, or is too old."""


class Signer:
    """Makes and reads tokens for one purpose.

    Args:
        secret: the site's secret; or several, of which the first one makes tokens and each is believed.
        purpose: what the tokens are for; a token of one purpose is nothing to another.
    """

    def __init__(self, secret: bytes | Sequence[bytes], purpose: str) -> None:
        several = (secret,) if isinstance(secret, bytes) else secret
        label = b"feedsite token:" + purpose.encode()
        self._keys = tuple(hmac.digest(one, label, hashlib.sha256) for one in several)

    def sign(self, payload: Any) -> str:
        """A token that carries `payload` (JSON) and the second it was made."""
        body = _encode(json.dumps([int(time.time()), payload], separators=(",", ":"), ensure_ascii=False).encode())
        return f"{body}.{_mac(self._keys[0], body)}"

    def read(self, token: str, *, max_age: float | None = None) -> Any:
        """What a token carries.

        Args:
            token: what a stranger sent.
            max_age: seconds after which it is worth nothing; None: it lasts.

        Raises BadToken.
        """
        body, dot, mac = token.partition(".")
        if not dot or not self._is_ours(body, mac):
            raise BadToken("the signature does not fit")
        try:
            made, payload = json.loads(_decode(body))
        except (ValueError, TypeError):  # signed by us, so only a programme of another version gets here
            raise BadToken("the content cannot be read") from None
        if max_age is not None and time.time() - made > max_age:
            raise BadToken("it is too old")
        return payload

    def digest(self, text: str) -> str:
        """A keyed hash of `text`, URL-safe: the same for the same text, and nobody else can work it out.

        It changes with the secret: what is compared later is asked with `knows`.
        """
        return _mac(self._keys[0], "digest:" + text)

    def knows(self, text: str, digest: object) -> bool:
        """Whether a digest is that of `text`, under any of the secrets."""
        return isinstance(digest, str) and self._is_ours("digest:" + text, digest)

    def _is_ours(self, body: str, mac: str) -> bool:
        given = mac.encode(errors="backslashreplace")
        return any(hmac.compare_digest(given, _mac(key, body).encode()) for key in self._keys)


def _mac(key: bytes, body: str) -> str:
    return _encode(hmac.digest(key, body.encode(errors="surrogateescape"), hashlib.sha256))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def signer(request: Any, purpose: str) -> Signer:
    """The site's signer for a purpose."""
    return Signer(request.site_settings.secrets, purpose)
