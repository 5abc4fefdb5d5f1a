"""The command `tidu template`: the workbooks in which datasets are filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.dataset import WORKBOOKS, of_workbook
from pipelines.cli_output import json_option, known_dataset, language_option, print_json, writable

if TYPE_CHECKING:
    from data.access import Facts
    from data.appraisals import Appraisal

_NAMED = {name.replace("_", "-"): name for name in WORKBOOKS}


@click.command()
@click.argument("dataset")
@click.option(
    "--province", metavar="CODE", help="Reporting unit whose known rows are filled in, such as 330000."
)
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of the self-evaluation.")
@click.option(
    "--round", "round_code", metavar="ROUND", help="Such as round-2 (default: the latest of the province)."
)
@click.option("--support-batch", type=click.IntRange(1), help="Support batch within the round.")
@click.option("-o", "--out", type=writable, required=True, help="Workbook to write (.xlsx).")
@json_option
@language_option
def template(
    dataset: str,
    province: str | None,
    year: int | None,
    round_code: str | None,
    support_batch: int | None,
    out: Path,
    as_json: bool,
    language: str,
) -> None:
    """Write the workbook in which DATASET is filled in.

    With --province the rows that the published facts know are filled in. DATASET may also be self-evaluation or funds:
    one workbook with a table for each of the datasets that belong to it; `tidu load` takes it whole.
    """
    workbook = _NAMED.get(dataset)
    if workbook is None:
        known_dataset(dataset)
    if province is None:
        if workbook or year or round_code or support_batch:
            raise click.UsageError("Say whose it is: --province CODE.")
        from pipelines.intake.template import write_template

        write_template(dataset, out, language)
    else:
        from pipelines.self_evaluation_template import dataset_bytes, facts_of, workbook_bytes

        facts = facts_of(_unit(province))
        appraisal = _appraisal(facts, province, year, round_code, support_batch)
        if workbook and appraisal is None:
            raise click.UsageError("Say which year it is: --year Y.")
        made = (
            workbook_bytes(workbook, facts, province, appraisal, language)
            if workbook and appraisal
            else dataset_bytes(dataset, facts, province, appraisal, language)
        )
        out.write_bytes(made)
    if as_json:
        held = {"datasets": list(of_workbook(workbook))} if workbook else {}
        print_json({"dataset": workbook or dataset, **held, "out": str(out)})


def _unit(province: str) -> str:
    from pipelines.intake.provinces import units

    if province not in units():
        raise click.UsageError(f"unknown reporting unit {province!r}. Known: {', '.join(units())}.")
    return province


def _appraisal(
    facts: Facts | None, province: str, year: int | None, round_code: str | None, support_batch: int | None
) -> Appraisal | None:
    """The appraisal that is asked for; None where no year is named."""
    from data.appraisals import Appraisal
    from data.rounds import RoundError, load_round
    from pipelines.self_evaluation_template import latest_appraisal

    if year is None:
        if round_code or support_batch:
            raise click.UsageError("Say which year it is: --year Y.")
        return None
    if round_code and support_batch:
        try:
            load_round(round_code)
        except RoundError as error:
            raise click.UsageError(str(error)) from None
        return Appraisal(round_code, support_batch, year)
    if round_code or support_batch:
        raise click.UsageError("--round and --support-batch go together.")
    found = latest_appraisal(facts, province, year)
    if found is None:
        raise click.UsageError(
            "The facts know no support batch of the province: name --round and --support-batch."
        )
    return found
