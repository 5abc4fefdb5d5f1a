"""The commands of the yuan: allocate central, allocate province."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from data.words import text
from pipelines.cli_output import (
    REFUSED,
    existing,
    json_option,
    known_ending,
    language_option,
    print_json,
    writable,
)

_OUT = "CSV, XLSX (with constraints and schedule) or Parquet (default: CSV on standard output)."


@click.group()
def allocate() -> None:
    """Allocate reward funds: every step to the fen, every rule with its article. A product model.

    Amounts in files and options are in 万元 (10,000 yuan), unless a header says (yuan) or (元); output is in yuan
    with two decimals, --json in whole fen. Columns are known by their name here or by the label of the pages'
    templates; an unknown column is refused.
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        [
            click.argument("file", type=existing),
            click.option(
                "--round", "round_code", default="round-1", show_default=True, help="Round of funds."
            ),
            click.option(
                "--tranche", type=int, help="Default: 2 if FILE has results of an appraisal, else 1."
            ),
            click.option(
                "--redistribute", metavar="REASON", default="", help="Share out what is withheld, and why."
            ),
            click.option("-o", "--out", type=writable, help=_OUT),
            json_option,
            language_option,
        ]
    ):
        command = option(command)
    return command


@allocate.command()
@_options
@click.option(
    "--pot", help="What there is to allot, in 万元 (default: FILE's column pot, else what is measured)."
)
@click.option(
    "--factors", default="", help="Such as excellent=1,good=0.9,fair=0.8,poor=0 (default: the round's)."
)
def central(
    file: Path,
    round_code: str,
    tranche: int | None,
    redistribute: str,
    out: Path | None,
    pot: str | None,
    factors: str,
    as_json: bool,
    language: str,
) -> None:
    """Allocate from the centre to the provinces of FILE.

    \b
    FILE, one row a province:
      province    code or name of a reporting unit           needed
      firms       key little giants (head count)             needed
      continued   of them continued; blank: not known
      grade       excellent|good|fair|poor, or 优良中差
      base        entitlement that replaces the head count   万元
      floor, cap  bounds of the amount                       万元, whole yuan
      exception   a new amount (万元), or a factor: x0.8, 80%
      withhold    held back at the end                       万元, whole yuan
      reason      of the exception or of what is withheld
      approver    of the exception
      recovery    owed back: a flow of its own               万元
      pot         the pot, in one row                        万元
    """  # noqa: D301 - \b keeps the table as it stands
    from pipelines.allocation import central as allot
    from pipelines.allocation_files import read_central
    from pipelines.intake.provinces import units

    def made() -> Any:
        given = read_central(file)
        assessed = any(each.continued is not None or each.grade for each in given.provinces)
        asked = _asked(round_code, tranche, _factors(factors), redistribute, assessed=assessed)
        names = {code: unit.short if language == "zh" else unit.en for code, unit in units().items()}
        return allot(given.provinces, asked, _fen(pot, "--pot") if pot else given.pot, names)

    _deliver(made, out, as_json, language, file)


@allocate.command()
@_options
@click.option("--received", help="What the province received, in 万元 (default: FILE's column received).")
@click.option(
    "--by",
    type=click.Choice(["investment", "score", "investment_score"]),
    default="investment",
    show_default=True,
    help="The uniform rule that firms are weighed by.",
)
def province(
    file: Path,
    round_code: str,
    tranche: int | None,
    redistribute: str,
    out: Path | None,
    received: str | None,
    by: str,
    as_json: bool,
    language: str,
) -> None:
    """Allocate what a province received to the recipients of FILE.

    \b
    FILE, one row a recipient:
      name        of the recipient                           needed
      uscc        unified social credit code
      kind        key_little_giant (default)|platform|empowerment
      investment  planned investment, of a firm              万元
      score       selection score, of a firm
      requested   of a platform or of empowerment            万元, whole yuan
      result      continue|suspend|stop|recover, of a firm
      investment_actual, targets_met   say the result at the end of round-2
      paid        so far: what a recovery asks back          万元
      floor, cap, exception, withhold, reason, approver      as in `allocate central`
      received    what the province received, in one row     万元
    """  # noqa: D301 - \b keeps the table as it stands
    from pipelines.allocation import plan
    from pipelines.allocation_files import read_recipients

    def made() -> Any:
        given = read_recipients(file)
        results = ("result", "investment_actual", "targets_met")
        assessed = any(row.get(name) is not None for row in given.rows for name in results)
        asked = _asked(round_code, tranche, {}, redistribute, assessed=assessed)
        amount = _fen(received, "--received") if received else given.received
        if amount is None:
            raise click.UsageError("what was received is missing: give --received, or a column received.")
        return plan(given, asked, amount, by)

    _deliver(made, out, as_json, language, file)


