"""The commands of the appraisal: assess (firms and platforms) and appraise (provinces)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from data.home import home
from data.words import text
from pipelines.cli_facts import Refused
from pipelines.cli_output import existing, json_option, known_ending, language_option, print_json, writable

_day = click.DateTime(["%Y-%m-%d"])
_round = click.option("--round", "round_code", required=True, help="round-1 or round-2.")
_batch = click.option("--support-batch", type=click.IntRange(min=1), required=True)
_year = click.option("--year", type=int, required=True, help="Year of implementation that is judged.")
_as_of = click.option("--as-of", type=_day, help="Default: the end of the year, or of the facts before it.")
_MOST_SHOWN = 3  # not policy: lines on a terminal


@click.command()
@_round
@_batch
@_year
@_as_of
@click.option("-o", "--out", type=writable, help="CSV or XLSX in the columns of support_assessments.")
@json_option
@language_option
def assess(
    round_code: str,
    support_batch: int,
    year: int,
    as_of: dt.datetime | None,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Assess each key little giant (continue, suspend, stop, recover) and platform (passed, failed) by one rule."""
    from pipelines.appraisal_tables import assessment_json, support_assessments
    from pipelines.exports import write_table

    known_ending(out)
    found = _computed(round_code, support_batch, year, as_of)
    if found.assessed.is_empty():
        said = {"round": round_code, "batch": support_batch, "year": year}
        raise Refused(text("cli_appraisal.none_assessed", language, **said))
    if out is not None:
        write_table(support_assessments(found, language), out)
    if as_json:
        print_json(assessment_json(found, language) | {"out": str(out) if out else None})
        return
    counted = found.assessed.group_by("object_kind", "result").len().sort("object_kind", "result")
    for _, result, count in counted.iter_rows():
        click.echo(
            text(
                "cli_appraisal.result",
                language,
                count=f"{count:>6}",
                result=text(f"appraisal.result.{result}", language),
            )
        )
    _written(out, language)


@click.command()
@_round
@_batch
@_year
@_as_of
@click.option(
    "--panel", type=existing, help="Scores of the judged indicators (default: those submitted here)."
)
@click.option("-o", "--out", type=writable, help="JSON of the whole run, or CSV/XLSX of the provinces.")
@json_option
@language_option
def appraise(
    round_code: str,
    support_batch: int,
    year: int,
    as_of: dt.datetime | None,
    panel: Path | None,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Score and grade the provinces of a support batch: a product model, not an official score."""
    from pipelines.appraisal import canonical, results
    from pipelines.appraisal_panel import PanelFileError, read_panel
    from pipelines.appraisal_tables import appraisal_json, province_table
    from pipelines.exports import write_table, write_whole

    known_ending(out, also=".json")
    found = _computed(round_code, support_batch, year, as_of)
    try:
        judged = read_panel(panel, found.scheme, language) if panel else _submitted(found)
    except PanelFileError as error:
        raise Refused(str(error)) from None
    if found.indicators.is_empty():
        said = {"round": round_code, "batch": support_batch, "year": year}
        raise Refused(text("cli_appraisal.none", language, **said))
    told = appraisal_json(found, judged, language)
    if out is not None and out.suffix.lower() == ".json":
        write_whole(out, canonical(results(found, judged)))
    elif out is not None:
        write_table(province_table(found, judged, language), out)
    if as_json:
        print_json(told | {"out": str(out) if out else None})
        return
    _say(told, language)
    _written(out, language)


def _computed(round_code: str, support_batch: int, year: int, as_of: dt.datetime | None) -> Any:
    from data.access import MINISTRY, NoFactsError, read
    from data.rounds import RoundError
    from pipelines.appraisal import computed

    try:
        return computed(read(MINISTRY), round_code, support_batch, year, as_of and as_of.date())
    except RoundError as error:
        raise click.UsageError(str(error)) from None
    except NoFactsError as error:
        raise Refused(str(error)) from None


def _submitted(found: Any) -> Any:
    from data.readers import OPERATOR
    from pipelines.workflow.panel import scores_visible

    return scores_visible(home(), OPERATOR, found.appraisal)


def _say(told: dict[str, Any], language: str) -> None:
    click.echo(told["notice"])
    for row in told["provinces"]:
        grades = "–".join(dict.fromkeys((row["grade_low_said"], row["grade_high_said"])))
        said = {name: row[name] for name in ("name", "rank", "rank_low", "rank_high")}
        low, high = (f"{row[f'points_{side}']:.2f}" for side in ("low", "high"))
        click.echo(text("cli_appraisal.said", language, **said, low=low, high=high, grades=grades))
        for lost in row["lost"][:_MOST_SHOWN]:
            points = f"{lost['points']:.2f}"
            reason = {"indicator": lost["name"], "reason": lost["said"]}
            click.echo(text("cli_appraisal.lost", language, points=points, **reason))


def _written(out: Path | None, language: str) -> None:
    if out is not None:
        click.echo(text("cli_appraisal.written", language, file=out.name), err=True)


COMMANDS = (assess, appraise)
