"""The commands of names that no rule matches: what is open, what a person confirms, what is undone."""

from __future__ import annotations

from typing import Any

import click

from data.home import home
from data.words import text
from pipelines.cli_facts import Refused, follow_up
from pipelines.cli_output import SHOWN_FINDINGS, json_option, language_option, print_json

_reason = click.option("--reason", required=True, help="What the decision rests on.")


@click.group()
def names() -> None:
    """Names of official lists that found no firm: a person says which firm each is."""


@names.command("list")
@json_option
@language_option
def names_list(as_json: bool, language: str) -> None:
    """List the names without a firm, each with the firms whose names are like it."""
    from data import access
    from data.access import MINISTRY, NoFactsError
    from pipelines.list_preview import LOOKED_UP, unmatched_with_suggestions

    try:
        found = unmatched_with_suggestions(access.read(MINISTRY), home())
    except NoFactsError as error:
        raise Refused(str(error)) from None
    if as_json:
        print_json({"names": found, "looked_up": LOOKED_UP})
        return
    for row in found[:SHOWN_FINDINGS]:
        place = " ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)
        state = text(f"names.state.{row['state']}", language)
        click.echo(text("cli.name_open", language, name=row["name"], state=state, place=place))
        for one in row["suggestions"]:
            click.echo(text("cli.name_alike", language, **one))
    if len(found) > SHOWN_FINDINGS:
        click.echo(text("cli.names_more", language, count=len(found) - SHOWN_FINDINGS))


@names.command("confirm")
@click.argument("name")
@click.option("--code", help="Credit code of the firm that the name is.")
@click.option("--none", "is_none", is_flag=True, help="It is none of the firms whose names are like it.")
@_reason
@json_option
@language_option
def names_confirm(
    name: str, code: str | None, is_none: bool, reason: str, as_json: bool, language: str
) -> None:
    """Record which firm NAME is, or that it is none of those offered, and publish a build that counts it so."""
    if bool(code) == is_none:
        raise click.UsageError("Say either --code CODE or --none.")
    _decide(name, "none" if is_none else "firm", code or "", reason, as_json, language)


@names.command("undo")
@click.argument("name")
@_reason
@json_option
@language_option
def names_undo(name: str, reason: str, as_json: bool, language: str) -> None:
    """Withdraw what was decided of NAME, and publish a build without it; the record of both stays."""
    _decide(name, "withdrawn", "", reason, as_json, language)


@names.command("log")
@json_option
@language_option
def names_log(as_json: bool, language: str) -> None:
    """List every decision, oldest first: who, when, why."""
    from pipelines.workflow.listed_names import decisions

    found = [_as_json(one) for one in decisions(home())]
    if as_json:
        print_json({"decisions": found})
        return
    for one in found:
        click.echo(_said(one, language))


def _decide(name: str, decision: Any, code: str, reason: str, as_json: bool, language: str) -> None:
    from data.readers import OPERATOR
    from pipelines.build import BuildError
    from pipelines.workflow.listed_names import apply_waiting, as_compared, decide, decisions
    from pipelines.workflow.refusals import WorkflowError

    seen = max((one.version for one in decisions(home()) if one.listed == as_compared(name)), default=0)
    try:
        done = decide(home(), OPERATOR, name, decision, reason=reason, seen=seen, uscc=code)
        _, published = apply_waiting(home())
    except (WorkflowError, BuildError) as error:
        raise Refused(str(error)) from None
    follow_up()
    found = _as_json(done)
    if as_json:
        print_json(found | {"build": published.build})
    else:
        click.echo(_said(found, language))
        click.echo(text("cli.published", language, build=published.build, content=published.content[:8]))


def _as_json(one: Any) -> dict[str, Any]:
    return {**vars(one), "saved_at": one.saved_at.isoformat()}


def _said(one: dict[str, Any], language: str) -> str:
    decision = text(f"names.decision.{one['decision']}", language)
    firm = f" {one['uscc']}" if one["uscc"] else ""
    return text("cli.name_decided", language, **{**one, "decision": decision + firm})


COMMANDS = (names,)
