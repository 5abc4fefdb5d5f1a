"""What a province's self-evaluation report says, gathered from the published facts and from what the province wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from data.access import Facts
from data.appraisals import Appraisal
from data.dataset import FEN_PER_UNIT, contract
from data.funds_policy import article_of, fund_rules
from data.home import Home
from data.published import Label
from data.readers import Reader
from data.rounds import load_round
from data.words import text
from metrics import fund_flags
from metrics.appraisal.asked import DATASETS
from metrics.appraisal.measure import NOT_APPLICABLE
from metrics.appraisal.score import ScoreTree, improvements
from pipelines.appraisal import Computed, computed
from pipelines.appraisal_tables import assessment_json, lost_points, name_of
from pipelines.appraisal_words import cut, shown
from pipelines.funds import amount, asked_of, fund_day, round_name, said
from pipelines.intake.provinces import units
from pipelines.receipts import live
from pipelines.workflow.self_evaluation import SelfEvaluation
from pipelines.workflow.self_evaluation import read as read_self_evaluation

_STAGES = ("received", "planned", "paid", "used", "recovered")
_HASH = 12  # not policy: characters of a hash that are printed
_PART = " · "  # between an indicator and its part, as `name_of` writes it
_MOST_IMPROVEMENTS = 8  # not policy: what still fits a page

Content = dict[str, Any]


class NothingToReportError(LookupError):
    """The province takes no part in the appraisal, by the published facts."""


def report_content(
    home: Home, facts: Facts, by: Reader, appraisal: Appraisal, province: str, language: str
) -> Content:
    """Everything the report of a province says, as text in one language; shares of charts as numbers from 0 to 1.

    ``by`` decides what of the province's own entries is shown: a draft to the province alone. The panel's scores are
    no part of a self-evaluation, so what is judged stays open. Raises NothingToReportError where the province has
    nothing to appraise, NoFactsError and RoundError as `pipelines.appraisal.computed`.
    """
    found = computed(facts, appraisal.round, appraisal.support_batch, appraisal.year)
    tree = found.tree()
    mine = ScoreTree(
        tree.nodes.filter(pl.col("province") == province),
        tree.totals.filter(pl.col("province") == province),
        tree.version,
    )
    if mine.totals.is_empty():
        raise NothingToReportError(f"{province} takes no part in {appraisal.code}.")
    own = read_self_evaluation(home, by, appraisal, province)
    unit = units()[province]
    return {
        "province": unit.zh if language == "zh" else unit.en,
        "round": round_name(appraisal.round, language),
        "document": load_round(appraisal.round).document,
        "support_batch": appraisal.support_batch,
        "year": appraisal.year,
        "as_of": found.as_of.isoformat(),
        "build": facts.build.build,
        "content": facts.build.content[:_HASH],
        "synthetic": facts.build.synthetic,
        "sample_of": facts.build.sample_of,
        "notice": _in(found.scheme.notice, language),
        "scheme": _in(found.scheme.title, language),
        "scheme_version": found.scheme.version[:_HASH],
        "framework": found.scheme.framework.document,
        "state": own.state,
        "receipt": None
        if own.handed_in is None
        else {"number": own.handed_in.number, "at": _day(own.handed_in.at)},
        "total": _total(found, mine, tree, language),
        "layers": _layers(found, mine, own, language),
        "assessed": _assessed(found, province, language),
        "funds": _funds(facts, appraisal, province, found.as_of, language),
        "improvements": _improvements(found, mine, language),
        "explanations": _explanations(found, own, language),
        "sources": _sources(home, facts, language),
    }


def _in(label: Label, language: str) -> str:
    return label.zh if language == "zh" else label.en


def _day(at: dt.datetime) -> str:
    return at.date().isoformat()


def _total(found: Computed, mine: ScoreTree, tree: ScoreTree, language: str) -> Content:
    row = mine.totals.row(0, named=True)
    grades = [
        getattr(found.scheme.grades[row[side]], language) for side in ("grade_low", "grade_high") if row[side]
    ]
    return {
        "points": _span(Fraction(row["low"]), Fraction(row["high"])),
        "waiting": shown(Fraction(row["high"]) - Fraction(row["low"])),
        "grade": text("report.overall.or", language).join(dict.fromkeys(grades)),
        # cut to one province, everybody is the first
        "rank": row["rank"] if found.unit is None else None,
        "units": tree.totals.height,
    }


def _span(low: Fraction, high: Fraction) -> str:
    return "–".join(dict.fromkeys((cut(low), cut(high))))


def _layers(found: Computed, mine: ScoreTree, own: SelfEvaluation, language: str) -> list[Content]:
    nodes = {row["code"]: row for row in mine.nodes.iter_rows(named=True)}
    said = _reasons(found, mine, language)
    layers = []
    for code, layer in found.scheme.layers.items():
        indicators = [
            _indicator(found, name, nodes[name], said.get(name, []), own, language)
            for name in layer.indicators
        ]
        layers.append(
            {"code": code, "name": _in(Label(zh=layer.zh, en=layer.en), language)}
            | _points(nodes[code])
            | {"indicators": indicators}
        )
    return layers


def _points(node: Mapping[str, Any]) -> Content:
    """Weight, points and what is lost of a node: as text, and as shares for the charts."""
    applies = node["state"] != NOT_APPLICABLE
    used = Fraction(node["used"])
    low, high = (Fraction(node[f"share_{side}"] or 0) for side in ("low", "high"))
    return {
        "applies": applies,
        "weight": shown(used),
        "low": shown(used * low),
        "high": shown(used * high),
        "points": _span(used * low, used * high) if applies else "",
        "lost": shown(used * (1 - high)),
        "open": shown(used * (high - low)),
        "share_low": float(low),
        "share_high": float(high),
        "lost_most": float(used * (1 - low)),
    }


def _indicator(
    found: Computed,
    code: str,
    node: Mapping[str, Any],
    reasons: list[str],
    own: SelfEvaluation,
    language: str,
) -> Content:
    rule = found.scheme.indicator(code)
    entry = own.entry(code)
    points = _points(node)
    certain = node["share_low"] is not None and node["share_low"] == node["share_high"]
    differs = ""
    if entry.value is not None and certain:
        gap = shown(Fraction(entry.value) - Fraction(node["used"]) * Fraction(node["share_low"]))
        differs = gap if gap.strip("-−0.") else ""
    return points | {
        "code": code,
        "name": name_of(found, code, language),
        "kind": rule.kind,
        "state": node["state"],
        "own": "" if entry.value is None else shown(entry.value),
        "own_exact": None if entry.value is None else str(entry.value),
        "differs": differs,
        "reasons": reasons,
        "explanation": entry.explanation,
        "formula": _in(rule.formula, language),
        "source": f"{rule.source.document} {getattr(rule.source, language)}",
    }


def _reasons(found: Computed, mine: ScoreTree, language: str) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    colon = text("report.colon", language)
    for row in lost_points(found, mine, language).iter_rows(named=True):
        if row["said"]:
            # an indicator of several parts says which part lost what
            part = row["name"].partition(_PART)[2]
            told = f"{part}{colon}{row['said']}" if part else row["said"]
            said.setdefault(row["indicator"], []).append(told)
    return said


def _assessed(found: Computed, province: str, language: str) -> list[Content]:
    return [
        {
            "kind": row["object_kind"],
            "name": row["name"] or row["uscc"],
            "score": row["score"] or "",
            "result": text(f"appraisal.result.{row['result']}", language),
            "reason": row["said"],
        }
        for row in assessment_json(found, language)["rows"]
        if row["province"] == province
    ]


def _funds(facts: Facts, appraisal: Appraisal, province: str, as_of: dt.date, language: str) -> Content:
    """The batch's tranches in 10k yuan, its stages as shares of what was received, and the rules that are broken."""
    asked = asked_of(fund_day(facts, as_of))
    of_batch = (
        pl.col("province") == province,
        pl.col("round") == appraisal.round,
        pl.col("support_batch") == appraisal.support_batch,
    )
    tranches = asked.flow.filter(*of_batch)
    sums = {stage: int(tranches[stage].sum()) for stage in _STAGES}
    whole = max(sums["received"], 1)
    flagged = fund_flags.flags(fund_flags.checks(asked)).filter(*of_batch)
    return {
        "said": {stage: amount(sums[stage], language) for stage in _STAGES},
        "rows": [
            [str(row["tranche"]), *(_wan(row[stage]) for stage in _STAGES)]
            for row in tranches.iter_rows(named=True)
        ],
        "total": [_wan(sums[stage]) for stage in _STAGES],
        "stages": [
            {
                "stage": text(f"report.funds.{stage}", language),
                "share": sums[stage] / whole,
                "amount": amount(sums[stage], language),
            }
            for stage in _STAGES
        ],
        "flags": [_flag(row, language) for row in flagged.iter_rows(named=True)],
    }


