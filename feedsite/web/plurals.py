"""Messages with a number: said now, or named now and said when the number is known."""

from __future__ import annotations

from typing import Any


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """A pair of messages for the catalogue, translated when the number is known."""
    return singular, plural


def counted(request: Any, one: str, many: str, number: int, **mapping: object) -> str:
    """A sentence with a number, in the reader's language.

    Args:
        one, many: the messages, in English.
        number: chooses between them; it stands for `${count}` unless `mapping` says how that is shown.
        mapping: what stands for other names in them.
    """
    said: str = request.localizer.pluralize(one, many, number, domain="feedsite", mapping={"count": number, **mapping})
    return said
