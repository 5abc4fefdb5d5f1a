"""From a sheet to a table: what is a row of data, and what is a title, a heading, a total or a note around it.

Only rows that look odd (few cells, no credit code where one is required, another required cell left blank) are looked
at one by one. A row is left out only when it is plainly no data; anything doubtful stays a row and meets the checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from data.dataset import Contract
from pipelines.intake import credit_code
from pipelines.intake.headers import Header, match, squeeze
from pipelines.intake.provinces import read_heading
from pipelines.intake.sheets import ROW, RawSheet, column_number, letter
from pipelines.intake.values import read_column

_TOTAL = re.compile(
    r"^(?:本页|全省|全市|全国|分省|地区)?(?:合计|总计|小计|共计|累计|总数|total|subtotal|grandtotal|sum)[:：]?(?:\(?\d*[家户个项]?\)?)$"
)
_NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|填报说明|填写说明|附注|资料来源|数据来源|来源|note|notes|remark|remarks|source)(?:\d*[:：.、]|$)|^注\d|^[*※]"
)
_SIGNATURE = re.compile(
    r"^(?:填表|填报|制表|审核|复核|联系|单位负责|负责|经办|统计负责|法定代表)(?:人|单位|日期|时间|电话)?(?:\(.*\))?[:：]|^(?:联系电话|电话|日期|盖章|公章|签字|签章|报出日期)[:：(]"
)
_FEW = 3


@dataclass
class Table:
    """The data rows of one sheet: String columns by field, extra columns under their own heading, row_no.

    columns: field → letter; extras: heading → letter; units: field → unit of an amount; formulas and percents as in
    `RawSheet`, by letter.
    """

    sheet: RawSheet
    header: Header
    rows: pl.DataFrame
    extras: dict[str, str]


def take_rows(sheet: RawSheet, header: Header, rules: Contract) -> Table:
    """The data rows below a header, with province headings and merged cells carried to the rows they govern."""
    letters = sheet.letters
    body = sheet.cells.slice(header.position + 1)
    body = (
        body.filter(pl.any_horizontal([pl.col(name).is_not_null() for name in letters])) if letters else body
    )
    heads = sheet.cells.row(header.position, named=True)
    body, headings = _without_surroundings(body, header, heads, rules)
    body = _fill_merges(body, sheet, header, rules) if sheet.merges else body
    extras = _extra_names(header, body, rules)
    rows = body.select(
        ROW,
        *[pl.col(place).alias(name) for place, name in header.columns.items()],
        *[pl.col(place).alias(name) for name, place in extras.items()],
    )
    if headings:
        rows = _under_headings(rows, headings)
    return Table(sheet, header, rows, extras)


def _without_surroundings(
    body: pl.DataFrame, header: Header, heads: dict[str, str], rules: Contract
) -> tuple[pl.DataFrame, dict[int, str]]:
    if body.is_empty():
        return body, {}
    letters = [name for name in body.columns if name != ROW]
    code_at = _code_column(header, rules)
    suspects = body.filter(_is_odd(letters, header, heads, rules) | (pl.col(ROW) == body[ROW].first()))
    head = {place: squeeze(text) for place in letters if (text := heads[place]) and text.strip()}
    dropped: set[int] = set()
    headings: dict[int, str] = {}
    in_notes = False
    for record in suspects.iter_rows(named=True):
        number = record[ROW]
        filled = {place: text for place in letters if (text := record[place]) and text.strip()}
        words = [squeeze(text) for text in filled.values()]
        code = squeeze(record[code_at] or "").upper() if code_at else ""
        if not filled:
            dropped.add(number)
            continue
        if re.fullmatch(credit_code.FORM, code):
            in_notes = False
            continue
        if {place: squeeze(text) for place, text in filled.items()} == head:
            dropped.add(number)
            continue
        if len(filled) == 1 and (unit := read_heading(words[0], national=_is_national(rules))):
            headings[number] = unit
            dropped.add(number)
        elif (
            any(_TOTAL.match(word) for word in words[:3])
            or (_NOTE.match(words[0]) and len(filled) <= 2)
            or (_SIGNATURE.match(words[0]) and len(filled) <= 6)
            or (in_notes and len(filled) == 1)
            or _is_header_again(filled, header, rules)
            or (words == [str(count) for count in range(1, len(words) + 1)] and len(words) > _FEW)
        ) and not _is_whole(record, header, rules):
            dropped.add(number)
            in_notes = in_notes or bool(_NOTE.match(words[0]))
    if dropped:
        body = body.filter(~pl.col(ROW).is_in(list(dropped)))
    return body, headings


def _code_column(header: Header, rules: Contract) -> str | None:
    """The letter of the credit code that a row is known by; None where the dataset has none."""
    codes = [field for field in rules.key if rules.column(field).format == "credit_code"]
    return next((header.fields[field] for field in codes if field in header.fields), None)


def _is_national(rules: Contract) -> bool:
    """Whether rows may speak for the whole country: a province column that may be blank."""
    return any(column.format == "reporting_unit" and not column.is_required for column in rules.columns)


def _is_odd(letters: list[str], header: Header, heads: dict[str, str], rules: Contract) -> pl.Expr:
    """Rows to be looked at: few cells, no credit code, or where none is required a required cell blank or a heading."""
    odd = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int32) for name in letters]) <= _FEW
    required = {column.field for column in rules.columns if column.is_required} & header.fields.keys()
    code_at = _code_column(header, rules)
    if code_at and header.columns[code_at] in required:
        return odd | ~pl.col(code_at).str.contains(r"[0-9A-Za-z]{6}").fill_null(value=False)
    for place in (header.fields[field] for field in required):
        odd |= pl.col(place).is_null() | (pl.col(place) == (heads.get(place) or "")).fill_null(value=False)
    return odd


def _is_whole(record: dict[str, str | None], header: Header, rules: Contract) -> bool:
    """Whether every required cell is there and can be read: then the row is data, whatever its first words."""
    required = [column for column in rules.columns if column.is_required]
    return all(
        (place := header.fields.get(column.field)) is not None
        and (text := record[place]) is not None
        and (read := read_column(pl.Series([text]), column)).is_clean
        and read.values[0] is not None
        for column in required
    )


def _is_header_again(filled: dict[str, str], header: Header, rules: Contract) -> bool:
    """A header repeated on each printed page in other words, or a second row with its names in the other language."""
    named = sum(
        1
        for place, text in filled.items()
        if (found := match(text, rules)) and header.columns.get(place) == found[0]
    )
    return named >= _FEW and named * 2 >= len(filled)


def _under_headings(rows: pl.DataFrame, headings: dict[int, str]) -> pl.DataFrame:
    """A row whose province is blank belongs to the unit of the nearest heading above it."""
    marks = pl.DataFrame(
        {ROW: headings.keys(), "unit": headings.values()}, schema={ROW: rows.schema[ROW], "unit": pl.String}
    )
    above = rows.select(ROW).join_asof(marks.sort(ROW), on=ROW)["unit"]
    if "province" not in rows.columns:
        return rows.with_columns(above.alias("province"))
    is_blank = pl.col("province").fill_null("").str.strip_chars() == ""
    return rows.with_columns(province=pl.when(is_blank).then(above).otherwise("province"))


def _fill_merges(body: pl.DataFrame, sheet: RawSheet, header: Header, rules: Contract) -> pl.DataFrame:
    """A cell merged over several rows speaks for all of them; amounts and answers are never spread."""
    for top, left, bottom, right in sheet.merges:
        place = letter(left)
        if top == bottom or left != right or top <= header.row_no or place not in body.columns:
            continue
        column = rules.column(header.columns[place]) if place in header.columns else None
        if column is None or not (column.field in rules.key or column.type == "text"):
            continue
        value = body.filter(pl.col(ROW) == top)[place]
        if len(value) and value[0] is not None:
            inside = pl.col(ROW).is_between(top, bottom) & pl.col(place).is_null()
            body = body.with_columns(
                pl.when(inside).then(pl.lit(value[0])).otherwise(pl.col(place)).alias(place)
            )
    return body


def _extra_names(header: Header, body: pl.DataFrame, rules: Contract) -> dict[str, str]:
    """Heading → letter of the columns the dataset does not know; each name once, none the same as a field's."""
    taken = {*rules.fields, ROW, "sheet_no"}
    found: dict[str, str] = {}
    for place in sorted(header.extras, key=column_number):
        name = base = header.extras[place]
        count = 1
        while name in taken or any(name.startswith(f"{field}__") for field in rules.fields):
            count += 1
            name = f"{base} ({count})"
        taken.add(name)
        found[name] = place
    return {name: place for name, place in found.items() if place in body.columns}
