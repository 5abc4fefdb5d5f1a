"""The ZIP package of an XLSX file, distrusted: what it may hold, how large it may grow, nothing from outside.

Sizes in the directory may lie, so every member that is read is inflated once here, counted, and stopped at a limit.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree as ET

from pipelines.intake.sheets import Refused

LARGEST_PACKAGE = 1 << 30
"""Bytes that all members together may inflate to: a full sheet of 1,048,576 rows by 53 columns needs more."""
LARGEST_RATIO = 200
"""Times its own size that a member above 64 MB may inflate to; text of a real sheet shrinks 10 to 30 times."""
MOST_MEMBERS = 20_000
_SMALL = 64 << 20
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def unpack(data: bytes) -> dict[str, bytes]:
    """The XML members of a package by name, inflated.

    Refuses what is no workbook, is locked or cut, would inflate beyond measure, or declares entities.

    Raises Refused: workbook_damaged, workbook_encrypted, format_unsupported, workbook_too_large, workbook_entities.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise Refused("workbook_damaged") from None
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise Refused("workbook_encrypted")
    if "xl/workbook.xml" not in names:
        raise Refused("format_unsupported", found=_kind(names))
    if len(members) > MOST_MEMBERS or len(names) != len(members):
        raise Refused("workbook_damaged")
    total = 0
    found: dict[str, bytes] = {}
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            found[member.filename] = _inflate(package, member, total)
            total += len(found[member.filename])
    return found


def parse(xml: bytes) -> ET.Element:
    """An XML part as a tree. Raises Refused (workbook_entities, workbook_damaged)."""
    refuse_declarations(xml)
    try:
        return ET.fromstring(xml)  # noqa: S314 - no declarations, so no entities to resolve or multiply
    except (ET.ParseError, ValueError):
        raise Refused("workbook_damaged") from None


def refuse_declarations(xml: bytes) -> None:
    """Refuse a document type or entity declaration anywhere, and any encoding in which one could hide."""
    if b"\x00" in xml[:1024] or xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("workbook_damaged")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Refused("workbook_entities")


def _inflate(package: zipfile.ZipFile, member: zipfile.ZipInfo, total: int) -> bytes:
    size, tail = 0, b""
    blocks: list[bytes] = []
    try:
        with package.open(member) as stream:
            while block := stream.read(1 << 20):
                size += len(block)
                # declarations stand in the prologue; entities of a document that has none cannot be used
                if size <= 1 << 20 and (_DECLARATION.search(tail + block)):
                    raise Refused("workbook_entities")
                tail = block[-16:]
                blocks.append(block)
                if total + size > LARGEST_PACKAGE or (
                    size > _SMALL and size > LARGEST_RATIO * member.compress_size
                ):
                    raise Refused("workbook_too_large", limit=LARGEST_PACKAGE >> 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise Refused("workbook_damaged") from None
    return b"".join(blocks)


def _kind(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "XLSB"
    if "word/document.xml" in names:
        return "DOCX"
    if "ppt/presentation.xml" in names:
        return "PPTX"
    return "ODS" if "content.xml" in names else "ZIP"
