"""Small secrets that the site has to read again, such as the key of a second factor: encrypted with its own secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Bytes of the nonce (NIST SP 800-38D, 8.2.2); random ones do for 2**32 texts under one key.
_NONCE = 12


class CannotUnseal(ValueError):
    """It was sealed with a secret that the site does not have, for something else, or was changed."""


class Sealer:
    """Encrypts and authenticates what is stored, with AES-256-GCM under keys that are derived from the site's secrets.

    Args:
        secrets: the site's; the first one seals, each opens.
        purpose: what is sealed; what was sealed for one purpose cannot be opened for another.
    """

    def __init__(self, secrets: Sequence[bytes], purpose: str) -> None:
        label = b"feedsite seal:" + purpose.encode()
        self._ciphers = [AESGCM(hmac.digest(secret, label, hashlib.sha256)) for secret in secrets]

    def seal(self, plain: bytes, owner: str) -> str:
        """Text for a column; in the row of another `owner` it cannot be opened."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[0].encrypt(nonce, plain, owner.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, owner: str) -> bytes:
        """What was sealed. Raises CannotUnseal."""
        for cipher in self._ciphers:
            opened = _opened(cipher, sealed, owner)
            if opened is not None:
                return opened
        raise CannotUnseal("it was sealed with another secret, or changed")

    def is_current(self, sealed: str, owner: str) -> bool:
        """Whether the first secret sealed it."""
        return _opened(self._ciphers[0], sealed, owner) is not None


def _opened(cipher: AESGCM, sealed: str, owner: str) -> bytes | None:
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
    except (InvalidTag, ValueError, binascii.Error):
        return None
