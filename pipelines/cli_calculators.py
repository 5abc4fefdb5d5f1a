"""The calculators' commands: composite, agreement, efficiency, apportion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from data.words import text
from pipelines.cli_output import (
    REFUSED,
    SHOWN_FINDINGS,
    deliver,
    existing,
    json_option,
    known_ending,
    language_option,
    print_json,
    writable,
)

Found = TypeVar("Found")
_out = click.option(
    "-o", "--out", type=writable, help="CSV, XLSX or Parquet (default: CSV on standard output)."
)


@click.command()
@click.option("--data", "data_file", type=existing, required=True, help="unit, and a column per indicator.")
@click.option(
    "--structure", "structure_file", type=existing, required=True,
    help="code, parent, weight, direction (1, -1), normalise (none, minmax).",
)  # fmt: skip
@click.option(
    "--missing", type=click.Choice(["renormalise", "strict"]), default="renormalise", show_default=True,
    help="A missing value: leave its weight to its siblings, or make its parent missing.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(0, 100_000), default=0, show_default=True,
    help="Draw all weights again so often, each within a quarter of itself: rank_p05, rank_p95.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draws.")
@_out
@json_option
@language_option
def composite(
    data_file: Path,
    structure_file: Path,
    missing: str,
    draws: int,
    seed: int,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Score and rank units by a tree of weighted indicators (weighted arithmetic mean at every node).

    Weights are renormalised among siblings; minmax runs from 0 to 100; equal scores share a rank.
    """
    from pipelines.calculator_files import read_grid
    from pipelines.calculators import STRUCTURE, UNIT, composite_of

    known_ending(out)
    found = _tried(
        lambda: composite_of(
            read_grid(data_file, [UNIT]),
            read_grid(structure_file, STRUCTURE),
            missing=missing,  # type: ignore[arg-type]
            draws=draws,
            seed=seed,
        ),
        as_json,
        language,
    )
    if found.missing and not as_json:
        click.echo(text(f"calculator.missing.{missing}", language, count=found.missing), err=True)
    summary = {
        "units": found.table.height,
        "ranked": found.table["rank"].count(),
        "indicators": len(found.tree.leaves),
        "nodes": len(found.tree.nodes),
        "missing": found.missing,
        "missing_rule": missing,
        "draws": draws,
        "seed": seed,
    }
    deliver(found.table, out, as_json, summary)


@click.command()
@click.argument("file", type=existing)
@click.option(
    "--level",
    type=click.Choice(["nominal", "ordinal", "interval", "ratio"]),
    default="interval",
    show_default=True,
)
@json_option
@language_option
def agreement(file: Path, level: str, as_json: bool, language: str) -> None:
    """Agreement of raters in FILE (rater, unit, score): Krippendorff's alpha, ICC(2,1) and ICC(2,k).

    An empty score is missing. Null: undefined, or (ICC) a cell is missing.
    """
    from pipelines.calculator_files import read_grid
    from pipelines.calculators import SCORES, agreement_of

    found = _tried(lambda: agreement_of(read_grid(file, SCORES), level), as_json, language)  # type: ignore[arg-type]
    result = {
        "level": found.level,
        "alpha": found.alpha,
        "icc": {"single": found.icc.single, "average": found.icc.average},
        "n": found.scores,
        "pairable": found.pairable,
        "raters": found.raters,
        "units": found.units,
    }
    if as_json:
        print_json(result)
        return
    for name, value in (
        ("alpha", found.alpha),
        ("ICC(2,1)", found.icc.single),
        ("ICC(2,k)", found.icc.average),
    ):
        click.echo(f"{name}  {'—' if value is None else f'{value:.4f}'}")


