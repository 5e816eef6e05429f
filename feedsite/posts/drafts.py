"""What was typed into a form of a note; kept in the browser when the login behind the form has ended meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from feedsite.security.cookies import DRAFT, DRAFT_REST, drop_cookie, read_cookie, write_cookie
from feedsite.security.signing import BadToken, signer

_SECONDS = 3600
#: Browsers keep 4,096 bytes of a cookie with its name and attributes. Two of them hold the longest note there is.
_COOKIE = 3800


@dataclass(frozen=True)
class Draft:
    """What was sent with the form of a note.

    Attributes:
        text: as it was typed.
        visibility: "public", "followers" or "mentioned".
        token: of the form, so that what is sent twice is written once.
        writer: the id of the person whom the form was made for.
    """

    text: str
    visibility: str = "public"
    token: str = ""
    writer: str = ""

    @classmethod
    def of(cls, request: Any) -> Self:
        """The draft in a request's form; what is missing, or a file, is empty."""
        text, visibility, token, writer = (
            value if isinstance(value := request.POST.get(name, ""), str) else ""
            for name in ("text", "visibility", "draft", "writer")
        )
        return cls(text, visibility or "public", token, writer)

    def keep(self, request: Any, response: Any) -> bool:
        """Keep the draft in the browser for an hour, for this path alone; returns whether it fits."""
        token = _signer(request).sign([request.path, self.text, self.visibility, self.writer])
        if not self.text.strip() or len(token) > 2 * _COOKIE:
            return False
        for name, part in ((DRAFT, token[:_COOKIE]), (DRAFT_REST, token[_COOKIE:])):
            write_cookie(request, response, name, part, max_age=_SECONDS)
        return True

    @classmethod
    def kept(cls, request: Any) -> Self | None:
        """The draft that this browser keeps for this path and this person; it is not kept any longer."""
        token = read_cookie(request, DRAFT) + read_cookie(request, DRAFT_REST)
        if not token:
            return None
        request.add_response_callback(_drop)
        try:
            path, text, visibility, writer = _signer(request).read(token, max_age=_SECONDS)
        except (BadToken, ValueError, TypeError):
            return None
        # Somebody else may have signed in: what was typed is not theirs to see.
        return cls(text, visibility) if path == request.path and writer == request.identity.id else None


def _signer(request: Any) -> Any:
    return signer(request, "draft")


def _drop(request: Any, response: Any) -> None:
    for name in (DRAFT, DRAFT_REST):
        drop_cookie(request, response, name)
