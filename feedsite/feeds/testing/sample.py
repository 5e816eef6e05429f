"""A network with something of everything, for the conformance of aggregators: every kind of link and of visibility,
back-dated and future-dated acts, ties, deleted, updated, undone and redone ones, over two years and several zones'
midnights.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from feedsite.feeds.activity import Activity, Actor, Object, Origin, Target
from feedsite.feeds.names import Entity
from feedsite.feeds.network import link
from feedsite.feeds.testing.stage import DIMENSIONS, Stage
from feedsite.feeds.testing.world import MS

PEOPLE = tuple(Entity("person", name) for name in ("ana", "bo", "cy", "di", "eve", "flo"))
ANA, BO, CY, DI, EVE, FLO = PEOPLE
NOTES = tuple(Entity("note", str(number)) for number in range(1, 8))
TAGS = (Entity("tag", "python"), Entity("tag", "1"))
PROJECT = Entity("project", "1")
SITE = Entity("site", "all")
VERBS = ("create", "reply", "like", "announce", "join")

_ACTS = 150
# Days before the stage's noon, some of them long ago; and hours around midnights of several zones.
_DAYS = (0, 0, 0, 1, 1, 2, 6, 13, 15, 16, 40, 74, 75, 76, 140, 141, 400, 430)


def play(stage: Stage, seed: int = 1) -> None:
    """Let it all happen on a stage, at the end of which its clock stands at noon; `seed` chooses another network."""
    rng = Random(seed)  # noqa: S311 - a network to test with is no secret
    long_ago = stage.clock.now - timedelta(days=800)
    lately = stage.clock.now - timedelta(days=20)
    for holder in PEOPLE:
        others = rng.sample(PEOPLE, 4)
        stage.link(link(holder, "follow", end, since=long_ago, weight=rng.choice((0.5, 1, 1, 3))) for end in others)
        stage.link(link(holder, "watch", end, since=lately) for end in rng.sample(NOTES + TAGS, 3))
    stage.link([link(ANA, "follow", ANA, since=long_ago), link(ANA, "follow", BO, since=long_ago, weight=2)])
    stage.link([link(ANA, "follow", CY, since=lately, verbs=("like", "create")), link(BO, "watch", PROJECT)])
    stage.link([link(ANA, "watch", NOTES[0], since=long_ago), link(ANA, "watch", TAGS[0], since=lately, weight=4)])
    acts = list(_acts(stage, rng))
    stage.add(acts)
    _react(stage)
    _subtract(stage)
    for act in rng.sample(acts, 8):
        stage.delete(act.id or "")
    for act in rng.sample(acts, 8):
        stage.update(_changed(act, rng))


def act(number: str, verb: str, actor: Entity, object_: Entity, stage: Stage, rng: Random) -> Activity:
    """One act of the network, its other parts by chance."""
    days, hours = rng.choice(_DAYS), rng.choice((0, 0, -1, -6, 5, 11, -12))
    # Few distinct instants in a day, so that many share one.
    published = stage.clock.now - timedelta(days=days, hours=hours) - MS * rng.choice((0, 0, 1, 60_000))
    return Activity(
        verb,
        Actor.of(actor),
        Object.of(object_),
        min(published, stage.clock.now),
        Origin.of(PROJECT) if rng.random() < 0.1 else None,
        Target.of(rng.choice(NOTES)) if verb == "reply" or rng.random() < 0.2 else None,
        id=number,
        about=tuple(rng.sample((*TAGS, *NOTES, *PEOPLE), rng.choice((0, 0, 1, 2)))),
        audience=tuple(rng.sample(PEOPLE, rng.choice((0, 1, 2)))),
        visibility=rng.choice(("public", "public", "public", "followers", "audience")),
        gate=rng.choice(PEOPLE) if rng.random() < 0.1 else None,
        words=tuple(rng.sample(("spoiler", "fine", "advert"), rng.choice((0, 0, 0, 1)))),
        extra={"n": number},
        vector=tuple(rng.choice((-1.0, -0.25, 0.5, 1.0)) for _ in range(DIMENSIONS)) if rng.random() < 0.8 else None,
    )


def _acts(stage: Stage, rng: Random) -> Iterator[Activity]:
    for number in range(_ACTS):
        verb = rng.choice(VERBS)
        thing = PROJECT if verb == "join" else rng.choice((*NOTES, *NOTES, *PEOPLE, *TAGS))
        yield act(f"act{number}", verb, rng.choice(PEOPLE), thing, stage, rng)
    tomorrow = stage.clock.now + timedelta(days=1)
    yield Activity("create", Actor.of(BO), Object.of(NOTES[1]), tomorrow, id="of-tomorrow")


def _react(stage: Stage) -> None:
    """What can be undone: done, undone, done again."""
    for actor in (BO, CY, DI):
        stage.perform(Activity("like", Actor.of(actor), Object.of(NOTES[2]), stage.clock.now, audience=(ANA,)))
    stage.undo("like", BO, NOTES[2])
    stage.undo("like", CY, NOTES[2])
    stage.perform(Activity("like", Actor.of(BO), Object.of(NOTES[2]), stage.clock.now, audience=(ANA,)))


def _subtract(stage: Stage) -> None:
    """Mutes, a block, a limit, what is taken from everybody; some of it is over."""
    now = stage.clock.now
    stage.link([link(ANA, "mute", DI, verbs=("announce",)), link(ANA, "mute", Entity("word", "spoiler"))])
    stage.link([link(BO, "mute", NOTES[3]), link(BO, "mute", ANA, until=now + timedelta(hours=1))])
    stage.link([link(CY, "block", EVE), link(SITE, "mute", Entity("word", "advert")), link(SITE, "limit", FLO)])
    stage.link([link(SITE, "mute", NOTES[6]), link(DI, "follow", FLO)])
    stage.link([link(ANA, "mute", TAGS[1])])
    stage.unlink(link(ANA, "mute", TAGS[1]))


def _changed(act: Activity, rng: Random) -> Activity:
    return Activity(
        act.verb,
        act.activity_actor,
        act.activity_object,
        id=act.id,
        about=tuple(rng.sample(TAGS, 1)),
        visibility=rng.choice(("public", "followers")),
        vector=act.vector,
    )
