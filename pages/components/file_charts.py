"""A scored file in two charts: how the firms are spread, and what they lack; each with its table twin."""

from __future__ import annotations

import polars as pl
import streamlit as st

from data.rules import Standard
from metrics.scoring import summary
from metrics.scoring.rule_words import Words
from pages.components import charts
from pages.components.file_counts import VERDICTS, by_verdict, count_labels, failed_table, lost_table
from pages.components.header import section
from pages.components.numbers import exact
from pages.components.twin import table_with_export, twin
from pages.components.words import t
from pipelines.scoring import FileScores

STEP = 5
HEIGHT = 260
BAR_HEIGHT = 26
LABEL_LENGTH = 13
SHOWN_BARS = 8


def verdict_colours() -> dict[str, str]:
    """Fill colours of the verdicts; the word always stands beside them."""
    colours = charts.palette()
    return {
        "meets": colours.grades["excellent"],
        "undetermined": colours.grades["fair"],
        "fails": colours.quiet,
    }


def spread_view(result: FileScores, key: str) -> None:
    """Firms by score with the pass line; for a standard without a score, by the number of requirements not met."""
    scored, rule = result.scored, result.rule
    cut = summary.pass_mark(rule)
    if cut is None:
        unmet = summary.unmet_spread(scored, rule)
        section(t("score_file.unmet_title"), t("score_file.unmet_subtitle", count=exact(scored.height)))
        twin(
            lambda: _unmet_chart(unmet, scored.height),
            by_verdict(unmet),
            name="unmet",
            key=key,
            labels=count_labels(),
        )
        return
    spread = summary.score_spread(scored, rule, STEP)
    undrawn = summary.open_scores(scored)
    section(
        t("score_file.spread_title"),
        t(
            "score_file.spread_subtitle",
            count=exact(scored.height - undrawn),
            most=rule.score_max,
            open=exact(undrawn),
        ),
    )
    twin(
        lambda: _score_chart(spread, cut, scored.height - undrawn),
        by_verdict(spread),
        name="scores",
        key=key,
        labels=count_labels(),
    )


def reasons_view(result: FileScores, words: Words, key: str) -> None:
    """Requirements by the firms that fail them, and criteria by the points lost."""
    scored, rule = result.scored, result.rule
    section(t("score_file.reasons_title"), t("score_file.reasons_subtitle"))
    failed, lost = summary.requirement_counts(scored, rule), summary.points_lost(scored, rule)
    views = {t("score_file.failed_tab"): lambda: _failed_view(failed, rule, words)}
    if rule.criteria:
        views[t("score_file.lost_tab")] = lambda: _lost_chart(lost, rule, words)
    tabs = st.tabs([*views, t("twin.table")], key=f"{key}_tabs")
    for tab, draw in zip(tabs, views.values(), strict=False):
        with tab:
            draw()
    with tabs[-1]:
        table_with_export(
            failed_table(failed, rule, words), name="requirements", key=f"{key}_failed", labels=count_labels()
        )
        if rule.criteria:
            table_with_export(
                lost_table(lost, rule, words), name="points_lost", key=f"{key}_lost", labels=count_labels()
            )


def _score_chart(spread: pl.DataFrame, cut: int, firms: int) -> None:
    chart = charts.figure(
        *_stacks(
            spread,
            [_middle(row) for row in spread.filter(pl.col("verdict") == "meets").iter_rows(named=True)],
            [
                t("score_file.range", low=row["from_points"], high=row["to_points"])
                for row in spread.filter(pl.col("verdict") == "meets").iter_rows(named=True)
            ],
        ),
        height=HEIGHT,
        barmode="stack",
        bargap=0.12,
        **_legend(),
        xaxis={
            "title": {"text": t("score_file.spread_axis")},
            "dtick": 2 * STEP,
            "range": [0, spread["to_points"].max()],
        },
        yaxis={"title": {"text": t("score_file.spread_firms")}, "tickformat": ",d", **_whole_ticks(spread)},
    )
    colours = charts.palette()
    chart.add_shape(
        type="line",
        x0=cut,
        x1=cut,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": colours.text, "width": 1.5, "dash": "dash"},
    )
    chart.add_annotation(
        x=cut,
        y=1,
        yref="paper",
        text=t("score_file.pass_line", total=cut),
        showarrow=False,
        xanchor="center",
        yanchor="bottom",
        font={"color": colours.text},
    )
    charts.draw(chart, key="spread", alt=t("score_file.spread_alt", count=exact(firms), step=STEP, total=cut))


