"""The page of firms to move up: headline figures, the units, and the list with what it would take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from data.access import Scope
from data.manifest import Published
from data.rules import Standard
from metrics import move_up
from metrics.scoring.results import points_text
from metrics.scoring.rule_words import Words
from pages.components import charts
from pages.components.criterion_rows import change_words
from pages.components.downloads import exports
from pages.components.facts import build_said
from pages.components.figures import Figure
from pages.components.filters import choice, switch
from pages.components.firm_words import missing_words, words_in
from pages.components.gradient_firms import record_links
from pages.components.gradient_reads import rule_of
from pages.components.header import section
from pages.components.member_pages import PAGE, Records, pager
from pages.components.move_up_reads import EXPLAINED_AT_MOST, Asked, Firms, all_of, are_changes_known, page_of
from pages.components.numbers import MISSING, exact, headline, iso, percent
from pages.components.proof import Proof
from pages.components.twin import twin
from pages.components.unit_map import unit_names
from pages.components.words import language, t
from pipelines.after_build import ensure_worker

_BAR, _ROW, _SHOWN_ROWS = 21, 35, 12
_WIDE = 1.2
_COLUMNS = ("name", "province", "has_lower", "score", "lacks", "change", "missing", "file", "cell", "uscc")


def move_up_figures(
    build: Published, scope: Scope, asked: Asked, counted: pl.DataFrame, year: int
) -> list[Figure]:
    """Ready, of them holders of the title below, one requirement short, and undetermined."""
    kinds = [replace(asked, kind=kind, with_lower=False) for kind in move_up.KINDS]
    if asked.tier in move_up.BELOW:
        kinds.insert(1, replace(asked, kind="ready", with_lower=True))
    return [_figure(build, scope, one, counted, year) for one in kinds]


def units_view(counted: pl.DataFrame, tier: str, name: str) -> None:
    """Ready firms by unit; the table has every kind."""
    names = unit_names()
    unit = pl.col("province").replace_strict(names, default=t("move_up.unknown_unit"), return_dtype=pl.String)
    table = counted.pivot("kind", index="province", values="firms")
    for kind in move_up.KINDS:
        if kind not in table.columns:
            table = table.with_columns(pl.lit(0, dtype=pl.Int64).alias(kind))
    table = table.with_columns(unit=unit).select("unit", pl.col(move_up.KINDS).fill_null(0))
    table = table.sort("ready", "unit", descending=[True, False])
    section(t("move_up.units_title", tier=t(f"tier.{tier}")), t("move_up.units_subtitle"))
    twin(
        {
            t("move_up.units_tab"): lambda: charts.draw(
                _bars(table, tier), key=f"move_up_{tier}", alt=t("move_up.units_alt", tier=t(f"tier.{tier}"))
            )
        },
        table,
        name=name,
        key=f"move_up_{tier}",
        labels={column: t(f"move_up.column.{column}") for column in table.columns},
    )


def firms_view(build: Published, scope: Scope, asked: Asked, counted: pl.DataFrame) -> None:
    """One list of firms, a page at a time and exported whole."""
    section(t("move_up.list_title"), t("move_up.list_subtitle"))
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        labels = {kind: t(f"move_up.kind.{kind}") for kind in move_up.KINDS}
        kind = choice(
            "kind",
            move_up.KINDS,
            label=t("move_up.list"),
            show=labels.__getitem__,
            default="ready",
            as_buttons=True,
        )
        below = move_up.BELOW.get(asked.tier)
        lower = bool(below) and switch("holders", label=t("move_up.holders", tier=t(f"tier.{below}")))
    chosen = replace(asked, kind=kind, with_lower=lower)
    _list(build, scope, chosen, count_of(counted, chosen))


def count_of(counted: pl.DataFrame, asked: Asked) -> int:
    """How many firms are asked for, from `metrics.move_up.counts`."""
    own = counted.filter(pl.col("kind") == asked.kind)
    if asked.province:
        own = own.filter(pl.col("province") == asked.province)
    return int(own["with_lower" if asked.with_lower else "firms"].sum())


@st.fragment
def _list(build: Published, scope: Scope, asked: Asked, count: int) -> None:
    if not count:
        st.info(t("move_up.none_such"))
        return
    key = f"move_up_page_{asked.tier}_{asked.kind}_{asked.with_lower}_{asked.province}_{build.build}"
    page = min(st.session_state.get(key, 0), (count - 1) // PAGE)
    found, rule = page_of(build, scope, asked, page), rule_of(asked.tier)
    shown = _narrowed(_readable(found, rule, words_in(language())), asked)
    headers = _headers(shown.columns, language())
    st.dataframe(
        shown.with_columns(record_links(found.rows, language())).rename(headers),
        hide_index=True,
        column_config=_settings(headers),
        placeholder=MISSING,
        key=f"{key}_{page}_{language()}",
        height=_ROW * (min(shown.height, _SHOWN_ROWS) + 1) + 3,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pager(key, page, count, "gradient.span")
        whole = partial(whole_list, build, scope, asked, language())
        exports(whole, count, _file_name(build, asked), "move_up_firms")
    if asked.kind == "nearly" and not are_changes_known(build, scope, asked):
        ensure_worker(build, "write_changes")
        if count > EXPLAINED_AT_MOST:
            st.caption(t("move_up.not_explained", most=exact(EXPLAINED_AT_MOST)))


def _figure(build: Published, scope: Scope, asked: Asked, counted: pl.DataFrame, year: int) -> Figure:
    of = "lower" if asked.with_lower else asked.kind
    count, rule = count_of(counted, asked), rule_of(asked.tier)
    label = t(f"move_up.figure.{of}")
    proof = Proof(
        title=label,
        value=exact(count),
        formula=t(f"move_up.formula.{of}"),
        as_of=iso(asked.as_of),
        rule=rule.version,
        article=f"{rule.document.number} {t('move_up.of_year', year=year)}",
        parts=[_records(build, scope, asked, count)],
        term="move_up",
        build=build_said(build),
    )
    if asked.with_lower:
        every = count_of(counted, replace(asked, with_lower=False))
        remark = t("move_up.remark.lower", share=percent(100 * count / every) if every else MISSING)
    else:
        remark = t(f"move_up.remark.{of}", year=year)
    return Figure(key=f"move_up_{of}", label=label, value=headline(count), proof=proof, remark=remark)


def _records(build: Published, scope: Scope, asked: Asked, count: int) -> Records:
    rule, words = rule_of(asked.tier), words_in(language())

    def page(number: int) -> pl.DataFrame:
        shown = _readable(page_of(build, scope, asked, number), rule, words)
        return shown.rename(_headers(shown.columns, words.language))

    whole = partial(whole_list, build, scope, asked, language())
    return Records(t(f"move_up.kind.{asked.kind}"), _file_name(build, asked), count, page, whole)


def _readable(found: Firms, rule: Standard, words: Words) -> pl.DataFrame:
    """The firms in words; only of its arguments, as an export is made when nobody's page is being drawn."""
    labels = {item.id: words.label(item.label) for item in rule.requirements}
    joined = words.say("rule.list")
    rows = found.rows.to_dicts()
    low, high = points_text("score_low"), points_text("score_high")
    score = pl.when(pl.col("score_low") == pl.col("score_high")).then(low).otherwise(low + "–" + high)
    yes = {True: words.say("move_up.yes"), False: words.say("move_up.no")}
    names = unit_names(code=words.language)
    scored = found.rows.with_columns(score=score) if rule.criteria else found.rows
    told = scored.with_columns(
        pl.col("province").replace_strict(names, default=None, return_dtype=pl.String),
        has_lower=pl.col("has_lower").replace_strict(yes, default=None, return_dtype=pl.String),
        lacks=pl.Series(
            [joined.join(labels[name] for name in move_up.lacking(row, rule)) for row in rows],
            dtype=pl.String,
        ),
        change=pl.Series([_said(row, found, words) for row in rows], dtype=pl.String),
        missing=pl.Series(
            [
                missing_words(row["missing"], rule, found.year, words) if row["missing"] else ""
                for row in rows
            ],
            dtype=pl.String,
        ),
    )
    return told.select(name for name in _COLUMNS if name in told.columns)


