"""Finding people, public notes and tags by what somebody types."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the services and find the views."""
    from feedsite.search.people import PeopleSearch, people_search
    from feedsite.search.services import SearchService, search_service

    config.register_service_factory(people_search, PeopleSearch)
    config.register_service_factory(search_service, SearchService)
    config.scan(".views")
