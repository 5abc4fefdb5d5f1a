"""The stored results of formulas, carried over into a workbook that was saved without them.

openpyxl keeps a formula or its result, never both. Without results the marked workbook would show empty cells until
a spreadsheet program recalculates it, and our own reader would rightly refuse it.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>\s*(<(?:\w+:)?f[\s>/].*?)</(?:\w+:)?c>", re.DOTALL)
"""A cell whose first child is a formula, which is where the format puts it."""

_ADDRESS = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_TYPE = re.compile(rb'\st="(\w+)"')
_RESULT = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</(?:\w+:)?v>")
_EMPTY_RESULT = re.compile(rb"<v\s*/>|<v>\s*</v>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def keep_formula_results(original: Path, copied: Path) -> None:
    """Put the results stored in `original` beside the same formulas in `copied`, sheet by sheet, cell by cell."""
    with zipfile.ZipFile(original) as package:
        results = {
            title: found for title, part in _sheets(package) if (found := _results(package.read(part)))
        }
    if not results:
        return
    beside = copied.with_name(copied.name + ".part")
    with zipfile.ZipFile(copied) as source, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {part: results[title] for title, part in _sheets(source) if title in results}
        for member in source.namelist():
            data = source.read(member)
            target.writestr(member, _filled(data, parts[member]) if member in parts else data)
    shutil.move(beside, copied)


def _sheets(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(title, part) of each sheet."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - the reader let it in
    }
    listed = [
        (node.get("name", ""), relations.get(node.get(_RELATION), ""))
        for node in ET.fromstring(package.read("xl/workbook.xml")).iter()  # noqa: S314 - the reader let it in
        if node.tag.endswith("}sheet")
    ]
    named = [
        (title, posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")) for title, target in listed
    ]
    return [(title, part) for title, part in named if part in package.namelist()]


def _results(xml: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """Cell -> (type, result) of each formula that has a stored result."""
    found: dict[bytes, tuple[bytes, bytes]] = {}
    for cell in _CELL.finditer(xml):
        address, result = _ADDRESS.search(b" " + cell[1]), _RESULT.search(cell[2])
        if address and result:
            kind = _TYPE.search(b" " + cell[1])
            found[address[1]] = (kind[1] if kind else b"n", result[1])
    return found


def _filled(xml: bytes, results: dict[bytes, tuple[bytes, bytes]]) -> bytes:
    def fill(cell: re.Match[bytes]) -> bytes:
        address = _ADDRESS.search(b" " + cell[1])
        if address is None or address[1] not in results:
            return cell[0]
        kind, result = results[address[1]]
        attributes = _TYPE.sub(b"", b" " + cell[1]).strip() + b' t="' + kind + b'"'
        return b"<c " + attributes + b">" + _EMPTY_RESULT.sub(b"<v>" + result + b"</v>", cell[2]) + b"</c>"

    return _CELL.sub(fill, xml)
