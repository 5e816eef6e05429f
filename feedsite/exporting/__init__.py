"""Everything the site has about somebody, for them: a ZIP of JSON and CSV."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.exporting.services import ExportService, export_service

    config.register_service_factory(export_service, ExportService)
    config.scan(".views")
