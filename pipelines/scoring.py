"""Score or classify a file of firms: check, choose the rule set, compute, write. All or nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.rulebook import NoRuleSetError, rule_set_for, rule_sets, standard
from data.rules import Standard
from metrics.scoring.results import result_table
from metrics.scoring.score import Engine, score_firms
from metrics.scoring.size import size_classes
from pipelines.intake.check import Checked, check_file

DATASET = "annual_returns"
ASSESSED = (9, 1)  # month and day of the default assessment, in the year after the accounting year


class RefusedError(Exception):
    """The file was refused; `checked` holds the findings."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        super().__init__(f"{checked.file}: {checked.errors} blocking findings. Nothing was computed.")


@dataclass(frozen=True)
class FileScores:
    """A scored file: the check it passed, the standard and year, codes (`scored`) and words (`table`)."""

    checked: Checked
    rule: Standard
    year: int
    assessed_on: dt.date
    scored: pl.DataFrame
    table: pl.DataFrame


def default_assessment(year: int) -> dt.date:
    """The assessment date assumed for an accounting year: 1 September of the year after."""
    return dt.date(year + 1, *ASSESSED)


def choose_standard(
    tier: str, kind: str, assessed_on: dt.date, rule_set: str | None = None, waived: tuple[str, ...] = ()
) -> Standard:
    """Open the standard that governs an assessment; `rule_set` overrides the date.

    Raises NoRuleSetError when none is in force, the one in force is not shipped, or a waiver does not apply.
    """
    name = rule_set or rule_set_for(tier, kind, assessed_on)
    if name not in {found.id for found in rule_sets()}:
        raise NoRuleSetError(
            f"unknown rule set {name!r}. Known: {', '.join(found.id for found in rule_sets())}."
        )
    known = {waiver.id: waiver for waiver in standard(name, tier).waivers}
    for waiver in waived:
        if waiver not in known or kind not in known[waiver].kinds:
            raise NoRuleSetError(
                f"the {waiver} condition of {name} {tier} cannot be waived for kind {kind!r}."
            )
    return standard(name, tier, waived)


def score_file(
    path: Path,
    tier: str,
    *,
    year: int | None = None,
    rule_set: str | None = None,
    kind: str = "new",
    assessed_on: dt.date | None = None,
    waived: tuple[str, ...] = (),
    engine: Engine = "polars",
) -> FileScores:
    """Check a file of annual returns and score every firm in it.

    `year` defaults to the latest in the file, `assessed_on` to 1 September of the year after.
    Raises RefusedError with findings, NoRuleSetError naming the dates.
    """
    checked = check_file(path, DATASET)
    return score_checked(
        checked,
        tier,
        year=year,
        rule_set=rule_set,
        kind=kind,
        assessed_on=assessed_on,
        waived=waived,
        engine=engine,
    )


def score_checked(
    checked: Checked,
    tier: str,
    *,
    year: int | None = None,
    rule_set: str | None = None,
    kind: str = "new",
    assessed_on: dt.date | None = None,
    waived: tuple[str, ...] = (),
    engine: Engine = "polars",
) -> FileScores:
    """Score a file that has been checked; errors as in `score_file`."""
    if checked.frame is None:
        raise RefusedError(checked)
    year = year if year is not None else int(checked.frame["year"].max())  # type: ignore[arg-type]
    assessed_on = assessed_on or default_assessment(year)
    rule = choose_standard(tier, kind, assessed_on, rule_set, waived)
    scored = score_firms(checked.frame, rule, year, engine)
    return FileScores(checked, rule, year, assessed_on, scored, result_table(scored, rule, year))


def size_file(path: Path, year: int | None = None) -> tuple[Checked, pl.DataFrame]:
    """Check a file and classify its firms; it needs uscc, name and the columns the standard uses.

    Returns the check and uscc, name, size_class, one row a firm, of `year` (default: the latest in the file; a file
    without a year column is taken as one year). Raises RefusedError with findings.
    """
    checked = check_file(path, DATASET, needs=("uscc", "name"))
    return checked, sizes_of(checked, year)


def sizes_of(checked: Checked, year: int | None = None) -> pl.DataFrame:
    """Classify the firms of a checked file, as `size_file`."""
    if checked.frame is None:
        raise RefusedError(checked)
    firms = checked.frame
    if firms["year"].null_count() < firms.height:
        wanted = year if year is not None else firms["year"].max()
        every_firm = (
            firms.sort("year").unique("uscc", keep="last", maintain_order=True).select("uscc", "name")
        )
        firms = every_firm.join(firms.filter(pl.col("year") == wanted).drop("name"), on="uscc", how="left")
    return size_classes(firms).sort("uscc").select("uscc", "name", "industry", "size_class")
