"""Every page of our stores beside the peers', on the same world, in one run in which all take turns.

    python bench/contest.py [--acts 10000000] [--people 100000] [--minutes 30] [--quick] [--write]

Starts a node of Elasticsearch, PostgreSQL and Redis, makes a world (bench/world.py), lets every contender load it
(bench/contenders/), compares what they show with what the world says, and asks each question of each contender, round
after round. With --write the tables go into docs/benchmarks.md and the plots into docs/pictures/.
The peers need `make peers`; without it they are left out, which the tables say.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import contest_report  # noqa: E402
from bench.contenders.process import Failed, Process  # noqa: E402
from bench.contenders.serving import DEEP, SIZE, Question  # noqa: E402
from bench.servers import Servers, own_servers  # noqa: E402
from bench.world import World  # noqa: E402

PEERS = ROOT / ".venv-peers" / "bin" / "python"
OURS = ("SQLite", "PostgreSQL", "bounds kept", "bounds asked")
FOREIGN = ("ElasticFeeds", "Stream Framework", "Django Activity Stream")
CLIENTS = 4
_SLOW, _SLOW_EVERY, _PATIENCE = 1.0, 4, 30.0


class Wrong(Exception):
    """A page of ours does not show what the world says."""


@dataclass
class Seen:
    """What was measured of one question and one contender.

    Args:
        seconds: on the clock; worked: of the contender's own processor.
        failed: why it does not answer.
    """

    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    failed: str = ""

    @property
    def median(self) -> float:
        """In milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def least(self) -> float:
        """In milliseconds."""
        return min(self.seconds) * 1000


@dataclass
class Result:
    """All of a run; tables and plots are made of it (contest_report.py).

    Args:
        seen: by question (its name) and contender.
        loaded: seconds of loading, by contender; sizes: bytes.
        served: answers a second to 4 clients, by contender.
        wrong: what a contender showed that the world does not say.
        rounds: how many there were.
    """

    world: World
    seen: dict[str, dict[str, Seen]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Seen)))
    loaded: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    served: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    rounds: int = 0


def questions(world: World) -> dict[str, Question]:
    """What is asked, by the name in the tables."""
    asked = {}
    wide = max((len(r.followed) for r in world.readers if len(r.followed) <= 2_000), default=0)
    for at, reader in enumerate(world.readers):
        asked[f"home, {reader.name}"] = Question("home", at)
        if len(world.answers.homes[reader.name]) >= DEEP * SIZE:
            asked[f"page {DEEP}, {reader.name}"] = Question("deep", at)
        if len(reader.followed) == wide:
            for kind, name in (
                ("news", "number of what is new"),
                ("unread", "what is new, oldest first"),
                ("groups", "newest month by verb"),
                ("archive", "archive"),
                ("year", "archive of a year"),
                ("types", "groups by verb"),
                ("cards", "cards by thing"),
            ):
                asked[f"{name}, {reader.name}"] = Question(kind, at)
    for at, name in enumerate(("named most", "named by some", "named by few")):
        for kind, title in (("notices", "notifications"), ("badge", "badge"), ("alone", "own home"),
                            ("signed_in", "own home and badge")):  # fmt: skip
            asked[f"{title}, {name}"] = Question(kind, at)
    for at, name in enumerate(("the busiest", "the quietest")):
        asked[f"profile, {name}"] = Question("profile", at)
    return asked


