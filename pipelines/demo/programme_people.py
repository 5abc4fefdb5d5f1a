"""What people enter in the synthetic programme: for the year before a whole panel and its run, for the year drafts.

For 2024 three panelists have reviewed every province with key firms, the third of them severely; the chair has decided
each grade, and the run is published. Two provinces end on either side of the cut-off of the best grade. For 2025 one
self-evaluation is handed in and two are drafts. Everything goes through the workflow's own functions.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import ceil

import polars as pl

from data import access
from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from metrics.appraisal.score import ScoreTree, score
from pipelines.appraisal import Computed, computed, results
from pipelines.demo.programme_who import SUPPORTED, YEARS
from pipelines.workflow import decision, panel, self_evaluation

REVIEWED = Appraisal("round-1", SUPPORTED["round-1"], YEARS[0])
EVALUATED = Appraisal("round-1", SUPPORTED["round-1"], YEARS[1])
JUST_ABOVE, JUST_BELOW = "330000", "440000"
SEVERE = 3
SUBMITTED, DRAFTS = "330000", ("210000", "420000")

_CHAIR = Reader("chair")
_MEANS = {"210000": 52}  # not policy: what the panel gives on average; the others follow one another
_LEAST, _STEP, _RANGE = 46, 17, 45  # not policy: synthetic
_SEATS = {1: 6, 2: 9, SEVERE: -15}  # not policy: how much above or below the mean a seat scores
_SWING = (2, -3, 0, 4, -3)  # not policy: how the indicators differ; it sums to nothing
_WHOLE = 100
_REASONS = {
    "plan_quality": "目标分解较清楚，部分措施缺少责任单位和时限（合成）",
    "allocation_rationale": "分配依据已说明，与任务完成情况的挂钩可再具体（合成）",
    "supervision_quality": "督导有记录，问题跟踪不够及时（合成）",
    "self_evaluation_quality": "数据齐全，对存在问题的分析偏少（合成）",
    "rectification_closed": "大部分问题已整改，个别未附佐证（合成）",
}
_NEAR = {
    JUST_ABOVE: "得分高于“优”的分数线不足0.01分，经复核各项依据，按模型等次认定（合成）",
    JUST_BELOW: "得分低于“优”的分数线不足0.01分，经复核各项依据，按模型等次认定（合成）",
}
_UNSURE = "重点企业户数较少，成长性对比数据不足，按最低得分对应的等次认定（合成）"
_PLACES = Decimal("0.0001")
_MORE = Decimal("0.2")  # not policy: points
_CLAIMED = {"annual_updates": _MORE}
"""Indicators for which a province claims more than the system computes."""
_EXPLAINED = {
    "execution": "各期资金已按方案支付，支付凭证存省级财政部门备查（合成）",
    "innovation_tasks": "个别企业新产品验收推迟至次年一季度（合成）",
    "annual_updates": "已逐户通知未更新企业补报（合成）",
}


def enter(home: Home) -> None:
    """Enter the self-evaluations, then the panel's reviews and the published run, on the synthetic facts; once only."""
    if self_evaluation.standings(home, EVALUATED).is_empty():
        evaluate(home, _computed(access.read(access.MINISTRY, home), EVALUATED))
    if not panel.seats_of(home, REVIEWED):
        # What was handed in is in the facts by now, and the run stands on all of them.
        review(home, _computed(access.read(access.MINISTRY, home), REVIEWED))


def review(home: Home, found: Computed) -> None:
    """Seats, reviews and decisions of all provinces that take part in the appraisal, and its published run."""
    provinces = found.indicators["province"].unique().sort().to_list()
    if not provinces:
        return
    near = _tree_of(found, tuple(_NEAR))
    scores = {
        province: _at_the_cut(near, province)
        if province in _NEAR
        else _scores(found.scheme.judged, _MEANS.get(province, _LEAST + _STEP * at % _RANGE))
        for at, province in enumerate(provinces)
    }
    panel.assign_all(home, _CHAIR, REVIEWED, dict.fromkeys(scores, tuple(_SEATS)))
    for seat in _SEATS:
        reviews = {
            province: {code: (str(own[code, seat]), _REASONS[code]) for code, each in own if each == seat}
            for province, own in scores.items()
        }
        panel.hand_in_reviews(home, Reader("panelist", seat=seat), REVIEWED, reviews)
    _publish(home, found)


