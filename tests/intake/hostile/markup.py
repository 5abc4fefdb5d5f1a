"""Workbooks whose XML is right but unlike what Excel itself writes, or wrong in the small."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import xlsxwriter

from .case import hostile
from .honest import fill_sheet, honest_rows, write_xlsx
from .packages import SHEET, STRINGS, rewritten

FIRM = {("revenue", 2): 5_321_250_000, ("name", 0): "北京示范1号科技有限公司", ("province", 1): "110000"}


@hostile(accepted=True, values=FIRM)
def every_element_with_a_prefix(folder: Path) -> Path:
    """Some programs write `x:row` for `row` throughout."""
    path = write_xlsx(folder / "prefixed.xlsx", honest_rows())
    with zipfile.ZipFile(path) as source:
        parts = [
            name
            for name in source.namelist()
            if re.match(r"xl/(workbook|styles|sharedStrings|worksheets/.*)\.xml", name)
        ]
    for part in parts:
        rewritten(
            path,
            part,
            lambda xml: re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=", 1),
        )
    return path


@hostile(accepted=True, values=FIRM)
def rich_text_and_phonetic_guides(folder: Path) -> Path:
    """A name in two formats, with a pronunciation that is not part of it."""

    def enrich(xml: bytes) -> bytes:
        plain = "<si><t>北京示范1号科技有限公司</t></si>".encode()
        assert plain in xml
        runs = "<si><r><rPr><b/></rPr><t>北京示范</t></r><r><t>1号科技有限公司</t></r>"
        guide = '<rPh sb="0" eb="2"><t>ペキン</t></rPh><phoneticPr fontId="1"/></si>'
        return xml.replace(plain, (runs + guide).encode())

    return rewritten(write_xlsx(folder / "rich.xlsx", honest_rows()), STRINGS, enrich)


@hostile(accepted=True, values=FIRM)
def comments_and_cdata_in_the_markup(folder: Path) -> Path:
    """XML comments that look like cells, and text wrapped in CDATA."""
    path = write_xlsx(folder / "cdata.xlsx", honest_rows())
    rewritten(path, STRINGS, lambda xml: re.sub(rb"<t>([^<]*)</t>", rb"<t><![CDATA[\1]]></t>", xml, count=5))
    fake = b'<sheetData><!-- <row r="3"><c r="G3"><v>9</v></c></row> -->'
    return rewritten(path, SHEET, lambda xml: xml.replace(b"<sheetData>", fake, 1))


@hostile(accepted=True, values=FIRM)
def attributes_in_another_order_and_quotes(folder: Path) -> Path:
    """Single quotation marks, and the type of a cell before its address."""

    def turned(xml: bytes) -> bytes:
        return re.sub(rb'<c r="(\w+)"((?: s="\d+")?) t="s">', rb"<c t='s'\2 r='\1'>", xml)

    return rewritten(write_xlsx(folder / "quotes.xlsx", honest_rows()), SHEET, turned)


@hostile(accepted=True, values=FIRM)
def cells_without_addresses(folder: Path) -> Path:
    """Addresses are optional: rows and cells then stand one after the other."""
    path = write_xlsx(folder / "bare.xlsx", honest_rows())
    return rewritten(path, SHEET, lambda xml: re.sub(rb'<(row|c) r="\w+"', rb"<\1", xml))


@hostile(accepted=True, values=FIRM)
def escaped_control_characters(folder: Path) -> Path:
    """`_x000D_` is how a workbook writes a carriage return inside text."""
    path = write_xlsx(folder / "escaped.xlsx", honest_rows())
    name = "北京示范1号科技有限公司".encode()
    return rewritten(path, STRINGS, lambda xml: xml.replace(name, name + b"_x000D_", 1))


@hostile(accepted=None)
def a_declaration_hidden_in_utf_16(folder: Path) -> Path:
    """Entities declared in a part written in UTF-16, where a search for their ASCII name finds nothing."""
    path = write_xlsx(folder / "utf16_part.xlsx", honest_rows())
    (folder / "secret.txt").write_text("do-not-read-me", encoding="utf-8")
    address = (folder / "secret.txt").as_uri()

    def hide(xml: bytes) -> bytes:
        text = xml.decode("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"')
        text = text.replace("<sst", f'<!DOCTYPE sst [<!ENTITY own SYSTEM "{address}">]><sst', 1)
        return text.replace("示范1号", "&own;", 1).encode("utf-16")

    return rewritten(path, STRINGS, hide)


@hostile(
    accepted=True,
    values={("market_share", 0): 12_500_000_000_000_000, ("market_share", 1): 12_500_000_000_000_000},
)
def a_share_formatted_as_percent(folder: Path) -> Path:
    """Excel shows 12.5 % and holds 0.125; the clerk means what is shown."""
    path = folder / "percent.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, honest_rows())
        sheet.write_number("L2", 0.125, book.add_format({"num_format": "0.0%"}))
    return path


@hostile(errors=("G2",))
def an_amount_formatted_as_a_date(folder: Path) -> Path:
    """A figure that Excel turned into a day."""
    path = folder / "date_amount.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, honest_rows())
        sheet.write_number("G2", 5321, book.add_format({"num_format": "yyyy-mm-dd"}))
    return path
