"""Pictures of people: taken as files, kept small and made anew, shown wherever somebody is."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.pictures.care import PictureCare, picture_care
    from feedsite.pictures.services import PictureService, picture_service

    config.register_service_factory(picture_service, PictureService)
    config.register_service_factory(picture_care, PictureCare)
    config.add_personal_data("pictures", tables=("pictures",))
    config.scan(".views")
