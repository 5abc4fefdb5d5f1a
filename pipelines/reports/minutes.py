"""The minutes of an appraisal's panel, fit to be signed: what was decided, on what, and why; from the frozen run."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from data.appraisal_policy import load_scheme
from data.dataset import contract
from data.published import units
from data.words import text
from metrics.agreement import agreement
from pipelines.reports.paper import Kind, Paper, figures, heading, note, paper_bytes, paragraph, table
from pipelines.workflow.decision import PublishedRun

_CENTS = Decimal("0.01")


def minutes_bytes(run: PublishedRun, kind: Kind, language: str, *, synthetic: bool) -> bytes:
    """The minutes of a published run as Word or PDF; the same run gives the same bytes.

    ``synthetic``: whether the data is made up. Raises ValueError for another kind.
    """
    content = run.content
    of, scheme = content["appraisal"], load_scheme(content["appraisal"]["round"])
    names = dict(units().select("code", "short_zh" if language == "zh" else "name_en").iter_rows())
    known = {code: getattr(rule, language) for code, rule in scheme.grades.items()}
    rounds = {value.code: value for value in contract("key_firms").column("round").values}
    cover = {
        "scope": text(
            "minutes.scope",
            language,
            round=getattr(rounds[of["round"]], language),
            batch=of["support_batch"],
            year=of["year"],
        ),
        "run": text("minutes.run", language, number=run.number, build=run.build),
        "published": run.at.date().isoformat(),
        "scheme": getattr(scheme.title, language),
        "inputs": run.inputs_sha256,
        "manifest": run.manifest_sha256,
    }
    decided = content["inputs"]["decisions"]
    points = {row["province"]: row for row in content["results"]["provinces"]}
    rows = [
        [
            names[row["province"]],
            _points(points.get(row["province"])),
            known.get(row["model_grade"], text("work.grade_open", language)),
            known[row["grade"]],
            row["reason"],
        ]
        for row in decided
    ]
    changed = [index for index, row in enumerate(decided) if row["grade"] != row["model_grade"]]
    paper = Paper(
        language=language,
        title=text("minutes.title", language),
        subtitle=cover["scope"],
        marks=[
            *([text("report.synthetic", language)] if synthetic else []),
            getattr(scheme.notice, language),
        ],
        cover=[(text(f"minutes.cover.{name}", language), value) for name, value in cover.items()],
        signatures=[
            text(f"minutes.sign.{name}", language) for name in ("chair", "panel", "recorder", "date")
        ],
        page_of=text("report.page_of", language),
        blocks=[
            heading(text("minutes.result", language)),
            figures(
                [
                    (known[code], str(sum(row["grade"] == code for row in decided)), "")
                    for code in scheme.grades
                ]
            ),
            paragraph(text("minutes.said", language, count=len(decided), changed=len(changed))),
            table(_columns(language), rows, changed),
            note(text("minutes.cuts", language)),
            heading(text("minutes.panel", language)),
            paragraph(text("minutes.panel_said", language, **_panel(content))),
            note(text("minutes.repeat", language, seed=content["inputs"]["seed"])),
        ],
    )
    return paper_bytes(paper, kind)


def _columns(language: str) -> list[tuple[str, float, Any]]:
    wide = {"unit": (0.14, "left"), "points": (0.15, "right"), "model": (0.13, "center"),
            "decided": (0.12, "center"), "reason": (0.46, "left")}  # fmt: skip
    return [(text(f"decide.column.{name}", language), width, align) for name, (width, align) in wide.items()]


def _points(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    ends = [str((Decimal(end.numerator) / Decimal(end.denominator)).quantize(_CENTS))
            for end in (Fraction(row["low"]), Fraction(row["high"]))]  # fmt: skip
    return "–".join(dict.fromkeys(ends))


def _panel(content: Mapping[str, Any]) -> dict[str, Any]:
    scores = content["inputs"]["panel"]
    schema = {"rater": pl.String, "unit": pl.String, "score": pl.String}
    rows = [(str(row["panelist"]), f"{row['province']} {row['indicator']}", row["score"]) for row in scores]
    told = agreement(pl.DataFrame(rows, schema=schema, orient="row")) if rows else None
    coefficients = {"alpha": told.alpha, "icc": told.icc.average} if told else {"alpha": None, "icc": None}
    return {name: "—" if value is None else f"{value:.3f}" for name, value in coefficients.items()} | {
        "seats": len({row["panelist"] for row in scores}),
        "units": len({row["province"] for row in scores}),
        "scores": len(scores),
    }
