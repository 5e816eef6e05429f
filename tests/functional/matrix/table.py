"""Who may do what: one row for each method of each route. A route that is not here fails the build.

Expected answers, by who asks:

- ``ok``: it is done (2xx, or 303 to somewhere that is not the sign-in page), or refused for what was sent (422)
- ``login``: 303 to the sign-in page
- ``standing``: 303 to the page that says how one's account stands
- ``403``, ``404``: refused; 404 where existence is private

A route's path leads into the world that test_matrix.py builds: to `ana` and a public note of hers, and for the role
"another member" to a note of hers for her followers, whom that member is none of. "owner" is ana.

``python -m tests.functional.matrix.table`` prints how many answers there are.
"""

from __future__ import annotations

from typing import Any

ROLES = (
    "anonymous",
    "unverified",
    "member",
    "limited",
    "suspended",
    "moderator",
    "admin",
    "owner",
    "another member",
)
"""Who is suspended has signed in again, and sees how the account stands, and nothing else of their own."""

EVERYBODY = dict.fromkeys(ROLES, "ok")
SIGNED_IN = {**EVERYBODY, "anonymous": "login", "suspended": "standing"}
PUBLIC_ACTORS = {**SIGNED_IN, "unverified": "403"}
#: Whose note it is is none of these.
OWNER_ALONE = {
    **dict.fromkeys(ROLES, "403"),
    "anonymous": "login",
    "suspended": "standing",
    "owner": "ok",
    "another member": "404",
}
#: To everybody else the administration is not there.
MODERATORS = {
    **dict.fromkeys(ROLES, "404"),
    "anonymous": "login",
    "suspended": "standing",
    "moderator": "ok",
    "admin": "ok",
}
NOWHERE = dict.fromkeys(ROLES, "404")
"""A link of a mail that was never sent."""
UNSIGNED_FORM = {role: "400" if answer == "ok" else answer for role, answer in SIGNED_IN.items()}
"""Who may do it, if the form were one that a page gave them: it carries a signed mark."""
ADMINS = {**MODERATORS, "moderator": "403"}


def of_a_note(expected: dict[str, str]) -> dict[str, str]:
    """The same, of a route that leads to a note: one that somebody may not read is not there for them."""
    return {**expected, "another member": "404"}


def to_others(expected: dict[str, str]) -> dict[str, str]:
    """The same, of what nobody does to themselves."""
    return {**expected, "owner": "403"}


