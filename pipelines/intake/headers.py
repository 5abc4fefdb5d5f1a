"""The header of a table: which row it is, which column is which field, and in which unit its figures are.

A header is known by its Chinese name, its field name, its English label or another spelling of the contract, give or
take width, case, spaces, line breaks, numbering and a mark of obligation, with or without a unit. Two header rows
(a group above its columns, or a name merged over both rows) are read as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from data.dataset import Column, Contract, contract, told_by_headers
from pipelines.intake.sheets import RawSheet

DEEPEST = 40
"""Rows in which the header is looked for."""

FEWEST = 3

LONGEST_HEADING = 80
LONGEST_CELL = 1_000
"""Characters beyond which a cell is no heading, without and with its spaces."""

_BRACKETS = re.compile(r"[(\[{【〔<《]([^()\[\]{}【】〔〕<>《》]*)[)\]}】〕>》]")
_NUMBERING = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、．)]")
_ORNAMENT = re.compile(r"[*＊★:：。_\-—·.]+")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_UNIT_AT_END = re.compile(r"(.+?)[/,，:;]?(?:单位:?)?(元|千元|万元|百万元|千万元|亿元|%)")
_NOTED_UNIT = re.compile(r"(?:金额)?(?:计量|货币)?单位:?(?:人民币)?(元|千元|万元|百万元|千万元|亿元)")
_INNOCUOUS = frozenset(
    {
        "",
        "必填",
        "选填",
        "可选",
        "*",
        "required",
        "optional",
        "可为负",
        "是/否",
        "年末",
        "全年",
        "下拉选择",
        "文本",
    }
)
_MONEY_UNITS = {
    name: unit
    for unit, names in {
        "元": "元 yuan cny rmb rmbyuan 元人民币 人民币 人民币元",
        "千元": "千元 thousandyuan cnythousand cny'000",
        "万元": "万元 人民币万元 万元人民币 10kyuan 10,000yuan cny10,000 cny10k rmb10,000 rmb10k 10kcny 10krmb wanyuan",
        "百万元": "百万元 millionyuan cnymillion",
        "千万元": "千万元",
        "亿元": "亿元 100millionyuan cny100million",
    }.items()
    for name in names.split()
}
_OTHER_UNITS = {
    "percent": {"%", "percent", "百分比", "百分数", "%,0-100"},
    "persons": {"人", "名", "persons"},
    "years": {"年", "years"},
    "year": {"年", "year", "yyyy"},
    "points": {"分", "points"},
    "firms": {"户", "家", "firms"},
    "": {"个", "项", "件", "名", "级", "是/否", "yyyy-mm-dd", "0或1"},
}


@dataclass
class Header:
    """The header of one sheet.

    position: index of its row in the sheet's cells; row_no: its number as Excel shows it. columns: letter → field.
    extras: letter → heading as written. doubled: (letter, field, letter that already has it). units: field → unit of
    an amount. strange_units: (letter, field, unit as written).
    """

    position: int
    row_no: int
    columns: dict[str, str] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    doubled: list[tuple[str, str, str]] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    strange_units: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, str]:
        """Field → letter."""
        return {name: letter for letter, name in self.columns.items()}


def squeeze(text: str) -> str:
    """Half width, lower case, no spaces or line breaks."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=32)
