"""The pictures of docs/aggregators.md: each is drawn from what an aggregator really gives for the garden's network.

    python -m tests.house.pictures

draws them all again. A picture stands between two comments, the first of which has the aggregator as Python.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedsite.feeds import Entity, aggregators
from feedsite.feeds.testing.garden import BEDS, COMPOST, GARDEN, garden
from feedsite.feeds.testing.picture import asked, picture

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "aggregators.md"
_PICTURE = re.compile(r"(?P<begin><!-- picture: (?P<source>.*?) -->\n).*?(?P<end><!-- end of picture -->)", re.S)
_NAMES: dict[str, Any] = {
    **{name: getattr(aggregators, name) for name in aggregators.__all__},
    "BEDS": BEDS,
    "COMPOST": COMPOST,
    "GARDEN": GARDEN,
    "Entity": Entity,
    "UTC": UTC,
    "datetime": datetime,
    "timedelta": timedelta,
}


def drawn(text: str) -> str:
    """The document with every picture as it is now."""
    return _PICTURE.sub(lambda found: found["begin"] + _draw(found["source"]) + found["end"], text)


def sources(text: str) -> list[str]:
    """The aggregators of a document's pictures, as Python."""
    return [found["source"] for found in _PICTURE.finditer(text)]


def _draw(source: str) -> str:
    # The document is ours, and what stands in it runs in the tests anyway.
    aggregator, manager = eval(source, _NAMES), garden()
    tree = picture(manager.get_page(aggregator))
    # Of another one: figures that may be a minute old are not asked for again.
    questions = ", ".join(f"{name} ×{number}" for name, number in sorted(asked(garden(), aggregator).items()))
    manager.close()
    return f"```text\n{tree}\n```\n\nQuestions to the store: {questions}.\n"


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text()))