@click.command()
@click.argument("file", type=existing)
@click.option("--unit", required=True, help="Column that names the units.")
@click.option("--inputs", required=True, help="Columns of the inputs, joined by commas.")
@click.option("--outputs", required=True, help="Columns of the outputs, joined by commas.")
@click.option("--period", help="Column of the period; each is compared with itself alone.")
@click.option("--returns", type=click.Choice(["crs", "vrs"]), default="crs", show_default=True)
@click.option("--orientation", type=click.Choice(["input", "output"]), default="input", show_default=True)
@_out
@json_option
@language_option
def efficiency(
    file: Path,
    unit: str,
    inputs: str,
    outputs: str,
    period: str | None,
    returns: str,
    orientation: str,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Data envelopment analysis: efficiency, slacks and peers of the units in FILE (learning from peers, no grade)."""
    from pipelines.calculator_files import read_grid
    from pipelines.calculators import efficiency_of

    known_ending(out)
    taken, made = _listed(inputs, "--inputs"), _listed(outputs, "--outputs")
    columns = [unit, *([period] if period else []), *taken, *made]
    if len(set(columns)) < len(columns):
        raise click.UsageError("each column has one part: unit, period, input or output.")
    found = _tried(
        lambda: efficiency_of(
            read_grid(file, columns),
            unit,
            taken,
            made,
            returns=returns,  # type: ignore[arg-type]
            orientation=orientation,  # type: ignore[arg-type]
            period=period,
        ),
        as_json,
        language,
    )
    for name, size in found.few.items():
        said = {"units": size, "wanted": found.wanted, "period": f"{name}: " if name else ""}
        click.echo(text("calculator.few_units", language, **said), err=True)
    summary = {
        "units": found.table.height,
        "efficient": int((found.table["efficiency"] == 1).sum()),
        "returns": returns,
        "orientation": orientation,
        "units_wanted": found.wanted,
        "too_few": bool(found.few),
    }
    deliver(found.table, out, as_json, summary)


@click.command()
@click.argument("file", type=existing)
@click.option("--total", type=click.IntRange(0, 10**18), required=True, help="Whole units to share out.")
@click.option("--method", type=click.Choice(["hamilton", "webster"]), default="hamilton", show_default=True)
@_out
@json_option
@language_option
def apportion(file: Path, total: int, method: str, out: Path | None, as_json: bool, language: str) -> None:
    """Share TOTAL whole units out by weight: FILE has unit, weight; the result unit, amount, to the unit exact.

    Ties go to the larger weight, then to the unit whose code comes first.
    """
    from pipelines.calculator_files import read_grid
    from pipelines.calculators import WEIGHTS, apportion_of

    known_ending(out)
    table = _tried(lambda: apportion_of(read_grid(file, WEIGHTS), total, method), as_json, language)  # type: ignore[arg-type]
    deliver(table, out, as_json, {"units": table.height, "total": total, "method": method})


COMMANDS = (composite, agreement, efficiency, apportion)


def _tried(compute: Callable[[], Found], as_json: bool, language: str) -> Found:
    """What ``compute`` gives; a refusal is printed, cell by cell, and ends the command with its exit status."""
    from pipelines.calculator_files import TableRefusedError, UnreadableError

    try:
        return compute()
    except TableRefusedError as refused:
        findings = [fault.as_json(language) for fault in refused.faults]
    except UnreadableError as unreadable:
        findings = [unreadable.as_json(language)]
    if as_json:
        print_json({"accepted": False, "errors": len(findings), "findings": findings})
    for found in findings[:SHOWN_FINDINGS]:
        place = " ".join(part for part in (found["file"], found["cell"]) if part)
        severity = text("cli.error", language)
        said = {"severity": severity, "place": place, "message": found["message"], "remedy": found["remedy"]}
        click.echo(text("cli.finding", language, **said), err=True)
    if len(findings) > SHOWN_FINDINGS:
        click.echo(text("cli.more", language, count=len(findings) - SHOWN_FINDINGS), err=True)
    sys.exit(REFUSED)


def _listed(names: str, option: str) -> list[str]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    if not found:
        raise click.UsageError(f"{option} names no column.")
    return found
