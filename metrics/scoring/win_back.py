"""Which lost points are easiest to win back, and how far each criterion is from its next band.

Easiest first: the smallest relative change of one figure for each point it brings (`metrics.scoring.improve`);
then criteria whose points no single figure wins back; then those with all their points, in the order of the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from data.rules import BestOf
from metrics.scoring.explain import CriterionResult, Explanation, Reading, Step
from metrics.scoring.improve import Change, Ways, effort


@dataclass(frozen=True)
class Chance:
    """A criterion with what can still be won in it.

    `reached`: the steps its points came from; `following`: those of the next better points, each with its distance
    (None: nothing to measure); `change`: the smallest single change that wins points, and `gain` the points it wins.
    """

    result: CriterionResult
    lost: Fraction
    reached: tuple[Step, ...]
    following: tuple[tuple[Step, Fraction | None], ...]
    change: Change | None
    gain: int

    @property
    def ease(self) -> tuple[int, float]:
        """What criteria are sorted by."""
        if not self.lost:
            return (2, 0.0)
        return (0, effort((self.change,)) / self.gain) if self.change else (1, 0.0)


def chances(explanation: Explanation, found: Ways) -> tuple[Chance, ...]:
    """Every criterion of an explained firm, easiest to win back first."""
    listed = []
    for result in explanation.criteria:
        change, gain = found.next_band.get(result.criterion.id, (None, 0))
        listed.append(
            Chance(
                result, result.criterion.max - result.low, _reached(result), _following(result), change, gain
            )
        )
    return tuple(sorted(listed, key=lambda chance: chance.ease))


def _reached(result: CriterionResult) -> tuple[Step, ...]:
    if result.reached is None:
        return ()
    same = [step for step in result.steps if step.points == result.low]
    if not isinstance(result.criterion.rule, BestOf):
        return (result.steps[result.reached],)
    known = {reading.measure: reading.value for reading in result.readings}
    held = [step for step in same if step.measure is None or _reaches(known.get(step.measure), step)]
    return tuple(held)


def _reaches(value: Fraction | None, step: Step) -> bool:
    return value is not None and step.edge is not None and value >= step.edge


def _following(result: CriterionResult) -> tuple[tuple[Step, Fraction | None], ...]:
    if result.next is None:
        return ()
    points = result.steps[result.next].points
    steps = [step for step in result.steps if step.points == points]
    if not isinstance(result.criterion.rule, BestOf):
        steps = [result.steps[result.next]]
    return tuple((step, _distance(step, result.readings)) for step in steps)


def _distance(step: Step, readings: tuple[Reading, ...]) -> Fraction | None:
    """What is missing to a step's edge, in the unit of its measure."""
    reading = next((found for found in readings if found.measure == step.measure), None)
    if reading is None or reading.value is None or step.edge is None:
        return None
    return abs(step.edge - reading.value)