def _asked(
    round_code: str, tranche: int | None, factors: dict[str, Decimal], share_out: str, *, assessed: bool
) -> Any:
    from data.rounds import RoundError
    from pipelines.allocation import AskedError, asked_of

    try:
        return asked_of(round_code, tranche or (2 if assessed else 1), factors, share_out)
    except (RoundError, AskedError) as error:
        raise click.UsageError(str(error)) from None


def _deliver(made: Callable[[], Any], out: Path | None, as_json: bool, language: str, file: Path) -> None:
    from metrics.allocation_cases import CaseError
    from metrics.step_ledger import AllocationError
    from pipelines import allocation_tables, allocation_words
    from pipelines.allocation_sheets import ProblemsError
    from pipelines.exports import csv_bytes, write_table, write_whole

    known_ending(out)
    try:
        outcome = made()
    except ProblemsError as error:
        _refuse([problem.words(language) for problem in error.problems], file)
    except (CaseError, AllocationError) as error:
        _refuse([allocation_words.refusal(error, {}, language)], file)
    if out is not None and out.suffix.lower() == ".xlsx":
        write_whole(out, allocation_tables.workbook(outcome, language))
    elif out is not None:
        write_table(allocation_tables.ledger_table(outcome, language), out)
    elif not as_json:
        table = allocation_tables.ledger_table(outcome, language)
        sys.stdout.buffer.write(csv_bytes(table, with_mark=False))
    if as_json:
        print_json({"file": file.name} | allocation_tables.as_json(outcome, language))
        return
    ledger = outcome.allocation.ledger
    amounts = {"pot": ledger.pot, "allotted": ledger.allotted(), "withheld": ledger.withheld["whole"]}
    said = {name: allocation_words.money(fen, language) for name, fen in amounts.items()}
    click.echo(text("allocation.said_total", language, **said), err=True)
    for each in outcome.allocation.constraints:
        verdict = text(f"allocation.verdict.{each.verdict}", language)
        click.echo(f"{verdict}  {allocation_words.constraint_said(outcome, each, language)}", err=True)
    for note in ("factors_are", "model_note"):
        click.echo(text(f"allocation.{note}", language), err=True)


def _refuse(lines: list[str], file: Path) -> None:
    for line in lines:
        click.echo(f"{file.name}: {line}", err=True)
    sys.exit(REFUSED)


def _fen(written: str, option: str) -> int:
    """An amount in 万元, exactly, in fen."""
    from pipelines.allocation_words import FEN_PER_WAN

    try:
        fen = Decimal(written.replace(",", "")) * FEN_PER_WAN
    except InvalidOperation:
        raise click.UsageError(f"{option} {written!r} is no amount. Give 万元, such as 12000.5.") from None
    if not fen.is_finite() or fen < 0 or fen != fen.to_integral_value():
        raise click.UsageError(f"{option} {written!r} is no amount of at least 0 in whole fen.")
    return int(fen)


def _factors(written: str) -> dict[str, Decimal]:
    found = {}
    for part in filter(None, written.split(",")):
        grade, stroke, factor = part.partition("=")
        try:
            found[grade.strip()] = Decimal(factor)
        except InvalidOperation:
            stroke = ""
        if not stroke:
            raise click.UsageError(f"--factors {part!r}: write grade=factor, such as good=0.9.")
    return found


COMMANDS = (allocate,)
