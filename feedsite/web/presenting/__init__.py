"""What templates consume: frozen shapes with finished fields.

A template shows, it does not decide. So every field here is ready to print: sentences are translated, counts are
formatted, times are in the reader's zone, and an action that the reader may not take is not there (`None`). Features'
presenters fill the shapes, the macros in `feedsite/templates/macros/` print them, and the style guide shows each of
them in every state. `feedsite.web.wording` has the small functions that fill their fields.

A `str` field is plain text and is escaped when printed; a `Markup` field is HTML that is already safe.
"""

from feedsite.web.presenting.basics import (
    ActionView,
    AlternateView,
    ChoiceView,
    EmptyView,
    HeadView,
    LinkView,
    TabView,
    TimeView,
)
from feedsite.web.presenting.pages import (
    ArchiveView,
    GroupPageView,
    GroupView,
    HeatView,
    MonthView,
    NotificationGroupView,
    NotificationListView,
    PaneView,
    SectionPageView,
    SectionView,
    ThingSectionView,
    TimelineView,
    TrendView,
    YearView,
)
from feedsite.web.presenting.things import ComposeView, ItemView, NoteView, PersonView, ProfileView, TagView

__all__ = [
    "ActionView",
    "AlternateView",
    "ArchiveView",
    "ChoiceView",
    "ComposeView",
    "EmptyView",
    "GroupPageView",
    "GroupView",
    "HeadView",
    "HeatView",
    "ItemView",
    "LinkView",
    "MonthView",
    "NoteView",
    "NotificationGroupView",
    "NotificationListView",
    "PaneView",
    "PersonView",
    "ProfileView",
    "SectionPageView",
    "SectionView",
    "TabView",
    "TagView",
    "ThingSectionView",
    "TimeView",
    "TimelineView",
    "TrendView",
    "YearView",
]
