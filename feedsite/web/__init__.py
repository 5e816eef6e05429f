"""What pages are made with: templates, assets, forms, cursors, messages, redirects; and the site's fixed pages."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Set up the templates, the static files and the fixed pages."""
    config.include(".environment")
    config.include(".assets")
    config.include(".flash")
    config.include(".inputs")
    config.scan(".")
