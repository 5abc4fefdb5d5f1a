"""Typst: a paper as PDF, and a chart as a picture. Set in the fonts that ship with the product, and in no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = Path(__file__).parents[2] / "data" / "reference" / "fonts"
_DOTS_PER_INCH = 220  # not policy: sharp in print


def pdf_bytes(paper: Mapping[str, Any]) -> bytes:
    """The PDF of a paper, as `pipelines.reports.paper.Paper` in plain mappings; no date in it, so bytes repeat."""
    return _set("paper.typ", paper, format="pdf", timestamp=0)


def chart_png(chart: Mapping[str, Any], language: str) -> bytes:
    """One chart of a paper as a picture."""
    return _set("bars_alone.typ", {"language": language, "chart": chart}, format="png", ppi=_DOTS_PER_INCH)


def _set(template: str, content: Mapping[str, Any], **options: Any) -> bytes:
    # The content travels as data, never as source: what a person typed cannot become markup.
    inputs = {"paper": json.dumps(content, ensure_ascii=False)}
    found = typst.compile(
        HERE / template, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=inputs, **options
    )
    if not isinstance(found, bytes):
        raise TypeError(f"{template} gave {type(found).__name__} instead of one file.")
    return found
