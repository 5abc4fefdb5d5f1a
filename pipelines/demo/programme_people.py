"""What people enter in the synthetic programme: a panel's scores for the year before, self-evaluations for the year.

Three panelists review six provinces for 2024; the third is severe, and has not handed in one review. Two provinces
end on either side of the cut-off of the best grade. For 2025 one self-evaluation is handed in and two are drafts.
Everything goes through the workflow's own functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import ceil

import polars as pl

from data import access
from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.home import Home
from data.readers import Reader
from metrics.appraisal.score import ScoreTree
from pipelines.appraisal import computed
from pipelines.demo.programme_who import SUPPORTED, YEARS
from pipelines.workflow import panel, self_evaluation

REVIEWED = Appraisal("round-1", SUPPORTED["round-1"], YEARS[0])
EVALUATED = Appraisal("round-1", SUPPORTED["round-1"], YEARS[1])
JUST_ABOVE, JUST_BELOW = "330000", "440000"
SEVERE, OPEN_REVIEW = 3, "510000"
SUBMITTED, DRAFTS = "330000", ("210000", "420000")

_MEANS = {JUST_ABOVE: 80, JUST_BELOW: 80, "320000": 84, "340000": 70, "210000": 52, OPEN_REVIEW: 77}
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
    """Enter the panel's scores and the self-evaluations, on the published synthetic facts; once only."""
    if panel.seats_of(home, REVIEWED):
        return
    facts = access.read(access.MINISTRY, home)
    review(home, _tree(facts, REVIEWED))
    evaluate(home, _tree(facts, EVALUATED), facts.build.build)


def review(home: Home, tree: ScoreTree) -> None:
    """Seats, scores and reviews handed in, for the provinces of the panel that take part in the appraisal."""
    judged = tree.nodes.filter(pl.col("level") == "indicator", pl.col("kind") == "judged")
    for province, mean in _MEANS.items():
        mine = judged.filter(pl.col("province") == province)
        if mine.is_empty():
            continue
        used = {code: Fraction(points) for code, points in mine.select("code", "used").iter_rows()}
        scores = _scores(used, mean)
        if province in {JUST_ABOVE, JUST_BELOW}:
            low = Fraction(tree.totals.filter(pl.col("province") == province)["low"].item())
            scores = _at_the_cut(used, low, is_above=province == JUST_ABOVE)
        panel.assign(home, Reader("chair"), REVIEWED, province, tuple(_SEATS))
        for seat in _SEATS:
            _review(home, province, seat, {code: scores[code, seat] for code in used})


def evaluate(home: Home, tree: ScoreTree, build: int) -> None:
    """Two drafts, and one self-evaluation handed in: points of each computed indicator, some explained."""
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


def _tree(facts: access.Facts, appraisal: Appraisal) -> ScoreTree:
    return computed(facts, appraisal.round, appraisal.support_batch, appraisal.year).tree()


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


def _scores(used: Mapping[str, Fraction], mean: int) -> dict[tuple[str, int], int]:
    """Each seat's whole percent of each indicator, around the mean."""
    return {
        (code, seat): min(_WHOLE, max(0, mean + swing + above))
        for code, swing in zip(used, _SWING, strict=False)
        for seat, above in _SEATS.items()
    }


def _at_the_cut(used: Mapping[str, Fraction], low: Fraction, *, is_above: bool) -> dict[tuple[str, int], int]:
    """Whole scores that bring the points as close to the best grade's cut-off as they can, on one side of it.

    What the common mean leaves over is closed in single points of the indicators of least weight.
    """
    cut = Fraction(next(iter(load_scheme(REVIEWED.round).grades.values())).at_least)
    needed = (cut - low) * _WHOLE / sum(used.values())
    scores = _scores(used, round(needed))
    points = low + sum(used[code] * score for (code, _), score in scores.items()) / (_WHOLE * len(_SEATS))
    least = min(used.values())
    steps = ceil((cut - points) / (least / (_WHOLE * len(_SEATS)))) - (0 if is_above else 1)
    cells = [at for at in scores if used[at[0]] == least]
    each, over = divmod(steps, len(cells))
    for number, at in enumerate(cells):
        scores[at] = min(_WHOLE, max(0, scores[at] + each + (number < over)))
    return scores


def _review(home: Home, province: str, seat: int, scores: Mapping[str, int]) -> None:
    reader = Reader("panelist", seat=seat)
    for code, score in scores.items():
        panel.save_score(
            home, reader, REVIEWED, province, code, seen=0, score=str(score), reason=_REASONS[code]
        )
    if (province, seat) != (OPEN_REVIEW, SEVERE):
        seen = dict.fromkeys(scores, 1)
        panel.submit_scores(home, reader, REVIEWED, province, tuple(scores), seen=seen)
