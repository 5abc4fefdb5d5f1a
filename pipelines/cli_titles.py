"""The commands of titles and targets: titles, progress, forecast."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click

from data.home import home
from data.words import text
from pipelines.cli_facts import Progress, Refused, follow_up, report
from pipelines.cli_output import (
    REFUSED,
    existing,
    json_option,
    language_option,
    print_findings,
    print_json,
)

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("files", type=existing, nargs=-1, required=True)
@click.option("--tier", type=click.Choice(["innovative", "srdi", "little_giant"]), required=True)
@click.option("--event", type=click.Choice(["recognised", "review_passed", "cancelled"]), required=True)
@click.option("--date", "day", type=_day, required=True, help="The day the list was published.")
@click.option("--batch", help="Title batch of the names on the list, whatever the file says of it.")
@click.option(
    "--replaces-batch", help="The list prevails: titles of that batch that are not on it end on the day."
)
@json_option
@language_option
def titles(
    files: tuple[Path, ...],
    tier: str,
    event: str,
    day: dt.datetime,
    batch: str | None,
    replaces_batch: str | None,
    as_json: bool,
    language: str,
) -> None:
    """Load official lists: names that were recognised, that passed a review, or whose title was cancelled."""
    from pipelines import title_lists
    from pipelines.build import BuildError

    if replaces_batch and event != title_lists.REVIEW:
        raise click.UsageError("--replaces-batch goes with --event review_passed.")
    if not (batch := batch or replaces_batch):
        raise click.UsageError("--batch is missing: which title batch is the list of?")
    terms = title_lists.Terms(
        tier, event, day.date(), batch.strip(), replaces_batch and replaces_batch.strip()
    )
    progress = None if as_json else Progress(language)
    try:
        outcomes, published = title_lists.load_lists(
            home(), files, terms, progress and progress.reading, progress and progress.building
        )
    except BuildError as error:
        raise Refused(str(error)) from None
    if progress:
        progress.end()
    if published:
        follow_up()
    done = [(one, one.receipts and title_lists.listed(home(), one.receipts, terms)) for one in outcomes]
    if as_json:
        reports = [
            report(one, published, language) | (title_lists.as_json(terms, found) if found else {})
            for one, found in done
        ]
        print_json(reports[0] if len(reports) == 1 else {"files": reports})
    else:
        for one, found in done:
            _say(one, found, terms, language)
        if published:
            click.echo(text("cli.published", language, build=published.build, content=published.content[:8]))
    sys.exit(0 if all(one.checked.accepted for one in outcomes) else REFUSED)


def _say(outcome: Any, found: Any, terms: Any, language: str) -> None:
    print_findings(outcome.checked, language, sys.stdout if outcome.checked.accepted else sys.stderr)
    if not found:
        return
    said = "cli.loaded" if outcome.is_new else "cli.was_loaded"
    click.echo(text(said, language, file=outcome.checked.file, receipt=outcome.receipt))
    counts = vars(found) | {"repeated": len(found.repeated), "tier": text(f"tier.{terms.tier}", language)}
    click.echo(text("cli.listed", language, day=terms.date.isoformat(), **counts))
    for warning in ("repeated", "unmatched", "new_on_review", "without_title"):
        if counts[warning]:
            click.echo(text(f"cli.listed_{warning}", language, count=counts[warning]), err=True)
    if terms.replaces and not found.total_before:
        click.echo(text("cli.listed_nothing_before", language, batch=terms.replaces), err=True)


@click.command()
@click.option("--as-of", type=_day, help="Default: the latest day of a loaded fact.")
@json_option
@language_option
def progress(as_of: dt.datetime | None, as_json: bool, language: str) -> None:
    """Hold titles and published figures against the three national targets and the provinces' own."""
    from data.access import NoFactsError
    from pipelines.progress import progress_json

    try:
        found = progress_json(as_of and as_of.date())
    except NoFactsError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(found)
        return
    click.echo(found["as_of"])
    for name, tier in found["tiers"].items():
        registry = tier["registry"]
        click.echo(
            text(
                "cli.progress",
                language,
                tier=text(f"tier.{name}", language),
                firms=registry["firms"],
                target=registry["target"],
                share=registry["share_pct"],
                pace=text(f"progress.pace.{registry['pace']}", language),
            )
        )


@click.command()
@click.option("--as-of", type=_day, help="Default: the latest day of a loaded fact.")
@json_option
@language_option
def forecast(as_of: dt.datetime | None, as_json: bool, language: str) -> None:
    """Project the titles of each tier by the years in which their validity runs out."""
    from data.access import NoFactsError
    from pipelines.progress import forecast_json

    try:
        found = forecast_json(as_of and as_of.date())
    except NoFactsError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(found)
        return
    for name, tier in found["tiers"].items():
        click.echo(text(f"tier.{name}", language))
        for row in tier["projected"] or ():
            click.echo(text("cli.forecast", language, **row))
        if tier["projected"] is None:
            click.echo(text("cli.forecast_none", language))


COMMANDS = (titles, progress, forecast)
