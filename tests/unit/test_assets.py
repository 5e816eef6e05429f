"""Static files are named by their content, as it is now or as it was when the process first looked."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedsite.web.assets import Assets


def test_a_file_that_changes_gets_another_name(tmp_path: Path) -> None:
    assets, file = Assets(tmp_path), tmp_path / "site.css"
    file.write_text("a {}")
    first = assets.hashed("site.css")
    assert assets.original(first) == ("site.css", True)
    file.write_text("body {}")
    assert assets.hashed("site.css") != first
    assert assets.original(first) == ("site.css", False)


def test_where_files_are_settled_each_is_looked_at_once(tmp_path: Path) -> None:
    assets, file = Assets(tmp_path, settled=True), tmp_path / "site.css"
    file.write_text("a {}")
    first = assets.hashed("site.css")
    file.unlink()
    assert assets.hashed("site.css") == first
    with pytest.raises(KeyError):
        assets.hashed("other.css")
