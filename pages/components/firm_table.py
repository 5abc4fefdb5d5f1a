"""The firms of a scored file: filter, find, select one to read why, download all."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from data.rules import Standard
from metrics.scoring.rule_words import Words
from pages.components.downloads import downloads
from pages.components.filters import choice
from pages.components.firm_words import in_words, labels, words_in
from pages.components.header import section
from pages.components.numbers import MISSING, exact
from pages.components.words import language, t
from pipelines.exports import xlsx_bytes

SHOWN_FIRMS = 2_000
ALL = "all"
VERDICTS = ("meets", "undetermined", "fails")


def firm_table(table: pl.DataFrame, rule: Standard, year: int, counts: dict[str, int]) -> str | None:
    """Draw the table; returns the credit code of the firm that is selected, if any."""
    section(t("score_file.table_title"), t("score_file.pick"))
    verdict, wanted = _filters(counts)
    found = table.filter(_matches(verdict, wanted))
    if found.is_empty():
        st.info(t("score_file.none_found"))
        return None
    shown = found.head(SHOWN_FIRMS)
    picked = st.dataframe(
        _columns(shown, rule, year),
        hide_index=True,
        key=f"firms_{verdict}_{language()}",
        on_select="rerun",
        selection_mode="single-row",
        column_config=_settings(),
        placeholder=MISSING,
        height=min(420, 36 * (shown.height + 1) + 3),
    )
    if found.height > shown.height:
        st.caption(t("score_file.shown_first", shown=exact(shown.height), count=exact(found.height)))
    rows = picked["selection"]["rows"]  # type: ignore[index]
    return shown["uscc"][rows[0]] if rows and rows[0] < shown.height else None


def score_downloads(table: pl.DataFrame, rule: Standard, year: int, name: str) -> None:
    """Every firm and every column, in words and in codes."""
    title = t("score_file.download_title", count=exact(table.height))
    st.markdown(f"**{title}**", help=t("score_file.download_help"))
    worded = partial(_worded, table, rule, year, language())
    downloads(table, worded, name, "scores", t("score_file.download_words"))


def _worded(table: pl.DataFrame, rule: Standard, year: int, code: str) -> bytes:
    words = words_in(code)
    shown = in_words(table, rule, year, words).with_columns(
        pl.col(name).cast(pl.Float64) for name in table.columns if name.startswith(("score", "points_"))
    )
    return xlsx_bytes(shown.rename(labels(rule, words)))


def _filters(counts: dict[str, int]) -> tuple[str, str]:
    names = {ALL: t("score_file.filter_all", count=exact(sum(counts.values())))} | {
        verdict: t(
            "score_file.filter_one", verdict=t(f"score_firm.verdict.{verdict}"), count=exact(counts[verdict])
        )
        for verdict in VERDICTS
    }
    left, right = st.columns([2, 1], gap="small", vertical_alignment="bottom")
    with left:
        verdict = choice(
            "verdict",
            list(names),
            label=t("score_file.filter"),
            show=names.__getitem__,
            default=ALL,
            as_buttons=True,
        )
    with right:
        wanted = st.text_input(t("score_file.find"), placeholder=t("score_file.find_hint"), key="find_firm")
    return verdict, (wanted or "").strip()


def _matches(verdict: str, wanted: str) -> pl.Expr:
    is_verdict = pl.lit(value=True) if verdict == ALL else pl.col("verdict") == verdict
    if not wanted:
        return is_verdict
    code = pl.col("uscc").str.contains(wanted.upper(), literal=True)
    return is_verdict & (code | pl.col("name").str.contains(wanted, literal=True))


def _columns(shown: pl.DataFrame, rule: Standard, year: int) -> pl.DataFrame:
    """The columns a reader needs; what is behind the verdict stands in one, empty columns are left out."""
    words = words_in(language())
    said = in_words(shown, rule, year, words)
    behind = {
        "meets": pl.format(t("score_file.behind.meets", text="{}"), "route"),
        "undetermined": pl.format(t("score_file.behind.undetermined", text="{}"), "missing"),
        "fails": pl.format(t("score_file.behind.fails", text="{}"), "failed"),
    }
    said = said.with_columns(
        behind=pl.coalesce(
            pl.when(pl.lit(shown["verdict"]) == verdict).then(text) for verdict, text in behind.items()
        ),
        score=pl.coalesce("score", "score_low").cast(pl.Float64),
        score_high=pl.col("score_high").cast(pl.Float64),
    ).select("name", "verdict", "score", "score_high", "behind", "orientation_warning", "uscc")
    empty = [name for name in ("score", "score_high") if said[name].is_null().all()]
    if not shown["orientation_warning"].any():
        empty.append("orientation_warning")
    return said.drop(empty).rename(_headers(words), strict=False)


def _headers(words: Words) -> dict[str, str]:
    own = ("verdict", "score", "score_high", "behind", "orientation_warning")
    return {field: words.field(field) for field in ("name", "uscc")} | {
        name: t(f"score_file.shown.{name}") for name in own
    }


def _settings() -> dict[str, object]:
    headers = _headers(words_in(language()))
    texts = {"name": 190, "verdict": 96, "behind": 420, "orientation_warning": 130, "uscc": 180}
    numbers = {"score": 64, "score_high": 84}
    return {headers[name]: st.column_config.TextColumn(width=width) for name, width in texts.items()} | {
        headers[name]: st.column_config.NumberColumn(width=width) for name, width in numbers.items()
    }
