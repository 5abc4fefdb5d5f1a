"""What the to-do sheet says: the findings in the order in which a clerk works, and common causes counted.

Laid out once and given to two writers, one for the submitter's own workbook and one for a workbook built anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from data.words import text
from pipelines.intake.findings import ERROR, WARNING, ordered, render
from pipelines.intake.plain_text import LINE_HEIGHT, lines_taken, shown

LINE_COLUMNS = ("severity", "sheet_column", "cell", "column", "value", "problem", "expected", "remedy")
GROUP_COLUMNS = ("severity", "cells", "first", "column", "sheet_column", "problem", "expected", "remedy")
WIDTHS = (9, 16, 10, 24, 24, 46, 38, 46)
FILLS = {ERROR: "F9C9C4", WARNING: "FDE7AE"}
INK = "1F2933"
OURS = "――― "
"""Begins our part of a comment, below what the submitter may have written."""

TALLEST = 400.0

LINES_PER_SHEET = 1_000_000
LINKED_LINES = 50_000
"""Excel keeps at most 65,530 links in a sheet; the first lines are the errors."""

COMMENTED_CELLS = 5_000
"""Beyond some thousands of comments Excel takes minutes to open a sheet."""


class Entry(NamedTuple):
    """One cell of the to-do sheet.

    style: title, text, head, cell, error, warning or link; link: the sheet and cell it leads to.
    """

    value: str | int
    style: str
    link: tuple[str, str] | None = None


Row = Sequence[Entry | None]


def row_height(row: Row) -> float | None:
    """The height in points that shows the wrapped texts of a row whole; None where one line is enough.

    Written out because not every spreadsheet program fits rows when it opens a file.
    """
    wrapped = [
        lines_taken(entry.value, width)
        for entry, width in zip(row, WIDTHS, strict=False)
        if entry and entry.style in {"cell", "head"} and isinstance(entry.value, str)
    ]
    most = max(wrapped, default=1)
    return None if most == 1 else min(LINE_HEIGHT * most + 2, TALLEST)


def comment_height(words: str) -> int:
    """The height in points at which a comment of 340 points shows all it says, within reason."""
    return min(20 * (2 + sum(1 + len(line) // 24 for line in words.splitlines())), 480)


@dataclass(frozen=True)
class Page:
    """One to-do sheet: its rows from the top, and the rows (1-based, inclusive) that the filter covers."""

    rows: Iterator[Row]
    filtered: tuple[int, int] | None


@dataclass(frozen=True)
class Todo:
    """The to-do list of one file in one language.

    lines: severity, sheet, cell, column_label, value, message, expected, remedy, all String; null where the finding
        names no sheet or cell; errors first, then by sheet, row and column.
    groups: severity, cells (count), sheet and cell (of the first one), column_label, message, expected, remedy.
    """

    file: str
    language: str
    lines: pl.DataFrame
    groups: pl.DataFrame
    notes: tuple[str, ...] = ()

    def word(self, key: str, **params: object) -> str:
        """A word of the to-do sheet."""
        return text(f"todo.{key}", self.language, **params)

    def pages(self) -> Iterator[Page]:
        """The to-do sheets: the first with the summary, further ones where a sheet is full."""
        for start in range(0, max(self.lines.height, 1), LINES_PER_SHEET):
            lines = self.lines.slice(start, LINES_PER_SHEET)
            head = self._first_head() if start == 0 else self._next_head()
            filtered = (len(head) + 1, len(head) + 1 + lines.height) if lines.height else None
            yield Page(self._rows(head, lines, linked=start == 0), filtered)

    def by_cell(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """Sheet, then cell, then the lines about it, in the order of the list."""
        found: dict[str, dict[str, list[dict[str, str]]]] = {}
        located = self.lines.filter((pl.col("sheet") != "") & (pl.col("cell") != ""))
        for line in located.iter_rows(named=True):
            found.setdefault(line["sheet"], {}).setdefault(line["cell"], []).append(line)
        return found

    def comment(self, lines: list[dict[str, str]]) -> str:
        """The comment of one cell: our sign, then each finding with what is expected and what to do."""
        return f"{OURS}{self.word('author')}\n" + "\n\n".join(
            self.word(
                "comment" if line["expected"] else "comment_short",
                severity=self.word(line["severity"]),
                message=line["message"],
                expected=line["expected"],
                remedy=line["remedy"],
            )
            for line in lines
        )

    def _first_head(self) -> list[Row]:
        rows: list[Row] = [
            [Entry(self.word("sign"), "title")],
            [Entry(self.word("file", file=shown(self.file)), "text")],
        ]
        if self.lines.is_empty():
            return rows + [[Entry(words, "text")] for words in (self.word("clean"), *self.notes)]
        counts = {s: self.lines.filter(pl.col("severity") == s).height for s in (ERROR, WARNING)}
        tally = self.word("count", errors=counts[ERROR], warnings=counts[WARNING])
        rows += [[Entry(words, "text")] for words in (tally, self.word("how"), *self.notes)]
        rows += [
            [],
            [Entry(self.word("summary"), "title")],
            [Entry(self.word(key), "head") for key in GROUP_COLUMNS],
        ]
        for severity, cells, sheet, cell, label, *rest in self.groups.rows():
            tally = [Entry(self.word(severity), severity), Entry(cells, "cell"), _linked(sheet, cell)]
            rows.append([*tally, *map(_entry, (label, sheet, *rest))])
        return [*rows, [], [Entry(self.word("list"), "title")]]

    def _next_head(self) -> list[Row]:
        return [[Entry(self.word("sign"), "title")], [Entry(self.word("continued"), "text")]]

    def _rows(self, head: list[Row], lines: pl.DataFrame, *, linked: bool) -> Iterator[Row]:
        yield from head
        if lines.is_empty():
            return
        yield [Entry(self.word(key), "head") for key in LINE_COLUMNS]
        for place, (severity, sheet, cell, *rest) in enumerate(lines.iter_rows()):
            where = _linked(sheet, cell) if linked and place < LINKED_LINES else _entry(cell)
            yield [Entry(self.word(severity), severity), _entry(sheet), where, *map(_entry, rest)]


def build_todo(file: str, findings: pl.DataFrame, language: str, notes: tuple[str, ...] = ()) -> Todo:
    """The to-do list of a file.

    Args:
        file: the file's name, as the submitter knows it.
        findings: as the check gives them.
        language: zh or en.
        notes: what else the submitter should know of the workbook that comes back.
    """
    rendered = render(ordered(findings), language)
    texts = ("value", "column_label", "message", "expected", "remedy")
    distinct = {words for name in texts for words in rendered[name].unique().drop_nulls().to_list()}
    spelling = {words: shown(words) for words in distinct}
    lines = rendered.select("severity", "sheet", "cell", "rule", *texts).with_columns(
        pl.col(texts).replace_strict(spelling, default=None, return_dtype=pl.String)
    )
    groups = (
        lines.group_by("severity", "rule", "column_label", "expected", "remedy", maintain_order=True)
        .agg(pl.len().alias("cells"), pl.first("message", "sheet", "cell"))
        .sort(pl.col("severity") != ERROR, -pl.col("cells").cast(pl.Int64), maintain_order=True)
    )
    return Todo(
        file=file,
        language=language,
        lines=lines.select(
            "severity", "sheet", "cell", *("column_label", *(t for t in texts if t != "column_label"))
        ),
        groups=groups.select(
            "severity", "cells", "sheet", "cell", "column_label", "message", "expected", "remedy"
        ),
        notes=notes,
    )


def _entry(value: str | int | None) -> Entry | None:
    return None if value is None or value == "" else Entry(value, "cell")


def _linked(sheet: str | None, cell: str | None) -> Entry | None:
    return Entry(cell, "link", (sheet, cell)) if sheet and cell else _entry(cell)
