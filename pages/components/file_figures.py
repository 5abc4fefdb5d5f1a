"""The headline figures of a scored file: firms, and how many are of each verdict, each with its proof."""

from __future__ import annotations

import polars as pl

from metrics.scoring.rule_words import Words
from metrics.scoring.summary import verdict_counts
from pages.components.figures import Figure, headline_figures
from pages.components.numbers import exact, headline, percent
from pages.components.proof import Proof
from pages.components.words import t
from pipelines.scoring import FileScores, RefusedError


def file_figures(result: FileScores, words: Words) -> None:
    """Firms in the file, and those that meet the standard, do not, or cannot be decided."""
    counts = verdict_counts(result.scored)
    firms = sum(counts.values())
    warned = int(result.table["orientation_warning"].sum())
    figures = [
        _figure(
            "firms",
            firms,
            result,
            words,
            t("score_file.firms_remark", rows=exact(result.checked.rows), year=result.year),
        )
    ]
    for verdict, count in counts.items():
        share = t("score_file.share", share=percent(100 * count / firms)) if firms else ""
        figures.append(_figure(verdict, count, result, words, share))
    if warned:
        figures[0] = _with_detail(figures[0], t("score_file.warned_remark", count=exact(warned)))
    headline_figures(figures)


def _figure(name: str, count: int, result: FileScores, words: Words, remark: str) -> Figure:
    document = result.rule.document
    proof = Proof(
        title=t(f"score_file.{name}"),
        value=exact(count),
        formula=t(f"score_file.proof_formula.{name}", year=result.year),
        members=_members(result, None if name == "firms" else name),
        as_of=t("score_file.proof_as_of", day=result.assessed_on.isoformat()),
        rule=words.standard(result.rule),
        article=words.document(document),
        marks=(document.source,),
        absent="" if count else t("score_file.proof_absent"),
        labels={field: words.field(field) for field in ("uscc", "name")} | {"sheet": t("todo.sheet_column")},
    )
    shown, whole = headline(count), exact(count)
    return Figure(
        name, t(f"score_file.{name}"), shown, proof, exact="" if whole == shown else whole, remark=remark
    )


def _with_detail(figure: Figure, detail: str) -> Figure:
    return Figure(
        figure.key,
        figure.label,
        figure.value,
        figure.proof,
        exact=figure.exact,
        remark=figure.remark,
        detail=detail,
    )


def _members(result: FileScores, verdict: str | None) -> pl.DataFrame:
    """The rows of the file behind a figure; a firm without a row of the year has no row number."""
    firms = result.table if verdict is None else result.table.filter(pl.col("verdict") == verdict)
    frame = result.checked.frame
    if frame is None:
        raise RefusedError(result.checked)
    rows = frame.filter(pl.col("year") == result.year).select("uscc", "sheet_no", "row_no")
    return (
        firms.select("uscc", "name")
        .join(rows, on="uscc", how="left", maintain_order="left")
        .select(
            pl.lit(result.checked.file).alias("file"),
            pl.col("sheet_no").alias("sheet"),
            "row_no",
            "uscc",
            "name",
        )
    )
