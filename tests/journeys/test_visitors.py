"""Twenty people at work at once, five seconds between clicks: no error, nobody sees another's draft, all are answered.

TIDU_BENCH_STORE names a large store to visit; it is only read. Times are recorded, never asserted: other work on the
machine shall not fail a run.
"""

from __future__ import annotations

import os
import random
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from data import access
from data.appraisal_policy import load_scheme
from data.home import Home
from data.published import units
from data.readers import Reader, ReaderRole
from pipelines.after_build import work
from pipelines.demo.programme_people import EVALUATED, REVIEWED, SUBMITTED
from pipelines.demo_store import load_country
from pipelines.workflow import panel, self_evaluation
from tests.bench.conftest import Ratio, record
from tests.bench.test_pages import DAYS, FILTERS, p95
from tests.journeys.conftest import serving
from tests.journeys.socket_visitor import AnswerError, SocketVisitor, Visit
from tests.pipelines.demo_country import demo_country, own_copy

pytestmark = pytest.mark.soak

SMALL, SEED = 5_000, 2025
SCHEME = load_scheme(EVALUATED.round)
DRAFTED = "execution"
LAYER = next(name for name, layer in SCHEME.layers.items() if DRAFTED in layer.indicators)
BOTH = (EVALUATED.code, REVIEWED.code)
WALKED = {
    **FILTERS,
    "my_province": {"appraisal": BOTH},
    "self_evaluation": {"layer": tuple(SCHEME.layers), "appraisal": (EVALUATED.code,)},
    "distribution_plan": {"as_of": DAYS},
    "my_reviews": {"appraisal": BOTH},
    "decide": {"appraisal": BOTH},
}
"""The pages that are visited, with what their filters may be set to; a visitor goes to those that they are offered."""
OWN = {"province": {"my_province", "self_evaluation"}, "panelist": {"my_reviews"}, "chair": {"decide"}}
"""Pages of people's own work, which nobody else is offered."""
FAVOURITES, FILTERS_A_PAGE = 4, 3
GOALS = {
    "page again": "300 ms at the 95th percentile",
    "filter": "150 ms at the 95th percentile",
    "first view": "",
}


@dataclass(frozen=True)
class Scale:
    """How much is walked: people by role, clicks of each, seconds from one click to the next."""

    roles: dict[ReaderRole, int]
    clicks: int
    between: float


SCALES = {
    "short": Scale({"ministry": 1, "finance": 1, "province": 2, "panelist": 2, "chair": 1}, 10, 0.3),
    "long": Scale({"ministry": 8, "finance": 3, "province": 5, "panelist": 3, "chair": 1}, 45, 5.0),
}


