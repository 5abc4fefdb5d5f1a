"""Honest containers with wrong things in the cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import xlsxwriter

from .case import hostile
from .honest import FIELDS, HEADERS, fill_sheet, honest_rows, open_honest, spoilt, write_csv, write_xlsx


@hostile(errors=("A2", "A3", "A4"))
def swapped_columns(folder: Path) -> Path:
    """The header says code then name, the cells hold name then code."""
    rows = [[row[1], row[0], *row[2:]] for row in honest_rows()]
    return write_xlsx(folder / "swapped.xlsx", rows)


@hostile(errors=("O1",))
def doubled_column(folder: Path) -> Path:
    """Revenue stands twice, once by its Chinese and once by its English name, with other figures."""
    rows = [[*row, 9.0] for row in honest_rows()]
    return write_xlsx(folder / "doubled.xlsx", rows, (*HEADERS, "revenue"))


@hostile(errors=("",))
def missing_required_column(folder: Path) -> Path:
    """The column of the year is missing."""
    at = FIELDS.index("year")
    rows = [row[:at] + row[at + 1 :] for row in honest_rows()]
    return write_xlsx(folder / "no_year.xlsx", rows, HEADERS[:at] + HEADERS[at + 1 :])


@hostile(errors=("",))
def no_header(folder: Path) -> Path:
    """Firms from the first line on."""
    rows = honest_rows()
    return write_xlsx(folder / "no_header.xlsx", rows[1:], tuple(rows[0]))


@hostile(errors=("",))
def header_only_sheet(folder: Path) -> Path:
    """A sheet with its header and nothing below."""
    return write_xlsx(folder / "header_only.xlsx", [])


@hostile(errors=("E2", "G3", "G4", "H2", "L3"))
def text_in_numbers(folder: Path) -> Path:
    """Words, approximations, ranges and other units where a number is asked for."""
    changes = {"E2": "一百二十", "G3": "约5321", "G4": "3.5亿元", "H2": "100-200", "L3": "第一"}
    return write_xlsx(folder / "text.xlsx", spoilt(changes))


@hostile(errors=("E2", "G3", "H4", "L2"))
def not_a_number_text(folder: Path) -> Path:
    """What programs print when arithmetic failed."""
    return write_csv(
        folder / "nan.csv", spoilt({"E2": "NaN", "G3": "inf", "H4": "-Infinity", "L2": "1.#QNAN"})
    )


@hostile(errors=("G2", "H3", "L4"))
def error_cells(folder: Path) -> Path:
    """Excel's own error values."""
    book, sheet = open_honest()
    for cell, error in {"G2": "#DIV/0!", "H3": "#N/A", "L4": "#REF!"}.items():
        sheet[cell].value = error
        sheet[cell].data_type = "e"
    return _save(book, folder / "errors.xlsx")


@hostile(errors=("G3",))
def formulas_without_value(folder: Path) -> Path:
    """Written by a program that never calculated: a formula whose result nobody stored."""
    book, sheet = open_honest()
    sheet["G3"] = "=SUM(E3:F3)"
    return _save(book, folder / "formulas.xlsx")


@hostile(
    accepted=True, warnings=("G2",), values={("revenue", 0): 5_321_250_000, ("revenue", 1): 5_321_250_000}
)
def formulas_with_value(folder: Path) -> Path:
    """A formula with its stored result: the result counts, with a warning."""
    path = folder / "formulas_cached.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, honest_rows())
        sheet.write_formula("G2", "=5000+321.25", None, 5321.25)
    return path


@hostile(errors=("G2", "G3", "H4", "E2", "E3"))
def huge_numbers(folder: Path) -> Path:
    """Figures beyond anything a firm can have, up to the end of the double."""
    changes = {"G2": 1e308, "G3": 10.0**30, "H4": -1e17, "E2": 10**15, "E3": 1e308}
    return write_xlsx(folder / "huge.xlsx", spoilt(changes))


@hostile(errors=("G3",), accepted=False)
def one_fen_beyond_the_bound(folder: Path) -> Path:
    """10^16 fen is the last amount taken; the next fen is not."""
    rows = [
        [str(value) for value in row] for row in spoilt({"G2": "10000000000", "G3": "10000000000.000001"})
    ]
    return write_csv(folder / "bound.csv", rows)


@hostile(accepted=True, values={("revenue", 0): 10**16, ("net_profit", 1): -(10**16)})
def exactly_the_bound(folder: Path) -> Path:
    """10^16 fen, from above and from below."""
    return write_csv(folder / "at_bound.csv", spoilt({"G2": "10000000000", "H3": "-10000000000.000000"}))


@hostile(errors=("E2", "G3", "L4", "I2"))
def negative_numbers(folder: Path) -> Path:
    """Below zero where nothing can be."""
    return write_xlsx(folder / "negative.xlsx", spoilt({"E2": -5, "G3": -0.000001, "L4": -1, "I2": -1}))


@hostile(errors=("G2", "H3"))
def fraction_of_a_fen(folder: Path) -> Path:
    """An amount that does not land on a fen."""
    return write_csv(folder / "fraction.csv", spoilt({"G2": "1.0000001", "H3": "-0.00000049"}))


@hostile(errors=("D2", "D3", "D4"))
def dates_as_years(folder: Path) -> Path:
    """A date, its text, and the serial number of a date under year."""
    changes = {"D2": dt.date(2025, 12, 31), "D3": "2025-12-31", "D4": 45992}
    return write_xlsx(folder / "dates.xlsx", spoilt(changes))


