"""Every page of the site, in a world that has something for each of them and in one that has nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from playwright.sync_api import Page

from feedsite.accounts.models import Person, SignUpRequest
from feedsite.accounts.services import AddressService, InvitationService, PeopleService
from feedsite.announcing.services import AnnouncementService
from feedsite.db import utcnow
from feedsite.editing.services import EditService, version_of
from feedsite.feeds import Entity
from feedsite.feedsout.services import FeedTokenService
from feedsite.graph.services import GraphService
from feedsite.keeping.services import KeepingService
from feedsite.moderation.services import OPERATOR, ModerationService
from feedsite.moderation.standing import StandingService
from feedsite.pictures.services import PictureService
from feedsite.posts.acts import shares_of
from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

from tests.browser.conftest import LiveSite
from tests.functional.pictures.files import photograph
from tests.functional.timelines.world import World

FULL, EMPTY = "full", "empty"
_BOTH = (FULL, EMPTY)
_SPRING = datetime(2026, 3, 15, 12, tzinfo=UTC)
_LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass
class Hall:
    """A served site, whoever opens its pages by handle, and what stands in the addresses."""

    live: LiveSite
    people: dict[str, Person]
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exhibit:
    """A page.

    Args:
        name: of the test.
        path: its address; `Hall.names` fills the braces.
        who: the handle of who opens it; empty: nobody.
        states: in which worlds it can be seen.
        status: what the server answers.
        then: what is done on it before it is looked at.
    """

    name: str
    path: str
    who: str = "ana"
    states: tuple[str, ...] = (FULL,)
    status: int = 200
    then: Callable[[Page], None] | None = None


def _send_too_much(page: Page) -> None:
    box = page.locator("main textarea")
    box.evaluate("box => { box.removeAttribute('maxlength'); box.value = 'x '.repeat(700); }")
    page.locator("main form.compose button.primary").click()
    page.wait_for_selector(".compose .error")


def _send_nothing(page: Page) -> None:
    page.locator("main form.form").first.evaluate("form => { form.noValidate = true; form.submit(); }")
    page.wait_for_selector(".summary")


def _send_no_handle(page: Page) -> None:
    page.fill("main [name=handle]", "no handle")
    page.locator("main form.form button").first.click()
    page.wait_for_selector(".summary")


def _set_up_second_factor(page: Page) -> None:
    start = page.get_by_role("button", name="Set it up")
    if start.count():
        start.click()
    page.wait_for_selector("main img.qr")


def _make_feed(page: Page) -> None:
    page.fill("main [name=name]", "The telephone in the kitchen")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_selector("main .codes code")


def _mute_two_words(page: Page) -> None:
    page.fill("main #name", "two words")
    page.locator("main form button.primary").first.click()
    page.wait_for_selector("#name-error")


def _choose_first(page: Page) -> None:
    page.locator("main .pick").first.check()
    page.wait_for_selector(".bulk:visible")


def _decide_nothing(page: Page) -> None:
    page.get_by_label("Let them in", exact=True).check()
    page.get_by_role("button", name="Decide").click()
    page.wait_for_selector(".summary")


def _open_last_menu(page: Page) -> None:
    # The last one: an open menu lies over the targets below it, as it should.
    page.locator("main .menu > summary").last.click()


def _open_details(page: Page) -> None:
    page.locator(".heat > details > summary").click()


EXHIBITS = (
    Exhibit("front", "/", "", _BOTH),
    Exhibit("explore", "/explore", "", _BOTH),
    Exhibit("search", "/search", ""),
    Exhibit("whom-to-follow", "/explore/people", "ana", _BOTH),
    Exhibit("search-people", "/search?q=a", "ana", _BOTH),
    Exhibit("search-notes", "/search?q=a&tab=notes", ""),
    Exhibit("search-tags", "/search?q=a&tab=tags", "ana"),
    Exhibit("search-refused", "/search?q=%22a", "ana", status=422),
    Exhibit("help-search", "/help/search", ""),
    Exhibit("explore-signed-in", "/explore", "ana", _BOTH),
    Exhibit("about", "/about", ""),
    Exhibit("help", "/help", ""),
    Exhibit("developers", "/developers", ""),
    Exhibit("privacy", "/privacy", ""),
    Exhibit("join", "/join", ""),
    Exhibit("join-refused", "/join", "", then=_send_nothing),
    Exhibit("login", "/login", ""),
    Exhibit("login-refused", "/login", "", then=_send_nothing),
    Exhibit("style-guide", "/style-guide"),
    Exhibit("home", "/home", "ana", _BOTH),
    Exhibit("home-menu-open", "/home", "ana", then=_open_last_menu),
    Exhibit("home-only-new", "/home?new=1", "ana", _BOTH),
    Exhibit("home-unread", "/home/unread", "ana", _BOTH),
    Exhibit("home-hot", "/home/hot", "ana", _BOTH),
    Exhibit("home-objects", "/home/objects", "ana", _BOTH),
    Exhibit("home-days", "/home/days", "ana", _BOTH),
    Exhibit("home-people", "/home/people", "ana", _BOTH),
    Exhibit("home-types", "/home/types", "ana", _BOTH),
    Exhibit("watching", "/watching", "ana", _BOTH),
    Exhibit("watching-only-new", "/watching?new=1", "ana", _BOTH),
    Exhibit("archive", "/archive", "ana", _BOTH),
    Exhibit("archive-year", "/archive/2026", "ana", _BOTH),
    Exhibit("archive-types", "/archive/2026/types", "ana", _BOTH),
    Exhibit("archive-month", "/archive/2026/3", "ana", _BOTH),
    Exhibit("profile", "/@bo", "ana", _BOTH),
    Exhibit("profile-by-month", "/@bo", "ana", then=_open_details),
    Exhibit("profile-year", "/@bo/2026", "ana", _BOTH),
    Exhibit("profile-month", "/@bo/2026/3", "", _BOTH),
    Exhibit("profile-own", "/@ana", "ana", _BOTH),
    Exhibit("profile-anonymous", "/@bo", "", _BOTH),
    Exhibit("following", "/@ana/following", "ana", _BOTH),
    Exhibit("followers", "/@ana/followers", "ana", _BOTH),
    Exhibit("note", "/@bo/{note}", "bo", _BOTH),
    Exhibit("note-anonymous", "/@bo/{note}", ""),
    Exhibit("tag", "/tags/bread", "ana", _BOTH),
    Exhibit("thing", "/o/tree/oak", "ana"),
    Exhibit("notifications", "/notifications", "ana", _BOTH),
    Exhibit("notification-group", "/notifications/g/{group}", "ana"),
    Exhibit("notifications-mentions", "/notifications?tab=mentions", "ana", _BOTH),
    Exhibit("notifications-chosen", "/notifications?tab=watching", "ana", then=_choose_first),
    Exhibit("settings-notifications", "/settings/notifications"),
    Exhibit("compose", "/notes", "ana"),
    Exhibit("compose-refused", "/notes", "ana", then=_send_too_much),
    Exhibit("reply", "/notes/{note}/reply", "ana"),
    Exhibit("delete", "/notes/{note}/delete", "bo", _BOTH),
    Exhibit("edit", "/notes/{note}/edit", "bo", _BOTH),
    Exhibit("history", "/@bo/{changed}/history", ""),
    Exhibit("bookmarks", "/bookmarks", "ana", _BOTH),
    Exhibit("requests", "/requests", "boss", _BOTH),
    Exhibit("profile-asked", "/@boss", "ana"),
    Exhibit("reset", "/reset", ""),
    Exhibit("verify", "/verify", "newcomer"),
    Exhibit("settings-account", "/settings/account"),
    Exhibit("settings-account-refused", "/settings/account", then=_send_no_handle),
    Exhibit("settings-security", "/settings/password"),
    Exhibit("settings-second-factor", "/settings/two-factor"),
    Exhibit("settings-second-factor-key", "/settings/two-factor", "bo", then=_set_up_second_factor),
    Exhibit("settings-sessions", "/settings/sessions"),
    Exhibit("settings-export", "/settings/export"),
    Exhibit("settings-import", "/settings/import"),
    Exhibit("settings-delete", "/settings/delete"),
    Exhibit("settings-privacy", "/settings/privacy"),
    Exhibit("settings-feeds", "/settings/feeds", "ana", _BOTH),
    Exhibit("settings-feeds-made", "/settings/feeds", "bo", then=_make_feed),
    Exhibit("settings-feeds-refused", "/settings/feeds", "dana", then=_send_nothing),
    Exhibit("links", "/links", "ana", _BOTH),
    Exhibit("mutes", "/settings/mutes", "lee"),
    Exhibit("mutes-none", "/settings/mutes", "ana", _BOTH),
    Exhibit("mutes-refused", "/settings/mutes", "ana", then=_mute_two_words),
    Exhibit("keyboard", "/help/keyboard"),
    Exhibit("mute-block", "/help/mute-block", ""),
    Exhibit("settings-display", "/settings/display"),
    Exhibit("settings-profile", "/settings/profile"),
    Exhibit("admin-people", "/admin/people", "boss", _BOTH),
    Exhibit("admin-people-none", "/admin/people?q=nobody", "boss"),
    Exhibit("admin-people-fault", "/admin/people?state=x", "boss", status=400),
    Exhibit("admin-person", "/admin/people/{lee}", "boss"),
    Exhibit("admin-person-suspended", "/admin/people/{cy}", "boss"),
    Exhibit("admin-joining", "/admin/joining", "boss", _BOTH),
    Exhibit("admin-joining-refused", "/admin/joining", "boss", then=_decide_nothing),
    Exhibit("admin-invitations", "/admin/invitations", "boss", _BOTH),
    Exhibit("admin-invitation", "/admin/invitations/{invitation}", "boss"),
    Exhibit("admin-appeals", "/admin/appeals", "boss", _BOTH),
    Exhibit("admin-appeal", "/admin/appeals/{sanction}", "boss"),
    Exhibit("standing", "/settings/standing", "lee"),
    Exhibit("standing-appealed", "/settings/standing", "cy"),
    Exhibit("standing-none", "/settings/standing", "ana"),
    Exhibit("admin-audit", "/admin/audit", "boss", _BOTH),
    Exhibit("admin-audit-filtered", "/admin/audit?action=role", "boss"),
    Exhibit("admin-index", "/admin/index", "boss"),
    Exhibit("admin-start", "/admin", "boss"),
    Exhibit("admin-system", "/admin/system", "boss"),
    Exhibit("admin-announcements", "/admin/announcements", "boss", (EMPTY,)),
    Exhibit("admin-notes", "/admin/notes", "boss"),
    Exhibit("rules", "/rules", ""),
    Exhibit("error-400", "/home?cursor=nonsense", "ana", status=400),
    Exhibit("error-403", "/notes/{note}/delete", "ana", status=403),
    Exhibit("error-404", "/nowhere-at-all", "", status=404),
    Exhibit("error-410", "/@bo/{gone}", "bo", status=410),
)


def furnish_empty(live: LiveSite) -> Hall:
    """People who follow nobody, the only note is for followers, of whom there are none; something is announced."""
    world = World(live.site)
    for handle, role in (("ana", "member"), ("bo", "member"), ("boss", "admin")):
        world.person(handle, role=role, locked=role == "admin")
    note = world.write("bo", "For my eyes only", visibility="followers")
    with live.site.transaction() as request:
        request.find_service(AnnouncementService).write(OPERATOR, "New rules: https://example.org/rules", "warning")
    return Hall(live, world.people, {"note": note.id})


def furnish_full(live: LiveSite) -> Hall:
    """People in every state, notes of every kind, months of history, notifications new and earlier."""
    world = World(live.site)
    world.person("ana", name="Ana Reyes")
    world.person(
        "bo", name="Wolfeschlegelsteinhausenbergerdorff the Elder", bio="Bakes bread.\n\nhttps://example.org/bo"
    )
    world.person("boss", name="Greta Lindqvist", role="admin", locked=True)
    world.person("cy", name="Cy")
    world.person("dana", name="دانا حداد", bio="أكتب عن الخبز")
    world.person("lee", name="Lee Okafor", state="limited")
    world.person("a_handle_of_thirty_characters_", name="🌾")
    _be_seen(live, world.person("bo"), world.person("cy"))
    world.follow("ana", "bo", "cy", "dana", "a_handle_of_thirty_characters_")
    world.follow("bo", "ana", "dana")
    world.follow("dana", "ana")
    for handle in ("ana", "bo", "dana", "a_handle_of_thirty_characters_"):
        world.follow(handle, "boss")
    world.watch_tag("ana", "bread")
    _write_history(world)
    note = world.write("bo", f"Rye, at last. #bread\n\n{_LONG_WORD} https://example.org/{'long-' * 30}end @ana")
    gone = world.write("bo", "Soon gone")
    world.delete(gone)
    mine = world.write("ana", "My first loaf.\n\nIt is flat again. #bread")
    _answer(world, note, mine)
    newcomer = world.person("newcomer", email=None, state="unverified")
    with live.site.transaction() as request:
        request.find_service(ModerationService).suspend(OPERATOR, world.person("cy").id, "Sold pills, twice.")
        request.find_service(AddressService).claim(request.dbsession.merge(newcomer), "newcomer@example.org")
    looked_after = _look_after(live, world)
    changed = _change_and_keep(live, world, note)
    _mute_some(live, world, note)
    _read_elsewhere(live, world)
    ids = {handle: person.id for handle, person in world.people.items()}
    notes = {"note": note.id, "gone": gone.id, "changed": changed.id, "group": _group_of(live, world)}
    return Hall(live, world.people, {**ids, **notes, **looked_after})


def _write_history(world: World) -> None:
    for month in range(3):
        for number in range(9):
            at = _SPRING + timedelta(days=31 * month, hours=number)
            world.write("bo", f"Loaf {number} of a month #bread", at=at)
    world.write("dana", "الخبز اليوم أفضل من الأمس، والحمد لله. #bread")
    world.write("a_handle_of_thirty_characters_", "🎉🎉🎉")
    world.write("dana", "word " * 199 + "end")
    world.act("dana", "plant", Entity("tree", "oak"), extra={"name": _LONG_WORD})
    world.write("bo", "For those who follow me", visibility="followers")


def _look_after(live: LiveSite, world: World) -> dict[str, str]:
    """Cy, who is suspended, has appealed, and Lee may; somebody waits to be let in; somebody joined by invitation."""
    hopeful, guest = world.person("hopeful", email=None, state="unverified", waiting=True), world.person("guest")
    with live.site.transaction() as request:
        standing = request.find_service(StandingService)
        (sanction,) = standing.of(world.person("cy").id)
        standing.appeal(world.person("cy").id, sanction.id, "They were vitamins.\n\nAll of them.")
        lee = request.find_service(PeopleService).by_id(world.person("lee").id)
        standing.impose("command line", lee, "limit", f"Shouting at {_LONG_WORD}.")
        request.dbsession.add(SignUpRequest(person_id=hopeful.id, message=f"I bake. {_LONG_WORD}", created=utcnow()))
        request.find_service(AddressService).claim(request.dbsession.merge(hopeful), "hopeful@example.org")
        invitations = request.find_service(InvitationService)
        invitation = invitations.make(world.person("boss").key, uses=3, note="For the bakers of the town")
        invitations.note_joined(invitation.id, request.dbsession.merge(guest))
        return {"sanction": sanction.id, "invitation": invitation.id}


def _be_seen(live: LiveSite, *people: Person) -> None:
    """They have pictures."""
    with live.site.transaction() as request:
        for person in people:
            request.find_service(PictureService).choose(person.id, BytesIO(photograph()))


def _mute_some(live: LiveSite, world: World, note: Note) -> None:
    """Lee, who is limited, has muted a word, a thread and somebody's shares."""
    lee = world.person("lee")
    with live.site.transaction() as request:
        graph = request.find_service(GraphService)
        graph.mute(lee.id, Entity("word", "pills"), utcnow() + timedelta(days=1))
        graph.mute(lee.id, note.root)
        graph.mute(lee.id, shares_of(world.person("bo").id))
        graph.block(lee.id, world.person("a_handle_of_thirty_characters_"))