def _said(row: Mapping[str, Any], found: Firms, words: Words) -> str:
    """What would be enough, in words."""
    if found.changes is None:
        return words.say("move_up.not_yet") if row["kind"] == "nearly" else ""
    change = found.changes.get(row["uscc"])
    if change is None:
        return words.say("move_up.more_than_one")
    return words.say("score_firm.plan_change", **change_words(change, words))


def whole_list(build: Published, scope: Scope, asked: Asked, code: str) -> pl.DataFrame:
    """Every firm asked for, in words in the language ``code``: what an export holds."""
    words = words_in(code)
    table = _readable(all_of(build, scope, asked), rule_of(asked.tier), words)
    return table.rename(_headers(table.columns, code))


def _narrowed(shown: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Without what is the same, or nothing, in every row of the list; the export keeps it."""
    idle = {"ready": {"lacks", "change", "missing"}, "nearly": {"missing"}, "open": {"lacks", "change"}}[
        asked.kind
    ]
    idle |= {"province"} if asked.province else set()
    idle |= {"has_lower"} if asked.tier not in move_up.BELOW or asked.with_lower else set()
    return shown.drop(idle, strict=False)


def _headers(columns: list[str], code: str) -> dict[str, str]:
    say = words_in(code).say
    return {name: say(f"move_up.firm.{name}") for name in columns}


def _settings(headers: Mapping[str, str]) -> dict[str, object]:
    kinds = {
        "name": st.column_config.LinkColumn(display_text=r"#(.*)$", width=230),
        "lacks": st.column_config.TextColumn(width=220),
        "change": st.column_config.TextColumn(width=320),
        "missing": st.column_config.TextColumn(width=320),
        "file": st.column_config.TextColumn(width=200),
    }
    return {headers[name]: setting for name, setting in kinds.items() if name in headers}


def _bars(table: pl.DataFrame, tier: str) -> charts.Chart:
    most = max([*table["ready"].to_list(), 1])
    chart = charts.figure(
        charts.bar(
            x=table["ready"].to_list(),
            y=table["unit"].to_list(),
            orientation="h",
            marker={"color": charts.palette().tiers[tier]},
            text=[
                t("move_up.bar", ready=exact(ready), nearly=exact(nearly))
                for ready, nearly in table.select("ready", "nearly").iter_rows()
            ],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y} <b>%{x:,}</b><extra></extra>",
        ),
        height=_BAR * table.height + 14,
    )
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(table.height),
    )
    return chart


def _file_name(build: Published, asked: Asked) -> str:
    lower = "holders" if asked.with_lower else ""
    parts = ("move_up", asked.tier, asked.kind, asked.province, lower, f"build{build.build}")
    return "_".join(part for part in parts if part)
