"""Messages with a number whose plural is chosen later than they are named."""

from __future__ import annotations


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """A pair of messages for the catalogue, translated when the number is known."""
    return singular, plural
