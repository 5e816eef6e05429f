"""What nobody means, for every route and form: made from the routes, from the classes of forms and from the code."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlencode

from hypothesis import strategies as st
from sqlalchemy import text
from webtest import TestResponse
from wtforms import SelectField

from feedsite.accounts.models import Person
from feedsite.posts.services import NoteService
from feedsite.reporting.services import ReportFilter, ReportService
from feedsite.web.forms import Form

from tests.functional.matrix.table import CASES, path_of
from tests.house.checkout import ROOT
from tests.site import Browser, Site, table_names

ROLES = ("anonymous", "unverified", "member", "limited", "suspended", "moderator", "admin")
#: Tables that a GET may write to: the reader's own marks.
MARKS = frozenset({"reader_marks", "notification_states"})

HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "9" * 400,
    "1e309",
    "NaN",
    "2026-13-45",
    "true",
    "null",
    "[]",
    "../../../../etc/passwd",
    "..%2f..%2f",
    "%00",
    "%",
    "'\"--; DROP TABLE people",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "${jndi:ldap://localhost/x}",
    "*:* OR (a AND",
    "javascript:alert(1)",
    "//evil.example",
    "\r\nSet-Cookie: a=b",
    "\u202e\u2066\ufeff",
    "é" * 300,
    "水" * 1001,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 40,
    "a" * 5000,
    "@ana",
    "ana@example.org",
    "A",
)
IDS = ("0", "x" * 41, "n" * 20, "../x", "a b", "é", "-", "'", "%00", "0" * 20, "ana;x", "\u202e")


@dataclass(frozen=True)
class Field:
    """A name in a form or an address, and what a person could choose for it."""

    name: str
    choices: tuple[str, ...] = ()


def _forms(base: type[Form] = Form) -> Iterator[type[Form]]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)


@cache
def names_in_code() -> frozenset[str]:
    """What views read from a form or an address without a class of forms."""
    found: set[str] = set()
    for file in (ROOT / "feedsite").rglob("*.py"):
        source = file.read_text()
        found.update(re.findall(r"(?:POST|GET|params)\.(?:get|getall|getone)\(\s*\"(\w+)\"", source))
        found.update(re.findall(r"\"(\w+)\" in request\.(?:POST|GET)", source))
    return frozenset(found)


@cache
def _feature_of(form: type[Form]) -> str:
    return Path(inspect.getfile(form)).relative_to(ROOT / "feedsite").parts[0]


@cache
def fields_of(feature: str) -> tuple[Field, ...]:
    """Every field that a feature's forms have."""
    found = {name: Field(name) for name in names_in_code()}
    for form in _forms():
        if _feature_of(form) == feature:
            for name, declared in form()._fields.items():
                given = getattr(declared, "choices", None) if isinstance(declared, SelectField) else None
                values = tuple(str(getattr(choice, "value", choice)) for choice in given or ())
                found[name] = Field(name, values[:20])
    return tuple(found[name] for name in sorted(found))


@dataclass(frozen=True)
class Request:
    """One thing to ask."""

    route: str
    method: str
    role: str
    ids: dict[str, str]
    query: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def _values(field: Field, known: dict[str, str]) -> st.SearchStrategy[str]:
    some: list[st.SearchStrategy[str]] = [
        st.sampled_from(HOSTILE),
        st.sampled_from(sorted(known.values())),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    ]
    if field.choices:
        some.append(st.sampled_from(field.choices))
    return st.one_of(some)


def requests(known: dict[str, str], methods: tuple[str, ...] = ("GET", "POST")) -> st.SearchStrategy[Request]:
    """Anything that can be asked of the routes of the matrix."""
    places = [(route, method) for route, served in CASES.items() for method in served if method in methods]

    @st.composite
    def drawn(draw: st.DrawFn) -> Request:
        route, method = draw(st.sampled_from(places))
        fields = fields_of(route.split(".", maxsplit=1)[0])
        pairs = st.lists(st.sampled_from(fields).flatmap(lambda field: _pair(field, known)), max_size=6)
        return Request(
            route,
            method,
            draw(st.sampled_from(ROLES)),
            draw(st.dictionaries(st.sampled_from(sorted(known)), st.sampled_from(IDS), max_size=1)),
            tuple(draw(pairs)) if method == "GET" else (),
            tuple(draw(pairs)) if method == "POST" else (),
        )

    return drawn()