@hostile(errors=("D2", "D3", "D4"))
def impossible_years(folder: Path) -> Path:
    """1900 (an empty cell formatted as a date), 2999 and a year of two digits."""
    return write_xlsx(folder / "years.xlsx", spoilt({"D2": 1900, "D3": 2999, "D4": 25}))


@hostile(errors=("E2", "F3", "D4"))
def fractions_in_counts(folder: Path) -> Path:
    """Half a person."""
    return write_xlsx(folder / "halves.xlsx", spoilt({"E2": 12.5, "F3": 0.1, "D4": 2025.5}))


@hostile(accepted=True, values={("employees", 0): 120, ("year", 0): 2025, ("rd_employees", 1): 30})
def whole_numbers_with_a_point(folder: Path) -> Path:
    """120.0 is 120."""
    return write_csv(folder / "points.csv", spoilt({"E2": "120.0", "D2": "2025.0", "F3": "30.00"}))


@hostile(errors=("E2", "G3"))
def booleans_in_numbers(folder: Path) -> Path:
    """TRUE is not one."""
    return write_xlsx(folder / "booleans.xlsx", spoilt({"E2": True, "G3": False}))


@hostile(errors=("J2", "K3", "M4", "N2"))
def words_outside_the_list(folder: Path) -> Path:
    """Values that no list knows, and a day that no calendar has."""
    changes = {"J2": "可能", "K3": "世界级", "M4": "高新技术企业;优秀企业", "N2": "2021-02-30"}
    return write_xlsx(folder / "words.xlsx", spoilt(changes))


@hostile(errors=("F2", "L3"))
def impossible_together(folder: Path) -> Path:
    """More R&D staff than staff; a market share above the whole market."""
    return write_xlsx(folder / "together.xlsx", spoilt({"F2": 500, "L3": 100.1}))


@hostile(errors=("A4",))
def the_same_row_twice(folder: Path) -> Path:
    """One firm, one year, pasted twice with the same figures."""
    rows = honest_rows()
    rows[2] = list(rows[0])
    return write_xlsx(folder / "same.xlsx", rows)


@hostile(errors=("A4",))
def the_same_key_with_other_figures(folder: Path) -> Path:
    """One firm, one year, two revenues: which one holds?"""
    rows = honest_rows()
    rows[2] = [*rows[0][:6], 1.0, *rows[0][7:]]
    return write_xlsx(folder / "same_key.xlsx", rows)


@hostile(errors=("C2", "C3", "C4", "C5"))
def provinces_misread(folder: Path) -> Path:
    """Slips of optical recognition, the whole country, a unit outside the programme, a country."""
    changes = {"C2": "淅江省", "C3": "全国", "C4": "台湾省", "C5": "France"}
    return write_xlsx(folder / "provinces.xlsx", spoilt(changes, 4))


@hostile(
    accepted=True,
    values={
        ("province", 0): "110000",
        ("province", 1): "150000",
        ("province", 2): "XPCC",
        ("province", 3): "440300",
    },
)
def provinces_spaced_and_split(folder: Path) -> Path:
    """`北   京`, `内蒙 古`, a line break inside, a short name: each still means its province."""
    changes = {"C2": "北   京", "C3": "内蒙 古", "C4": "新疆生产\n建设兵团", "C5": "深圳"}
    return write_xlsx(folder / "split.xlsx", spoilt(changes, 4))


@hostile(errors=("A2", "A3", "A4", "A5", "A6"))
def bad_credit_codes(folder: Path) -> Path:
    """One altered character, one short, a letter the alphabet lacks, a number Excel rounded, none."""
    rows = honest_rows(5)
    good = [str(row[0]) for row in rows]
    rows[0][0] = good[0][:9] + ("1" if good[0][9] != "1" else "2") + good[0][10:]
    rows[1][0] = good[1][:17]
    rows[2][0] = good[2][:8] + "O" + good[2][9:]
    rows[3][0] = 9.11101084e17
    rows[4][0] = None
    return write_xlsx(folder / "codes.xlsx", rows)


@hostile(accepted=True, values={("name", 2): "北京示范3号科技有限公司"})
def lower_case_and_spaced_codes(folder: Path) -> Path:
    """Small letters, spaces and a no-break space inside a code that is right."""
    rows = honest_rows()
    code = str(rows[0][0])
    rows[0][0] = f" {code[:8].lower()} {code[8:17].lower()}\u00a0{code[17:].lower()}\t"
    return write_xlsx(folder / "spaced.xlsx", rows)


@hostile(accepted=None)
def invisible_characters_in_names(folder: Path) -> Path:
    """Direction marks, zero-width signs and control characters in names."""
    changes = {
        "B2": "\u202e司公限有\u202c甲",
        "B3": "北京\u200b示范\u200d二号\u2060公司",
        "B4": "北京\x07示范\x1b[31m三号",
    }
    return write_csv(folder / "invisible.csv", spoilt(changes))


@hostile(accepted=None)
def formula_like_names_in_excel(folder: Path) -> Path:
    """Text cells, never formulas, that begin like one."""
    changes = {"B2": '=HYPERLINK("http://example.invalid","a")', "B3": "+1公司", "B4": "@SUM(A1)"}
    return write_xlsx(folder / "formula_names.xlsx", spoilt(changes))


@hostile(accepted=True, values={("listed_on", 0): dt.date(2021, 6, 30), ("year", 0): 2025})
def dates_of_1904(folder: Path) -> Path:
    """A workbook from an old Mac counts days from 1904; the day must not move by four years."""
    path = folder / "mac1904.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as book:
        fill_sheet(book.add_worksheet("年度数据"), spoilt({"N2": dt.date(2021, 6, 30)}))
    return path


def _save(book: openpyxl.Workbook, path: Path) -> Path:
    book.save(path)
    return path
