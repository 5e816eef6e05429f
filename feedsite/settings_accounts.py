"""The settings of mail and of accounts; `feedsite.settings.Settings` is these and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from feedsite.settings_values import ADDRESS, RATES, TEXT, declare, one_of, seconds, whole


@dataclass(frozen=True, kw_only=True)
class AccountSettings:
    """Mail, links in mails, and how often somebody may ask for them."""

    sign_up: str = declare(
        one_of("open", "approval", "invitation", "closed"),
        "open",
        help="Who may join: everybody, everybody after somebody has let them in, who has an invitation, or nobody. An "
        "invitation is good in every mode but closed.",
    )
    throttle_import: str = declare(
        RATES, "5 per hour; 20 per day", help="Archives that one person takes into their account."
    )
    picture_max_bytes: int = declare(
        whole(65_536, 8 * 2**20),
        "4194304",
        help="The largest file in bytes that somebody's picture is made of. What is kept has 4,096 bytes at most.",
    )
    picture_max_pixels: int = declare(
        whole(1_000_000, 50_000_000),
        "25000000",
        help="The most pixels of such a file: up to eight bytes of memory for each while it is read.",
    )
    throttle_picture: str = declare(RATES, "20 per hour; 60 per day", help="Pictures that one person sends.")
    leave_days: int = declare(
        whole(1, 365),
        "30",
        help="Days in which somebody who deleted their account may come back. After them `feedsite purge` takes "
        "everything out.",
    )
    handle_reserved_days: int = declare(
        whole(0, 36_500), "365", help="Days for which nobody can have the handle of an account that was taken out."
    )
    unconfirmed_days: int = declare(
        whole(0, 3_650),
        "14",
        help="Days after which `feedsite purge` takes accounts out whose address was never confirmed. 0: never.",
    )
    mail_backend: str = declare(
        one_of("smtp", "file", "console", "memory"),
        "smtp",
        help="Where mails go: to a mail server, into files of `mail_folder` (one a mail, for trying things out), to "
        "standard output, or into the process's memory (tests). Production takes smtp or file.",
    )
    mail_from: str = declare(
        ADDRESS, "", help="The address mails come from; empty: noreply@ and the host of `site_url`."
    )
    mail_folder: str = declare(TEXT, "", help="The folder of the backend `file`.")
    mail_smtp_host: str = declare(TEXT, "localhost", help="The mail server that takes the site's mails.")
    mail_smtp_port: int = declare(whole(1, 65_535), "25", help="Its port: usually 25, 465 (tls) or 587 (starttls).")
    mail_smtp_security: str = declare(
        one_of("none", "starttls", "tls"),
        "none",
        help="How the connection is protected. `none` is for a server on this machine: a password is not sent that way "
        "through a network.",
    )
    mail_smtp_user: str = declare(TEXT, "", help="A user of the mail server.")
    mail_smtp_password: str = declare(TEXT, "", help="That user's password.", secret=True)
    mail_smtp_timeout: float = declare(seconds(1, 300), "20", help="Seconds to wait for each answer of the server.")
    mail_deliver_every: float = declare(
        seconds(0, 3_600),
        "5",
        help="Seconds between the looks each process of the site takes at mails that wait. What a page wrote is sent "
        "at once after its commit. 0: none; then `feedsite mail deliver --follow` has to run.",
    )
    digest_hour: int = declare(
        whole(0, 23),
        "8",
        help="The hour of the reader's day at which digests of notifications are mailed, where `feedsite mail digests` "
        "runs at least once an hour.",
    )
    throttle_reset: str = declare(
        RATES, "10 per hour; 30 per day", help="Asking for a new password, from one address (IPv6: one /64)."
    )
    throttle_mail: str = declare(
        RATES,
        "5 per hour; 15 per day",
        help="Mails that one e-mail address gets because somebody typed it: to confirm it, or for a new password.",
    )
    throttle_confirm: str = declare(
        RATES,
        "10 per 15 minutes; 50 per day",
        help="Passwords that somebody who is signed in types where they are asked for again.",
    )
    throttle_code: str = declare(
        RATES, "10 per 15 minutes; 50 per day", help="Codes of a second factor for one account, after its password."
    )
    throttle_export: str = declare(RATES, "5 per hour; 20 per day", help="Exports of one person's own data.")
    throttle_audit_export: str = declare(
        RATES, "10 per hour; 50 per day", help="Exports of the audit log by one person who looks after the site."
    )
    throttle_feed: str = declare(
        RATES,
        "60 per 15 minutes; 1500 per day",
        help="Readings of one private feed; and tries of one address (IPv6: one /64) with tokens that there are not.",
    )
    confirm_again_seconds: float = declare(
        seconds(60, 86_400),
        "900",
        help="Seconds after which somebody who is signed in gives their password again before they change what lets "
        "people into the account (15 minutes).",
    )
