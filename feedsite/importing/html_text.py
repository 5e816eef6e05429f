"""From the HTML of other sites' notes to plain text: paragraphs, line ends, and the addresses that links lead to."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3

from feedsite.posts.text import normalised

_TAGS = {"p", "br", "a", "span", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "div"}
_PARAGRAPHS = _TAGS - {"br", "a", "span", "li"}


def text_of_html(html: str) -> str:
    """The text that a reader of this HTML sees.

    A link is its address, but where its text is a mention or a tag.
    """
    # First without scripts, styles and whatever else is no text; what is left is well-formed.
    parser = _Text()
    parser.feed(nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, link_rel=None))
    parser.close()
    return parser.text()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        """What was read."""
        return normalised("".join(self._parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin paragraphs, lines and links."""
        if tag == "br":
            self._parts.append("\n")
        elif tag in _PARAGRAPHS:
            self._parts.append("\n\n")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self._parts))

    def handle_endtag(self, tag: str) -> None:
        """End paragraphs; put a link's address in place of its text."""
        if tag in _PARAGRAPHS:
            self._parts.append("\n\n")
        elif tag == "a" and self._link is not None:
            (href, start), self._link = self._link, None
            inside = "".join(self._parts[start:])
            if not inside.strip().startswith(("@", "#")) and href.startswith(("http://", "https://")):
                self._parts[start:] = [href]

    def handle_data(self, data: str) -> None:
        """Text; line ends in the source are spaces."""
        self._parts.append(" ".join(data.split("\n")))