@dataclass
class Person:
    """One visitor: who they are, the words that nobody else may see, and what came of their walk."""

    number: int
    by: Reader
    mark: str
    draft: dict[str, str] = field(default_factory=dict)
    """The page with their draft on it, by its address: `stem` and its filters."""
    visits: list[tuple[str, Visit]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def scale() -> Scale:
    return SCALES[os.environ.get("TIDU_SOAK", "short")]


@pytest.fixture(scope="module")
def store(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store of their own to write drafts into, with everything that is computed after a build."""
    given = os.environ.get("TIDU_BENCH_STORE")
    if given:
        source = Home(Path(given))
    elif scale is SCALES["long"]:
        source = demo_country(tmp_path_factory)
    else:
        source = Home(tmp_path_factory.mktemp("small") / "home")
        load_country(source, SMALL, SEED)
        work(source)
    return own_copy(source, tmp_path_factory.mktemp("visited") / "home")


@pytest.fixture(scope="module")
def people(store: Home, scale: Scale) -> list[Person]:
    """Everybody, with a draft each where their role writes any."""
    provinces = own_provinces(store)[: scale.roles["province"]]
    readers = [
        Reader(
            role,
            unit=provinces[at] if role == "province" else None,
            seat=at + 1 if role == "panelist" else None,
        )
        for role, count in scale.roles.items()
        for at in range(count)
    ]
    found = [Person(number, by, f"独见之字{number:02d}止") for number, by in enumerate(readers)]
    seats = [person.by.seat for person in found if person.by.seat]
    panel.assign_all(store, Reader("chair"), EVALUATED, dict.fromkeys(provinces, seats))
    for person in found:
        person.draft = leave_draft(store, person, provinces[0])
    return found


def own_provinces(store: Home) -> list[str]:
    """The provinces that have something to say of themselves, the largest first."""
    firms = access.read(access.MINISTRY, store).table("key_firms").pl()
    mine = firms.filter((firms["round"] == EVALUATED.round) & (firms["province"] != SUBMITTED))
    return [province for province, _ in Counter(sorted(mine["province"])).most_common()]


def leave_draft(store: Home, person: Person, reviewed: str) -> dict[str, str]:
    """Write the person's mark into a draft of theirs; the page and address that show it."""
    by = person.by
    if by.role == "province":
        before = self_evaluation.read(store, by, EVALUATED, by.unit or "").entry(DRAFTED)
        self_evaluation.save(
            store,
            by,
            EVALUATED,
            DRAFTED,
            seen=before.version,
            value=before.value,
            explanation=person.mark,
        )
        return {"stem": "self_evaluation", "appraisal": EVALUATED.code, "layer": LAYER}
    if by.role == "panelist":
        first = next(iter(SCHEME.judged))
        panel.save_score(store, by, EVALUATED, reviewed, first, seen=0, score="71", reason=person.mark)
        return {"stem": "my_reviews", "appraisal": EVALUATED.code, "unit": reviewed}
    return {}


def walk(person: Person, url: str, scale: Scale) -> None:
    """Arrive, look at the own draft where there is one, then go about among a few pages, changing filters."""
    chance = random.Random(person.number)
    with SocketVisitor(url) as visitor:
        visitor.rest(chance.uniform(0, scale.between))
        language = ("zh", "en")[person.number % 2]
        start = {"stem": "methods"} | person.draft
        stem = start.pop("stem")
        try:
            seen = visitor.open(stem, **{"as": person.by.code, "lang": language}, **start)
            note(person, "first view", seen, visitor)
            mine = [page for page in WALKED if page in visitor.pages]
            favourites = chance.sample(mine, min(FAVOURITES, len(mine)))
            stems = {stem}
            for click in range(scale.clicks):
                visitor.rest(max(scale.between - seen.seconds, 0))
                if click % (FILTERS_A_PAGE + 1) == 0:
                    stem = favourites[click // (FILTERS_A_PAGE + 1) % len(favourites)]
                    seen = visitor.follow(stem)
                    note(person, "page again" if stem in stems else "first view", seen, visitor)
                    stems.add(stem)
                else:
                    name, values = chance.choice(list(WALKED[stem].items()))
                    seen = visitor.narrow(**{name: chance.choice(values)})
                    note(person, "filter", seen, visitor)
        except (AnswerError, WebSocketException, OSError) as error:
            person.errors.append(f"{person.by.code}: {error}")


def note(person: Person, kind: str, seen: Visit, visitor: SocketVisitor) -> None:
    """Keep the times and look through what was sent, in which nothing of others may stand."""
    person.visits.append((kind, Visit(seen.stem, seen.seconds, "")))
    by = person.by
    if by.code != visitor.address.get("as"):
        person.errors.append(f"{by.code} became {visitor.address.get('as')} on {seen.stem}")
    strange = {page for role, pages in OWN.items() if role != by.role for page in pages} & set(visitor.pages)
    if strange:
        person.errors.append(f"{by.code} is offered {sorted(strange)}")
    if by.role == "province":
        shorts = units().filter(units()["code"] != by.unit)["short_zh"]
        others = re.findall(rf"合成(?:{'|'.join(shorts)})\d{{6}}", seen.said)
        person.errors += [f"{by.code} sees {name} on {seen.stem}" for name in sorted(set(others))[:3]]
    person.errors += [
        f"{by.code} sees {mark} on {seen.stem}"
        for mark in set(re.findall(r"独见之字\d\d止", seen.said)) - {person.mark}
    ]
    if person.draft and len(person.visits) == 1 and person.mark not in seen.said:
        person.errors.append(f"{by.code} does not see the own draft on {seen.stem}")


def report(people: Sequence[Person], firms: int) -> None:
    """Record the times of each page and of all, as the goals speak of them."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for person in people:
        for kind, seen in person.visits:
            times[kind, seen.stem].append(seen.seconds)
            times[kind, "all pages"].append(seen.seconds)
    for (kind, stem), seconds in sorted(times.items()):
        slow, usual = p95(seconds), statistics.median(seconds)
        record(
            Ratio(
                f"{len(people)} visitors, {stem}, {kind}",
                "95th percentile",
                "median",
                slow,
                usual,
                slow / usual,
                len(seconds),
                GOALS[kind],
                f"from the click to the last message, {firms:,} firms",
                os.getloadavg()[0],
            )
        )


def test_many_people_at_once_get_their_pages_and_nothing_of_each_other(
    store: Home, people: list[Person], scale: Scale, root: Path, tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with serving(root, log, store.folder) as url:
        with ThreadPoolExecutor(len(people)) as together:
            list(together.map(lambda person: walk(person, url, scale), people))
        report(people, access.read(access.MINISTRY, store).table("enterprises").shape[0])
        # Said before the server is asked to end, which one that stands still never does.
        assert [error for person in people for error in person.errors] == []
    assert {len(person.visits) for person in people} == {scale.clicks + 1}
    assert "Traceback" not in log.read_text(encoding="utf-8")