#: route name -> {method: {role: expected}}
CASES: dict[str, dict[str, dict[str, str]]] = {
    "static": {"GET": EVERYBODY},
    "machines.health": {"GET": EVERYBODY},
    "machines.ready": {"GET": EVERYBODY},
    "machines.metrics": {"GET": EVERYBODY},  # in development and tests; in production whoever has the token
    "machines.robots": {"GET": EVERYBODY},
    "machines.security": {"GET": EVERYBODY},
    "accounts.join": {"GET": EVERYBODY, "POST": EVERYBODY},
    "accounts.login": {"GET": {**EVERYBODY, "suspended": "standing"}, "POST": EVERYBODY},
    "accounts.login_code": {"GET": dict.fromkeys(ROLES, "login"), "POST": dict.fromkeys(ROLES, "login")},
    "leaving.back": {"GET": dict.fromkeys(ROLES, "login"), "POST": dict.fromkeys(ROLES, "login")},
    "leaving.leave": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "importing.account": {"GET": PUBLIC_ACTORS, "POST": PUBLIC_ACTORS},
    "accounts.logout": {"POST": {**SIGNED_IN, "suspended": "ok"}},
    "accounts.verify": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts.verify_link": {"GET": NOWHERE, "POST": NOWHERE},
    "accounts.reset": {"GET": EVERYBODY, "POST": EVERYBODY},
    "accounts.reset_link": {"GET": NOWHERE, "POST": NOWHERE},
    "accounts.confirm": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts.account": {"GET": SIGNED_IN},
    "accounts.rename": {"POST": SIGNED_IN},
    "accounts.address": {"POST": SIGNED_IN},
    "accounts.address_withdraw": {"POST": SIGNED_IN},
    "accounts.password": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts.login_notices": {"POST": SIGNED_IN},
    "accounts.two_factor": {"GET": SIGNED_IN},
    "accounts.two_factor_qr": {  # before it is begun
        "GET": {role: "404" if answer == "ok" else answer for role, answer in SIGNED_IN.items()}
    },
    "accounts.two_factor_begin": {"POST": SIGNED_IN},
    "accounts.two_factor_enable": {"POST": SIGNED_IN},
    "accounts.two_factor_codes": {"POST": SIGNED_IN},
    "accounts.two_factor_disable": {"POST": SIGNED_IN},
    "accounts.sessions": {"GET": SIGNED_IN},
    "accounts.session_end": {"POST": SIGNED_IN},
    "mail.unsubscribe": {"GET": NOWHERE, "POST": NOWHERE},
    "accounts.export": {"GET": SIGNED_IN},
    "accounts.export_archive": {"GET": SIGNED_IN},
    "accounts.display": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts.profile": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "pictures.choose": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "pictures.remove": {"POST": SIGNED_IN},
    "pictures.show": {"GET": EVERYBODY},
    "accounts.privacy": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts.theme": {"POST": EVERYBODY},
    "appeals.standing": {"GET": {**EVERYBODY, "anonymous": "login"}},
    "appeals.appeal": {"POST": {**EVERYBODY, "anonymous": "login"}},
    "pages.about": {"GET": EVERYBODY},
    "pages.help": {"GET": EVERYBODY},
    "pages.developers": {"GET": EVERYBODY},
    "pages.keyboard": {"GET": EVERYBODY},
    "pages.mute_block": {"GET": EVERYBODY},
    "pages.search": {"GET": EVERYBODY},
    "pages.privacy": {"GET": EVERYBODY},
    "admin.start": {"GET": MODERATORS},
    "admin.people": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.person": {"GET": MODERATORS},
    "admin.warn": {"POST": MODERATORS},
    "admin.limit": {"POST": MODERATORS},
    "admin.suspend": {"POST": MODERATORS},
    "admin.reinstate": {"POST": MODERATORS},
    "admin.person_note": {"POST": MODERATORS},
    "admin.person_sign_out": {"POST": MODERATORS},
    "admin.person_reset": {"POST": MODERATORS},
    "admin.person_picture": {"POST": MODERATORS},
    "admin.role": {"POST": ADMINS},
    "admin.purge": {"POST": ADMINS},
    "admin.joining": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.invitations": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.invitation": {"GET": MODERATORS},
    "admin.invitation_revoke": {"POST": MODERATORS},
    "admin.appeals": {"GET": MODERATORS},
    "admin.appeal": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.audit": {"GET": MODERATORS},
    "admin.audit_export": {"POST": MODERATORS},
    "admin.reports": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.report": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.report_claim": {"POST": MODERATORS},
    "admin.report_release": {"POST": MODERATORS},
    "reporting.note": {"GET": of_a_note(to_others(SIGNED_IN)), "POST": of_a_note(to_others(SIGNED_IN))},
    "reporting.person": {"GET": to_others(SIGNED_IN), "POST": to_others(SIGNED_IN)},
    "texts.rules": {"GET": EVERYBODY},
    "texts.contact": {"GET": EVERYBODY},
    "admin.notes": {"GET": MODERATORS},
    "admin.acts": {"GET": MODERATORS, "POST": MODERATORS},
    "admin.note": {"GET": MODERATORS},
    "admin.note_hide": {"POST": MODERATORS},
    "admin.note_show": {"POST": MODERATORS},
    "admin.note_delete": {"POST": MODERATORS},
    "admin.rules": {"GET": ADMINS, "POST": ADMINS},
    "admin.contact": {"GET": ADMINS, "POST": ADMINS},
    "admin.blocks": {"GET": ADMINS, "POST": ADMINS},
    "admin.block_lift": {"POST": {**ADMINS, "admin": "404"}},
    "admin.announcements": {"GET": ADMINS, "POST": ADMINS},
    "admin.announcement": {"GET": ADMINS, "POST": ADMINS},
    "admin.announcement_withdraw": {"POST": ADMINS},
    "announcing.dismiss": {"POST": SIGNED_IN},
    "admin.system": {"GET": ADMINS},
    "admin.index": {"GET": ADMINS},
    "admin.index_retry": {"POST": ADMINS},
    "posts.note": {"GET": of_a_note(EVERYBODY)},
    "posts.write": {"GET": PUBLIC_ACTORS, "POST": PUBLIC_ACTORS},
    "posts.reply": {"GET": of_a_note(PUBLIC_ACTORS), "POST": of_a_note(PUBLIC_ACTORS)},
    "posts.like": {"POST": of_a_note(PUBLIC_ACTORS)},
    "posts.unlike": {"POST": of_a_note(PUBLIC_ACTORS)},
    "posts.share": {"POST": of_a_note(PUBLIC_ACTORS)},
    "posts.unshare": {"POST": of_a_note(PUBLIC_ACTORS)},
    "posts.watch": {"POST": of_a_note(SIGNED_IN)},
    "posts.unwatch": {"POST": of_a_note(SIGNED_IN)},
    "posts.mute": {"POST": of_a_note(SIGNED_IN)},
    "posts.unmute": {"POST": of_a_note(SIGNED_IN)},
    "posts.delete": {"GET": OWNER_ALONE, "POST": OWNER_ALONE},
    "editing.edit": {"GET": OWNER_ALONE, "POST": OWNER_ALONE},
    "editing.history": {"GET": of_a_note(EVERYBODY)},
    "keeping.bookmarks": {"GET": SIGNED_IN},
    "keeping.bookmark": {"POST": of_a_note(SIGNED_IN)},
    "keeping.remove_bookmark": {"POST": SIGNED_IN},
    "keeping.pin": {"POST": OWNER_ALONE},
    "keeping.unpin": {"POST": OWNER_ALONE},
    "graph.follow": {"POST": to_others(PUBLIC_ACTORS)},
    "graph.unfollow": {"POST": to_others(PUBLIC_ACTORS)},
    "graph.mute": {"POST": to_others(SIGNED_IN)},
    "graph.unmute": {"POST": SIGNED_IN},
    "graph.block": {"POST": to_others(SIGNED_IN)},
    "graph.unblock": {"POST": SIGNED_IN},
    "graph.remove_follower": {"POST": SIGNED_IN},
    "graph.hide_shares": {"POST": SIGNED_IN},
    "graph.show_shares": {"POST": SIGNED_IN},
    "links.list": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "links.table": {"GET": SIGNED_IN},
    "links.take_in": {"POST": PUBLIC_ACTORS},
    "links.mutes": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "requesting.list": {"GET": SIGNED_IN},
    "requesting.accept": {"POST": SIGNED_IN},
    "requesting.decline": {"POST": SIGNED_IN},
    "links.change_mute": {"POST": SIGNED_IN},
    "graph.watch_thing": {"POST": SIGNED_IN},
    "graph.unwatch_thing": {"POST": SIGNED_IN},
    "graph.watch_tag": {"POST": SIGNED_IN},
    "graph.unwatch_tag": {"POST": SIGNED_IN},
    "timelines.front": {"GET": EVERYBODY},
    "timelines.home": {"GET": SIGNED_IN},
    "timelines.home_read": {"POST": UNSIGNED_FORM},
    "timelines.home_unread": {"GET": SIGNED_IN},
    "timelines.home_hot": {"GET": SIGNED_IN},
    "timelines.home_objects": {"GET": SIGNED_IN},
    "timelines.home_days": {"GET": SIGNED_IN},
    "timelines.home_people": {"GET": SIGNED_IN},
    "timelines.home_types": {"GET": SIGNED_IN},
    "timelines.watching": {"GET": SIGNED_IN},
    "timelines.archive": {"GET": SIGNED_IN},
    "timelines.archive_year": {"GET": SIGNED_IN},
    "timelines.archive_types": {"GET": SIGNED_IN},
    "timelines.archive_month": {"GET": SIGNED_IN},
    "timelines.explore": {"GET": EVERYBODY},
    "timelines.tag": {"GET": EVERYBODY},
    "timelines.thing": {"GET": EVERYBODY},
    "search.search": {"GET": EVERYBODY},
    "suggestions.people": {"GET": EVERYBODY},
    "suggestions.dismiss": {"POST": SIGNED_IN},
    "timelines.profile": {"GET": EVERYBODY},
    "timelines.profile_year": {"GET": EVERYBODY},
    "timelines.profile_month": {"GET": EVERYBODY},
    "timelines.following": {"GET": EVERYBODY},
    "timelines.followers": {"GET": EVERYBODY},
    "notifications.list": {"GET": SIGNED_IN},
    "notifications.read": {"POST": UNSIGNED_FORM},
    "notifications.undo": {"POST": SIGNED_IN},
    "notifications.counters": {"GET": SIGNED_IN},
    "notifications.groups": {"POST": SIGNED_IN},
    "notifications.settings": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "notifications.digest": {"POST": SIGNED_IN},
    "notifications.group": {"GET": {**dict.fromkeys(ROLES, "404"), "anonymous": "login", "suspended": "standing"}},
    "feedsout.public": {"GET": EVERYBODY},
    "feedsout.public_outbox": {"GET": EVERYBODY},
    "feedsout.tag": {"GET": EVERYBODY},
    "feedsout.tag_outbox": {"GET": EVERYBODY},
    "feedsout.thing": {"GET": EVERYBODY},
    "feedsout.thing_outbox": {"GET": EVERYBODY},
    "feedsout.profile": {"GET": EVERYBODY},
    "feedsout.profile_outbox": {"GET": EVERYBODY},
    "feedsout.person": {"GET": EVERYBODY},
    "feedsout.note": {"GET": of_a_note(EVERYBODY)},
    "feedsout.act": {"GET": of_a_note(EVERYBODY)},
    "feedsout.private": {"GET": NOWHERE},
    "feedsout.tokens": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "feedsout.revoke": {"POST": SIGNED_IN},
    "web.style_guide": {"GET": EVERYBODY},  # in development and tests; in production for admins
}

