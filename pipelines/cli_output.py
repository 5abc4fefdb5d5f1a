"""What the commands print: JSON, tables, findings in the reader's language."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from data.words import text

REFUSED = 1
SHOWN_FINDINGS = 20  # not policy: lines on a terminal

existing = click.Path(exists=True, dir_okay=False, path_type=Path)
writable = click.Path(dir_okay=False, writable=True, path_type=Path)


def _default_language() -> str:
    return "zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh") else "en"


language_option = click.option(
    "--language", type=click.Choice(["zh", "en"]), default=_default_language, help="Language of messages."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def known_dataset(dataset: str | None) -> None:
    """Refuse the name of a dataset that has no contract, as wrong usage."""
    from data.dataset import datasets

    if dataset is not None and dataset not in datasets():
        raise click.UsageError(f"unknown dataset {dataset!r}. Known: {', '.join(datasets())}.")


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def refuse(checked: Any, as_json: bool, language: str) -> None:
    """Print the findings of a refused file and end with the exit status of a refusal."""
    from pipelines.intake.check import as_json as report

    if as_json:
        print_json(report(checked, language))
    print_findings(checked, language, sys.stderr)
    sys.exit(REFUSED)


def print_findings(checked: Any, language: str, stream: Any) -> None:
    """The first findings of a checked file, one a line, and the counts."""
    from pipelines.intake.findings import render

    rendered = render(checked.findings.head(SHOWN_FINDINGS), language)
    for row in rendered.iter_rows(named=True):
        place = " ".join(part for part in (row["sheet"], row["cell"]) if part) or checked.file
        severity = text(f"cli.{row['severity']}", language)
        said = {"severity": severity, "place": place, "message": row["message"], "remedy": row["remedy"]}
        click.echo(text("cli.finding", language, **said), file=stream)
    more = checked.findings.height - SHOWN_FINDINGS
    if more > 0:
        click.echo(text("cli.more", language, count=more), file=stream)
    counts = {"rows": checked.rows, "errors": checked.errors, "warnings": checked.warnings}
    click.echo(text("cli.checked", language, file=checked.file, **counts), file=stream)
