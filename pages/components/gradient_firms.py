"""The firms behind a figure: easiest to win back first, a page at a time, each linked to its record; exported whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from data.rules import Standard
from metrics.scoring.evaluate import POINT
from metrics.scoring.outcome import REASONS, VERDICTS
from metrics.scoring.results import points_text
from metrics.scoring.rule_words import Words
from pages.components.downloads import exports
from pages.components.firm_words import missing_words, words_in
from pages.components.gradient_reads import Listed, all_firms, page_of_firms
from pages.components.member_pages import PAGE, Records, pager
from pages.components.numbers import MISSING
from pages.components.unit_map import unit_names
from pages.components.words import PARAMETER, language, t

ROW_HEIGHT, SHOWN_ROWS = 35, 12
_ORDER = (
    "name", "province", "verdict", "score", "points", "lost", "change", "gain", "unmet", "missing", "cell", "file",
    "sheet", "row_no", "reason", "uscc",
)  # fmt: skip


@st.fragment
def firm_list(build: Published, scope: Scope, listed: Listed, rule: Standard, count: int, year: int) -> None:
    """Draw the list of ``count`` firms with its pages and its exports."""
    if not count:
        st.info(t("gradient.none_such"))
        return
    key = f"gradient_page_{listed.tier}_{listed.of}_{listed.province}_{build.build}"
    last = (count - 1) // PAGE
    page = min(st.session_state.get(key, 0), last)
    rows = page_of_firms(build, scope, listed, page)
    names, words = unit_names(), words_in(language())
    shown = _narrowed(readable(rows, rule, year, names, words), listed)
    headers = labels(shown.columns, words)
    st.dataframe(
        shown.with_columns(record_links(rows, language())).rename(headers),
        hide_index=True,
        column_config=_settings(headers),
        placeholder=MISSING,
        key=f"{key}_{page}_{language()}",
        height=ROW_HEIGHT * (min(rows.height, SHOWN_ROWS) + 1) + 3,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pager(key, page, count, "gradient.span")
        name = "_".join(
            part for part in (listed.tier, listed.of, listed.province, f"build{build.build}") if part
        )
        exports(
            partial(_whole, build, scope, listed, rule, year, names, language()),
            count,
            name,
            "gradient_firms",
        )


def records(
    build: Published, scope: Scope, listed: Listed, rule: Standard, count: int, year: int, label: str
) -> Records:
    """The same list as the records of a proof."""
    names, words = unit_names(), words_in(language())

    def page(number: int) -> pl.DataFrame:
        rows = page_of_firms(build, scope, listed, number)
        shown = _narrowed(readable(rows, rule, year, names, words), listed)
        return shown.rename(labels(shown.columns, words))

    whole = partial(_whole, build, scope, listed, rule, year, names, language())
    return Records(label, _file_name(build, listed), count, page, whole)


def readable(
    rows: pl.DataFrame, rule: Standard, year: int, names: Mapping[str, str], words: Words
) -> pl.DataFrame:
    """The rows in words, columns under their own names: codes said, points as numbers, changes in percent.

    Only of its arguments: an export is made when nobody's page is being drawn.
    """
    scored = rows.with_columns(score=_score()) if rule.criteria else rows
    kept = [name for name in _ORDER if name in scored.columns]
    return scored.select(_said(name, scored, rule, year, names, words) for name in kept)


def labels(columns: Sequence[str], words: Words) -> dict[str, str]:
    """The headers of `readable`."""
    return {name: words.say(f"gradient.firm.{name}") for name in columns}


def record_links(rows: pl.DataFrame, code: str) -> pl.Expr:
    """Addresses of the firms' records, under ``name``; the name itself stands behind the # for the table to show."""
    links = [
        f"firms?uscc={uscc}&{PARAMETER}={code}#{name}"
        for uscc, name in rows.select("uscc", "name").iter_rows()
    ]
    return pl.Series("name", links, dtype=pl.String)


def _said(
    name: str, rows: pl.DataFrame, rule: Standard, year: int, names: Mapping[str, str], words: Words
) -> pl.Expr:
    column = pl.col(name)
    match name:
        case "province":
            return column.replace_strict(names, default=None, return_dtype=pl.String)
        case "verdict":
            verdicts = {code: words.say(f"score_firm.verdict.{word}") for code, word in VERDICTS.items()}
            return column.replace_strict(verdicts, return_dtype=pl.String)
        case "reason":
            reasons = {code: words.say(f"score_file.reason.{word}") for code, word in REASONS.items()}
            return column.replace_strict(reasons, return_dtype=pl.String)
        case "missing":
            cells = {codes: missing_words(codes, rule, year, words) for codes in rows[name].unique() if codes}
            return column.replace_strict(cells, default=None, return_dtype=pl.String)
        case "points" | "lost":
            return column / POINT
        case "change":
            # Away from zero: what is printed must be enough.
            return (column.cast(pl.Float64).abs() * 10_000).ceil() / 100 * column.sign()
        case _:
            return column


def _score() -> pl.Expr:
    low, high = points_text("score_low"), points_text("score_high")
    return pl.when(pl.col("score_low") == pl.col("score_high")).then(low).otherwise(low + "–" + high)


def _whole(
    build: Published,
    scope: Scope,
    listed: Listed,
    rule: Standard,
    year: int,
    names: Mapping[str, str],
    code: str,
) -> pl.DataFrame:
    words = words_in(code)
    table = readable(all_firms(build, scope, listed), rule, year, names, words)
    return table.rename(labels(table.columns, words))


def _narrowed(shown: pl.DataFrame, listed: Listed) -> pl.DataFrame:
    """Without what says the same in every row of the list; the export keeps it."""
    idle = {"reason", "sheet", "row_no", *(("province",) if listed.province else ())}
    idle |= {name for name in ("change", "gain") if name in shown.columns and shown[name].is_null().all()}
    return shown.drop(idle, strict=False)


def _settings(headers: Mapping[str, str]) -> dict[str, object]:
    kinds = {
        "name": st.column_config.LinkColumn(display_text=r"#(.*)$", width=230),
        "lost": st.column_config.NumberColumn(format="%.4g", width=70),
        "points": st.column_config.NumberColumn(format="%.4g", width=70),
        "change": st.column_config.NumberColumn(format="%+.2f", width=130, help=t("gradient.change_help")),
        "missing": st.column_config.TextColumn(width=260),
        "file": st.column_config.TextColumn(width=200),
    }
    return {headers[name]: setting for name, setting in kinds.items() if name in headers}


def _file_name(build: Published, listed: Listed) -> str:
    parts = (listed.tier, listed.of, listed.province, f"build{build.build}")
    return "_".join(part for part in parts if part)