def _wan(fen: int) -> str:
    return shown(Fraction(fen, FEN_PER_UNIT), 6)


def _flag(row: Mapping[str, Any], language: str) -> Content:
    article = article_of(row["rule"], row["round"])
    return {
        "rule": text(f"funds.rule.{row['rule']}", language),
        "tranche": row["tranche"],
        "finding": said(row, language),
        "article": text(
            "report.funds.article_said",
            language,
            document=article.document,
            article=_in(article.article, language),
        ),
        "is_product": fund_rules().checks[row["rule"]].is_product,
    }


def _improvements(found: Computed, mine: ScoreTree, language: str) -> list[Content]:
    reasons = {
        (row["indicator"], row["part"]): row["said"]
        for row in lost_points(found, mine, language).iter_rows(named=True)
    }
    # what the province can do itself comes before what the panel has still to judge
    rows = improvements(mine, found.scheme).sort(pl.col("how") == "panel", maintain_order=True)
    return [
        {
            "how": row["how"],
            "name": name_of(found, ".".join(filter(None, (row["indicator"], row["part"]))), language),
            "reason": reasons.get((row["indicator"], row["part"]), ""),
            "gain": shown(row["gain"]),
        }
        for row in rows.head(_MOST_IMPROVEMENTS).iter_rows(named=True)
    ]


def _explanations(found: Computed, own: SelfEvaluation, language: str) -> list[Content]:
    return [
        {"name": name_of(found, code, language), "text": own.entry(code).explanation}
        for _, code, _ in found.scheme.indicators()
        if own.entry(code).explanation
    ]


def _sources(home: Home, facts: Facts, language: str) -> list[Content]:
    """The files of this build that an appraisal reads, in the order in which they came."""
    there = set(facts.build.receipts)
    return [
        {
            "dataset": _in(Label(**contract(receipt.dataset).title), language),
            "file": receipt.file,
            "rows": f"{receipt.rows:,}",
            "loaded": _day(receipt.received_at),
            "hash": receipt.sha256[:_HASH],
        }
        for receipt in live(home)
        if receipt.id in there and receipt.dataset in _READ
    ]


_READ = frozenset({*DATASETS, "title_events", "enterprises"}) - {"title_periods"}
