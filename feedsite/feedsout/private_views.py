"""Private feeds: the page that makes and ends them, and the feeds themselves, read without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPGone, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.feeds import Manager
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.documents import feed_answer
from feedsite.feedsout.forms import FeedForm
from feedsite.feedsout.material import material
from feedsite.feedsout.models import FeedToken
from feedsite.feedsout.presenters import PAGES, TITLES, addresses_of, feed_views
from feedsite.feedsout.services import FeedEnded, FeedTokenService, NoSuchFeed, TooMany
from feedsite.notifications.services import NotificationService
from feedsite.security.permissions import Permission
from feedsite.security.policy import act_as, act_for
from feedsite.security.throttle import Throttle, address_key
from feedsite.timelines.feeds import home_acts
from feedsite.timelines.services import Timeline, TimelineService
from feedsite.web.cursors import cursor_from
from feedsite.web.presenting import AlternateView

_ = TranslationStringFactory("feedsite")


# -- settings --------------------------------------------------------------------------------------------------------


@view_config(
    route_name="feedsout.tokens",
    renderer="feedsout/tokens.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
)
def tokens(request: Any) -> dict[str, object]:
    """Somebody's private feeds."""
    return _page(request, FeedForm.of(request))


@view_config(
    route_name="feedsout.tokens",
    renderer="feedsout/tokens.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="feedsout.tokens",
)
def make(request: Any) -> dict[str, object]:
    """Make one. Its addresses are shown by the answer itself and never again, so there is no page to go on to."""
    form, made = FeedForm.of(request), None
    if form.validate():
        try:
            made = request.find_service(FeedTokenService).make(request.identity.id, form.feed.data, form.name.data)
        except TooMany:
            form.refuse_all(_("You have as many private feeds as one may have. End one that you do not use."))
    if made is None:
        request.response.status = 422
        return _page(request, form)
    return _page(request, FeedForm.blank(request, feed="home"), addresses_of(request, made), form.name.data)


@view_config(route_name="feedsout.revoke", request_method="POST", permission=Permission.MANAGE_ACCOUNT)
def revoke(request: Any) -> Response:
    """End one: nobody reads it any more."""
    ended = request.find_service(FeedTokenService).end(request.identity.id, str(request.POST.get("feed", "")))
    if ended:
        request.flash(_("This feed is ended. Nobody can read it any more."))
    else:
        request.flash(_("This feed was ended already."), "info")
    return HTTPSeeOther(request.route_path("feedsout.tokens"))


def _page(
    request: Any, form: FeedForm, addresses: tuple[AlternateView, ...] = (), name: str | None = ""
) -> dict[str, object]:
    request.response.headers["Cache-Control"] = "no-store"
    feeds = feed_views(request, request.find_service(FeedTokenService).of(request.identity.id))
    return {"form": form, "feeds": feeds, "addresses": addresses, "made": name}


# -- the feeds -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Own:
    """What a private feed is called, whichever of its addresses it is read by."""

    id: str
    title: str
    page_url: str
    began: datetime
    person: Person | None = None


@view_config(route_name="feedsout.private", request_method="GET")
def private(request: Any) -> Response:
    """One of somebody's own lists, by the token in its address; cookies say nothing here."""
    act_as(request, None)
    feed, person = _found(request)
    request.find_service(Throttle).hit("feed", feed.id)
    # The engine is made while nobody is known: the pane that goes along with a reader's pages is not asked for.
    request.find_service(Manager)
    act_for(request, person)
    made = material(request, _read(request, feed))
    request.find_service(FeedTokenService).used(feed)
    page = Addresses(request).page(PAGES[feed.feed])
    title = f"{request.translate(TITLES[feed.feed])} · {request.site_settings.site_name}"
    own = _Own(f"{page}#{person.id}", title, page, person.created)
    return feed_answer(request, own, made, private=True)


def _found(request: Any) -> tuple[FeedToken, Person]:
    try:
        found: tuple[FeedToken, Person] = request.find_service(FeedTokenService).find(request.matchdict["token"])
    except FeedEnded:
        raise HTTPGone(_("This feed has been ended by its owner.")) from None
    except NoSuchFeed:
        request.find_service(Throttle).hit("feed", address_key(request.remote_addr))
        raise HTTPNotFound from None
    return found


def _read(request: Any, feed: FeedToken) -> Timeline:
    """The page of the list, as the page of the site reads it."""
    owner, cursor = request.identity.entity, cursor_from(request)
    if feed.feed == "notifications":
        listed: Timeline = request.find_service(NotificationService).listed(owner, cursor)
        return listed
    read: Timeline = request.find_service(TimelineService).read(home_acts(owner), cursor)
    return read
