"""The report of a province's self-evaluation, fit to be handed in: Word or PDF, Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from data.words import text
from pipelines.appraisal_words import shown
from pipelines.reports.paper import (
    Block,
    Kind,
    Paper,
    bars,
    figures,
    heading,
    listed,
    note,
    paper_bytes,
    paragraph,
    table,
)

FIRM = "key_little_giant"
_MOST_LOST = 8  # not policy: bars of a chart
_CHINESE_NUMBERS = "一二三四五六七八九十"


def report_bytes(content: Mapping[str, Any], kind: Kind, language: str) -> bytes:
    """The report as a file of that kind; ``content`` as `self_evaluation_content.report_content`, in that language.

    The same content gives the same bytes. Raises ValueError for another kind.
    """
    return paper_bytes(_paper(content, language), kind)


def _paper(content: Mapping[str, Any], language: str) -> Paper:
    place = {"round": content["round"], "batch": content["support_batch"]}
    cover = {
        "province": content["province"],
        "scope": text("report.cover.scope_said", language, **place, year=content["year"]),
        "as_of": content["as_of"],
        "build": text(
            "report.cover.build_said", language, build=content["build"], content=content["content"]
        ),
        "scheme": f"{content['scheme']} ({content['scheme_version']})",
        "state": text(f"report.state.{content['state']}", language),
    }
    if content["receipt"]:
        cover["receipt"] = text("report.cover.receipt_said", language, **content["receipt"])
    return Paper(
        language=language,
        title=text("report.title", language, province=content["province"], year=content["year"]),
        subtitle=text("report.subtitle", language, **place, document=content["document"]),
        marks=[*_marks(content, language), content["notice"]],
        cover=[(text(f"report.cover.{name}", language), value) for name, value in cover.items()],
        signatures=[text(f"report.sign.{name}", language) for name in ("sme", "finance", "head", "date")],
        page_of=text("report.page_of", language),
        blocks=[
            *_overall(content, language),
            *_results(content, language),
            *_firms(content, language),
            *_funds(content, language),
            *_problems(content, language),
            *_annex(content, language),
        ],
    )


def _marks(content: Mapping[str, Any], language: str) -> list[str]:
    if not content["synthetic"]:
        return []
    if content["sample_of"]:
        return [text("report.sample", language, sample=content["sample_of"])]
    return [text("report.synthetic", language)]


def _overall(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    total = content["total"]
    yield heading(text("report.overall.title", language))
    remark = text("report.overall.certain", language)
    if total["waiting"] != "0":
        remark = text("report.overall.waiting", language, points=total["waiting"])
    items = [
        (text("report.overall.grade", language), total["grade"], text("report.overall.model", language)),
        (text("report.overall.points", language), total["points"], remark),
    ]
    if total["rank"]:
        rank = text("report.overall.rank_said", language, rank=total["rank"])
        items.append(
            (
                text("report.overall.rank", language),
                rank,
                text("report.overall.of", language, count=total["units"]),
            )
        )
    yield figures(items)
    yield paragraph(_summary(content, language))
    yield bars(
        text("report.overall.chart", language),
        [
            (layer["name"], layer["share_low"], layer["share_high"], _layer_said(layer, language))
            for layer in content["layers"]
        ],
        text("report.overall.chart_remark", language),
    )
    yield note(text("report.overall.grades", language))


def _summary(content: Mapping[str, Any], language: str) -> str:
    objects = [row["kind"] == FIRM for row in content["assessed"]]
    told = {
        "province": content["province"],
        "round": content["round"],
        "batch": content["support_batch"],
        "firms": sum(objects),
        "platforms": len(objects) - sum(objects),
        "as_of": content["as_of"],
        **content["funds"]["said"],
        "points": content["total"]["points"],
        "grade": content["total"]["grade"],
    }
    worst = [row["name"] for row in _lost(content) if row["lost"] != "0"][:3]
    if not worst:
        return text("report.overall.said_full", language, **told)
    return text("report.overall.said", language, **told, worst=text("funds.and", language).join(worst))


def _layer_said(layer: Mapping[str, Any], language: str) -> str:
    key = "report.overall.by_layer" if layer["low"] == layer["high"] else "report.overall.by_layer_open"
    return text(key, language, low=layer["low"], high=layer["high"], most=layer["weight"])


def _lost(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The computed indicators that lose points or may, most first; the panel's are not lost yet."""
    rows = [
        row
        for layer in content["layers"]
        for row in layer["indicators"]
        if row["lost_most"] > 0 and row["kind"] == "computed"
    ]
    return sorted(rows, key=lambda row: -row["lost_most"])