def _read_elsewhere(live: LiveSite, world: World) -> None:
    """Ana reads her home and her notifications in other programs."""
    with live.site.transaction() as request:
        tokens = request.find_service(FeedTokenService)
        tokens.make(world.person("ana").id, "home", _LONG_WORD[:60])
        tokens.make(world.person("ana").id, "notifications", "The telephone")


def _change_and_keep(live: LiveSite, world: World, note: Note) -> Note:
    """A note that was changed twice, and pinned; ana has bookmarked it and another one."""
    changed = world.write("bo", "The 1st loaf #bread")
    with live.site.transaction() as request:
        notes, edits = request.find_service(NoteService), request.find_service(EditService)
        keeping = request.find_service(KeepingService)
        for text in ("The first loaf #bread", "The first loaf of the winter #bread\n\nIt rose."):
            found = notes.by_key([changed.key])[changed.key]
            edits.edit(found, text, seen=version_of(found))
        keeping.pin(changed)
        for kept in (note, changed):
            keeping.bookmark(world.person("ana").id, kept)
    return changed


def _answer(world: World, note: Note, mine: Note) -> None:
    world.like(mine, "bo", "dana", "a_handle_of_thirty_characters_")
    world.share(mine, "bo")
    answer = world.reply("dana", mine, "Flat is fine.\n\nSlice it thin.")
    world.reply("ana", answer, "Thank you!")
    world.reply("ana", note, "What a crumb!")
    world.like(note, "ana", "dana")
    world.share(note, "dana")


def _group_of(live: LiveSite, world: World) -> str:
    page = live.site.browser(world.person("ana")).get("/notifications")
    link = page.html.select_one("main a[href*='/notifications/g/']")
    return str(link["href"]).rsplit("/", 1)[1]
