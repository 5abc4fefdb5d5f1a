"""The command of the report: report."""

from __future__ import annotations

from pathlib import Path

import click

from data.home import home
from data.words import text
from pipelines.cli_facts import Refused
from pipelines.cli_output import json_option, language_option, print_json, writable


@click.command()
@click.argument("province")
@click.option("--round", "round_code", required=True, help="round-1 or round-2.")
@click.option("--support-batch", type=click.IntRange(min=1), required=True)
@click.option("--year", type=int, required=True, help="Year of implementation.")
@click.option("--format", "kind", type=click.Choice(["docx", "pdf"]), required=True)
@click.option("-o", "--out", type=writable, required=True)
@json_option
@language_option
def report(
    province: str,
    round_code: str,
    support_batch: int,
    year: int,
    kind: str,
    out: Path,
    as_json: bool,
    language: str,
) -> None:
    """Write a province's self-evaluation report, in the language of --language.

    PROVINCE is a reporting unit's code or name. What the province entered is in it once it was handed in.
    """
    from data.access import MINISTRY, NoFactsError, read
    from data.appraisals import Appraisal
    from data.readers import OPERATOR
    from data.rounds import RoundError
    from pipelines.exports import write_whole
    from pipelines.funds import round_name, unit_of
    from pipelines.reports.self_evaluation_content import NothingToReportError, report_content
    from pipelines.reports.self_evaluation_report import report_bytes

    unit = unit_of(province)
    if unit is None:
        raise click.UsageError(f"no reporting unit {province!r}. Give its code, such as 440000, or its name.")
    asked = Appraisal(round_code, support_batch, year)
    try:
        content = report_content(home(), read(MINISTRY), OPERATOR, asked, unit, language)
    except RoundError as error:
        raise click.UsageError(str(error)) from None
    except NoFactsError as error:
        raise Refused(str(error)) from None
    except NothingToReportError:
        told = {"round": round_name(round_code, language), "batch": support_batch, "year": year}
        raise Refused(text("cli_report.no_province", language, province=province, **told)) from None
    write_whole(out, report_bytes(content, "docx" if kind == "docx" else "pdf", language))
    if as_json:
        told = ("province", "year", "as_of", "build", "state", "synthetic", "notice")
        print_json({name: content[name] for name in told} | content["total"] | {"out": str(out)})
        return
    click.echo(text("cli_report.written", language, file=out.name), err=True)


COMMANDS = (report,)
