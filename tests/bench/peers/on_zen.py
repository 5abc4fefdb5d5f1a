"""The 13 indicators as one expression graph of zen-engine, evaluated firm by firm in its decimals."""

import json
from typing import Any

import polars as pl
import zen

from tests.bench.peers import annex_2 as annex


def prepared(firms: pl.DataFrame) -> list[dict[str, Any]]:
    return [{"key": "srdi", "context": row} for row in firms.select(annex.COLUMNS).iter_rows(named=True)]


def engine() -> zen.ZenEngine:
    return zen.ZenEngine({"loader": {"type": "static", "content": {"srdi": graph()}}})


def points(ready: zen.ZenEngine, requests: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """Score [low, high] of every firm, in points, by its batch call."""
    found = [answer["data"]["result"] for answer in ready.evaluate_batch(requests)]
    return [(answer["score_low"], answer["score_high"]) for answer in found]


def graph() -> dict[str, Any]:
    keyed = expressions()
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {}},
        {"id": "rule", "name": "rule", "type": "expressionNode", "content": {
            "expressions": [{"id": key, "key": key, "value": value} for key, value in keyed.items()],
            "passThrough": False, "inputField": None, "outputPath": None, "executionMode": "single",
        }},
        {"id": "out", "name": "out", "type": "outputNode", "content": {}},
    ]  # fmt: skip
    edges = [{"id": "1", "sourceId": "in", "targetId": "rule", "type": "edge"},
             {"id": "2", "sourceId": "rule", "targetId": "out", "type": "edge"}]  # fmt: skip
    return json.loads(json.dumps({"nodes": nodes, "edges": edges}))


def expressions() -> dict[str, str]:
    exact = {
        "main_share": (share("main_revenue", "revenue", annex.MAIN_SHARE), 5),
        "net_margin": (share("net_profit", "revenue", annex.NET_MARGIN), 10),
        "rd_staff": (share("rd_employees", "employees", annex.RD_STAFF), 5),
        "debt_ratio": (share("total_liabilities", "total_assets", annex.DEBT_RATIO, "<="), 5),
        "mean_growth": (growth(), 10),
        "rd_amount": (where("rd_expense != null", chain("rd_expense >= {}", annex.RD_EXPENSE)), 10),
        "rd_ratio": (share("rd_expense", "revenue", annex.RD_RATIO), 10),
        "digital": (where("digital_level != null", chain("digital_level >= {}", annex.DIGITAL_LEVEL)), 5),
        "niche": (where("niche_years != null", f"min([floor(niche_years / 2), {annex.NICHE_CAP}])"), 5),
        "institution": (where("rd_institution != null", f"{list(annex.RD_INSTITUTION)}[rd_institution]"), 10),
        "supplied": (where("provincial_points != null", f"provincial_points / {annex.POINT}"), 15),
    }  # fmt: skip
    found = {name: expression for name, (expression, _) in exact.items()}
    for end in ("low", "high"):
        part = {name: f"($.{name} ?? {best if end == 'high' else 0})" for name, (_, best) in exact.items()}
        unknown = "true" if end == "high" else "false"
        ticks = " + ".join(f"(({tick} ?? {unknown}) ? 1 : 0)" for tick in annex.TICKS)
        found[f"ticks_{end}"] = ticks
        best_of = f"max([{part.pop('rd_amount')}, {part.pop('rd_ratio')}])"
        ip = "0"
        for count, given in reversed(annex.IP):
            ip = f"(({count} ?? {1 if end == 'high' else 0}) >= 1 ? {given} : {ip})"
        quality = chain(f"$.ticks_{end} >= {{}}", annex.QUALITY)
        second = " or ".join(annex.SECOND_FIELDS)
        field = f"({annex.FIELDS[0]} ? {annex.FIELD_BEST} : (({second}) ? {annex.FIELD_SECOND} : 0))"
        found[f"score_{end}"] = " + ".join([*part.values(), best_of, ip, quality, field])
    return found


def share(above: str, below: str, bands: tuple[tuple[float, int], ...], op: str = ">=") -> str:
    percents = tuple((round(edge * 100), given) for edge, given in bands)
    known = f"{above} != null and {below} != null and ({below} ?? 0) > 0"
    return where(known, chain(f"{above} * 100 {op} {below} * {{}}", percents))


def growth() -> str:
    last, middle, first = annex.FIGURES[:3]
    known = f"{last} != null and ({middle} ?? 0) > 0 and ({first} ?? 0) > 0"
    wanted = tuple((2 * (100 + round(edge * 100)), given) for edge, given in annex.MEAN_GROWTH)
    return where(
        known, chain(f"({last} * {first} + {middle} * {middle}) * 100 >= {middle} * {first} * {{}}", wanted)
    )


def where(known: str, exact: str) -> str:
    return f"({known}) ? {exact} : null"


def chain(holds: str, bands: tuple[tuple[float, int], ...]) -> str:
    found = "0"
    for edge, given in reversed(bands):
        found = f"({holds.format(edge)} ? {given} : {found})"
    return found
