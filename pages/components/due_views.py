"""The page of due titles: its headline figures, the bars by month and by unit, and the lists of firms."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from pages.components import charts
from pages.components.due_reads import Due
from pages.components.figures import Figure
from pages.components.filters import choice
from pages.components.header import section
from pages.components.member_lists import Titles
from pages.components.member_pages import Records, record_pages
from pages.components.member_proofs import Source, registry_proof, title_part
from pages.components.numbers import MISSING, exact, headline, iso, percent
from pages.components.twin import twin
from pages.components.unit_map import unit_names
from pages.components.words import t

LISTS = ("due", "overdue", "missed_update")
_HEIGHT, _BAR = 300, 21
_WIDE = 1.15


def due_figures(source: Source, found: Due, place: str | None) -> list[Figure]:
    """Due within the span, overdue, update missed, and the unit with most titles due."""
    figures = [_due(source, found, place), _overdue(source, found, place), _missed(source, found, place)]
    if place is None and found.due.filter(pl.col("province").is_not_null()).height:
        figures.append(_most(source, found))
    return figures


def due_view(source: Source, found: Due, place: str | None) -> None:
    """The titles due by month and by unit; the table has both, and the months without any."""
    section(
        t("due.view_title", tier=t(f"tier.{found.tier}")),
        t("due.view_subtitle", day=iso(source.as_of), until=iso(found.until)),
    )
    if found.due.is_empty():
        st.info(t("due.none_due"))
        return
    alt = t("due.alt", tier=t(f"tier.{found.tier}"))
    key = f"due_{found.tier}_{place or 'all'}"
    months = found.by_month
    units = found.due.group_by("province").agg(pl.col("firms").sum())
    views = {
        t("due.by_month"): lambda: charts.draw(_months(months, found.tier), key=f"{key}_months", alt=alt)
    }
    if place is None:
        views[t("due.by_unit")] = lambda: charts.draw(_units(units, found.tier), key=f"{key}_units", alt=alt)
    table = _table(found.due, months, t("due.country") if place is None else unit_names()[place])
    twin(
        views,
        table,
        name=f"titles_due_{found.tier}_build{source.build.build}",
        key=key,
        labels={name: t(f"due.column.{name}") for name in table.columns},
    )


def _table(due: pl.DataFrame, months: pl.DataFrame, whole: str) -> pl.DataFrame:
    """Firms by unit and month; a month in which no title falls due has one row, of the whole."""
    none = months.filter(pl.col("firms") == 0).select(pl.lit(whole).alias("unit"), "month", "firms")
    rows = due.with_columns(unit=_named(pl.col("province"))).select(none.columns)
    return pl.concat([rows, none], how="vertical_relaxed").with_columns(pl.col("month").dt.strftime("%Y-%m"))


def due_list(source: Source, found: Due, place: str | None) -> None:
    """One list of firms, a page at a time and exported whole."""
    counts = _counts(found)
    offered = [of for of in LISTS if counts[of] is not None]
    section(t("due.list_title"))
    labels = {of: t(f"due.list.{of}", count=exact(counts[of])) for of in offered}
    of = choice(
        "list", offered, label=t("due.list_label"), show=labels.__getitem__, default="due", as_buttons=True
    )
    part = _part(source, found, of, place)  # type: ignore[arg-type]
    record_pages(part, f"due_list_{found.tier}_{of}_{place or 'all'}_{source.build.build}")


def _counts(found: Due) -> dict[str, int | None]:
    return {
        "due": int(found.due["firms"].sum()),
        "overdue": int(found.overdue["firms"].sum()),
        "missed_update": None if found.missed is None else int(found.missed["missed"].sum()),
    }


def _part(source: Source, found: Due, of: str, place: str | None) -> Records:
    others: dict[str, dt.date | None] = {"due": found.until, "overdue": None}
    provinces = None if place is None else (place,)
    asked = Titles(of, found.tier, source.as_of, others.get(of, found.deadline), provinces)  # type: ignore[arg-type]
    if of == "had_to_update":
        count = 0 if found.missed is None else int(found.missed["expected"].sum())
    else:
        count = _counts(found)[of] or 0
    return title_part(source, asked, count)


def _figure(
    source: Source, found: Due, of: str, place: str | None, value: str, remark: str, *parts: str
) -> Figure:
    label = t(f"due.figure.{of}")
    proof = registry_proof(
        source,
        label,
        value,
        t(f"due.formula.{of}"),
        [_part(source, found, name, place) for name in (parts or (of,))],
        "titles_falling_due" if of == "due" else f"titles_{of}",
    )
    return Figure(key=f"due_{of}", label=label, value=value, proof=proof, remark=remark)


def _due(source: Source, found: Due, place: str | None) -> Figure:
    count = _counts(found)["due"]
    months = (
        found.due.group_by("month")
        .agg(pl.col("firms").sum())
        .sort("firms", "month", descending=[True, False])
    )
    remark = ""
    if months.height:
        peak, firms = months.row(0)
        remark = t("due.peak", month=f"{peak:%Y-%m}", count=exact(firms))
    return _figure(source, found, "due", place, headline(count), remark)


def _overdue(source: Source, found: Due, place: str | None) -> Figure:
    count = _counts(found)["overdue"]
    first = found.overdue["due_on"].min()
    remark = t("due.since", day=iso(first)) if isinstance(first, dt.date) else t("due.none_overdue")  # type: ignore[arg-type]
    return _figure(source, found, "overdue", place, headline(count), remark)


def _missed(source: Source, found: Due, place: str | None) -> Figure:
    deadline = iso(found.deadline)
    if found.missed is None:
        label = t("due.figure.missed_update")
        why = t("due.no_updates", day=deadline)
        proof = registry_proof(
            source, label, MISSING, t("due.formula.missed_update"), [], "titles_missed_update"
        )
        return Figure(key="due_missed_update", label=label, value=MISSING, proof=proof, remark=why)
    expected, missed = int(found.missed["expected"].sum()), int(found.missed["missed"].sum())
    share = percent(100 * missed / expected) if expected else MISSING
    remark = t("due.missed_of", expected=exact(expected), share=share, day=deadline)
    return _figure(
        source, found, "missed_update", place, headline(missed), remark, "missed_update", "had_to_update"
    )


def _most(source: Source, found: Due) -> Figure:
    units = (
        found.due.filter(pl.col("province").is_not_null())
        .group_by("province")
        .agg(pl.col("firms").sum())
        .sort("firms", "province", descending=[True, False])
    )
    code, firms = units.row(0)
    label, name = t("due.figure.most"), unit_names()[code]
    share = percent(100 * firms / int(found.due["firms"].sum()))
    proof = registry_proof(
        source,
        label,
        name,
        t("due.formula.most"),
        [_part(source, found.of(code), "due", code), _part(source, found, "due", None)],
        "titles_falling_due",
    )
    remark = t("due.most_of", count=exact(firms), share=share)
    return Figure(key="due_most", label=label, value=name, proof=proof, remark=remark)


def _months(months: pl.DataFrame, tier: str) -> charts.Chart:
    chart = charts.figure(
        charts.bar(
            x=[f"{month:%Y-%m}" for month in months["month"]],
            y=months["firms"].to_list(),
            marker={"color": charts.palette().tiers[tier]},
            text=[exact(firms) if firms else "" for firms in months["firms"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x} <b>%{y:,}</b><extra></extra>",
        ),
        height=_HEIGHT,
    )
    most = max([*months["firms"].to_list(), 1])
    chart.update_layout(
        bargap=0.35,
        margin={"t": 14},
        xaxis={"type": "category"},
        yaxis={"range": [0, most * _WIDE], "tickformat": ",d", "nticks": 5},
    )
    return chart


def _units(units: pl.DataFrame, tier: str) -> charts.Chart:
    ranked = units.with_columns(unit=_named(pl.col("province"))).sort(
        "firms", "unit", descending=[True, False]
    )
    chart = charts.figure(
        charts.bar(
            x=ranked["firms"].to_list(),
            y=ranked["unit"].to_list(),
            orientation="h",
            marker={"color": charts.palette().tiers[tier]},
            text=[exact(firms) for firms in ranked["firms"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y} <b>%{x:,}</b><extra></extra>",
        ),
        height=_BAR * ranked.height + 14,
    )
    most = max([*ranked["firms"].to_list(), 1])
    chart.update_layout(
        bargap=0.3,
        margin={"t": 4},
        xaxis={"visible": False, "range": [0, most * _WIDE]},
        yaxis=charts.names_axis(ranked.height),
    )
    return chart


def _named(province: pl.Expr) -> pl.Expr:
    return province.replace_strict(unit_names(), default=t("due.unknown_unit"), return_dtype=pl.String)
