"""Workbooks whose sheets are odd: empty space, hidden sheets, merges, broken references."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlsxwriter
import xlwt

from .case import hostile
from .honest import HEADERS, fill_sheet, honest_rows, open_honest, spoilt, write_xlsx
from .packages import SHEET, rewritten


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000}, heavy=True)
def a_dimension_of_the_whole_sheet(folder: Path) -> Path:
    """Three firms; the sheet claims to reach XFD1048576."""
    path = write_xlsx(folder / "dimension.xlsx", honest_rows())
    return rewritten(path, SHEET, lambda xml: xml.replace(b'ref="A1:N4"', b'ref="A1:XFD1048576"', 1))


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000}, heavy=True)
def a_value_in_the_last_cell(folder: Path) -> Path:
    """Three firms, and a full stop in XFD1048576: as a grid this would be 17 thousand million cells."""
    book, sheet = open_honest()
    sheet["XFD1048576"] = "."
    book.save(folder / "far.xlsx")
    return folder / "far.xlsx"


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000}, heavy=True)
def two_million_empty_rows(folder: Path) -> Path:
    """Two sheets, each with a million rows that hold a format and nothing else."""
    path = folder / "empty_rows.xlsx"
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(book.add_worksheet("年度数据"), honest_rows())
        book.add_worksheet("备用")
    empty = b"".join(
        b'<row r="%d"><c r="A%d" s="0"/><c r="C%d" s="0"/></row>' % (n, n, n) for n in range(5, 1_048_577)
    )
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    second = "xl/worksheets/sheet2.xml"
    members[SHEET] = members[SHEET].replace(b"</sheetData>", empty + b"</sheetData>")
    members[second] = members[second].replace(b"<sheetData/>", b"<sheetData>" + empty + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000}, heavy=True)
def sixteen_thousand_columns(folder: Path) -> Path:
    """Every column Excel has carries a header."""
    path = folder / "wide.xlsx"
    extra = tuple(f"附加{n}" for n in range(16_384 - len(HEADERS)))
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(
            book.add_worksheet("年度数据"),
            [[*row, *[1] * len(extra)] for row in honest_rows()],
            HEADERS + extra,
        )
    return path


@hostile(accepted=None)
def hidden_sheet_with_other_firms(folder: Path) -> Path:
    """A hidden sheet of the same shape holds firms that the clerk does not see."""
    path = folder / "hidden.xlsx"
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(book.add_worksheet("年度数据"), honest_rows(2))
        hidden = book.add_worksheet("旧数据")
        fill_sheet(hidden, honest_rows(4)[2:])
        hidden.very_hidden()
    return path


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000})
def hidden_sheet_of_notes(folder: Path) -> Path:
    """A hidden sheet that is no table does no harm."""
    path = folder / "hidden_notes.xlsx"
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(book.add_worksheet("年度数据"), honest_rows())
        notes = book.add_worksheet("说明")
        notes.write_string("A1", "填报单位盖章")
        notes.hide()
    return path


@hostile(accepted=True, values={("province", 2): "110000", ("year", 1): 2025, ("revenue", 2): 5_321_250_000})
def merged_provinces(folder: Path) -> Path:
    """A title over all columns, province and year merged downwards, a note merged below."""
    path = folder / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("年度数据")
        fill_sheet(sheet, honest_rows(), top=2)
        sheet.merge_range("A1:N1", "2025年度中小企业数据汇总表")
        sheet.merge_range("A2:N2", "填报单位：北京市")
        sheet.merge_range("C4:C6", "北京市")
        sheet.merge_range("D4:D6", 2025)
        sheet.merge_range("A8:N8", "注：金额单位为万元。")
    return path


@hostile(errors=("A3",))
def merged_over_the_key(folder: Path) -> Path:
    """One credit code merged over three firms."""
    book, sheet = open_honest()
    sheet.merge_cells("A2:A4")
    book.save(folder / "merged_key.xlsx")
    return folder / "merged_key.xlsx"


@hostile(errors=("",))
def merged_over_everything(folder: Path) -> Path:
    """The whole table is one merged cell."""
    book, sheet = open_honest()
    sheet.merge_cells("A1:N4")
    book.save(folder / "merged_all.xlsx")
    return folder / "merged_all.xlsx"


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000}, heavy=True)
def a_merge_to_the_end_of_the_sheet(folder: Path) -> Path:
    """Below three firms one merged range of 17 thousand million cells."""
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A6:XFD1048576"/></mergeCells>'
    path = write_xlsx(folder / "merge.xlsx", honest_rows())
    return rewritten(path, SHEET, lambda xml: xml.replace(b"</sheetData>", merge, 1))


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000}, heavy=True)
def a_link_over_the_whole_sheet(folder: Path) -> Path:
    """One link whose range is every cell there is."""
    link = b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
    path = write_xlsx(folder / "link.xlsx", honest_rows())
    return rewritten(path, SHEET, lambda xml: xml.replace(b"</sheetData>", link, 1))


@hostile(errors=("",))
def only_a_chart(folder: Path) -> Path:
    """A workbook of one chart sheet."""
    path = folder / "chart.xlsx"
    with xlsxwriter.Workbook(path) as book:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=图!$A$1:$A$3"})
        book.add_chartsheet("图").set_chart(chart)
    return path


@hostile(errors=("",))
def a_workbook_without_sheets(folder: Path) -> Path:
    """The list of sheets is empty."""
    path = write_xlsx(folder / "no_sheets.xlsx", honest_rows())
    return rewritten(path, "xl/workbook.xml", lambda xml: xml.split(b"<sheets>")[0] + b"<sheets/></workbook>")


@hostile(errors=("",))
def a_missing_sheet_part(folder: Path) -> Path:
    """The list of sheets names one that the package does not hold."""
    path = write_xlsx(folder / "missing_part.xlsx", honest_rows())
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist() if name != SHEET}
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


@hostile(accepted=False)
def a_string_that_does_not_exist(folder: Path) -> Path:
    """A cell points past the end of the string table."""
    path = write_xlsx(folder / "string_99999.xlsx", honest_rows())
    return rewritten(
        path, SHEET, lambda xml: xml.replace(b'<c r="B3" t="s"><v>', b'<c r="B3" t="s"><v>999', 1)
    )


@hostile(accepted=None, heavy=True)
def cells_out_of_order(folder: Path) -> Path:
    """Rows and cells listed backwards, with references outside any sheet among them."""
    path = write_xlsx(folder / "backwards.xlsx", honest_rows())

    def backwards(xml: bytes) -> bytes:
        head, _, rest = xml.partition(b"<sheetData>")
        rows, _, tail = rest.partition(b"</sheetData>")
        listed = [row + b"</row>" for row in rows.split(b"</row>") if row]
        stray = b'<row r="99999999999"><c r="ZZZZZ99999999999"><v>1</v></c></row>'
        return head + b"<sheetData>" + stray + b"".join(reversed(listed)) + b"</sheetData>" + tail

    return rewritten(path, SHEET, backwards)


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000, ("name", 1): "北京示范2号科技有限公司"})
def two_sheets_of_firms(folder: Path) -> Path:
    """One sheet per city, columns in another order in the second."""
    path = folder / "two_sheets.xlsx"
    rows = honest_rows()
    with xlsxwriter.Workbook(path) as book:
        fill_sheet(book.add_worksheet("海淀"), rows[:2])
        fill_sheet(book.add_worksheet("朝阳"), [row[::-1] for row in rows[2:]], HEADERS[::-1])
    return path


@hostile(errors=("G3",))
def an_old_workbook_with_an_error(folder: Path) -> Path:
    """BIFF 8, as many offices still save it."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("年度数据")
    for down, row in enumerate([HEADERS, *spoilt({"G3": "待定"})]):
        for across, value in enumerate(row):
            sheet.write(down, across, value)
    book.save(str(folder / "old.xls"))
    return folder / "old.xls"


@hostile(errors=("",))
def a_truncated_old_workbook(folder: Path) -> Path:
    """BIFF 8, cut."""
    path = an_old_workbook_with_an_error(folder)
    path.write_bytes(path.read_bytes()[:3000])
    return path
