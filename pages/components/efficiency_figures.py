"""The headline figures of the efficiency page: how much was paid and used, what it brought, who is on the frontier."""

from __future__ import annotations

import polars as pl

from data.dataset import FEN_PER_UNIT, contract
from metrics import fund_ratios
from metrics.fund_members import Part, paid_part, received_part, used_part
from pages.components.efficiency_reads import Frontier
from pages.components.figures import Figure
from pages.components.fund_proofs import figure_proof, part_records
from pages.components.fund_reads import Funds
from pages.components.member_pages import Records, records_of
from pages.components.numbers import MISSING, exact, money, percent
from pages.components.proof import Proof
from pages.components.unit_map import unit_names
from pages.components.words import both, t


def headline_of(funds: Funds, frontier: Frontier, groups: dict[str, str]) -> list[Figure]:
    """Execution, utilisation, tasks done for each million yuan, and units on the frontier; each with its rows."""
    total = fund_ratios.country(funds.provinces)
    receipts, payments, uses = (
        funds.cut(rows) for rows in (funds.day.receipts, funds.day.payments, funds.day.uses)
    )
    done = funds.tasks.filter("is_done")
    per_million = (
        total["tasks_done"] * fund_ratios.FEN_PER_MILLION / total["paid"] if total["paid"] > 0 else None
    )
    return [
        _share_figure(
            funds, "execution", total, "paid", "received", [paid_part(payments), received_part(receipts)]
        ),
        _share_figure(funds, "utilisation", total, "used", "paid", [used_part(uses), paid_part(payments)]),
        _figure(
            funds,
            "done_per_million",
            MISSING if per_million is None else exact(round(per_million, 2)),
            [tasks_part(done), paid_part(payments)],
            t("efficiency.done_remark", done=exact(total["tasks_done"]), tasks=exact(total["tasks"])),
        ),
        _frontier_figure(funds, frontier, groups, tasks_part(done), paid_part(payments)),
    ]


def tasks_part(done: pl.DataFrame) -> Part:
    """Tasks that reached their target, as a part proved by their actual value."""
    tasks = {value.code: both(value) for value in contract("tasks").column("task_code").values}
    rows = done.select(
        "name",
        on=pl.lit(None, pl.Date),
        amount=pl.lit(None, pl.Int64),
        detail=pl.col("task_code").replace(tasks),
        **{name: pl.col(name) for name in ("receipt_id", "sheet_no", "row_no")},
    )
    return Part("tasks_done", "tasks", "actual", rows)


def compared_part(frontier: Frontier, groups: dict[str, str]) -> Records:
    """Inputs, outputs and score of every compared unit."""
    table = frontier.table.join(frontier.scored.select("province", "efficiency", "peers"), on="province")
    shown = table.with_columns(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        *(pl.col(name) / FEN_PER_UNIT for name in frontier.inputs),
        peers=named_peers(table["peers"]),
    )
    labels = {
        name: t(f"efficiency.column.{name}") for name in ("province", *frontier.inputs, "efficiency", "peers")
    }
    columns = ("province", *frontier.inputs, *frontier.outputs, "efficiency", "peers")
    return records_of(shown.select(columns), t("efficiency.compared"), "efficiency_compared", labels | groups)


def named_peers(peers: pl.Series) -> pl.Series:
    """Peers under the units' names."""
    known = unit_names()

    def said(text: str) -> str:
        pairs = [part.rpartition(" ") for part in text.split("; ") if part]
        return t("efficiency.peer_and").join(
            t("efficiency.peer", unit=known[code], weight=exact(round(float(weight), 2)))
            for code, _, weight in pairs
        )

    return pl.Series("peers", [said(text) for text in peers], dtype=pl.String)


def _share_figure(
    funds: Funds, name: str, total: dict[str, int], part: str, whole: str, parts: list[Part]
) -> Figure:
    value = percent(100 * total[part] / total[whole]) if total[whole] > 0 else MISSING
    return _figure(
        funds, name, value, parts, t("efficiency.of", part=money(total[part]), whole=money(total[whole]))
    )


def _figure(funds: Funds, name: str, value: str, parts: list[Part], remark: str) -> Figure:
    label = t(f"efficiency.figure.{name}")
    proof = figure_proof(funds, label, value, t(f"efficiency.formula.{name}"), parts)
    return Figure(name, label, value, proof, remark=remark)


def _frontier_figure(funds: Funds, frontier: Frontier, groups: dict[str, str], *parts: Part) -> Figure:
    label = t("efficiency.figure.frontier")
    value = t("efficiency.of", part=frontier.efficient.height, whole=frontier.scored.height)
    base = figure_proof(funds, label, value, t("efficiency.formula.frontier"), [])
    proof = Proof(
        title=base.title,
        value=value,
        formula=base.formula,
        basis=base.basis,
        as_of=base.as_of,
        article=t("efficiency.method"),
        parts=[compared_part(frontier, groups), *(part_records(funds.source, part) for part in parts)],
        build=base.build,
    )
    return Figure("frontier", label, value, proof, remark=t("efficiency.frontier_remark"))
