"""Finding people in SQL, on both databases: what begins like a word is decided by code points, not by a collation."""

from __future__ import annotations

from feedsite.feeds import Entity
from feedsite.search.people import PeopleSearch

from tests.site import Site


def test_people_are_listed_by_the_words_they_are_found_by(site: Site) -> None:
    """The database of the tests on PostgreSQL sorts as people do; an index of beginnings must not."""
    names = {"a_b": "Zoë Álvarez", "ab": "Añd Alvar", "zz": "ÅB Æon", "x1": "日本 太郎", "x2": "ﬁne Über"}
    for handle, name in names.items():
        site.person(handle, name=name)
    reader = site.person("reader")
    with site.transaction() as request:
        found = request.find_service(PeopleSearch)
        me = Entity("person", reader.id)

        def handles(*words: str) -> list[str]:
            return [person.handle for person in found.read(words, me).people]

        assert handles("a")[0] == "a_b", "a itself comes before what begins with it"
        assert set(handles("a")) == {"a_b", "zz", "ab"}
        assert handles("alvar") == ["ab", "a_b"]
        assert handles("æ") == ["zz"]
        assert handles("日") == ["x1"]
        assert handles("fi", "ub") == ["x2"]
        assert handles("ab") == ["ab", "zz"], "who has the very handle, then the others"
        assert handles("b") == ["a_b"]