def evaluate(home: Home, found: Computed) -> None:
    """Two drafts, and one self-evaluation handed in: points of each computed indicator, some explained."""
    tree, build = _tree_of(found, (*DRAFTS, SUBMITTED)), found.build.build
    for province in (*DRAFTS, SUBMITTED):
        points = _points(tree, province)
        if not points:
            continue
        reader = Reader("province", unit=province)
        shown = {code: own for code, own in points.items() if own is not None}
        # a draft stops half way
        filled = list(shown)[: len(shown) // 2] if province in DRAFTS else list(shown)
        for code in filled:
            self_evaluation.save(
                home,
                reader,
                EVALUATED,
                code,
                seen=0,
                value=shown[code] + _CLAIMED.get(code, Decimal(0)),
                explanation=_EXPLAINED.get(code, ""),
                system_value=shown[code],
            )
        if province == SUBMITTED:
            seen = dict.fromkeys(filled, 1)
            self_evaluation.submit(home, reader, EVALUATED, points, seen=seen, build=build, synthetic=True)


def _publish(home: Home, found: Computed) -> None:
    """The chair gives each province the model's grade, or that of its lowest points, and publishes the run."""
    judged = panel.scores_visible(home, _CHAIR, REVIEWED)
    came_to = results(found, judged)
    grades = {row["province"]: (row["grade"], row["grade_low"]) for row in came_to["provinces"]}
    decision.decide_all(
        home,
        _CHAIR,
        REVIEWED,
        {
            province: (grade or low, grade, _NEAR.get(province, "") if grade else _UNSURE)
            for province, (grade, low) in grades.items()
        },
    )
    decision.publish(
        home,
        _CHAIR,
        REVIEWED,
        build=found.build.build,
        facts=found.build.content,
        scheme={"code": found.scheme.round, "sha256": found.scheme.version},
        seed=found.scheme.certainty.seed,
        scores=judged,
        decided=decision.decisions(home, REVIEWED),
        results=came_to,
        graded=frozenset(grades),
    )


def _computed(facts: access.Facts, appraisal: Appraisal) -> Computed:
    return computed(facts, appraisal.round, appraisal.support_batch, appraisal.year)


def _tree_of(found: Computed, provinces: tuple[str, ...]) -> ScoreTree:
    """The trees of these provinces before anything is judged."""
    return score(found.indicators.filter(pl.col("province").is_in(provinces)), None, found.scheme)


def _points(tree: ScoreTree, province: str) -> dict[str, Decimal | None]:
    """Points of each indicator as computed; None where anything of it is missing."""
    rows = tree.nodes.filter(pl.col("province") == province, pl.col("level") == "indicator")
    found: dict[str, Decimal | None] = {}
    for code, used, low, high in rows.select("code", "used", "share_low", "share_high").iter_rows():
        sure = low is not None and low == high
        found[code] = _rounded(Fraction(used) * Fraction(low)) if sure else None
    return found


def _rounded(points: Fraction) -> Decimal:
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return exact.quantize(_PLACES, rounding=ROUND_HALF_EVEN)


def _scores(judged: Collection[str], mean: int) -> dict[tuple[str, int], int]:
    """Each seat's whole percent of each indicator, around the mean."""
    return {
        (code, seat): min(_WHOLE, max(0, mean + swing + above))
        for code, swing in zip(judged, _SWING, strict=False)
        for seat, above in _SEATS.items()
    }


def _at_the_cut(tree: ScoreTree, province: str) -> dict[tuple[str, int], int]:
    """Whole scores that bring the points as close to the best grade's cut-off as they can, on the province's side.

    What the common mean leaves over is closed in single points of the indicators of least weight.
    """
    of_it = pl.col("province") == province
    low = Fraction(tree.totals.filter(of_it)["low"].item())
    judged = tree.nodes.filter(of_it, pl.col("level") == "indicator", pl.col("kind") == "judged")
    used = {code: Fraction(points) for code, points in judged.select("code", "used").iter_rows()}
    cut = Fraction(next(iter(load_scheme(REVIEWED.round).grades.values())).at_least)
    needed = (cut - low) * _WHOLE / sum(used.values())
    scores = _scores(used, round(needed))
    points = low + sum(used[code] * given for (code, _), given in scores.items()) / (_WHOLE * len(_SEATS))
    least = min(used.values())
    steps = ceil((cut - points) / (least / (_WHOLE * len(_SEATS)))) - (0 if province == JUST_ABOVE else 1)
    cells = [at for at in scores if used[at[0]] == least]
    each, over = divmod(steps, len(cells))
    for number, at in enumerate(cells):
        scores[at] = min(_WHOLE, max(0, scores[at] + each + (number < over)))
    return scores
