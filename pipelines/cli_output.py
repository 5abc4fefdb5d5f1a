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
WRONG = 2
SHOWN_FINDINGS = 20  # not policy: lines on a terminal

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Writable(click.Path):
    """A file to write, in a folder that is there: known before the work begins, not after it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        out = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not out.parent.is_dir():
            self.fail(f"there is no folder {str(out.parent)!r} to write {out.name!r} in.", param, ctx)
        return out


class Commands(click.Group):
    """The commands: what the system refuses to read or write ends in a sentence and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.filename is None:  # a closed pipe, which click sees to, or no matter of a file
                raise
            raise _Unusable(
                f"{error.filename}: {error.strerror}. Check the path, its rights and TIDU_HOME."
            ) from error


class _Unusable(click.ClickException):
    exit_code = WRONG


writable = _Writable(dir_okay=False, writable=True, path_type=Path)


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


def known_ending(out: Path | None, also: str = "") -> None:
    """Refuse a file whose ending no export has, nor ``also``, as wrong usage."""
    from pipelines.exports import FORMATS

    endings = (*FORMATS, *([also] if also else []))
    if out is not None and out.suffix.lower() not in endings:
        raise click.UsageError(f"{out.name}: cannot write that ending. Use {', '.join(endings)}.")


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def deliver(table: Any, out: Path | None, as_json: bool, summary: dict[str, Any]) -> None:
    """A table into its file, or onto standard output: as JSON with its summary, else as CSV."""
    from pipelines.exports import csv_bytes, write_table

    if out is not None:
        write_table(table, out)
    if as_json:
        print_json(summary | {"out": str(out) if out else None} | ({} if out else {"rows": table.to_dicts()}))
    elif out is None:
        sys.stdout.buffer.write(csv_bytes(table, with_mark=False))


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