def _results(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    yield heading(text("report.layers.title", language))
    for number, layer in enumerate(content["layers"], start=1):
        place = _CHINESE_NUMBERS[number - 1] if language == "zh" else number
        yield heading(
            text("report.layers.layer", language, number=place, name=layer["name"], weight=layer["weight"]), 2
        )
        rows = [_row(row, language) for row in layer["indicators"]]
        own = "" if not all(row["own"] for row in layer["indicators"]) else _sum_of_own(layer)
        rows.append(
            [text("report.layers.total", language), layer["weight"], layer["points"], own, layer["lost"], ""]
        )
        yield table(_columns(language, _RESULTS), rows, strong=[len(rows) - 1])
    lost = _lost(content)[:_MOST_LOST]
    if lost:
        yield bars(
            text("report.layers.lost_chart", language),
            [(row["name"], row["share_low"], row["share_high"], _lost_said(row, language)) for row in lost],
            text("report.layers.lost_remark", language),
        )


_RESULTS = (
    ("report.layers.indicator", 2.6, "left"),
    ("report.layers.weight", 1.3, "right"),
    ("report.layers.system", 1.7, "right"),
    ("report.layers.own", 1.4, "right"),
    ("report.layers.lost", 1.1, "right"),
    ("report.layers.reason", 5.9, "left"),
)
_ASSESSED = (
    ("report.firms.object", 3.4, "left"),
    ("report.firms.result", 1.2, "left"),
    ("report.firms.score", 1.4, "right"),
    ("report.firms.reason", 4.4, "left"),
)
_TRANCHES = (
    ("report.funds.tranche", 1.2, "left"),
    ("report.funds.received", 1.6, "right"),
    ("report.funds.planned", 1.6, "right"),
    ("report.funds.paid", 1.6, "right"),
    ("report.funds.used", 1.6, "right"),
    ("report.funds.recovered", 1.4, "right"),
)
_FLAGS = (
    ("report.funds.flag", 1.8, "left"),
    ("report.funds.finding", 5.2, "left"),
    ("report.funds.place", 1.5, "left"),
    ("report.funds.article", 3.0, "left"),
)
_INDICATORS = (
    ("report.layers.indicator", 2.2, "left"),
    ("report.annex.formula", 4.6, "left"),
    ("report.annex.source", 3.6, "left"),
)
_FILES = (
    ("report.annex.dataset", 2.4, "left"),
    ("report.annex.file", 4.3, "left"),
    ("report.annex.rows", 1.7, "right"),
    ("report.annex.loaded", 1.9, "left"),
    ("report.annex.hash", 2.6, "left"),
)


def _columns(language: str, columns: Sequence[tuple[str, float, Any]]) -> list[tuple[str, float, Any]]:
    return [(text(key, language), width, align) for key, width, align in columns]


def _row(row: Mapping[str, Any], language: str) -> list[str]:
    dash = text("report.dash", language)
    told = list(row["reasons"])
    if not row["applies"]:
        told = [text("report.layers.not_applicable", language)]
    if row["differs"]:
        told.append(text("report.layers.differs", language, points=row["differs"]))
    if row["explanation"]:
        told.append(text("report.layers.explained", language, text=row["explanation"]))
    if not told:
        told = [text("report.layers.full", language)]
    points = row["points"]
    if row["state"] == "missing":
        points = text(f"report.layers.{'open' if row['kind'] == 'judged' else 'missing'}", language)
    return [
        row["name"],
        row["weight"] if row["applies"] else dash,
        points or dash,
        row["own"] or dash,
        row["lost"] if row["applies"] else dash,
        "\n".join(told),
    ]


def _sum_of_own(layer: Mapping[str, Any]) -> str:
    return shown(sum((Decimal(row["own_exact"]) for row in layer["indicators"]), Decimal(0)))


def _lost_said(row: Mapping[str, Any], language: str) -> str:
    if row["open"] == "0":
        return text("report.layers.lost_text", language, lost=row["lost"])
    return text("report.layers.lost_text_open", language, lost=row["lost"], open=row["open"])


def _firms(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    yield heading(text("report.firms.title", language))
    objects = content["assessed"]
    if not objects:
        yield paragraph(text("report.firms.said_none", language))
        return
    firms = sum(row["kind"] == FIRM for row in objects)
    yield paragraph(text("report.firms.said", language, firms=firms, platforms=len(objects) - firms))
    dash = text("report.dash", language)
    rows = [[row["name"], row["result"], row["score"] or dash, row["reason"]] for row in objects]
    yield table(_columns(language, _ASSESSED), rows)


def _funds(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    funds = content["funds"]
    yield heading(text("report.funds.title", language))
    if not funds["rows"]:
        yield paragraph(text("report.funds.none", language))
        return
    yield bars(
        text("report.funds.chart", language),
        [(row["stage"], row["share"], row["share"], row["amount"]) for row in funds["stages"]],
        text("report.funds.chart_remark", language),
    )
    yield heading(text("report.funds.flags", language), 2)
    if funds["flags"]:
        rows = [_flagged(row, language) for row in funds["flags"]]
        yield table(_columns(language, _FLAGS), rows)
    else:
        yield paragraph(text("report.funds.clean", language))
    yield heading(text("report.funds.flow", language), 2)
    yield note(text("report.funds.unit", language))
    rows = [[text("report.funds.tranche_said", language, number=row[0]), *row[1:]] for row in funds["rows"]]
    rows.append([text("report.layers.total", language), *funds["total"]])
    yield table(_columns(language, _TRANCHES), rows, strong=[len(rows) - 1])


def _flagged(row: Mapping[str, Any], language: str) -> list[str]:
    place = text("report.dash", language)
    if row["tranche"] is not None:
        place = text("report.funds.tranche_said", language, number=row["tranche"])
    article = [row["article"]]
    if row["is_product"]:
        article.append(text("report.funds.own_test", language))
    return [row["rule"], row["finding"], place, "\n".join(article)]


def _problems(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    yield heading(text("report.problems.title", language))
    found = [
        text(
            f"report.problems.{row['how']}",
            language,
            name=row["name"],
            reason=row["reason"],
            gain=row["gain"],
        )
        for row in content["improvements"]
    ]
    if found:
        yield paragraph(text("report.problems.said", language))
        yield listed(found)
    else:
        yield paragraph(text("report.problems.none", language))
    if content["explanations"]:
        yield heading(text("report.problems.said_by_province", language), 2)
        colon = text("report.colon", language)
        yield listed([f"{row['name']}{colon}{row['text']}" for row in content["explanations"]])


def _annex(content: Mapping[str, Any], language: str) -> Iterator[Block]:
    yield heading(text("report.annex.title", language))
    yield paragraph(
        text("report.annex.scheme", language, title=content["scheme"], framework=content["framework"])
    )
    yield note(text("report.annex.version", language, version=content["scheme_version"]))
    yield heading(text("report.annex.indicators", language), 2)
    rows = [
        [row["name"], row["formula"], row["source"]]
        for layer in content["layers"]
        for row in layer["indicators"]
    ]
    yield table(_columns(language, _INDICATORS), rows)
    yield heading(text("report.annex.files", language), 2)
    files = [
        [row[name] for name in ("dataset", "file", "rows", "loaded", "hash")] for row in content["sources"]
    ]
    yield table(_columns(language, _FILES), files)
