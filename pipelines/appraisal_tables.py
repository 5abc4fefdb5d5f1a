"""An appraisal as tables and JSON: the provinces with what they lost and why, the firms and platforms assessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from data.dataset import contract
from data.words import text
from metrics.appraisal.score import INDICATOR, PART, ScoreTree
from pipelines.appraisal import Computed
from pipelines.appraisal_words import line_said, lost_said
from pipelines.intake.provinces import units

_PLACES = 6  # not policy: decimals that are kept
_CHANCES = "chance_"


def appraisal_json(found: Computed, judged: pl.DataFrame | None, language: str) -> dict[str, Any]:
    """The run with every province: points, grades, rank, how sure they are, layers, and lost points with reasons."""
    tree, sure = found.tree(judged), found.certainty(judged)
    certain = {row["province"]: row for row in sure.provinces.iter_rows(named=True)}
    reasons = lost_points(found, tree, language).partition_by("province", as_dict=True)
    provinces = [
        _province(found, tree, row, certain[row["province"]], reasons.get((row["province"],)), language)
        for row in tree.totals.sort("rank", "province").iter_rows(named=True)
    ]
    return _head(found, language) | {
        "seed": found.scheme.certainty.seed,
        "draws": found.scheme.certainty.draws,
        "provinces": provinces,
    }


def lost_points(found: Computed, tree: ScoreTree, language: str) -> pl.DataFrame:
    """Every leaf that loses points, surely or perhaps, most first within its province.

    Returns province, indicator, part ("" for a judged indicator), name, points (lost at the lowest score), sure (lost
    whatever is missing), state, reason and said (why).
    """
    measured = {
        (row["province"], f"{row['indicator']}.{row['part']}"): row
        for row in found.indicators.iter_rows(named=True)
    }
    leaves = tree.nodes.filter(
        (pl.col("level") == PART) | ((pl.col("level") == INDICATOR) & (pl.col("kind") == "judged")),
        pl.col("lost_possible") > 0,
    )
    rows = [
        {
            "province": node["province"],
            "indicator": node["code"].partition(".")[0],
            "part": node["code"].partition(".")[2],
            "name": name_of(found, node["code"], language),
            "points": round(node["lost_possible"], _PLACES),
            "sure": round(node["lost_sure"], _PLACES),
            "state": node["state"],
            "reason": node["reason"],
            "said": lost_said(found.scheme, node, measured.get((node["province"], node["code"])), language),
        }
        for node in leaves.iter_rows(named=True)
    ]
    table = pl.DataFrame(rows, schema=_LOST)
    return table.sort(["province", "points", "indicator", "part"], descending=[False, True, False, False])


def name_of(found: Computed, code: str, language: str) -> str:
    """The name of a layer, an indicator, or of a part after its indicator's."""
    indicator, _, part = code.partition(".")
    if indicator in found.scheme.layers:
        return getattr(found.scheme.layers[indicator], language)
    named = found.scheme.indicator(indicator)
    own: str = getattr(named, language)
    # A lone part says nothing that its indicator does not.
    return f"{own} · {getattr(named.parts[part], language)}" if part and len(named.parts) > 1 else own


def province_table(found: Computed, judged: pl.DataFrame | None, language: str) -> pl.DataFrame:
    """One row a province, best first: name, points, grades, rank, its interval, chances and the points by layer."""
    told = appraisal_json(found, judged, language)["provinces"]
    rows = [
        {name: row[name] for name in row if name not in ("layers", "lost", "chances")}
        | {f"{_CHANCES}{grade}": chance for grade, chance in row["chances"].items()}
        | {
            f"{layer}_{side}": points
            for layer, sides in row["layers"].items()
            for side, points in sides.items()
        }
        | {"notice": found.scheme.notice.model_dump()[language]}
        for row in told
    ]
    return pl.DataFrame(rows)


def assessment_json(found: Computed, language: str) -> dict[str, Any]:
    """The assessed firms and platforms, their counts, and the lists that follow."""
    rows = [row | {"said": reason_said(found, row, language)} for row in _assessed(found)]
    lists = {
        name: [row["uscc"] for row in rows if row["result"] == result]
        for name, result in (("continue", "continue"), ("passed", "passed"))
    }
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        of_kind = counted.setdefault(row["object_kind"], {})
        of_kind[row["result"]] = of_kind.get(row["result"], 0) + 1
    return _head(found, language) | {"counts": counted, "lists": lists, "rows": rows}


def support_assessments(found: Computed, language: str) -> pl.DataFrame:
    """The determined ones in the columns of the dataset `support_assessments`, so that they can be published."""
    rows = [
        row | {"reason": reason_said(found, row, language)}
        for row in _assessed(found)
        if row["result"] in contract("support_assessments").column("result").codes
    ]
    columns = contract("support_assessments").fields
    return (
        pl.DataFrame(rows, schema_overrides={"score": pl.String}).select(columns) if rows else pl.DataFrame()
    )


def reason_said(found: Computed, row: Mapping[str, Any], language: str) -> str:
    """Why an object has its result: the line that decided, or what is not known."""
    rules = found.scheme.assessment
    lines = {line.code: line for line in (rules.platform if row["object_kind"] == "platform" else rules.firm)}
    if row["rule"]:
        return line_said(lines[row["rule"]], language)
    said = [line_said(lines[code], language) for code in row["missing"].split(";") if code]
    return text("appraisal.unknown_whether", language, lines="; ".join(said))


_LOST = {
    "province": pl.String,
    "indicator": pl.String,
    "part": pl.String,
    "name": pl.String,
    "points": pl.Float64,
    "sure": pl.Float64,
    "state": pl.String,
    "reason": pl.String,
    "said": pl.String,
}


def _assessed(found: Computed) -> list[dict[str, Any]]:
    return found.assessed.drop("receipt_id", "sheet_no", "row_no").to_dicts()


def _head(found: Computed, language: str) -> dict[str, Any]:
    return found.appraisal.columns() | {
        "as_of": found.as_of.isoformat(),
        "build": found.build.build,
        "facts": found.build.content,
        "synthetic": found.build.synthetic,
        "scheme": found.scheme.version,
        "notice": getattr(found.scheme.notice, language),
        "is_assumption": found.scheme.is_assumption,
    }


def _province(
    found: Computed,
    tree: ScoreTree,
    total: Mapping[str, Any],
    sure: Mapping[str, Any],
    lost: pl.DataFrame | None,
    language: str,
) -> dict[str, Any]:
    code = total["province"]
    layers = tree.nodes.filter(pl.col("province") == code, pl.col("level") == "layer")
    grades = {code: getattr(rule, language) for code, rule in found.scheme.grades.items()}
    return {
        "province": code,
        "name": getattr(units()[code], language),
        "points_low": round(total["points_low"], _PLACES),
        "points_high": round(total["points_high"], _PLACES),
        "grade": total["grade"],
        "grade_low": total["grade_low"],
        "grade_high": total["grade_high"],
        "grade_low_said": grades[total["grade_low"]],
        "grade_high_said": grades[total["grade_high"]],
        "rank": total["rank"],
        "rank_low": sure["rank_low"],
        "rank_high": sure["rank_high"],
        "chances": {name.removeprefix(_CHANCES): sure[name] for name in sure if name.startswith(_CHANCES)},
        "layers": {
            row["code"]: {
                "low": round(row["points_low"], _PLACES),
                "high": round(row["points_high"], _PLACES),
            }
            for row in layers.iter_rows(named=True)
            if row["points_low"] is not None
        },
        "lost": [] if lost is None else lost.drop("province").to_dicts(),
    }
