"""Passwords: hashing with argon2id, and which ones are refused.

After NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5.0 (6.2): long enough, any characters, no composition rules, common
and contextual ones refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from pyramid.i18n import TranslationString, TranslationStringFactory
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from feedsite.settings import Settings

_ = TranslationStringFactory("feedsite")

MIN_LENGTH = 8
MAX_BYTES = 4096
#: Words shorter than this may well stand in a good password by chance.
_SHORTEST_CONTEXT = 4

_COMMON = frozenset(FREQUENCY_LISTS["passwords"])


class PasswordTooLong(ValueError):
    """More than 4 KiB: nobody types that, and hashing it would be work for nothing."""


class Passwords:
    """Hashes and checks passwords.

    Args:
        memory_kib: memory of one hash.
        iterations: passes over that memory.
    """

    def __init__(self, *, memory_kib: int = 19_456, iterations: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=iterations, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._nobody = self._hasher.hash("the password of an account that does not exist")

    def hash(self, password: str) -> str:
        """An argon2id hash with its parameters and salt. Raises PasswordTooLong over 4 KiB."""
        return self._hasher.hash(_normalised(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`.

        The same work is done when there is no account or it has no password (`stored` is None), so that the time
        tells nothing. Only a password over 4 KiB is refused at once, whatever the account.
        """
        try:
            right = self._hasher.verify(stored or self._nobody, _normalised(password))
        except (VerificationError, InvalidHashError, PasswordTooLong):
            return False
        return right and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether `stored` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def refusal(password: str, *, context: Iterable[str] = ()) -> TranslationString | None:
    """Why a new password is refused, as a sentence; None: it is good.

    Args:
        context: what others know about its owner: handle, name, address, the site's name.
    """
    if len(password.encode(errors="surrogatepass")) > MAX_BYTES:
        return _("This password is too long. Use at most ${bytes} bytes.", mapping={"bytes": MAX_BYTES})
    if len(password) < MIN_LENGTH:
        return _("Use at least ${count} characters.", mapping={"count": MIN_LENGTH})
    folded = _normalised(password).casefold()
    if folded in _COMMON or folded.strip("0123456789!?.#*@$ ") in _COMMON or len(set(folded)) <= 2 or _is_run(folded):
        return _("This password is among the first ones that attackers try. Choose another one.")
    rest = folded
    for word in sorted(_words(context), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < min(len(folded), MIN_LENGTH // 2 + 1):
        return _("This password can be guessed from what others know about you. Choose another one.")
    return None


def _words(context: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in context:
        whole = text.casefold()
        parts = "".join(c if c.isalnum() else " " for c in whole).split()
        found.update({whole, "".join(parts), *parts})
    return {word for word in found if len(word) >= _SHORTEST_CONTEXT}


def _is_run(text: str) -> bool:
    """Whether every character is the next one of its neighbour, up or down: 12345678, hgfedcba."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})


def _normalised(password: str) -> str:
    if len(password) > MAX_BYTES:
        raise PasswordTooLong
    # The same password typed on two keyboards may be composed differently (NIST SP 800-63B-4, 3.1.1.2).
    text = unicodedata.normalize("NFKC", password)
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise PasswordTooLong
    return text


def passwords_from(settings: Settings) -> Passwords:
    """The hasher as the settings describe it."""
    return Passwords(memory_kib=settings.password_memory_kib, iterations=settings.password_iterations)
