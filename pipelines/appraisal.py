"""One appraisal on the published facts: the measured indicators, the score trees, the assessed firms, how sure it is.

Everything is read for the whole country, because ranks and comparisons need it, and cut to a province afterwards.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from data import access
from data.access import MINISTRY, Facts, Scope
from data.appraisal_policy import Scheme, load_scheme
from data.appraisals import Appraisal
from data.funds_policy import fund_rules
from data.manifest import Published
from data.rounds import load_round, rounds
from data.titles_policy import title_rules
from metrics.appraisal import assessment, certainty, indicators, score
from metrics.appraisal.asked import DATASETS, Asked
from metrics.appraisal.score import ScoreTree

RESULTS_FORM = 1


@dataclass(frozen=True)
class Computed:
    """What the facts say of an appraisal; ``unit``: the province it is cut to, None for all.

    ``asked`` gives the members of any part (`metrics.appraisal.indicators.members`).
    """

    appraisal: Appraisal
    build: Published
    as_of: dt.date
    scheme: Scheme
    asked: Asked
    unit: str | None = None
    _kept: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def indicators(self) -> pl.DataFrame:
        """`metrics.appraisal.indicators.compute`."""
        return self._cut(self._once("indicators", indicators.computed))

    @property
    def assessed(self) -> pl.DataFrame:
        """`metrics.appraisal.assessment.assess`."""
        return self._cut(self._once("assessed", assessment.assess))

    def seen_by(self, scope: Scope) -> Computed:
        """The same for another reader; what was computed already is not computed again."""
        return replace(self, unit=(scope.unit or "") if scope.role in _CUT else None)

    def tree(self, judged: pl.DataFrame | None = None) -> ScoreTree:
        """The score trees with the panel's submitted scores; without them what the panel judges is missing."""
        return score.score(self.indicators, self._judged(judged), self.scheme)

    def certainty(self, judged: pl.DataFrame | None = None) -> certainty.Certainty:
        """`metrics.appraisal.certainty.certainty`."""
        return certainty.certainty(self.indicators, self._judged(judged), self.scheme)

    def members(self, indicator: str, part: str, province: str) -> pl.DataFrame:
        """The rows behind a part; nothing for another province than the one it is cut to."""
        rows = indicators.members(self.asked, indicator, part, province)
        return rows if self.unit in (None, province) else rows.clear()

    def _once(self, name: str, compute: Callable[[Asked], pl.DataFrame]) -> pl.DataFrame:
        if name not in self._kept:
            self._kept[name] = compute(self.asked)
        return self._kept[name]

    def _cut(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows if self.unit is None else rows.filter(pl.col("province") == self.unit)

    def _judged(self, judged: pl.DataFrame | None) -> pl.DataFrame | None:
        if judged is None:
            return None
        taking_part = self.indicators["province"].unique().implode()
        return judged.filter(pl.col("province").is_in(taking_part))


def computed(
    facts: Facts, round_code: str, support_batch: int, year: int, as_of: dt.date | None = None
) -> Computed:
    """The appraisal on the facts, in the scope of ``facts``.

    ``as_of``: up to which day anything counts; by default the last day of the year, or of the facts where these end
    before it. Raises RoundError for a round without a scheme, NoFactsError where the build was replaced meanwhile.
    """
    scheme, of_round = load_scheme(round_code), load_round(round_code)
    whole = facts if facts.scope.role not in _CUT else access.read(MINISTRY)
    if whole.build != facts.build:
        raise access.NoFactsError(f"Build {facts.build.build} is no longer in force: read it again.")
    day = as_of or default_day(facts.build, year)
    update_by = title_rules().update_by
    asked = Asked(
        tables={name: whole.table(name) for name in DATASETS},
        scheme=scheme,
        round=of_round,
        support_batch=support_batch,
        year=year,
        as_of=day,
        platform_money=fund_rules().platform_money.only,
        update_by=(update_by.month, update_by.day),
    )
    found = Computed(Appraisal(round_code, support_batch, year), facts.build, day, scheme, asked)
    return found.seen_by(facts.scope)


def appraisals(facts: Facts) -> tuple[Appraisal, ...]:
    """The appraisals that the facts hold anything for: batches with key firms, in the years with tasks; latest first.

    A batch without tasks stands in the year its first quota was received, or its round's first year.
    """
    batches = facts.table("key_firms").select("round, support_batch").distinct().pl()
    # A province sees no other's tasks, and tasks carry no province of their own.
    whole = facts if facts.scope.role not in _CUT else access.read(MINISTRY)
    years = whole.table("tasks").select("round, support_batch, year").distinct().pl()
    found = set()
    for code, batch in batches.cast({"round": pl.String}).iter_rows():
        of_batch = years.filter(pl.col("round").cast(pl.String) == code, pl.col("support_batch") == batch)
        first = {each.code: each.first_year for each in rounds()}
        found |= {Appraisal(code, batch, year) for year in of_batch["year"].to_list() or [first[code]]}
    return tuple(sorted(found, key=lambda one: (-one.year, one.round, -one.support_batch)))


def default_day(build: Published, year: int) -> dt.date:
    """The last day of the year, or the latest day of a loaded fact where that comes before it."""
    last = dt.date(year, 12, 31)
    return min(last, build.as_of) if build.as_of and build.as_of.year >= year else last


def results(found: Computed, judged: pl.DataFrame | None) -> dict[str, Any]:
    """What a run came to, for its manifest: the same inputs give the same content, whatever the order of rows.

    scheme version, as_of, facts; of each province points (exact, as text), grades, rank, rank interval and the chance
    of each grade; every node's exact share; the assessed firms and platforms.
    """
    tree, sure = found.tree(judged), found.certainty(judged)
    totals = tree.totals.select("province", "low", "high", "grade_low", "grade_high", "grade", "rank")
    nodes = tree.nodes.select("province", "code", "state", "reason", "used", "share_low", "share_high")
    assessed = found.assessed.select("province", "object_kind", "uscc", "score", "result", "rule")
    return {
        "form": RESULTS_FORM,
        "as_of": found.as_of.isoformat(),
        "facts": found.build.content,
        "scheme": found.scheme.version,
        "seed": found.scheme.certainty.seed,
        "draws": found.scheme.certainty.draws,
        "provinces": totals.join(sure.provinces, on="province", how="left").sort("province").to_dicts(),
        "nodes": nodes.sort("province", "code").to_dicts(),
        "assessed": assessed.sort("province", "object_kind", "uscc").to_dicts(),
    }


def canonical(tree: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys: the same content is the same bytes."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


_CUT = frozenset({"province", "public"})
