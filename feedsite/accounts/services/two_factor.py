"""The second factor: a code of an authenticator (TOTP, RFC 6238), or one of ten recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person, RecoveryCode, SecondFactor
from feedsite.accounts.services.notices import NoticeService
from feedsite.db import utcnow
from feedsite.security.sealing import CannotUnseal, Sealer

#: Bytes of an authenticator's key: as many as its hash has (RFC 4226, section 4).
_KEY_BYTES = 20
#: Seconds a code is shown; one step before and one after are taken as well, for clocks that differ (RFC 6238, 5.2).
_STEP = 30
_STEPS_AROUND = (0, -1, 1)
CODES = 10
#: Letters and digits that are not taken for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Characters of a recovery code: 119 bits, so that a plain hash of it gives nothing away (OWASP ASVS 5.0, 6.5.2).
_CODE_LENGTH = 24


class TwoFactorService:
    """Sets up, asks and removes second factors.

    Args:
        session: whose transaction it belongs to.
        site_secrets: the site's; the first one seals keys.
        issuer: what an authenticator calls the site.
        notices: tells of changes.
    """

    def __init__(self, session: Session, site_secrets: Sequence[bytes], issuer: str, notices: NoticeService) -> None:
        self._session, self._issuer, self._notices = session, issuer, notices
        self._sealer = Sealer(site_secrets, "second factor")

    # Setting up

    def is_on(self, person_id: str) -> bool:
        """Whether signing in takes a code."""
        row = self._session.get(SecondFactor, person_id)
        return row is not None and row.confirmed is not None

    def begin(self, person_id: str) -> None:
        """Make a key to show to an authenticator; it counts when a code of it has come back. One that is on stays."""
        row = self._session.get(SecondFactor, person_id)
        if row is None:
            row = SecondFactor(person_id=person_id)
            self._session.add(row)
        if row.confirmed is None:
            row.key = self._sealer.seal(secrets.token_bytes(_KEY_BYTES), person_id)
        self._session.flush()

    def setup_uri(self, person: Person) -> str | None:
        """The key as an authenticator takes it (``otpauth://…``), while it is not confirmed; None otherwise."""
        totp = self._being_set_up(person)
        return None if totp is None else totp.provisioning_uri(name=person.handle, issuer_name=self._issuer)

    def setup_key(self, person: Person) -> str | None:
        """The same key in letters, in groups of four, for who types it."""
        totp = self._being_set_up(person)
        text = "" if totp is None else totp.secret
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4)) or None

    def _being_set_up(self, person: Person) -> pyotp.TOTP | None:
        row = self._session.get(SecondFactor, person.id)
        if row is None or row.confirmed is not None:
            return None
        try:
            return self._totp(row)
        except CannotUnseal:
            return None

    def enable(self, person: Person, code: str) -> list[str] | None:
        """Turn it on, by a code of the new key; returns the recovery codes, or None where the code is wrong."""
        row = self._locked(person.id)
        if row is None or row.confirmed is not None or not self._takes(row, code):
            return None
        row.confirmed = utcnow()
        self._notices.write(person, "accounts.two_factor_on")
        return self._new_codes(person.id)

    def disable(self, person: Person) -> bool:
        """Turn it off and forget key and recovery codes; returns whether it was on."""
        was_on = self.is_on(person.id)
        self._session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        self._session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
        if was_on:
            self._notices.write(person, "accounts.two_factor_off")
        return was_on

    def renew_codes(self, person: Person) -> list[str] | None:
        """New recovery codes in place of the old ones; None where no second factor is on."""
        if not self.is_on(person.id):
            return None
        self._notices.write(person, "accounts.recovery_codes")
        return self._new_codes(person.id)

    def codes_left(self, person_id: str) -> int:
        """How many recovery codes are not used yet."""
        asked = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
        return self._session.scalar(asked) or 0

    def seal_anew(self) -> tuple[int, int]:
        """Seal every key with the site's present secret; returns how many were changed, and how many nothing opens."""
        changed = lost = 0
        for row in self._session.scalars(select(SecondFactor).with_for_update()):
            if self._sealer.is_current(row.key, row.person_id):
                continue
            try:
                row.key = self._sealer.seal(self._sealer.unseal(row.key, row.person_id), row.person_id)
                changed += 1
            except CannotUnseal:
                lost += 1
        self._session.flush()
        return changed, lost

    # Signing in

    def check(self, person: Person, code: str) -> bool:
        """Whether a code lets somebody in: one of the authenticator, never the same twice, or a recovery code."""
        row = self._locked(person.id)
        if row is None or row.confirmed is None:
            return False
        if self._takes(row, code):
            return True
        used = delete(RecoveryCode).where(
            RecoveryCode.id == _hashed(person.id, code), RecoveryCode.person_id == person.id
        )
        if self._session.execute(used.returning(RecoveryCode.id)).first() is None:
            return False
        self._notices.write(person, "accounts.recovery_used", left=str(self.codes_left(person.id)))
        return True

    def _locked(self, person_id: str) -> SecondFactor | None:
        # Of two who send one code at once, the second one finds it used.
        return self._session.get(SecondFactor, person_id, with_for_update=True, populate_existing=True)

    def _takes(self, row: SecondFactor, code: str) -> bool:
        digits = "".join(code.split())
        if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
            return False
        try:
            now, totp = int(datetime.timestamp(utcnow())), self._totp(row)
        except CannotUnseal:
            # Sealed with a secret that is gone: a recovery code opens the account still.
            return False
        for around in _STEPS_AROUND:
            step = now // _STEP + around
            if step > row.last_step and hmac.compare_digest(totp.at(step * _STEP), digits):
                row.last_step = step
                return True
        return False

    def _totp(self, row: SecondFactor) -> pyotp.TOTP:
        return pyotp.TOTP(base64.b32encode(self._sealer.unseal(row.key, row.person_id)).decode(), interval=_STEP)

    def _new_codes(self, person_id: str) -> list[str]:
        self._session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
        codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(CODES)]
        self._session.add_all(RecoveryCode(id=_hashed(person_id, code), person_id=person_id) for code in codes)
        self._session.flush()
        return ["-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in codes]


def _hashed(person_id: str, code: str) -> str:
    # 119 random bits need no slow hash: there is nothing to guess. No secret is in it: codes outlive a change of that.
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(f"{person_id} {plain[:64]}".encode(errors="surrogatepass")).hexdigest()


def two_factor_service(_context: object, request: Any) -> TwoFactorService:
    """Service factory."""
    settings = request.site_settings
    return TwoFactorService(
        request.dbsession, settings.secrets, settings.site_name, request.find_service(NoticeService)
    )
