"""The feed engine: store each activity once, compose every feed when it is read.

It knows nothing of Pyramid, of HTTP or of a site's tables. `Manager` is the front door; `feedsite.feeds.aggregators`
has the
ways to read; `feedsite.feeds.testing` what every store must do.
"""

from feedsite.feeds.activity import Activity, Actor, Object, Origin, Target
from feedsite.feeds.errors import (
    FeedError,
    InvalidActivity,
    InvalidCursor,
    InvalidIdentifier,
    InvalidLink,
    InvalidQuery,
    NotSupported,
    StoreUnavailable,
)
from feedsite.feeds.links import LinkPage
from feedsite.feeds.manager import Counted, Manager
from feedsite.feeds.names import Entity
from feedsite.feeds.network import Link, LinkedActivity
from feedsite.feeds.order import OrderKey
from feedsite.feeds.page import Because, Group, Item, Page
from feedsite.feeds.query import Facet, Marker, Period, Scope
from feedsite.feeds.stores.base import Erasing, Written

__all__ = [
    "Activity",
    "Actor",
    "Because",
    "Counted",
    "Entity",
    "Erasing",
    "Facet",
    "FeedError",
    "Group",
    "InvalidActivity",
    "InvalidCursor",
    "InvalidIdentifier",
    "InvalidLink",
    "InvalidQuery",
    "Item",
    "Link",
    "LinkPage",
    "LinkedActivity",
    "Manager",
    "Marker",
    "NotSupported",
    "Object",
    "OrderKey",
    "Origin",
    "Page",
    "Period",
    "Scope",
    "StoreUnavailable",
    "Target",
    "Written",
]