#: What a POST needs to be more than an empty form; the rest may answer 422.
FORMS: dict[str, dict[str, str]] = {
    "posts.write": {"text": "Good morning."},
    "posts.reply": {"text": "Good morning."},
    "notifications.digest": {"every": "daily"},
    "notifications.groups": {"do": "done"},
    "requesting.accept": {"request": "nobody"},
    "requesting.decline": {"request": "nobody"},
}


def path_of(site: Any, route: str, **parts: str) -> str:
    """The path of a route in the matrix's world."""
    from pyramid.request import Request

    world = {
        "handle": "ana",
        "note_id": "n0",
        "person_id": "p0",
        "report_id": "r0",
        "sanction_id": "s0",
        "invitation_id": "0" * 64,
        "announcement_id": "a0",
        "block_id": "b0",
        "hash": "0" * 32,
        "tag": "python",
        "year": "2026",
        "month": "11",
        "token": "never-sent",
        "key": "0123456789abcdef",
        "format": "atom",
        "act_id": "note.n0",
        "type": "book",
        "id": "dune",
        "subpath": "css/site.css",
    }
    request = Request.blank("/")
    request.registry = site.registry
    return str(request.route_path(route, **{**world, **parts}))


def answers() -> dict[tuple[str, str, str], str]:
    """Every (route, method, role) with the answer that is expected."""
    return {
        (route, method, role): answer
        for route, methods in CASES.items()
        for method, expected in methods.items()
        for role, answer in expected.items()
    }


if __name__ == "__main__":
    pairs = sum(map(len, CASES.values()))
    print(f"{len(CASES)} routes, {pairs} with their methods, as {len(ROLES)} kinds of people: {len(answers())} answers")
