"""Official lists as they are printed: a title above, headings of the units between the rows, notes below; synthetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

Named = tuple[str, str]
"""A name and the unit it stands under ("" for none)."""


def print_list(path: Path, names: Sequence[Named], notes: Iterable[str] = ("注：合成数据。",)) -> Path:
    """Write the workbook; names of one unit must follow each other."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名单")
        sheet.merge_range("A1:B1", "附件：合成企业名单（合成数据，非真实企业）")
        sheet.write_row(1, 0, ["序号", "企业名称"])
        row, under = 2, ""
        for number, (name, unit) in enumerate(names, start=1):
            if unit and unit != under:
                sheet.write(row, 0, f"{unit}")
                row, under = row + 1, unit
            sheet.write_row(row, 0, [number, name])
            row += 1
        for note in notes:
            sheet.write(row, 0, note)
            row += 1
    return path
