"""Proofs of the funds page: of its headline figures and of each check, down to file, sheet and cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from data.access import Facts
from data.dataset import FEN_PER_UNIT, contract
from data.funds_policy import article_of, fund_rules
from metrics import fund_members
from metrics.fund_members import Part
from pages.components.facts import build_said, facts_for_export, facts_of
from pages.components.fund_reads import Funds
from pages.components.member_pages import PAGE, Records
from pages.components.member_proofs import Source
from pages.components.numbers import iso
from pages.components.proof import Proof, is_open
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.funds import place_said, placed, said

_SHOWN = ("name", "on", "amount", "detail", "file", "sheet", "cell")


def part_records(source: Source, part: Part) -> Records:
    """The rows of a part as a list of records; each page of them finds its cells when it is shown."""
    headers = {name: t(f"funds.column.{name}") for name in _SHOWN}
    uses = {
        value.code: getattr(value, language()) for value in contract("fund_use").column("use_category").values
    }

    def readable(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        found = placed(Part(part.part, part.dataset, part.field, rows), facts)
        in_units = found.with_columns(
            amount=pl.col("amount") / FEN_PER_UNIT, detail=pl.col("detail").replace(uses)
        )
        return in_units.select(pl.col(name).alias(header) for name, header in headers.items())

    return Records(
        label=t(f"funds.part.{part.part}"),
        name=f"{part.dataset}_build{source.build.build}",
        count=part.rows.height,
        page=lambda page: readable(part.rows.slice(page * PAGE, PAGE), facts_of(source.build, source.scope)),
        whole=lambda: readable(part.rows, facts_for_export(source.build, source.scope)),
    )


def figure_proof(funds: Funds, label: str, value: str, formula: str, parts: list[Part]) -> Proof:
    """The proof of a headline figure of the chosen tranches, under the rounds' notices."""
    known = [funds.asked.rounds[code] for code in funds.tranches["round"].unique().sort()]
    return Proof(
        title=label,
        value=value,
        formula=formula,
        basis=t("funds.basis"),
        as_of=iso(funds.source.as_of),
        article="; ".join(each.document for each in known),  # type: ignore[attr-defined]
        parts=[part_records(funds.source, part) for part in parts],
        build=build_said(funds.source.build),
    )


def check_proof(funds: Funds, check: Mapping[str, Any]) -> Proof:
    """The proof of one check: what was found, by which article, in which rows, which are looked up once it is open."""
    rule, source = check["rule"], funds.source
    behind = fund_members.members(funds.asked, check) if is_open(check["check"]) else []
    article = article_of(rule, check["round"])
    own = [t("funds.own_test")] if fund_rules().checks[rule].is_product else []
    return Proof(
        title=t(
            "provinces.figure_of",
            unit=unit_names().get(check["province"], check["province"]),
            figure=t(f"funds.rule.{rule}"),
        ),
        value=said(check, language()),
        formula=t(f"funds.test.{rule}"),
        basis=t("number.and").join([place_said(check, language()), *own]),
        as_of=iso(source.as_of),
        article=f"{article.document} {article.zh if language() == 'zh' else article.en}",
        marks=(article.mark,),
        parts=[part_records(source, part) for part in behind],
        build=build_said(source.build),
    )
