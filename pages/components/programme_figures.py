"""The headline figures of the programme page: firms, money, closeness of service, tasks; each with its rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from data.rounds import Round, load_round, rounds
from metrics import programme
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.fund_words import in_headline
from pages.components.numbers import MISSING, exact, iso, money, percent
from pages.components.programme_reads import ALL, Programme, records
from pages.components.proof import Proof, is_open
from pages.components.words import both, language, t
from pipelines.funds import amount, round_name


def headline_of(found: Programme) -> list[Figure]:
    """Key little giants, central money, point-to-point coverage, tasks done."""
    return [_firms(found), _received(found), _close(found), _tasks(found)]


def proof_of(
    found: Programme, key: str, title: str, value: str, rows: dict[str, pl.DataFrame], rule: str
) -> Proof:
    """A proof by the rows of datasets, made only when it is open; ``rule`` is an article of the rounds."""
    known = [one for one in rounds() if _chosen_round(found) in (ALL, one.code) and rule in one.articles]
    articles = [one.articles[rule] for one in known]
    parts = [records(found.source, name, table) for name, table in rows.items()] if is_open(key) else []
    return Proof(
        title=title,
        value=value,
        formula=t(f"programme.formula.{key}"),
        basis=t("programme.basis"),
        as_of=iso(found.source.as_of),
        article="; ".join(f"{article.document} {both(article)}" for article in articles),
        marks=tuple(article.mark for article in articles),
        parts=parts,
        build=build_said(found.source.build),
    )


def _firms(found: Programme) -> Figure:
    count = found.firms.height
    said = [_floor_said(found, one) for one in _asked_rounds(found) if one.key_firms_floor is not None]
    return _figure(
        found, "firms", exact(count), {"key_firms": found.tables["key_firms"]}, said, "key_firms_floor"
    )


def _received(found: Programme) -> Figure:
    rows = _until(found.tables["fund_receipts"], found, "received_on")
    total = int(rows["amount"].cast(pl.Int128).sum())
    said = [_money_said(found, one) for one in _asked_rounds(found) if one.funds_floor_fen is not None]
    return _figure(
        found, "received", in_headline(total), {"fund_receipts": rows}, said, "funds_floor_wan",
        exactly=amount(total, language()),
    )  # fmt: skip


def _close(found: Programme) -> Figure:
    given = found.services
    firms = programme.to_be_served(found.tables["key_firms"], found.tables["platforms"])
    close = programme.close_firms(firms, given)
    value = percent(100 * close.height / firms.height) if firms.height else MISSING
    told = {"close": exact(close.height), "firms": exact(firms.height)}
    said = [t("programme.close_said", **told) if firms.height else t("programme.no_platforms")]
    rows = {"platform_services": given.filter("point_to_point"), "key_firms": firms}
    return _figure(found, "point_to_point", value, rows, said, "support_content")


def _tasks(found: Programme) -> Figure:
    tasks = found.tasks
    done = tasks.filter((pl.col("actual") >= pl.col("target")).fill_null(value=False))
    value = percent(100 * done.height / tasks.height) if tasks.height else MISSING
    said = [t("programme.tasks_said", done=exact(done.height), tasks=exact(tasks.height))]
    return _figure(found, "tasks", value, {"tasks": tasks}, said, "support_content")


def _figure(
    found: Programme,
    key: str,
    value: str,
    rows: dict[str, pl.DataFrame],
    said: Sequence[str],
    rule: str,
    exactly: str = "",
) -> Figure:
    label = t(f"programme.figure.{key}")
    proof = proof_of(found, key, label, exactly or value, rows, rule)
    return Figure(key, label, value, proof, exact=exactly, remark=said[0] if said else "")


def _floor_said(found: Programme, one: Round) -> str:
    firms = found.of_round(one.code).firms.height
    told = {"round": round_name(one.code, language()), "firms": exact(firms)}
    return t("programme.firms_said", **told, floor=exact(_part(found, one.key_firms_floor)))


def _money_said(found: Programme, one: Round) -> str:
    rows = _until(found.of_round(one.code).tables["fund_receipts"], found, "received_on")
    total, floor = int(rows["amount"].cast(pl.Int128).sum()), _part(found, one.funds_floor_fen)
    told = {"round": round_name(one.code, language()), "floor": money(floor)}
    return t("programme.money_said", **told, share=percent(100 * total / floor))


def _part(found: Programme, floor: int | None) -> int:
    """A floor of the whole country, or the same part of it that a sample is of the country."""
    return (floor or 0) // (found.source.build.sample_of or 1)


def _asked_rounds(found: Programme) -> list[Round]:
    """The rounds whose floors stand beside the figures; a floor is the country's, never a province's."""
    if found.province != ALL:
        return []
    code = _chosen_round(found)
    return [load_round(one.code) for one in rounds() if code in (ALL, one.code)]


def _chosen_round(found: Programme) -> str:
    return found.programme.partition(".")[0]


def _until(rows: pl.DataFrame, found: Programme, column: str) -> pl.DataFrame:
    return rows.filter(pl.col(column) <= found.source.as_of)
