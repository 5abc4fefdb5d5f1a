"""The search: what is looked for, the firms found a page at a time, and the choice of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals as nw
import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from metrics.firm_search import search
from metrics.title_status import held_members
from pages.components.facts import facts_of
from pages.components.member_pages import PAGE, pager
from pages.components.numbers import MISSING, exact
from pages.components.unit_map import unit_names
from pages.components.words import language, t

ROW_HEIGHT, SHOWN_ROWS = 35, 14
AT_MOST = 1_000


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a part of a name or the beginning of a code, in a unit, among the holders of a title."""

    text: str
    province: str | None
    tier: str | None
    as_of: dt.date


def wanted_text() -> str:
    """The field to search in; what is typed stays out of the address."""
    return (st.text_input(t("firms.find"), placeholder=t("firms.find_hint"), key="firms_find") or "").strip()


def find(build: Published, scope: Scope, wanted: Wanted) -> pl.DataFrame:
    """As many firms as are shown, and one more where there are more. Raises NoFactsError before names are indexed."""
    return _found(build.file, scope, wanted, build)


@st.fragment
def found_firms(build: Published, scope: Scope, wanted: Wanted, found: pl.DataFrame) -> None:
    """The firms found; choosing a row puts its code into the address and draws the page again."""
    if found.is_empty():
        st.info(t("firms.none_found"))
        return
    count = min(found.height, AT_MOST)
    key = f"firms_page_{build.build}_{wanted}"
    last = (count - 1) // PAGE
    page = min(st.session_state.get(key, 0), last)
    rows = _with_titles(build.file, scope, wanted, page, build)
    picked = st.dataframe(
        _readable(rows),
        hide_index=True,
        placeholder=MISSING,
        on_select="rerun",
        selection_mode="single-row",
        key=f"{key}_{page}_{language()}",
        height=ROW_HEIGHT * (min(rows.height, SHOWN_ROWS) + 1) + 3,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pager(
            key,
            page,
            count,
            "gradient.span",
            t("firms.over", most=exact(AT_MOST)) if found.height > AT_MOST else "",
        )
    if found.height > AT_MOST:
        st.caption(t("firms.more", most=exact(AT_MOST)))
    chosen = picked["selection"]["rows"]  # type: ignore[index]
    if chosen and chosen[0] < rows.height:
        st.query_params["uscc"] = rows["uscc"][chosen[0]]
        st.rerun(scope="app")


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    joined = t("rule.list")
    tiers = {tier: t(f"tier_short.{tier}") for tier in rows["tiers"].explode().drop_nulls().unique()}
    titles = pl.col("tiers").list.eval(
        pl.element().replace_strict(tiers, default=None, return_dtype=pl.String)
    )
    shown = rows.select(
        "name",
        "former",
        pl.col("province").replace_strict(unit_names(), default=None, return_dtype=pl.String),
        titles=titles.list.join(joined).replace("", None),
        uscc="uscc",
    )
    idle = ["former"] if rows["former"].is_null().all() else []
    return shown.drop(idle).rename(lambda name: t(f"firms.column.{name}"))


@st.cache_data(max_entries=64, show_spinner=False)
def _found(file: str, scope: Scope, wanted: Wanted, _build: Published) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    # Not counted to the end: every name of the country is read once a search.
    facts = facts_of(_build, scope)
    holders = held_members(facts.table("title_periods"), wanted.as_of, wanted.tier) if wanted.tier else None
    firms = search(facts.table("firm_names"), wanted.text, wanted.province, holders)
    return firms.to_native().limit(AT_MOST + 1).pl()


@st.cache_data(max_entries=256, show_spinner=False)
def _with_titles(file: str, scope: Scope, wanted: Wanted, page: int, _build: Published) -> pl.DataFrame:
    rows = _found(file, scope, wanted, _build)[:AT_MOST].slice(page * PAGE, PAGE)
    held = held_members(facts_of(_build, scope).table("title_periods"), wanted.as_of)
    titles = held.filter(nw.col("uscc").is_in(rows["uscc"].to_list())).select("uscc", "tier").to_native().pl()
    by_firm = titles.sort("tier").group_by("uscc").agg(tiers=pl.col("tier"))
    return rows.join(by_firm, on="uscc", how="left", maintain_order="left")
