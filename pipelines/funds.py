"""The reward funds of the published facts on a day: flow, ratios, checks with their articles and rows, and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import polars as pl

from data import access, published
from data.access import MINISTRY, Facts
from data.dataset import FEN_PER_UNIT, contract
from data.funds_policy import article_of, fund_rules
from data.rounds import load_round, rounds
from data.words import text
from metrics import fund_flags, fund_flow, fund_frames, fund_growth, fund_ratios
from metrics.fund_members import Part, members
from metrics.fund_rules import VERDICTS, Asked
from metrics.origin import located

_FEN_PER_YUAN = 100
_BESIDE = ("title_periods", "annual_returns")


def fund_books(facts: Facts) -> fund_frames.Books:
    """The funds as the reader of ``facts`` may see them; a dataset the build does not know is empty."""
    known = [name for name in fund_frames.TABLES if name in facts.build.rows]
    return fund_frames.books({name: facts.table(name) for name in (*known, *_BESIDE)})


def fund_day(facts: Facts, as_of: dt.date) -> fund_frames.Day:
    """The funds on a day; whoever asks for several days keeps `fund_books`."""
    return fund_frames.on_day(fund_books(facts), as_of)


def asked_of(day: fund_frames.Day) -> Asked:
    """The day's funds with the rounds' rules and the product's own."""
    own = fund_rules()
    known = {each.code: each for each in rounds()}
    return Asked(day, known, own.idle_after.days, own.platform_money.only)


def placed(part: Part, facts: Facts) -> pl.DataFrame:
    """The rows of a part with file, sheet and cell, in place of their numbers."""
    receipts = facts.table("receipts").select("receipt_id, file, places").pl()
    return located(part.rows, receipts, part.field)


def funds_json(as_of: dt.date | None = None, province: str | None = None) -> dict[str, Any]:
    """What `tidu funds` prints: the country, each province and tranche, the checks, and the flags with their rows.

    ``as_of``: default the latest day of a loaded fact. ``province``: a unit's code, that unit alone. Amounts are whole
    fen. Raises NoFactsError.
    """
    facts = access.read(MINISTRY)
    day = fund_day(facts, as_of or facts.build.as_of or facts.build.published_at.date())
    asked = asked_of(day)

    def own(rows: pl.DataFrame) -> pl.DataFrame:
        return rows if province is None else rows.filter(pl.col("province") == province)

    checked = own(fund_flags.checks(asked))
    provinces = own(fund_ratios.by_province(day))
    returns = giant_returns(facts)
    grown = growth(returns, day, fund_growth.latest_year(returns, day.as_of))
    return {
        "as_of": day.as_of.isoformat(),
        "province": province,
        "build": facts.build.build,
        "synthetic": facts.build.synthetic,
        "sample_of": facts.build.sample_of,
        "total": fund_ratios.country(provinces),
        "provinces": provinces.to_dicts(),
        "tranches": own(asked.flow).to_dicts(),
        "checks": counts(checked).to_dicts(),
        "flags": [_flag(asked, facts, row) for row in fund_flags.flags(checked).iter_rows(named=True)],
        "published_against_received": own(fund_flow.published_against_received(day)).to_dicts(),
        "growth": {
            "year": grown.year,
            "note": "association, not effect",
            "medians": own(grown.medians).to_dicts(),
        },
        "unplaced": day.unplaced,
    }


@dataclass(frozen=True)
class Growth:
    """The accounting year (None: no returns by the day), `metrics.fund_growth.firms` of it, and their medians."""

    year: int | None
    firms: pl.DataFrame
    medians: pl.DataFrame


def giant_returns(facts: Facts) -> pl.DataFrame:
    """`metrics.fund_growth.returns_of_giants`; they do not depend on the day."""
    return fund_growth.returns_of_giants(facts.table("annual_returns"), facts.table("title_periods"))


def growth(returns: pl.DataFrame, day: fund_frames.Day, year: int | None) -> Growth:
    """Growth of supported and of comparable firms in the latest year that had ended on the day."""
    grown = fund_growth.firms(returns, day, year or day.as_of.year)
    return Growth(year, grown, fund_growth.medians(grown))


def counts(checked: pl.DataFrame) -> pl.DataFrame:
    """How many checks of each rule have which verdict: rule, met, violated, pending, unjudged, in the rules' order."""
    found = pl.DataFrame({"rule": list(fund_flags.RULES)})
    for verdict in VERDICTS:
        counted = checked.filter(pl.col("verdict") == verdict).group_by("rule").agg(pl.len().alias(verdict))
        found = found.join(counted, on="rule", how="left", maintain_order="left")
    return found.with_columns(pl.col(VERDICTS).fill_null(0).cast(pl.Int64))


