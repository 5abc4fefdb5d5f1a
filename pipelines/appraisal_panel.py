"""A panel's scores from a file: province, indicator, panelist, score; a row that is wrong is named, with why."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from data.appraisal_policy import FULL, Scheme
from data.words import LANGUAGES, text
from pipelines.intake.open_file import open_file
from pipelines.intake.provinces import read_province
from pipelines.intake.sheets import ROW, Refused

COLUMNS = ("province", "indicator", "panelist", "score")


class PanelFileError(ValueError):
    """A file of scores that cannot be taken; the message says which row and why, in the reader's language."""


def read_panel(path: Path, scheme: Scheme, language: str = "en") -> pl.DataFrame:
    """The scores of a CSV or Excel file: `COLUMNS`, all text, the province as its code; other columns are ignored.

    An empty score is not done and left out. Raises PanelFileError for the first row that is wrong.
    """
    headers = {text(f"appraisal.panel.header.{name}", code): name for name in COLUMNS for code in LANGUAGES}
    try:
        _, sheets = open_file(
            path, lambda records: sum(cell in headers for cell in records[0]) if records else 0
        )
    except Refused as refused:
        raise PanelFileError(text("appraisal.panel.unreadable", language, rule=refused.rule)) from None
    cells = sheets[0].cells
    first = cells.head(1).drop(ROW)
    places = {
        headers[(said or "").strip().lower()]: letter
        for letter, said in (zip(first.columns, first.row(0), strict=True) if first.height else ())
        if (said or "").strip().lower() in headers
    }
    if missing := [
        text(f"appraisal.panel.header.{name}", language) for name in COLUMNS if name not in places
    ]:
        raise PanelFileError(text("appraisal.panel.columns", language, missing=", ".join(missing)))
    rows = cells.slice(1).select(ROW, *(pl.col(places[name]).fill_null("").alias(name) for name in COLUMNS))
    return _checked(rows, scheme, language)


def _checked(rows: pl.DataFrame, scheme: Scheme, language: str) -> pl.DataFrame:
    found: dict[tuple[str, str, str], str] = {}
    named = {getattr(scheme.indicator(code), side): code for code in scheme.judged for side in LANGUAGES}
    for row, *cells in rows.iter_rows():
        province, indicator, panelist, score = (str(cell).strip() for cell in cells)
        if not score:
            continue
        code = read_province(province).code
        if code is None:
            raise PanelFileError(text("appraisal.panel.province", language, row=row, value=province))
        judged = named.get(indicator, indicator)
        if judged not in scheme.judged:
            known = ", ".join(scheme.judged)
            raise PanelFileError(
                text("appraisal.panel.indicator", language, row=row, value=indicator, known=known)
            )
        if not _is_percent(score):
            raise PanelFileError(text("appraisal.panel.score", language, row=row, value=score))
        if (code, judged, panelist) in found:
            raise PanelFileError(text("appraisal.panel.twice", language, row=row, panelist=panelist))
        found[code, judged, panelist] = score
    listed = [(*at, score) for at, score in found.items()]
    return pl.DataFrame(listed, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _is_percent(written: str) -> bool:
    try:
        return 0 <= Decimal(written) <= FULL
    except InvalidOperation:
        return False