def writing(world: World) -> dict[str, Question]:
    """What is written, and by whom."""
    followers = (0, min(200, world.people_count), world.people_count)
    asked = {f"a write with {count:,} followers": Question("write", at) for at, count in enumerate(followers)}
    reader = next(at for at, one in enumerate(world.readers) if len(one.followed) == min(200, world.people_count // 2))
    return asked | {"follow": Question("follow", reader), "unfollow": Question("unfollow", reader)}


def expected(world: World, question: Question) -> list[str] | None:
    """What must be shown; None where the world does not say."""
    answers = world.answers
    match question.kind:
        case "home" | "deep":
            first = SIZE * (DEEP - 1) if question.kind == "deep" else 0
            return list(answers.homes[world.readers[question.at].name])[first : first + SIZE]
        case "profile":
            return list(answers.profiles[(world.celebrity, world.lonely)[question.at]])[:SIZE]
        case "notices":
            groups: dict[tuple[str, str], str] = {}
            for act, verb, thing in reversed(answers.concerns[world.named[question.at]]):
                groups.setdefault((verb, act if verb == "reply" else thing), act)
            return list(groups.values())[:SIZE]
    return None


def contenders(world: World, servers: Servers, stack: ExitStack, *, quick: bool) -> dict[str, Process]:
    """Start them all, empty; peers only where their environment is."""
    files = servers.folder
    node = {"node": servers.node, "prefix": servers.prefix, "layout": "two" if quick else "monthly"}
    record = f"sqlite:///{files / 'record.sqlite'}"
    made = {
        "SQLite": ("ours", {"database": f"sqlite:///{files / 'world.sqlite'}"}, sys.executable),
        "PostgreSQL": ("ours", {"database": servers.ours}, sys.executable),
        "bounds kept": ("ours", {**node, "database": record, "bounds": "process"}, sys.executable),
        "bounds asked": ("ours", {**node, "database": record, "bounds": "index"}, sys.executable),
        "ElasticFeeds": ("elasticfeeds", node, sys.executable),
    }
    if PEERS.exists() and servers.redis:
        made["Stream Framework"] = ("stream_framework_redis", {"redis": str(servers.redis)}, str(PEERS))
    if PEERS.exists():
        conninfo = servers.theirs.replace("+psycopg", "")
        made["Django Activity Stream"] = ("django_activity_stream", {"conninfo": conninfo}, str(PEERS))
    return {
        name: stack.enter_context(Process(name, module, python, world.size, world.people_count, where))
        for name, (module, where, python) in made.items()
    }


def load(result: Result, running: dict[str, Process], files: Path) -> None:
    """Let one after the other take the world in."""
    for name, process in running.items():
        if name == "bounds asked":
            continue  # the same record, the same index
        if name == "bounds kept":
            _copied(files / "world.sqlite", files / "record.sqlite")
        with tqdm(desc=f"{name} loads", unit="act", unit_scale=True) as bar:
            result.loaded[name] = process.load(lambda done, bar=bar: bar.update(done - bar.n))
        result.sizes[name] = process.size()


def _copied(source: Path, copy: Path) -> None:
    """Copy a database that another process has open: what is in its log too."""
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(copy)) as made:
        opened.backup(made)


def check(result: Result, running: dict[str, Process], asked: dict[str, Question]) -> None:
    """Compare what everybody shows with what the world says. Raises Wrong for a page of ours."""
    for name, question in asked.items():
        right = expected(result.world, question)
        if right is None:
            continue
        for who, process in running.items():
            if question.kind not in process.kinds:
                continue
            try:
                shown = process.ask(question, _PATIENCE).shown
            except Failed as failed:
                result.seen[name][who].failed = str(failed)
                continue
            if shown == right:
                continue
            if who in OURS:
                raise Wrong(f"{name} of {who}: {shown} is not {right}")
            result.wrong.append(f"{who}, {name}: {_difference(shown, right)}")


def _difference(shown: list[str], right: list[str]) -> str:
    missing = [one for one in right if one not in shown]
    if missing:
        return f"{len(missing)} of {len(right)} are missing"
    # The first digits of an act's id are its instant.
    tied = [one[:11] for one in shown] == [one[:11] for one in right]
    return "acts of one instant come in another order" if tied else "the order differs"


def measure(
    result: Result, running: dict[str, Process], asked: dict[str, Question], minutes: float, rounds: int
) -> None:
    """Ask everything of everybody in turns, until the time or the rounds are over; the first round is not counted."""
    until = time.monotonic() + minutes * 60
    for number in tqdm(range(-1, rounds), desc="rounds"):
        if number > 0 and time.monotonic() > until:
            break
        for name, who, process, question in _turns(result, running, asked, number):
            seen = result.seen[name][who]
            if seen.seconds and seen.seconds[-1] > _SLOW and number % _SLOW_EVERY:
                continue
            try:
                answer = process.ask(question)
            except Failed as failed:
                seen.failed = str(failed)
                continue
            if number >= 0 or answer.seconds > _SLOW:
                seen.seconds.append(answer.seconds)
                seen.worked.append(answer.worked)
        result.rounds = max(result.rounds, number + 1)


def _turns(
    result: Result, running: dict[str, Process], asked: dict[str, Question], number: int
) -> Iterator[tuple[str, str, Process, Question]]:
    """Who is asked what in a round. Who comes first finds the caches cold: that is another one each round."""
    order = list(running.items())
    order = order[number % len(order) :] + order[: number % len(order)]
    for name, question in asked.items():
        for who, process in order:
            if question.kind in process.kinds and not result.seen[name][who].failed:
                yield name, who, process, question


def serve_clients(result: Result, running: dict[str, Process], seconds: float) -> None:
    """How many first pages of a wide, dense home a second 4 clients get, each a process of its own."""
    world = result.world
    wide = max(len(one.followed) for one in world.readers if len(one.followed) <= 2_000)
    at = next(at for at, one in enumerate(world.readers) if (len(one.followed), one.density) == (wide, "dense"))
    for who, process in tqdm(running.items(), desc="clients"):
        if not result.seen[f"home, {world.readers[at].name}"][who].failed:
            with ExitStack() as stack:
                others = [stack.enter_context(process.another()) for _ in range(CLIENTS)]
                result.served[who] = Process.count_together(others, Question("home", at), seconds)


def run(servers: Servers, acts: int, people: int, minutes: float, rounds: int, *, quick: bool = False) -> Result:
    """Load, compare, measure. Raises Wrong."""
    world = World(acts, people)
    for _ in world.acts():
        pass  # for its answers
    result = Result(world)
    with ExitStack() as stack:
        running = contenders(world, servers, stack, quick=quick)
        load(result, running, servers.folder)
        asked = questions(world)
        check(result, running, asked)
        measure(result, running, asked, minutes, rounds)
        if not quick:
            serve_clients(result, running, 5.0)
        measure(result, running, writing(world), minutes / 4, max(1, rounds // 2))
    return result


def main(given: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=10_000_000, help="how many acts (default: %(default)s)")
    parser.add_argument("--people", type=int, default=100_000, help="how many people (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=30, help="measure at most so long (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=30, help="measure at most so often (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a small world: whether everything runs and is right")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plots")
    options = parser.parse_args(given if given is None else list(given))
    if options.quick:
        options.acts, options.people, options.rounds = 4_000, 400, 1
    with own_servers() as servers:
        result = run(servers, options.acts, options.people, options.minutes, options.rounds, quick=options.quick)
    command = f"python bench/contest.py --acts {options.acts} --people {options.people}"
    text = contest_report.told(result, command)
    print(text)
    if options.write:
        contest_report.write(result, text, ROOT / "docs")


if __name__ == "__main__":
    main()
