"""The small parts of an XLSX package: which sheets there are, the shared strings, what the cell styles display."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import polars as pl

from pipelines.intake.sheets import Refused
from pipelines.intake.xlsx_package import parse

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_FORMATS = {9, 10}
_PLAIN_STRINGS = re.compile(rb"<si>(?:<t(?: xml:space=\"preserve\")?>([^<]*)</t>|<t/>)</si>|<si/>")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([0-9A-Fa-f]+));")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True)
class SheetPart:
    """One worksheet of the workbook: name, number as Excel orders them (1-based), hidden, and its XML."""

    name: str
    number: int
    hidden: bool
    xml: bytes


@dataclass(frozen=True)
class Book:
    """What cells refer to: shared strings; styles (by index) that display dates or percentages; the 1904 calendar."""

    sheets: tuple[SheetPart, ...]
    strings: pl.Series
    date_styles: frozenset[int]
    percent_styles: frozenset[int]
    from_1904: bool


def read_book(parts: dict[str, bytes]) -> Book:
    """Read the parts of a package. Raises Refused: workbook_damaged."""
    try:
        root = parse(parts["xl/workbook.xml"])
        relations = parse(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
        targets = {item.get("Id"): (item.get("Type", ""), item.get("Target", "")) for item in relations}
        strings = _strings(parts.get(_target(targets, "sharedStrings", "xl/sharedStrings.xml"), b""))
        dates, percents = _styles(parts.get(_target(targets, "styles", "xl/styles.xml"), b""))
    except ValueError:
        raise Refused("workbook_damaged") from None
    sheets = []
    for number, sheet in enumerate((item for item in root.iter() if local(item) == "sheet"), 1):
        kind, target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), ("", ""))
        xml = parts.get(_path(target))
        if not kind.endswith("/worksheet"):
            continue
        if xml is None:
            raise Refused("workbook_damaged", sheet=sheet.get("name"))
        sheets.append(
            SheetPart(sheet.get("name", ""), number, sheet.get("state", "visible") != "visible", xml)
        )
    properties = next((item for item in root.iter() if local(item) == "workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    return Book(tuple(sheets), strings, dates, percents, from_1904)


def local(item: ET.Element) -> str:
    """An element's name without its namespace."""
    return item.tag.rpartition("}")[2] if isinstance(item.tag, str) else ""


def unescape(text: str) -> str:
    """XML's own entities and Excel's ``_x000D_`` escapes resolved."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _entity(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _target(targets: dict[str | None, tuple[str, str]], kind: str, default: str) -> str:
    return next((_path(path) for type_, path in targets.values() if type_.endswith(f"/{kind}")), default)


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _strings(xml: bytes) -> pl.Series:
    if not xml:
        return pl.Series([], dtype=pl.String)
    found = [item.decode("utf-8") for item in _PLAIN_STRINGS.findall(xml)]
    if len(found) != xml.count(b"<si>") + xml.count(b"<si/>") or b"<!" in xml or len(found) == 0:
        found = [rich_text(item) for item in parse(xml) if local(item) == "si"]
        return pl.Series(found, dtype=pl.String)
    if b"&" in xml or b"_x" in xml:
        found = [unescape(text) if "&" in text or "_x" in text else text for text in found]
    return pl.Series(found, dtype=pl.String)


def rich_text(item: ET.Element) -> str:
    """The text of a string item: its runs joined, phonetic guides left out."""
    pieces = []
    for child in item:
        if local(child) == "t":
            pieces.append(child.text or "")
        elif local(child) == "r":
            pieces += [part.text or "" for part in child if local(part) == "t"]
    text = "".join(pieces)
    return unescape(text) if "_x" in text else text


def _styles(xml: bytes) -> tuple[frozenset[int], frozenset[int]]:
    if not xml:
        return frozenset(), frozenset()
    root = parse(xml)
    custom = {
        int(item.get("numFmtId", "0")): item.get("formatCode", "")
        for item in root.iter()
        if local(item) == "numFmt"
    }
    dates, percents = set(), set()
    formats = next((item for item in root if local(item) == "cellXfs"), ())
    for index, style in enumerate(formats):
        number = int(style.get("numFmtId", "0"))
        code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|General|G/通用格式', "", custom.get(number, ""))
        if number in _PERCENT_FORMATS or "%" in code:
            percents.add(index)
        elif number in _DATE_FORMATS - custom.keys() or re.search("[ymdhs]", code, re.IGNORECASE):
            dates.add(index)
    return frozenset(dates), frozenset(percents)