def _names(dataset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in contract(dataset).columns:
        for name in (
            column.field,
            column.zh_header,
            _BRACKETS.sub("", squeeze(column.zh_header)),
            column.en,
            *column.also,
        ):
            found.setdefault(_bare(squeeze(name)), column.field)
    return found


@dataclass(frozen=True)
class _Heading:
    """A heading taken apart: whole without ornament, and without its notes in brackets or the unit at its end."""

    whole: str
    name: str
    notes: tuple[str, ...]
    before_unit: str
    unit: str


@lru_cache(maxsize=4096)
def _taken_apart(text: str) -> _Heading | None:
    whole = squeeze(text)
    if not whole or len(whole) > LONGEST_HEADING:
        return None
    plain = _NUMBERING.sub("", whole)
    tail = _UNIT_AT_END.fullmatch(plain)
    return _Heading(
        whole="" if _BRACKETS.search(plain) else _bare(plain),
        name=_bare(_BRACKETS.sub("", plain)),
        notes=tuple(note for note in _BRACKETS.findall(plain) if note not in _INNOCUOUS),
        before_unit=_bare(tail[1]) if tail else "",
        unit=tail[2] if tail else "",
    )


def match(text: str | None, rules: Contract) -> tuple[str, str] | None:
    """The (field, unit as written) that a heading names, or None."""
    heading = _taken_apart(text) if text and len(text) <= LONGEST_CELL else None
    if heading is None:
        return None
    names = _names(rules.dataset)
    if heading.whole in names:
        return names[heading.whole], ""
    if heading.name in names:
        if not heading.notes:
            return names[heading.name], ""
        unit = re.sub("^单位:?", "", heading.notes[-1])
        if len(heading.notes) == 1 and _is_unit(unit, rules.column(names[heading.name])):
            return names[heading.name], unit
        return None
    return (names[heading.before_unit], heading.unit) if heading.before_unit in names else None


def find_header(sheet: RawSheet, rules: Contract) -> Header | None:
    """The header of a sheet, or None when no row names the columns of the dataset."""
    top = sheet.cells.head(DEEPEST)
    letters = sheet.letters
    rows = [list(row) for row in top.select(letters).iter_rows()]
    best, best_count = None, 0
    for index in range(len(rows)):
        count = len({found[0] for found in _matched(rows, index, rules) if found})
        if count > best_count:
            best, best_count = index, count
    if best is None or not _is_enough({found[0] for found in _matched(rows, best, rules) if found}, rules):
        return None
    header = Header(best, int(top["row_no"][best]))
    noted = _noted_unit(rows[:best])
    groups = _groups(rows, best)
    for place, found in enumerate(_matched(rows, best, rules)):
        here = letters[place]
        if found is None:
            written = rows[best][place] or (rows[best - 1][place] if best else None)
            if written and written.strip():
                header.extras[here] = " ".join(written.split())
            continue
        name, unit = found
        if name in header.fields:
            header.doubled.append((here, name, header.fields[name]))
            continue
        header.columns[here] = name
        if rules.column(name).is_money:
            unit = unit or _unit_in(groups[place]) or noted or "万元"
            if unit in _MONEY_UNITS:
                header.units[name] = _MONEY_UNITS[unit]
            else:
                header.strange_units.append((here, name, unit))
        elif unit and unit not in _OTHER_UNITS.get(rules.column(name).unit, set()) | _OTHER_UNITS[""]:
            header.strange_units.append((here, name, unit))
    return header


def score(records: Sequence[Sequence[str | None]], names: Sequence[str] | None = None) -> int:
    """How many columns of a known dataset the best of these records names."""
    rules = [contract(name) for name in names or told_by_headers()]
    return max(
        (
            len({found[0] for cell in record if (found := match(cell, rule))})
            for rule in rules
            for record in records
        ),
        default=0,
    )


def _matched(rows: list[list[str | None]], index: int, rules: Contract) -> list[tuple[str, str] | None]:
    own, above = rows[index], rows[index - 1] if index else [None] * len(rows[index])
    filled = _groups(rows, index)
    found: list[tuple[str, str] | None] = []
    for place, cell in enumerate(own):
        if cell and cell.strip():
            found.append(
                match(cell, rules) or (match(f"{filled[place]}{cell}", rules) if filled[place] else None)
            )
        else:
            found.append(match(above[place], rules))
    return found


def _groups(rows: list[list[str | None]], index: int) -> list[str]:
    """For each column the group heading in the row above, carried to the right over the cells it spans."""
    if not index or sum(bool(cell and cell.strip()) for cell in rows[index - 1]) < 2:
        return [""] * len(rows[index])
    carried, found = "", []
    for cell in rows[index - 1]:
        carried = cell.strip() if cell and cell.strip() else carried
        found.append(carried)
    return found


def _unit_in(group: str) -> str:
    notes = [re.sub("^单位:?", "", note) for note in _BRACKETS.findall(squeeze(group))]
    return next((note for note in notes if note in _MONEY_UNITS), "")


def _noted_unit(above: list[list[str | None]]) -> str:
    """A unit that the title rows state for the whole table, such as 单位：元."""
    for row in reversed(above):
        for cell in row:
            found = _NOTED_UNIT.search(squeeze(cell or ""))
            if found:
                return found[1]
    return ""


def _is_unit(unit: str, column: Column) -> bool:
    """Whether a note in brackets is a unit; an amount in another currency is one too, and refused later."""
    if column.is_money:
        return unit in _MONEY_UNITS or bool(re.search(r"元|usd|eur|\$|dollar|yuan|cny|rmb|hkd|万|亿", unit))
    return unit in _OTHER_UNITS.get(column.unit, set()) | _OTHER_UNITS[""] or unit in {
        "‰",
        "小数",
        "人次",
        "万人",
    }


def _is_enough(named: set[str], rules: Contract) -> bool:
    """Whether these columns make a header: three of them, or all that the dataset cannot do without."""
    return len(named) >= FEWEST or named >= {column.field for column in rules.columns if column.is_required}


def _bare(text: str) -> str:
    return _ORNAMENT.sub("", text)
