"""The command of the reward funds: funds."""

from __future__ import annotations

import datetime as dt

import click

from data.words import text
from pipelines.cli_facts import Refused
from pipelines.cli_output import json_option, language_option, print_json


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Default: the latest day of a loaded fact.")
@click.option("--province", help="One reporting unit, by its code or name.")
@json_option
@language_option
def funds(as_of: dt.datetime | None, province: str | None, as_json: bool, language: str) -> None:
    """Follow the reward funds on a day: received, planned, paid, used, and what is against the rules."""
    from data.access import NoFactsError
    from pipelines.funds import amount, funds_json, place_said, unit_of

    unit = None
    if province is not None and (unit := unit_of(province)) is None:
        raise click.UsageError(f"no reporting unit {province!r}. Give its code, such as 440000, or its name.")
    try:
        found = funds_json(as_of and as_of.date(), unit)
    except NoFactsError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json(found)
        return
    click.echo(found["as_of"])
    for stage in ("received", "planned", "paid", "used", "recovered", "idle"):
        click.echo(f"{text(f'funds.stage.{stage}', language)}  {amount(found['total'][stage], language)}")
    for flag in found["flags"]:
        place = f"{flag['province']} {place_said(flag, language)}"
        rule = text(f"funds.rule.{flag['rule']}", language)
        click.echo(f"{place}  {rule}: {flag['message'][language]}")


COMMANDS = (funds,)