def said(check: Mapping[str, Any], language: str) -> str:
    """What a check found, in a sentence; amounts are exact."""
    rule, limit = check["rule"], check["limit"]
    told: dict[str, Any] = {
        "part": amount(check["part"], language),
        "whole": amount(check["whole"], language),
        "limit": limit,
        "days": check["days"],
        "count": check["count"],
        "on": check["on"],
        "name": check["subject_name"] or check["subject"],
        "subject": check["subject"],
    }
    variant = rule
    if rule.startswith(("direct_", "empowerment_")):
        return _share_said(check, told, language)
    if rule in ("plan_report", "paid_above_plan"):
        variant = f"{rule}_{check['detail']}"
    elif rule == "simple_distribution":
        variant = f"{rule}_{check['verdict']}"
        told["reason"] = text(f"funds.{check['detail']}", language)
    elif rule == "idle" and check["verdict"] == "met":
        variant = "idle_met"
    elif rule == "recipient_kind":
        variant = "recipient_kind_listed" if check["tranche"] is None else rule
        told["kind"] = _labels("distribution_plans", "recipient_kind", check["subject"], language)
    elif rule == "platform_use":
        told["uses"] = _labels("fund_use", "use_category", check["detail"], language)
        variant = f"platform_use_{check['verdict']}"
    elif rule == "listed_recipient":
        told["board"] = _labels("annual_returns", "listed_board", check["detail"], language)
    elif rule in ("bureau_copy", "platform_served"):
        variant = f"{rule}_{check['verdict']}"
    return text(f"funds.said.{variant}", language, **told)


def amount(fen: int | None, language: str) -> str:
    """An exact amount: in Chinese 万元, and 元 below one of them; yuan in English; a dash where there is none."""
    if fen is None:
        return "—"
    in_wan = language == "zh" and (abs(fen) >= FEN_PER_UNIT or not fen)
    exact = Decimal(abs(fen)) / (FEN_PER_UNIT if in_wan else _FEN_PER_YUAN)
    shown = f"{int(exact):,}" if exact == int(exact) else f"{exact:,f}".rstrip("0")
    unit = "funds.wan" if in_wan else "funds.yuan"
    return text(unit, language, amount=f"{'−' if fen < 0 else ''}{shown}")


def place_said(check: Mapping[str, Any], language: str) -> str:
    """The round, support batch and tranche of a check."""
    told = {"round": round_name(check["round"], language), "batch": check["support_batch"]}
    if check["tranche"] is None:
        return text("funds.batch_of", language, **told)
    return text("funds.tranche_of", language, tranche=check["tranche"], **told)


def round_name(code: str, language: str) -> str:
    """The title of a round."""
    title = load_round(code).title
    return title.zh if language == "zh" else title.en


def _share_said(check: Mapping[str, Any], told: dict[str, Any], language: str) -> str:
    rule, part, whole = check["rule"], check["part"], check["whole"]
    if check["verdict"] == "unjudged":
        return text(f"funds.said.{rule.partition('_')[2]}_missing", language, **told)
    at = Fraction(Decimal(check["limit"])) * whole / 100
    least = rule.startswith("direct")
    # A share is never rounded over its limit: 89.9999 % is not shown as 90 %.
    rounding = ROUND_FLOOR if least else ROUND_CEILING
    share = (Decimal(100 * part) / whole).quantize(Decimal("0.01"), rounding=rounding)
    gap = ceil(at) - part if least else part - floor(at)
    missed = "funds.short" if least else "funds.over"
    verdict = text(missed if gap > 0 else "funds.enough", language, gap=amount(gap, language))
    return text(f"funds.said.{rule}", language, **told, share=f"{share:f}", verdict=verdict)


def _labels(dataset: str, field: str, codes: str, language: str) -> str:
    values = {value.code: value for value in contract(dataset).column(field).values}
    named = [getattr(values[code], language) for code in codes.split(";") if code in values]
    return text("funds.and", language).join(named)


def _flag(asked: Asked, facts: Facts, row: dict[str, Any]) -> dict[str, Any]:
    article = article_of(row["rule"], row["round"])
    own = fund_rules().checks[row["rule"]]
    return row | {
        "document": article.document,
        "article": {"zh": article.zh, "en": article.en},
        "mark": article.mark,
        "is_product_test": own.is_product,
        "is_assumption": row["rule"] == "idle" and fund_rules().idle_after.is_assumption,
        "message": {language: said(row, language) for language in ("zh", "en")},
        "rows": [
            {"part": part.part, "dataset": part.dataset, **found}
            for part in members(asked, row)
            for found in placed(part, facts)
            .select("receipt_id", "file", "sheet", "cell", "row_no", "name", "on", "amount")
            .to_dicts()
        ],
    }


def unit_of(written: str) -> str | None:
    """The code of a reporting unit by its code or a name of it; None where there is no such unit."""
    units = published.units().filter("in_programme")
    names = ("code", "name_zh", "short_zh", "name_en", "short_en")
    found = units.filter(
        pl.any_horizontal(pl.col(name).str.to_lowercase() == written.lower() for name in names)
    )
    return found["code"].item() if found.height == 1 else None
