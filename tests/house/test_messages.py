"""Every sentence of the site is in the translators' catalogue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def _sentences(file: Path) -> set[tuple[str, ...]]:
    with file.open("rb") as lines:
        catalogue = read_po(lines)
    return {(message.id,) if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}


def test_the_catalogue_has_every_sentence_and_no_other(tmp_path: Path) -> None:
    """`make messages` writes it anew."""
    fresh = tmp_path / "fresh.pot"
    subprocess.run([ROOT / "scripts" / "messages", Path(sys.executable).parent, fresh], check=True, cwd=ROOT)
    assert _sentences(ROOT / "feedsite" / "locale" / "feedsite.pot") == _sentences(fresh)
    assert len(_sentences(fresh)) > 300