def _pair(field: Field, known: dict[str, str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(field.name), _values(field, known))


class Target:
    """A site with something on it, asked as anybody, and looked at before and after."""

    def __init__(self, site: Site) -> None:
        self.site, self._numbers = site, count(1)
        self.answers = Counter[int]()
        site.wipe()
        ana, bo = site.person("ana"), site.person("bo")
        with site.transaction() as request:
            note = request.find_service(NoteService).write(ana.id, "A note. #python")
            reports = request.find_service(ReportService)
            reports.report_note(bo.key, note, "spam", "")
            (report,) = reports.page(ReportFilter()).rows
            self.known = {"note_id": note.id, "person_id": bo.id, "report_id": report.id, "handle": "ana", "tag": "x"}
        self._watcher = site.engine.connect()
        self._tables = sorted(table_names(site.engine))

    def browser(self, role: str) -> Browser:
        """A browser of somebody new."""
        browser = self.site.browser(self._person(role))
        browser.lint = False  # it would refuse to send most of this
        return browser

    def _person(self, role: str) -> Person | None:
        if role == "anonymous":
            return None
        columns = {"role": role} if role in ("moderator", "admin") else {"state": role.replace("member", "active")}
        return self.site.person(f"somebody{next(self._numbers)}", **columns)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        sums = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in self._tables)
        found = self._watcher.execute(text(f"SELECT {sums}")).one()
        self._watcher.rollback()
        return dict(zip(self._tables, found, strict=True))

    def written(self) -> int:
        """A number that another one follows when anybody has written anything (SQLite: PRAGMA data_version)."""
        number = self._watcher.execute(text("PRAGMA data_version")).scalar_one()
        self._watcher.rollback()
        return int(number)

    def ask(self, browser: Browser, asked: Request, token: str) -> TestResponse:
        """Send it."""
        path = path_of(self.site, asked.route, **{**self.known, **asked.ids})
        if asked.query:
            path += "?" + urlencode(asked.query)
        if asked.method == "GET":
            return browser.get(path, expect_errors=True)
        return browser.post(path, urlencode([("csrf_token", token), *asked.fields]), expect_errors=True)

    def checked(self, what: str, method: str, send: Callable[[], TestResponse]) -> TestResponse:
        """Send something; fail when it is our mistake, or when a refusal or a reading has written."""
        before, rows = self.written(), self.rows()
        answer = send()
        self.answers[answer.status_int] += 1
        assert answer.status_int < 500, what
        if answer.status_int >= 400:
            assert self.written() == before, f"{what}: {answer.status}, and something was written"
        if answer.status_int >= 400 or method not in ("POST",):
            after = self.rows()
            changed = {table for table in rows if rows[table] != after[table]} - MARKS
            assert changed == set(), f"{what}: {answer.status}, and rows of {changed} were written"
        return answer

    def close(self) -> None:
        self._watcher.close()


def bodies(feature: str = "web") -> dict[str, tuple[bytes, str]]:
    """Bodies that are no forms: name -> (bytes, content type)."""
    form, file = (
        "application/x-www-form-urlencoded",
        'Content-Disposition: form-data; name="{}"; filename="../../a.php"',
    )
    files = "".join(f"--x\r\n{file.format(field.name)}\r\n\r\n<?php\r\n" for field in fields_of(feature))
    return {
        "too large": (b"text=" + b"a" * 1_100_000, form),
        "no text": (b"text=%ff%fe&name=%80", form),
        "a NUL": (b"text=%00", form),
        "a surrogate": (b"text=%ed%a0%80", form),
        "json": (b'{"text": ["a"]}', "application/json"),
        "broken json": (b'{"text": ', "application/json"),
        "xml": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "application/xml"),
        "no parts": (b"nothing", "multipart/form-data; boundary=x"),
        "no boundary": (b"nothing", "multipart/form-data"),
        "half a part": (b'--x\r\nContent-Disposition: form-data; name="text"', "multipart/form-data; boundary=x"),
        "files": (f"{files}--x--\r\n".encode(), "multipart/form-data; boundary=x"),
        "another charset": (b"text=a", form + "; charset=utf-7"),
        "many fields": ("&".join(f"f{number}={number}" for number in range(3000)).encode(), form),
        "nothing": (b"", form),
    }


QUERIES = (
    "cursor=%ff",
    "cursor=" + "A" * 7000,
    "cursor=a&cursor=b",
    "cursor=..%2f",
    "verb=%00",
    "next=%5C%5Cevil.example",
    "q=" + quote("(" * 500),
    "a" * 6000,
    "&&==&=",
    "%",
)
COOKIES = ("", "x", "A" * 4000, "eyJhbGciOiJub25lIn0.e30.", "a.b", "é", '"', "=;", "WzE3MDAwMDAwMDAsImEiXQ.AAAA")
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Language": "x" * 3000},
    {"Range": "bytes=0-,-1,9-2"},
    {"If-None-Match": '"' * 50, "If-Modified-Since": "yesterday"},
    {"Host": "evil.example"},
    {"X-Forwarded-For": "1.2.3.4, ::::", "X-Forwarded-Proto": "javascript", "X-Forwarded-Host": "evil.example"},
    {"Accept": "*/*;q=x,,,text/", "Accept-Encoding": "\x7f"},
    {"User-Agent": "\x01" * 300, "Referer": "\x7f"},
    {"Authorization": "Bearer \xff", "X-CSRF-Token": "x"},
    {"X-HTTP-Method-Override": "DELETE"},
)
