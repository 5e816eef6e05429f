"""Small secrets that the site has to read again, such as the key of a second factor: noise without its own secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_NONCE = 16
_LONGEST = hashlib.sha256().digest_size


class Sealer:
    """Masks what is stored with a one-time pad: an HMAC-SHA256 of a random nonce (NIST SP 800-108, one block).

    It keeps whoever reads the database from reading the secrets. Whoever writes to it could put others there instead,
    and gains nothing that writing does not give them anyway: so nothing is signed.

    Args:
        secret: the site's.
        purpose: what is sealed; what was sealed for one purpose is noise to another.
    """

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._key = hmac.digest(secret, b"feedsite seal:" + purpose.encode(), hashlib.sha256)

    def seal(self, plain: bytes) -> str:
        """At most 32 bytes, as text for a column."""
        if len(plain) > _LONGEST:
            raise ValueError(f"at most {_LONGEST} bytes can be sealed")
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._masked(nonce, plain)).decode()

    def unseal(self, sealed: str) -> bytes:
        """What was sealed; noise where the site's secret was another one."""
        raw = base64.urlsafe_b64decode(sealed)
        return self._masked(raw[:_NONCE], raw[_NONCE:])

    def _masked(self, nonce: bytes, data: bytes) -> bytes:
        pad = hmac.digest(self._key, nonce, hashlib.sha256)
        return bytes(a ^ b for a, b in zip(data, pad, strict=False))
