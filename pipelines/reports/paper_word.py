"""A paper as a Word document that can go on being edited: real headings, real tables, charts as pictures."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pipelines.reports.paper_pdf import chart_png

BLUE, GREY, ALARM = RGBColor(0x2F, 0x4B, 0x7C), RGBColor(0x5B, 0x67, 0x70), RGBColor(0x8C, 0x1C, 0x13)
# What a Chinese office has installed; other systems take their own in place of them.
BODY_ZH, HEAD_ZH, LATIN = "仿宋", "黑体", "Times New Roman"
_SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
_TEXT_WIDTH, _LABEL_WIDTH, _VALUE_WIDTH = 16.4, 3.6, 10.4  # cm
# A file's own date would make every copy different.
_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Word keeps no zone


def docx_bytes(paper: Mapping[str, Any]) -> bytes:
    """The document of a paper, as `pipelines.reports.paper.Paper` in plain mappings; the same bytes each time."""
    document = Document()
    _page(document, paper)
    _styles(document)
    _cover(document, paper)
    for block in paper["blocks"]:
        _DRAWN[block["kind"]](document, block, paper["language"])
    own = document.core_properties
    own.title, own.author, own.comments = paper["title"], "Tidu", "; ".join(paper["marks"])
    own.created = own.modified = _EPOCH
    out = io.BytesIO()
    document.save(out)
    return _same_each_time(out.getvalue())


def _page(document: WordDocument, paper: Mapping[str, Any]) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
    section.different_first_page_header_footer = True
    _run(section.header.paragraphs[0], paper["title"], size=8, colour=GREY)
    _run(section.header.add_paragraph(), " · ".join(paper["marks"]), size=8, colour=ALARM)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_numbers(foot, paper["page_of"])


def _page_numbers(paragraph: Any, template: str) -> None:
    before, _, rest = template.partition("{page}")
    between, _, after = rest.partition("{pages}")
    for said, code in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _run(paragraph, said, size=8, colour=GREY)
        if code:
            _field(paragraph, code)


def _field(paragraph: Any, code: str) -> None:
    """A number that Word fills in; each of its marks is a run of its own, so that the number keeps their size."""
    for mark in ("begin", "code", "separate", "number", "end"):
        run = _run(paragraph, "1" if mark == "number" else "", size=8, colour=GREY)
        if mark == "number":
            continue
        if mark == "code":
            said = OxmlElement("w:instrText")
            said.text = code
        else:
            said = OxmlElement("w:fldChar")
            said.set(qn("w:fldCharType"), mark)
        run._r.append(said)  # noqa: SLF001 - python-docx has no fields of its own


def _styles(document: WordDocument) -> None:
    for name, face, size, colour in (
        ("Normal", BODY_ZH, 12, None),
        ("Heading 1", HEAD_ZH, 16, BLUE),
        ("Heading 2", HEAD_ZH, 13, None),
        ("List Number", BODY_ZH, 12, None),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        if colour is not None:
            style.font.color.rgb = colour
        elif name.startswith("Heading"):
            style.font.color.rgb = RGBColor(0x0B, 0x14, 0x1A)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face)
    document.styles["Normal"].paragraph_format.space_after = Pt(5)


def _cover(document: WordDocument, paper: Mapping[str, Any]) -> None:
    for mark in paper["marks"]:
        _line(document, mark, size=11, colour=ALARM, strong=True)
    _space(document, 5)
    _line(document, paper["title"], size=24, colour=BLUE, strong=True, face=HEAD_ZH)
    _line(document, paper["subtitle"], size=14, colour=GREY)
    _space(document, 4)
    told = document.add_table(rows=0, cols=2)
    told.alignment = WD_TABLE_ALIGNMENT.CENTER
    told.autofit = False
    told.columns[0].width, told.columns[1].width = Cm(_LABEL_WIDTH), Cm(_VALUE_WIDTH)
    for label, value in paper["cover"]:
        cells = told.add_row().cells
        _cell(cells[0], label, size=11, colour=GREY, width=_LABEL_WIDTH)
        _cell(cells[1], value, size=11, width=_VALUE_WIDTH)
    _space(document, 2)
    for label in paper["signatures"]:
        signed = document.add_paragraph()
        _run(signed, f"{label} ＿＿＿＿＿＿＿＿＿＿＿＿", size=12)
    document.add_section(WD_SECTION.NEW_PAGE)
    document.sections[-1].different_first_page_header_footer = False


def _heading(document: WordDocument, block: Mapping[str, Any], _: str) -> None:
    document.add_heading(block["text"], level=block["level"])


def _paragraph(document: WordDocument, block: Mapping[str, Any], language: str) -> None:
    added = document.add_paragraph(block["text"])
    added.paragraph_format.line_spacing = 1.4
    if language == "zh":
        added.paragraph_format.first_line_indent = Pt(24)


def _note(document: WordDocument, block: Mapping[str, Any], _: str) -> None:
    _run(document.add_paragraph(), block["text"], size=9, colour=GREY)


def _list(document: WordDocument, block: Mapping[str, Any], _: str) -> None:
    # Numbers are written out: Word's own would run on from the list before.
    for number, item in enumerate(block["items"], start=1):
        added = document.add_paragraph(f"{number}. {item}")
        added.paragraph_format.left_indent = Pt(12)


def _figures(document: WordDocument, block: Mapping[str, Any], _: str) -> None:
    found = document.add_table(rows=1, cols=len(block["items"]))
    found.style = "Table Grid"
    for cell, (label, value, remark) in zip(found.rows[0].cells, block["items"], strict=True):
        _cell(cell, label, size=9, colour=GREY)
        _run(cell.add_paragraph(), value, size=16, colour=BLUE, strong=True)
        _run(cell.add_paragraph(), remark, size=8, colour=GREY)
    document.add_paragraph()


def _table(document: WordDocument, block: Mapping[str, Any], _: str) -> None:
    columns = block["columns"]
    found = document.add_table(rows=1, cols=len(columns))
    found.style = "Table Grid"
    found.alignment = WD_TABLE_ALIGNMENT.CENTER
    found.autofit = False
    whole = sum(column["width"] for column in columns)
    widths = [_TEXT_WIDTH * column["width"] / whole for column in columns]
    for column, width in zip(found.columns, widths, strict=True):
        column.width = Cm(width)
    for cell, column, width in zip(found.rows[0].cells, columns, widths, strict=True):
        _cell(cell, column["title"], size=9, strong=True, side="center", width=width, fill="F5F7F8")
    _mark(found.rows[0], "w:tblHeader")
    for number, row in enumerate(block["rows"]):
        added = found.add_row()
        _mark(added, "w:cantSplit")
        for cell, value, column, width in zip(added.cells, row, columns, widths, strict=True):
            strong = number in block["strong"]
            _cell(cell, value, size=9, strong=strong, side=column["align"], width=width)
    document.add_paragraph()


def _bars(document: WordDocument, block: Mapping[str, Any], language: str) -> None:
    document.add_picture(io.BytesIO(chart_png(block, language)), width=Cm(_TEXT_WIDTH))
    told = "; ".join(f"{item['label']} {item['text']}" for item in block["items"])
    drawing = document.inline_shapes[-1]._inline.docPr  # noqa: SLF001 - python-docx has no alternative text
    drawing.set("descr", f"{block['title']}: {told}")


_DRAWN = {
    "heading": _heading,
    "paragraph": _paragraph,
    "note": _note,
    "figures": _figures,
    "list": _list,
    "table": _table,
    "bars": _bars,
}


def _line(document: WordDocument, text: str, **look: Any) -> None:
    added = document.add_paragraph()
    added.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(added, text, **look)


def _space(document: WordDocument, lines: int) -> None:
    for _ in range(lines):
        document.add_paragraph()


def _cell(
    cell: Any,
    text: str,
    *,
    side: str = "left",
    width: float | None = None,
    fill: str = "",
    **look: Any,
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _SIDES[side]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
    _run(paragraph, text, **look)
    if width is not None:
        cell.width = Cm(width)
    if fill:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), fill)
        cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - python-docx has no shading


def _run(
    paragraph: Any,
    text: str,
    *,
    size: float,
    colour: RGBColor | None = None,
    strong: bool = False,
    face: str = BODY_ZH,
) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), strong, LATIN
    if colour is not None:
        run.font.color.rgb = colour
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 - Chinese has a font of its own
    return run


def _mark(row: Any, mark: str) -> None:
    """Headings that stand on each page (tblHeader), rows that no page break cuts (cantSplit)."""
    row._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001 - python-docx knows neither


def _same_each_time(written: bytes) -> bytes:
    """The same archive without the hour it was written."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for entry in source.infolist():
            to.writestr(
                zipfile.ZipInfo(entry.filename, _EPOCH.timetuple()[:6]),
                source.read(entry),
                zipfile.ZIP_DEFLATED,
            )
    return out.getvalue()
