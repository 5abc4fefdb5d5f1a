"""The commands of the store: load, count, build, builds, rollback, backup, restore."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click

from data.home import home
from data.words import text
from pipelines.cli_output import (
    REFUSED,
    existing,
    json_option,
    known_dataset,
    language_option,
    print_findings,
    print_json,
    writable,
)

SHOWN_REFERENCES = 5  # not policy: rows on a terminal


@click.command()
@click.argument("files", type=existing, nargs=-1, required=True)
@click.option("--as", "dataset", help="Dataset the files hold (default: recognised by their headers).")
@click.option("--dry-run", is_flag=True, help="Check and say what would happen; store nothing.")
@click.option("--replaces", type=int, metavar="RECEIPT", help="The file replaces that receipt's file whole.")
@json_option
@language_option
def load(
    files: tuple[Path, ...],
    dataset: str | None,
    dry_run: bool,
    replaces: int | None,
    as_json: bool,
    language: str,
) -> None:
    """Load FILES and publish a build that holds them; each file is taken whole or not at all."""
    from pipelines.build import BuildError
    from pipelines.loading import load as load_files
    from pipelines.receipts import NoReceiptError

    known_dataset(dataset)
    if replaces is not None and len(files) > 1:
        raise click.UsageError("--replaces takes one file.")
    progress = None if as_json else Progress(language)
    try:
        outcomes, published = load_files(
            home(),
            files,
            dataset,
            dry_run=dry_run,
            replaces=replaces,
            reading=progress and progress.reading,
            building=progress and progress.building,
        )
    except (BuildError, NoReceiptError) as error:
        raise Refused(str(error)) from None
    if progress:
        progress.end()
    if published:
        follow_up()
    if as_json:
        reports = [report(outcome, published, language) for outcome in outcomes]
        print_json(reports[0] if len(reports) == 1 else {"files": reports})
    else:
        for outcome in outcomes:
            _say(outcome, dry_run, language)
        if published:
            click.echo(text("cli.published", language, build=published.build, content=published.content[:8]))
    sys.exit(0 if all(outcome.checked.accepted for outcome in outcomes) else REFUSED)


@click.command()
@click.argument("dataset")
@click.option("--as-of", "known_on", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on that day.")
@json_option
def count(dataset: str, known_on: dt.datetime | None, as_json: bool) -> None:
    """Count the rows of DATASET that are acknowledged."""
    from pipelines.build import BuildError
    from pipelines.count import count as count_rows

    known_dataset(dataset)
    try:
        rows = count_rows(home(), dataset, known_on.date() if known_on else None)
    except BuildError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json({"dataset": dataset, "rows": rows})
    else:
        click.echo(rows)


@click.command()
@click.option("--from-intake", is_flag=True, help="Read every file again, not its staged rows.")
@json_option
@language_option
def build(from_intake: bool, as_json: bool, language: str) -> None:
    """Build the facts anew from everything that is acknowledged, and publish them."""
    from pipelines.build import BuildError
    from pipelines.build import build as build_facts

    try:
        published = build_facts(home(), "build", anew=True, from_intake=from_intake)
    except BuildError as error:
        raise Refused(str(error)) from None
    follow_up()
    if as_json:
        print_json(_published(published))
    else:
        click.echo(text("cli.published", language, build=published.build, content=published.content[:8]))


@click.command()
@json_option
def builds(as_json: bool) -> None:
    """List the builds, newest first."""
    from pipelines.rollback import builds as listed

    rows = listed(home())
    if as_json:
        print_json({"builds": rows})
        return
    for row in rows:
        state = "published" if row["published"] else "kept" if row["kept"] else "-"
        click.echo(
            f"{row['build']:>4}  {row['built_at']:%Y-%m-%d %H:%M:%S}Z  {row['content'][:8]}  "
            f"{sum(row['rows'].values()):>10,}  {state:9}  {row['reason']}"
        )


@click.command()
@click.argument("to_build", metavar="BUILD", type=int)
@json_option
@language_option
def rollback(to_build: int, as_json: bool, language: str) -> None:
    """Go back to what BUILD held; the files loaded since are withdrawn (0: the store before its first file)."""
    from pipelines.build import BuildError
    from pipelines.rollback import NoBuildError, roll_back

    try:
        done = roll_back(home(), to_build)
    except NoBuildError as error:
        raise click.UsageError(str(error)) from None
    except BuildError as error:
        raise Refused(str(error)) from None
    follow_up()
    if as_json:
        print_json(_published(done.published) | {"withdrawn": done.withdrawn, "taken_back": done.taken_back})
    else:
        listed = ", ".join(map(str, done.withdrawn)) or "-"
        click.echo(text("cli.rolled_back", language, build=done.published.build, withdrawn=listed))


@click.command()
@click.argument("file", type=writable)
@json_option
@language_option
def backup(file: Path, as_json: bool, language: str) -> None:
    """Write the store into FILE, one archive."""
    from pipelines.backup import BackupError, back_up

    try:
        about = back_up(home(), file)
    except BackupError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(about | {"file": str(file)})
    else:
        click.echo(text("cli.backed_up", language, file=file.name, receipts=about["receipts"]))


@click.command()
@click.argument("file", type=existing)
@json_option
@language_option
def restore(file: Path, as_json: bool, language: str) -> None:
    """Put the store of a backup in place; the store that was there is kept beside it."""
    from pipelines.backup import BackupError
    from pipelines.backup import restore as put_back
    from pipelines.build import BuildError

    try:
        done = put_back(home(), file)
    except (BackupError, BuildError) as error:
        raise Refused(str(error)) from None
    follow_up()
    if as_json:
        print_json(
            _published(done.published) | {"equals_original": done.equals_original, "before": done.before}
        )
    else:
        click.echo(text("cli.restored", language, build=done.published.build, before=done.before or "-"))


@click.command()
@click.option("--firms", type=click.IntRange(2_000, 1_100_000), default=55_000, show_default=True)
@click.option(
    "--years", type=click.IntRange(3, 7), default=3, show_default=True, help="Years of returns up to 2024."
)
@click.option("--seed", type=int, default=2025, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing where the store holds anything already.")
@json_option
@language_option
def demo(firms: int, years: int, seed: int, if_empty: bool, as_json: bool, language: str) -> None:
    """Load a synthetic country with planted, documented truths; everything made of it is labelled synthetic."""
    from data.manifest import published as published_build
    from pipelines.demo_store import RealDataError, load_country
    from pipelines.receipts import live

    if if_empty and (live(home()) or published_build(home())):
        return
    progress = Progress(language)
    try:
        published, workbooks = load_country(
            home(), firms, seed, None if as_json else progress.building, years
        )
    except RealDataError as error:
        raise Refused(str(error)) from None
    progress.end()
    follow_up()
    if as_json:
        print_json(_published(published) | {"workbooks": workbooks})
        return
    click.echo(text("cli.published", language, build=published.build, content=published.content[:8]))
    for workbook in workbooks:
        click.echo(text("cli.workbook", language, path=workbook))


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Default: the latest day of a loaded fact.")
@click.option("--tier", type=click.Choice(["innovative", "srdi", "little_giant"]), help="Default: all three.")
@click.option("--known-on", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on that day.")
@json_option
@language_option
def status(
    as_of: dt.datetime | None, tier: str | None, known_on: dt.datetime | None, as_json: bool, language: str
) -> None:
    """Count the firms that hold a title on a day."""
    from data.access import NoFactsError
    from pipelines.status import status_json

    try:
        found = status_json(as_of and as_of.date(), tier, known_on and known_on.date())
    except NoFactsError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(found)
        return
    click.echo(found["as_of"])
    for name, firms in found["by_tier"].items():
        click.echo(f"{firms:>10,}  {text(f'tier.{name}', language)}")


@click.command()
@json_option
@language_option
def quality(as_json: bool, language: str) -> None:
    """Hold the two readers of the published facts against each other; 1 where they disagree.

    Rows that point to what is not in the facts are told besides; files come in any order, so they refuse nothing.
    """
    from data.access import NoFactsError
    from pipelines.quality import quality_json

    try:
        found = quality_json(home())
    except (NoFactsError, RuntimeError) as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(found)
    else:
        click.echo(text("cli.agreed", language, count=found["agreed"], build=found["build"]))
        for row in found["disagreements"]:
            said = {name: row[name] for name in ("dataset", "rule", "column", "first", "second")}
            click.echo(text("cli.disagreement", language, **said), err=True)
        for row in found["references"]:
            _say_reference(row, language)
    sys.exit(0 if found["agrees"] else REFUSED)


def _say_reference(row: dict[str, Any], language: str) -> None:
    """What is missing of a reference, and the first rows that point there; nothing where nothing is."""
    if not row["unknown"]:
        return
    from data.dataset import contract

    own, to = contract(row["dataset"]), contract(row["to"]).title[language]
    remedy = text(f"quality.remedy.{'unknown' if row['is_loaded'] else 'not_loaded'}", language, to=to)
    said = {
        "dataset": own.title[language],
        "columns": ", ".join(own.column(column).label(language) for column in row["columns"]),
        "to": to,
        "unknown": row["unknown"],
        "rows": row["rows"],
        "remedy": remedy,
    }
    click.echo(text("cli.reference", language, **said), err=True)
    for one in row["first"][:SHOWN_REFERENCES]:
        place = " ".join(
            part for part in (one["file"], one["sheet"], one["cell"] or str(one["row_no"])) if part
        )
        click.echo(text("cli.reference_at", language, place=place, value=one["value"]), err=True)


def follow_up() -> None:
    """Have the worker compute what is kept beside a build; the command does not wait for it."""
    from pipelines.after_build import start_worker

    start_worker(home())


class Refused(click.ClickException):
    """Refused by the data: the reason on standard error."""

    exit_code = REFUSED


class Progress:
    """One line on a terminal's standard error that says how far a long load is."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.shown = 0

    def reading(self, file: str, done: int, total: int) -> None:
        """A file is being read: bytes done, of how many."""
        self._show(text("cli.reading", self.language, file=file, percent=100 * done // max(total, 1)))

    def building(self, file: str, done: int, total: int) -> None:
        """The rows of a receipt are being added: the receipt's place among all."""
        self._show(text("cli.building", self.language, file=file, done=done + 1, total=total))

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            self._show("")

    def _show(self, line: str) -> None:
        if sys.stderr.isatty():
            click.echo("\r" + line.ljust(self.shown) + ("" if line else "\r"), nl=False, err=True)
            self.shown = max(self.shown, len(line))


def report(outcome: Any, published: Any, language: str) -> dict[str, Any]:
    """What became of one file, as --json prints it."""
    from pipelines.intake.check import as_json

    return as_json(outcome.checked, language) | {
        "receipt": outcome.receipt,
        **({"receipts": list(outcome.receipts)} if outcome.checked.parts else {}),
        "is_new": outcome.is_new,
        "build": published.build if published and outcome.receipt else None,
    }


def _say(outcome: Any, dry_run: bool, language: str) -> None:
    if not outcome.checked.accepted:
        print_findings(outcome.checked, language, sys.stderr)
        return
    print_findings(outcome.checked, language, sys.stdout)
    if dry_run:
        said = "cli.would_load" if outcome.is_new else "cli.is_loaded"
    else:
        said = "cli.loaded" if outcome.is_new else "cli.was_loaded"
    click.echo(
        text(said, language, file=outcome.checked.file, receipt=", ".join(map(str, outcome.receipts)) or "-")
    )


def _published(found: Any) -> dict[str, Any]:
    return {
        "build": found.build,
        "content": found.content,
        "published_at": found.published_at.isoformat(),
        "rows": found.rows,
        "receipts": list(found.receipts),
        "synthetic": found.synthetic,
    }


COMMANDS = (demo, load, count, build, builds, rollback, backup, restore, status, quality)
