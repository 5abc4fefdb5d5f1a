"""The programme page drawn: tasks, services and industries; what each unit has in hand; the rounds side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from data.dataset import FEN_PER_UNIT, contract
from data.industries import industry_codes
from metrics import programme
from pages.components import charts
from pages.components.filters import choice
from pages.components.header import section
from pages.components.numbers import exact, percent
from pages.components.programme_figures import proof_of
from pages.components.programme_reads import Programme, industries_of
from pages.components.proof import proof_button
from pages.components.twin import table_with_export, twin
from pages.components.unit_map import unit_names
from pages.components.words import both, language, t

_ROW, _FOOT = 26, 30
_WIDE = 1.35  # room at the right of the longest bar for its number
_WORK = ("tasks", "services", "industries")
# The columns of each look at the units, and the datasets that prove it.
UNIT_VIEWS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "objects": (
        ("firms", "selected", "selected_pct", "platforms", "national", "provincial", "services", "firms_served",
         "point_to_point", "point_to_point_pct"),
        ("key_firms", "platforms", "platform_services"),
        "support_objects",
    ),
    "money": (("received", "local", "own"), ("fund_receipts", "local_funds"), "linkage"),
    "plans": (("submitted_on", "sme_on", "finance_on", "replied_on"), ("plans",), "plans"),
    "supervision": (
        (*programme.VISITS, "platform_pct", "province_service_pct"), ("supervision", "satisfaction"), "supervision",
    ),
    "disclosure": (programme.DISCLOSED, ("disclosures",), "disclosure"),
}  # fmt: skip
_MONEY = ("received", "local", "own")


def work_view(found: Programme) -> None:
    """What was done: tasks by kind, services by line, or the firms' industries; bars and their table."""
    section(t("programme.work_title"), t("programme.work_subtitle"))
    shown = choice(
        "work", _WORK, label=t("programme.work"), show=lambda code: t(f"programme.work_of.{code}"),
        default=_WORK[0], as_buttons=True,
    )  # fmt: skip
    {"tasks": _tasks, "services": _services, "industries": _industries}[shown](found)


def units_view(found: Programme) -> None:
    """What each unit has in hand, one look at a time, with the rows behind it."""
    section(t("programme.units_title"), t("programme.units_subtitle", year=found.source.as_of.year))
    views = tuple(UNIT_VIEWS)
    shown = choice(
        "look", views, label=t("programme.look"), show=lambda code: t(f"programme.look_of.{code}"),
        default=views[0], as_buttons=True,
    )  # fmt: skip
    columns, datasets, rule = UNIT_VIEWS[shown]
    table = found.units.select(
        pl.col("province").replace_strict(unit_names(), return_dtype=pl.String),
        *(pl.col(name) / FEN_PER_UNIT if name in _MONEY else pl.col(name) for name in columns),
    ).with_columns(pl.col(pl.Float64).round(1))
    if note := _NOTES.get(shown):
        st.caption(t(note))
    table_with_export(
        table,
        name=f"programme_{shown}_build{found.source.build.build}",
        key=f"programme_{shown}",
        labels={name: t(f"programme.column.{name}") for name in table.columns},
    )
    rows = {name: found.tables[name] for name in datasets}
    if "platform_services" in rows:
        rows["platform_services"] = found.services
    title = t(f"programme.look_of.{shown}")
    told = t("programme.units_said", count=exact(table.height))
    proof_button(proof_of(found, shown, title, told, rows, rule), shown, t("programme.rows_behind"))


_NOTES = {"disclosure": "programme.disclosure_note", "plans": "programme.plans_note"}


def _tasks(found: Programme) -> None:
    column = contract("tasks").column("task_code")
    names = {value.code: both(value) for value in column.values}
    rows = programme.by_task(found.tasks, column.codes)
    known = rows.filter(pl.col("tasks") > 0)
    beside = [
        t("programme.task_beside", share=percent(share), done=exact(done), tasks=exact(tasks))
        for share, done, tasks in known.select("done_pct", "done", "tasks").iter_rows()
    ]
    _bars_and_table(
        found, "tasks", [names[code] for code in known["kind"]], known["done_pct"].to_list(), beside,
        rows.with_columns(pl.col("kind").replace_strict(names), pl.col("done_pct", "degree_pct").round(1)),
    )  # fmt: skip


def _services(found: Programme) -> None:
    column = contract("platform_services").column("service_line")
    names = {value.code: both(value) for value in column.values}
    rows = programme.by_line(found.services, column.codes)
    beside = [
        t("programme.line_beside", services=exact(services), firms=exact(firms))
        for services, firms in rows.select("services", "firms").iter_rows()
    ]
    labels = [names[code] for code in rows["line"]]
    table = rows.with_columns(pl.col("line").replace_strict(names))
    _bars_and_table(found, "services", labels, rows["services"].to_list(), beside, table)


def _industries(found: Programme) -> None:
    rows = industries_of(found)
    known = industry_codes()
    zh = language() == "zh"
    names = {code: known[code].name if zh else known[code].name_en for code in rows["section"].drop_nulls()}
    labels = [names.get(code) or t("programme.no_industry") for code in rows["section"]]
    beside = [
        t("programme.industry_beside", firms=exact(firms), share=percent(share))
        for firms, share in rows.select("firms", "pct").iter_rows()
    ]
    table = rows.with_columns(section=pl.Series(labels, dtype=pl.String), pct=pl.col("pct").round(1))
    _bars_and_table(found, "industries", labels, rows["firms"].to_list(), beside, table)


def _bars_and_table(
    found: Programme,
    key: str,
    labels: Sequence[str],
    values: Sequence[float],
    beside: Sequence[str],
    table: pl.DataFrame,
) -> None:
    def draw() -> None:
        alt = t(f"programme.alt.{key}")
        charts.draw(_bars(labels, values, beside), key=f"programme_{key}", alt=alt)

    views: dict[str, Callable[[], object]] = {t("twin.chart"): draw}
    twin(
        views,
        table,
        name=f"programme_{key}_build{found.source.build.build}",
        key=f"programme_{key}_twin",
        labels={name: t(f"programme.column.{name}") for name in table.columns},
    )


def _bars(labels: Sequence[str], values: Sequence[float], beside: Sequence[str]) -> charts.Chart:
    """Sorted bars with their figures beside them, most first."""
    colours = charts.palette()
    order = sorted(range(len(values)), key=lambda at: -values[at])
    most = max([*values, 1e-9])
    names = [labels[at] for at in order]
    chart = charts.figure(
        charts.bar(
            x=[values[at] for at in order], y=names, orientation="h", hoverinfo="skip",
            marker={"color": colours.tiers["key_little_giant"]},
        ),
        charts.scatter(
            x=[most * _WIDE] * len(names), y=names, mode="text", text=[beside[at] for at in order],
            textposition="middle left", hoverinfo="skip",
        ),
        height=_ROW * len(names) + _FOOT,
    )  # fmt: skip
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4, "r": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"color": colours.text}},
    )
    return chart
