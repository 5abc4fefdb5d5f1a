"""The `tidu` command: what a page can compute, in batch.

Results go to the file named by -o or to standard output, errors to standard error. Exit status 0: done; 1: refused
by rules or data; 2: wrong usage (unknown option, no such file, no rule set in force).
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from data.words import text
from pipelines import (
    cli_allocation,
    cli_appraisal,
    cli_calculators,
    cli_facts,
    cli_funds,
    cli_names,
    cli_report,
    cli_template,
    cli_titles,
)
from pipelines.cli_output import (
    REFUSED,
    Commands,
    deliver,
    existing,
    json_option,
    known_dataset,
    known_ending,
    language_option,
    print_findings,
    print_json,
    refuse,
    writable,
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tidu")
def main() -> None:
    """Gradient cultivation of SMEs: rules, scores and their reasons."""


@main.command()
@click.argument("file", type=existing)
@click.option("--as", "dataset", help="Dataset the file holds (default: recognised by its headers).")
@click.option(
    "--mark", type=writable, help="Write the file back as a workbook with marked cells and a to-do sheet."
)
@json_option
@language_option
def check(file: Path, dataset: str | None, mark: Path | None, as_json: bool, language: str) -> None:
    """Check FILE against its contract; nothing is stored."""
    from pipelines.intake.check import as_json as report
    from pipelines.intake.check import check_file

    known_dataset(dataset)
    checked = check_file(file, dataset)
    if mark:
        from pipelines.intake.mark import mark_workbook

        mark_workbook(file, checked, mark, language)
    if as_json:
        print_json(report(checked, language))
    else:
        print_findings(checked, language, sys.stdout)
    sys.exit(0 if checked.accepted else REFUSED)


@main.command()
@click.argument("file", type=existing)
@click.option("--standard", "tier", type=click.Choice(["innovative", "srdi", "little_giant"]), required=True)
@click.option(
    "--year", type=click.IntRange(1990, 2100), help="Accounting year (default: the latest in the file)."
)
@click.option("--rules", "rule_set", help="Rule set, such as measures-2022 (default: by date and kind).")
@click.option("--kind", type=click.Choice(["new", "review"]), default="new", show_default=True)
@click.option("--assessed-on", type=click.DateTime(["%Y-%m-%d"]), help="Default: 1 September after the year.")
@click.option(
    "--waive-growth", is_flag=True, help="Leave out the growth condition (little giant, review; open)."
)
@click.option("-o", "--out", type=writable, help="CSV, XLSX or Parquet (default: CSV on standard output).")
@click.option(
    "--engine", type=click.Choice(["polars", "duckdb", "spark"]), default="polars", show_default=True
)
@json_option
@language_option
def score(
    file: Path,
    tier: str,
    year: int | None,
    rule_set: str | None,
    kind: str,
    assessed_on: dt.datetime | None,
    waive_growth: bool,
    out: Path | None,
    engine: str,
    as_json: bool,
    language: str,
) -> None:
    """Score every firm in FILE (annual returns) against a standard."""
    from data.rulebook import NoRuleSetError
    from pipelines.scoring import RefusedError, score_file

    known_ending(out)
    _engine_at_hand(engine)
    try:
        result = score_file(
            file,
            tier,
            year=year,
            rule_set=rule_set,
            kind=kind,
            waived=("growth",) if waive_growth else (),
            assessed_on=assessed_on.date() if assessed_on else None,
            engine=engine,  # type: ignore[arg-type]
        )
    except RefusedError as refused:
        refuse(refused.checked, as_json, language)
    except NoRuleSetError as error:
        raise click.UsageError(str(error)) from None
    _deliver(
        result.table,
        out,
        as_json,
        {
            "file": file.name,
            "standard": result.rule.tier,
            "rules": result.rule.rule_set,
            "rule_version": result.rule.version,
            "year": result.year,
            "kind": kind,
            "assessed_on": result.assessed_on.isoformat(),
            "firms": result.table.height,
            **{
                verdict: int((result.table["verdict"] == verdict).sum())
                for verdict in ("meets", "fails", "undetermined")
            },
            "warnings": result.checked.warnings,
        },
    )
    for waiver in result.rule.waivers if waive_growth else ():
        click.echo(text("cli.waived", language, why=waiver.label[language]), err=True)
    for clause in result.rule.judgement:
        click.echo(text("cli.judgement", language, clause=clause[language]), err=True)


@main.command()
@click.argument("file", type=existing)
@click.option(
    "--year", type=click.IntRange(1990, 2100), help="Accounting year (default: the latest in the file)."
)
@click.option("-o", "--out", type=writable, help="CSV, XLSX or Parquet (default: CSV on standard output).")
@json_option
@language_option
def size(file: Path, year: int | None, out: Path | None, as_json: bool, language: str) -> None:
    """Classify the firms in FILE as large, medium, small or micro (工信部联企业〔2011〕300号)."""
    from pipelines.scoring import RefusedError, size_file

    known_ending(out)
    try:
        checked, table = size_file(file, year)
    except RefusedError as refused:
        refuse(refused.checked, as_json, language)
    counts = {
        str(name): int(count)
        for name, count in table["size_class"].value_counts().sort("size_class").iter_rows()
    }
    _deliver(
        table.select("uscc", "name", "size_class"),
        out,
        as_json,
        {"file": file.name, "firms": table.height, **counts, "warnings": checked.warnings},
    )


@main.group()
def policy() -> None:
    """The rules: what is known, what it says, what it becomes."""


@policy.command("list")
@json_option
def policy_list(as_json: bool) -> None:
    """List rule sets, their dates and what is shipped."""
    from pipelines.policy import listed

    rows = listed()
    if as_json:
        print_json({"rule_sets": rows})
        return
    for row in rows:
        click.echo(
            f"{row['rule_set']:15}{row['standard']:14}{row['kinds']:12}{row['from']} .. {row['to'] or '':12}"
            f"{'shipped' if row['shipped'] else 'known, not shipped':20}{row['document']}"
        )


@policy.command("show")
@click.argument("standard")
@json_option
def policy_show(standard: str, as_json: bool) -> None:
    """Print a standard, such as measures-2022/srdi or size-2011."""
    from pipelines.policy import model_of, text_of

    try:
        found: Any = model_of(standard) if as_json else text_of(standard)
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
    if as_json:
        print_json(found)
    else:
        click.echo(found, nl=False)


@policy.command("sql")
@click.argument("standard")
@click.option("--year", type=click.IntRange(1990, 2100), default=2024, show_default=True)
@json_option
def policy_sql(standard: str, year: int, as_json: bool) -> None:
    """Print the SQL that a standard becomes on DuckDB (tables: annual_returns)."""
    from pipelines.policy import sql_of

    try:
        query = sql_of(standard, year)
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
    if as_json:
        print_json({"standard": standard, "year": year, "sql": query})
    else:
        click.echo(query)


for command in (
    *cli_facts.COMMANDS,
    *cli_allocation.COMMANDS,
    *cli_titles.COMMANDS,
    *cli_names.COMMANDS,
    cli_template.template,
    *cli_funds.COMMANDS,
    *cli_report.COMMANDS,
    *cli_appraisal.COMMANDS,
    *cli_calculators.COMMANDS,
):
    main.add_command(command)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
def serve(port: int) -> None:
    """Serve the pages on this machine."""
    import subprocess

    app = Path(__file__).parent.parent / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    sys.exit(subprocess.call(command, cwd=app.parent))


def _engine_at_hand(engine: str) -> None:
    if engine != "spark":
        return
    if find_spec("pyspark") is None:
        raise click.UsageError(
            "--engine spark needs pyspark, which is not installed: run pip install 'tidu[spark]'."
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise click.UsageError(
            "--engine spark needs Java 17 or newer, and no java was found: install a Java runtime."
        )


def _deliver(table: Any, out: Path | None, as_json: bool, summary: dict[str, Any]) -> None:
    deliver(table, out, as_json, summary)
    if out is not None and not as_json:
        click.echo("  ".join(f"{key} {value}" for key, value in (summary | {"out": out}).items()), err=True)
