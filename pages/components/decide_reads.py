"""What the chair decides on: the trees with the scores handed in, the decisions, the reviews, the run in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from data.appraisals import Appraisal
from data.home import Home
from data.manifest import Published
from data.readers import Reader
from metrics.agreement import Agreement, agreement
from pages.components.work_reads import Appraised, appraised, certain
from pipelines.workflow.decision import PublishedRun, decisions, published_run
from pipelines.workflow.panel import panel_progress, scores_visible, seats_of
from pipelines.workflow.self_evaluation import standings


@dataclass(frozen=True)
class UnderReview:
    """An appraisal before the chair.

    ``scores``: `panel.SCORES`, those handed in; ``decided``: `decision.DECISIONS`; ``progress`` as `panel_progress`;
    ``standings`` as `self_evaluation.standings`; ``sure`` as `metrics.appraisal.certainty.PROVINCES`; ``graded``: the
    provinces that the panel reviews, which are those that get a grade.
    """

    appraised: Appraised
    sure: pl.DataFrame
    scores: pl.DataFrame
    decided: pl.DataFrame
    progress: pl.DataFrame
    standings: pl.DataFrame
    run: PublishedRun | None
    graded: tuple[str, ...]

    @property
    def agreement(self) -> Agreement | None:
        """How far the panelists agree; an item is an indicator of a province. None before two scores."""
        return agreement(rated(self.scores)) if self.scores.height else None


def under_review(home: Home, build: Published, by: Reader, appraisal: Appraisal) -> UnderReview:
    """Read it all; the trees are cached under the scores, so that a decision redraws nothing dear."""
    scores = scores_visible(home, by, appraisal)
    judged = scores if scores.height else None
    found = appraised(build, by.scope, appraisal, judged)
    progress = panel_progress(home, appraisal)
    taking_part = set(found.totals["province"])
    return UnderReview(
        found,
        certain(build, by.scope, appraisal, judged),
        scores,
        decisions(home, appraisal),
        progress,
        standings(home, appraisal),
        published_run(home, appraisal),
        tuple(unit for unit in progress["province"].unique(maintain_order=True) if unit in taking_part),
    )


def with_reviews(home: Home, offered: Sequence[Appraisal], seat: int | None = None) -> Appraisal | None:
    """The latest appraisal that has reviews (of that seat); None where there is none."""
    for appraisal in offered:
        seats = {each for some in seats_of(home, appraisal).values() for each in some}
        if seats and (seat is None or seat in seats):
            return appraisal
    return None


def rated(scores: pl.DataFrame) -> pl.DataFrame:
    """The scores as agreement and severity read them: rater, unit (one item), score."""
    return scores.select(
        rater=pl.col("panelist").cast(pl.String),
        unit=pl.col("province") + pl.lit(" ") + pl.col("indicator"),
        score=pl.col("score"),
    )