def _unmet_chart(unmet: pl.DataFrame, firms: int) -> None:
    places = [str(count) for count in unmet["unmet"].unique(maintain_order=True)]
    chart = charts.figure(
        *_stacks(unmet, places, places),
        height=HEIGHT,
        barmode="stack",
        bargap=0.25,
        **_legend(),
        xaxis={"title": {"text": t("score_file.unmet_axis")}, "type": "category"},
        yaxis={"title": {"text": t("score_file.spread_firms")}, "tickformat": ",d", **_whole_ticks(unmet)},
    )
    charts.draw(chart, key="unmet", alt=t("score_file.unmet_alt", count=exact(firms)))


def _stacks(table: pl.DataFrame, places: list, names: list[str]) -> list[charts.Trace]:
    colours = verdict_colours()
    bars = []
    for verdict in VERDICTS:
        firms = table.filter(pl.col("verdict") == verdict)["firms"].to_list()
        if any(firms):
            word = t(f"score_firm.verdict.{verdict}")
            bars.append(
                charts.bar(
                    x=places,
                    y=firms,
                    name=word,
                    marker={"color": colours[verdict]},
                    customdata=names,
                    hovertemplate=f"%{{customdata}}  {word} %{{y:,}}<extra></extra>",
                )
            )
    return bars


def _failed_view(failed: pl.DataFrame, rule: Standard, words: Words) -> None:
    shown = failed.filter(pl.col("failed") > 0).head(SHOWN_BARS)
    if shown.is_empty():
        st.info(t("score_file.failed_none"))
        return
    names = {item.id: words.label(item.label) for item in rule.requirements}
    said = [
        t("score_file.bar_failed", count=exact(row["failed"]), open=exact(row["open"]))
        for row in shown.iter_rows(named=True)
    ]
    _bars(
        [names[code] for code in shown["requirement"]],
        shown["failed"].to_list(),
        [exact(count) for count in shown["failed"]],
        said,
        key="failed",
        alt=t("score_file.failed_alt"),
    )


def _lost_chart(lost: pl.DataFrame, rule: Standard, words: Words) -> None:
    shown = lost.head(SHOWN_BARS)
    names = {item.id: words.label(item.label) for item in rule.criteria}
    said = [
        t("score_file.bar_lost", lost=f"{row['lost_mean']:.1f}", most=row["most"], firms=exact(row["firms"]))
        for row in shown.iter_rows(named=True)
    ]
    texts = [f"{row['lost_mean']:.1f} / {row['most']}" for row in shown.iter_rows(named=True)]
    _bars(
        [names[code] for code in shown["criterion"]],
        shown["lost_mean"].to_list(),
        texts,
        said,
        key="lost",
        alt=t("score_file.lost_alt"),
    )


def _bars(names: list[str], values: list, texts: list[str], said: list[str], *, key: str, alt: str) -> None:
    """Sorted bars, each under its whole name: a name beside its bar would be cut."""
    colours = charts.palette()
    places = list(range(len(names)))
    chart = charts.figure(
        charts.bar(
            x=values,
            y=places,
            orientation="h",
            width=0.42,
            marker={"color": colours.tiers["srdi"]},
            text=texts,
            textposition="outside",
            cliponaxis=False,
            customdata=list(zip(names, said, strict=True)),
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
            textfont={"color": colours.text},
        ),
        height=BAR_HEIGHT * 2 * len(names) + BAR_HEIGHT,
        xaxis={"visible": False, "range": [0, max(values) * 1.18 or 1]},
        yaxis={"visible": False, "range": [len(names) - 0.4, -0.8]},
    )
    for place, name in zip(places, names, strict=True):
        chart.add_annotation(
            x=0,
            y=place - 0.24,
            text=_short(name),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"color": colours.text, "size": charts.FONT_SIZE},
        )
    charts.draw(chart, key=key, alt=alt)


def _short(name: str) -> str:
    """A name that fits its line; the whole one is in the hover and in the table."""
    wide = sum(2 if ord(sign) > 255 else 1 for sign in name)  # not policy: width of a character
    most = 4 * LABEL_LENGTH
    if wide <= most:
        return name
    cut = most // 2 if wide > len(name) * 1.5 else most - 2
    return f"{name[:cut]}…"


def _legend() -> dict:
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.1,
            "xanchor": "left",
            "yanchor": "bottom",
            "traceorder": "normal",
        },
    }


def _whole_ticks(table: pl.DataFrame) -> dict:
    """Firms are whole: a small count must not get ticks at halves."""
    return {"dtick": 1} if (table["firms"].max() or 0) < STEP else {}


def _middle(row: dict) -> float:
    return (row["from_points"] + row["to_points"]) / 2
