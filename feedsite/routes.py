"""Every route of the site, in the order in which they are tried."""

from __future__ import annotations

from typing import Any

#: What a handle looks like in a path. Upper case is accepted and answered with a redirect or the same page.
#: The @ is a placeholder too: what is literal in a pattern is quoted in addresses (%40ana).
_HANDLE = r"{at:@}{handle:[A-Za-z0-9_]{1,30}}"
_NOTE = r"{note_id:[0-9a-z]{1,40}}"
_REPORT = r"{report_id:[0-9a-z]{1,40}}"
_SANCTION = r"{sanction_id:[0-9a-z]{1,40}}"
_INVITATION = r"{invitation_id:[0-9a-f]{64}}"
_ANNOUNCEMENT = r"{announcement_id:[0-9a-z]{1,40}}"
_LINK = r"{token:[A-Za-z0-9_-]{1,128}}"
_PERSON = r"{person_id:[0-9a-z]{1,40}}"
_FORMAT = "{format:atom|json}"
# A slash in an id would be one of the address; such a thing has no page.
_THING = "/o/{type}/{id:[^/]+?}"
_YEAR, _MONTH = r"{year:\d{4}}", r"{month:\d{1,2}}"

ROUTES: tuple[tuple[str, str], ...] = (
    # Machines
    ("machines.health", "/healthz"),
    ("machines.ready", "/readyz"),
    ("machines.metrics", "/metrics"),
    ("machines.robots", "/robots.txt"),
    ("machines.security", "/.well-known/security.txt"),
    # Accounts
    ("accounts.join", "/join"),
    ("accounts.login", "/login"),
    ("accounts.login_code", "/login/code"),
    ("leaving.back", "/login/back"),
    ("accounts.logout", "/logout"),
    ("accounts.verify", "/verify"),
    ("accounts.verify_link", f"/verify/{_LINK}"),
    ("accounts.reset", "/reset"),
    ("accounts.reset_link", f"/reset/{_LINK}"),
    ("accounts.confirm", "/settings/confirm"),
    ("accounts.account", "/settings/account"),
    ("accounts.rename", "/settings/account/handle"),
    ("accounts.address", "/settings/account/address"),
    ("accounts.address_withdraw", "/settings/account/address/withdraw"),
    ("accounts.password", "/settings/password"),
    ("accounts.login_notices", "/settings/password/notices"),
    ("accounts.two_factor", "/settings/two-factor"),
    ("accounts.two_factor_begin", "/settings/two-factor/begin"),
    ("accounts.two_factor_qr", "/settings/two-factor/qr.svg"),
    ("accounts.two_factor_enable", "/settings/two-factor/enable"),
    ("accounts.two_factor_codes", "/settings/two-factor/codes"),
    ("accounts.two_factor_disable", "/settings/two-factor/disable"),
    ("accounts.sessions", "/settings/sessions"),
    ("accounts.session_end", "/settings/sessions/end"),
    ("accounts.export", "/settings/export"),
    ("accounts.export_archive", "/settings/export/archive.zip"),
    ("leaving.leave", "/settings/delete"),
    ("importing.account", "/settings/import"),
    ("accounts.display", "/settings/display"),
    ("accounts.profile", "/settings/profile"),
    ("accounts.privacy", "/settings/privacy"),
    ("accounts.theme", "/theme"),
    ("appeals.standing", "/settings/standing"),
    ("appeals.appeal", "/settings/standing/appeal"),
    ("mail.unsubscribe", "/mail/unsubscribe/{token}"),
    # Fixed pages
    ("pages.about", "/about"),
    ("texts.rules", "/rules"),
    ("texts.contact", "/contact"),
    ("pages.help", "/help"),
    ("pages.keyboard", "/help/keyboard"),
    ("pages.mute_block", "/help/mute-block"),
    ("pages.search", "/help/search"),
    ("pages.privacy", "/privacy"),
    ("pages.developers", "/developers"),
    ("web.style_guide", "/style-guide"),
    # Feeds out: before the pages whose addresses theirs begin with
    ("feedsout.person", f"/id/person/{_PERSON}"),
    ("feedsout.note", f"/id/note/{_NOTE}"),
    ("feedsout.act", "/id/act/{act_id:.+}"),
    ("feedsout.private", f"/feeds/{_LINK}.{_FORMAT}"),
    ("feedsout.tokens", "/settings/feeds"),
    ("feedsout.revoke", "/settings/feeds/revoke"),
    ("feedsout.public", f"/explore.{_FORMAT}"),
    ("feedsout.public_outbox", "/explore/outbox"),
    ("feedsout.tag", f"/tags/{{tag}}.{_FORMAT}"),
    ("feedsout.tag_outbox", "/tags/{tag}/outbox"),
    ("feedsout.thing", f"{_THING}/feed.{_FORMAT}"),
    ("feedsout.thing_outbox", f"{_THING}/outbox"),
    ("feedsout.profile", f"/{_HANDLE}.{_FORMAT}"),
    ("feedsout.profile_outbox", f"/{_HANDLE}/outbox"),
    # Timelines
    ("timelines.front", "/"),
    ("timelines.home", "/home"),
    ("timelines.home_read", "/home/read"),
    ("timelines.home_unread", "/home/unread"),
    ("timelines.home_hot", "/home/hot"),
    ("timelines.home_objects", "/home/objects"),
    ("timelines.home_days", "/home/days"),
    ("timelines.home_people", "/home/people"),
    ("timelines.home_types", "/home/types"),
    ("timelines.watching", "/watching"),
    ("timelines.archive", "/archive"),
    ("timelines.archive_year", r"/archive/{year:\d{4}}"),
    ("timelines.archive_types", r"/archive/{year:\d{4}}/types"),
    ("timelines.archive_month", r"/archive/{year:\d{4}}/{month:\d{1,2}}"),
    ("timelines.explore", "/explore"),
    ("suggestions.people", "/explore/people"),
    ("timelines.tag", "/tags/{tag}"),
    ("timelines.thing", _THING),
    ("search.search", "/search"),
    # Notifications
    ("notifications.list", "/notifications"),
    ("notifications.read", "/notifications/read"),
    ("notifications.undo", "/notifications/undo"),
    ("notifications.counters", "/counters"),
    ("notifications.groups", "/notifications/groups"),
    ("notifications.settings", "/settings/notifications"),
    ("notifications.digest", "/settings/notifications/digest"),
    ("notifications.group", "/notifications/g/{key:[0-9a-f]{1,64}}"),
    # Admins
    ("admin.start", "/admin"),
    ("admin.people", "/admin/people"),
    ("admin.person", f"/admin/people/{_PERSON}"),
    ("admin.warn", f"/admin/people/{_PERSON}/warn"),
    ("admin.limit", f"/admin/people/{_PERSON}/limit"),
    ("admin.suspend", f"/admin/people/{_PERSON}/suspend"),
    ("admin.reinstate", f"/admin/people/{_PERSON}/reinstate"),
    ("admin.person_note", f"/admin/people/{_PERSON}/note"),
    ("admin.person_sign_out", f"/admin/people/{_PERSON}/sign-out"),
    ("admin.person_reset", f"/admin/people/{_PERSON}/send-reset"),
    ("admin.role", f"/admin/people/{_PERSON}/role"),
    ("admin.joining", "/admin/joining"),
    ("admin.invitations", "/admin/invitations"),
    ("admin.invitation", f"/admin/invitations/{_INVITATION}"),
    ("admin.invitation_revoke", f"/admin/invitations/{_INVITATION}/revoke"),
    ("admin.appeals", "/admin/appeals"),
    ("admin.appeal", f"/admin/appeals/{_SANCTION}"),
    ("admin.purge", f"/admin/people/{_PERSON}/purge"),
    ("admin.audit", "/admin/audit"),
    ("admin.audit_export", "/admin/audit/export"),
    ("admin.reports", "/admin/reports"),
    ("admin.report", f"/admin/reports/{_REPORT}"),
    ("admin.report_claim", f"/admin/reports/{_REPORT}/claim"),
    ("admin.report_release", f"/admin/reports/{_REPORT}/release"),
    ("admin.notes", "/admin/notes"),
    ("admin.acts", "/admin/activities"),
    ("admin.note", f"/admin/notes/{_NOTE}"),
    ("admin.note_hide", f"/admin/notes/{_NOTE}/hide"),
    ("admin.note_show", f"/admin/notes/{_NOTE}/show"),
    ("admin.note_delete", f"/admin/notes/{_NOTE}/delete"),
    ("admin.rules", "/admin/rules"),
    ("admin.contact", "/admin/contact"),
    ("admin.blocks", "/admin/blocks"),
    ("admin.block_lift", r"/admin/blocks/{block_id:[0-9a-z]{1,40}}/lift"),
    ("admin.announcements", "/admin/announcements"),
    ("admin.announcement", f"/admin/announcements/{_ANNOUNCEMENT}"),
    ("admin.announcement_withdraw", f"/admin/announcements/{_ANNOUNCEMENT}/withdraw"),
    ("announcing.dismiss", f"/announcements/{_ANNOUNCEMENT}/dismiss"),
    ("admin.system", "/admin/system"),
    ("admin.index", "/admin/index"),
    ("admin.index_retry", "/admin/index/retry"),
    # Notes
    ("posts.write", "/notes"),
    ("posts.reply", f"/notes/{_NOTE}/reply"),
    ("posts.like", f"/notes/{_NOTE}/like"),
    ("posts.unlike", f"/notes/{_NOTE}/unlike"),
    ("posts.share", f"/notes/{_NOTE}/share"),
    ("posts.unshare", f"/notes/{_NOTE}/unshare"),
    ("posts.watch", f"/notes/{_NOTE}/watch"),
    ("posts.unwatch", f"/notes/{_NOTE}/unwatch"),
    ("posts.mute", f"/notes/{_NOTE}/mute"),
    ("posts.unmute", f"/notes/{_NOTE}/unmute"),
    ("posts.delete", f"/notes/{_NOTE}/delete"),
    ("reporting.note", f"/notes/{_NOTE}/report"),
    ("editing.edit", f"/notes/{_NOTE}/edit"),
    ("keeping.bookmarks", "/bookmarks"),
    ("keeping.bookmark", f"/notes/{_NOTE}/bookmark"),
    ("keeping.remove_bookmark", f"/notes/{_NOTE}/remove-bookmark"),
    ("keeping.pin", f"/notes/{_NOTE}/pin"),
    ("keeping.unpin", f"/notes/{_NOTE}/unpin"),
    # Links
    ("graph.watch_thing", f"{_THING}/watch"),
    ("graph.unwatch_thing", f"{_THING}/unwatch"),
    ("graph.watch_tag", "/tags/{tag}/watch"),
    ("graph.unwatch_tag", "/tags/{tag}/unwatch"),
    ("reporting.person", f"/{_HANDLE}/report"),
    ("graph.follow", f"/{_HANDLE}/follow"),
    ("graph.unfollow", f"/{_HANDLE}/unfollow"),
    ("graph.mute", f"/{_HANDLE}/mute"),
    ("suggestions.dismiss", f"/{_HANDLE}/dismiss"),
    ("graph.unmute", f"/{_HANDLE}/unmute"),
    ("graph.block", f"/{_HANDLE}/block"),
    ("graph.unblock", f"/{_HANDLE}/unblock"),
    ("graph.remove_follower", f"/{_HANDLE}/remove-follower"),
    ("graph.hide_shares", f"/{_HANDLE}/hide-shares"),
    ("graph.show_shares", f"/{_HANDLE}/show-shares"),
    ("links.list", "/links"),
    ("links.table", "/links.csv"),
    ("links.take_in", "/links/import"),
    ("requesting.list", "/requests"),
    ("requesting.accept", "/requests/accept"),
    ("requesting.decline", "/requests/decline"),
    ("links.mutes", "/settings/mutes"),
    ("links.change_mute", "/settings/mutes/change"),
    # People and their notes: last, a handle's path is the widest
    ("timelines.following", f"/{_HANDLE}/following"),
    ("timelines.followers", f"/{_HANDLE}/followers"),
    ("editing.history", f"/{_HANDLE}/{_NOTE}/history"),
    # Ids of notes are longer than a year.
    ("timelines.profile_year", f"/{_HANDLE}/{_YEAR}"),
    ("timelines.profile_month", f"/{_HANDLE}/{_YEAR}/{_MONTH}"),
    ("posts.note", f"/{_HANDLE}/{_NOTE}"),
    ("timelines.profile", f"/{_HANDLE}"),
)


def includeme(config: Any) -> None:
    """Add the routes; their views are found by the features' own scans."""
    for name, pattern in ROUTES:
        config.add_route(name, pattern, pregenerator=_with_at if _HANDLE in pattern else None)


def _with_at(request: Any, elements: tuple[Any, ...], parts: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return elements, {"at": "@", **parts}
