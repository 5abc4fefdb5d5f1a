"""Workbooks whose container is spoilt: bombs, entities, locks, cuts, other formats under a wrong name."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from .case import hostile
from .honest import HEADERS, honest_rows, write_csv, write_xlsx
from .ole import compound_file

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
MEGABYTE = 1 << 20


def rewritten(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The package with one member changed."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    members[member] = change(members.get(member, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


def inflated(path: Path, member: str, cut: bytes, filler: bytes, megabytes: int) -> Path:
    """The package with `megabytes` of filler pushed into one member in front of `cut`."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    head, _, tail = members.pop(member).partition(cut)
    block = filler * (MEGABYTE // len(filler))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, data in members.items():
            target.writestr(name, data)
        with target.open(member, "w", force_zip64=True) as stream:
            stream.write(head)
            for _ in range(megabytes):
                stream.write(block)
            stream.write(cut + tail)
    return path


@hostile(errors=("",), heavy=True)
def zip_bomb_in_a_sheet(folder: Path) -> Path:
    """A sheet that unpacks to 1.2 GB of cells from a few megabytes."""
    path = write_xlsx(folder / "bomb.xlsx", honest_rows())
    filler = b'<row><c t="inlineStr"><is><t>' + b"0" * 90 + b"</t></is></c></row>"
    return inflated(path, SHEET, b"</sheetData>", filler, 1200)


@hostile(errors=("",), heavy=True)
def zip_bomb_in_the_strings(folder: Path) -> Path:
    """Two gigabytes of white space in the string table."""
    return inflated(write_xlsx(folder / "strings.xlsx", honest_rows()), STRINGS, b"</sst>", b" " * 1024, 2048)


@hostile(errors=("",), heavy=True)
def zip_bomb_that_lies_about_its_size(folder: Path) -> Path:
    """The directory says one kilobyte, the stream holds 600 MB."""
    path = inflated(write_xlsx(folder / "liar.xlsx", honest_rows()), SHEET, b"</sheetData>", b" " * 1024, 600)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        true_size = package.getinfo(SHEET).file_size
    at = data.find(struct.pack("<I", true_size))
    while at >= 0:
        data[at : at + 4] = struct.pack("<I", 1024)
        at = data.find(struct.pack("<I", true_size), at + 4)
    path.write_bytes(bytes(data))
    return path


@hostile(accepted=None, heavy=True)
def a_hundred_thousand_members(folder: Path) -> Path:
    """A package stuffed with a hundred thousand empty files."""
    path = write_xlsx(folder / "members.xlsx", honest_rows())
    with zipfile.ZipFile(path, "a") as package:
        for number in range(100_000):
            package.writestr(zipfile.ZipInfo(f"xl/media/{number}"), b"")
    return path


@hostile(accepted=None)
def external_entity(folder: Path) -> Path:
    """The string table asks the parser to insert a file of this machine."""
    (folder / "secret.txt").write_text("do-not-read-me", encoding="utf-8")
    address = (folder / "secret.txt").as_uri().encode()
    doctype = b'<!DOCTYPE sst [<!ENTITY own SYSTEM "' + address + b'">]>'
    return rewritten(
        write_xlsx(folder / "entity.xlsx", honest_rows()),
        STRINGS,
        lambda xml: xml.replace(b"<sst", doctype + b"<sst", 1).replace("示范1号".encode(), b"&own;", 1),
    )


@hostile(accepted=None, heavy=True)
def billion_laughs(folder: Path) -> Path:
    """Entities that multiply by ten, nine levels deep."""
    levels = b"".join(
        b'<!ENTITY l%d "' % n + b"&l%d;" % (n - 1) * 10 + b'">' if n else b'<!ENTITY l0 "ha">'
        for n in range(10)
    )
    return rewritten(
        write_xlsx(folder / "laughs.xlsx", honest_rows()),
        STRINGS,
        lambda xml: xml.replace(b"<sst", b"<!DOCTYPE sst [" + levels + b"]><sst", 1).replace(
            "示范1号".encode(), b"&l9;"
        ),
    )


@hostile(errors=("",))
def encrypted_workbook(folder: Path) -> Path:
    """Protected by a password: a compound file with EncryptionInfo and EncryptedPackage."""
    info = struct.pack("<HHI", 4, 4, 0x40) + b'<?xml version="1.0"?><encryption/>'
    path = folder / "encrypted.xlsx"
    path.write_bytes(
        compound_file({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", 9000) + b"\x9c" * 9000})
    )
    return path


@hostile(errors=("",))
def encrypted_old_workbook(folder: Path) -> Path:
    """An .xls with a password: FILEPASS follows the first record."""
    stream = (
        struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
        + struct.pack("<HHH", 0x2F, 54, 1)
        + b"\x5a" * 52
    )
    path = folder / "encrypted.xls"
    path.write_bytes(compound_file({"Workbook": stream + b"\x77" * 4000}))
    return path


@hostile(errors=("",))
def locked_zip_members(folder: Path) -> Path:
    """Every member of the package is flagged as encrypted."""
    path = write_xlsx(folder / "locked.xlsx", honest_rows())
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(bytes(data))
    return path


@hostile(errors=("",))
def truncated_workbook(folder: Path) -> Path:
    """The transfer broke off half way."""
    path = write_xlsx(folder / "cut.xlsx", honest_rows(300))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@hostile(errors=("",))
def sheet_cut_inside(folder: Path) -> Path:
    """The package is whole, its sheet ends in the middle of a cell."""
    path = write_xlsx(folder / "cut_inside.xlsx", honest_rows(300))
    return rewritten(path, SHEET, lambda xml: xml[: len(xml) // 2])


@hostile(errors=("",))
def flipped_bits(folder: Path) -> Path:
    """A worn memory stick: bytes changed inside the compressed sheet."""
    path = write_xlsx(folder / "flipped.xlsx", honest_rows(300))
    with zipfile.ZipFile(path) as package:
        start = package.getinfo(SHEET).header_offset + 80
    data = bytearray(path.read_bytes())
    for at in range(start, start + 200, 5):
        data[at] ^= 0x55
    path.write_bytes(bytes(data))
    return path


@hostile(errors=("",))
def empty_workbook_file(folder: Path) -> Path:
    """A name, no bytes."""
    path = folder / "nothing.xlsx"
    path.touch()
    return path


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000})
def workbook_named_csv(folder: Path) -> Path:
    """An .xlsx that somebody renamed to .csv."""
    return write_xlsx(folder / "table.xlsx", honest_rows()).rename(folder / "table.csv")


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000})
def csv_named_xlsx(folder: Path) -> Path:
    """A .csv that somebody renamed to .xlsx."""
    return write_csv(folder / "table.xlsx", honest_rows())


@hostile(errors=("",))
def pdf_named_xlsx(folder: Path) -> Path:
    """A scanned letter under the name of a workbook."""
    path = folder / "letter.xlsx"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
    return path


@hostile(errors=("",))
def web_page_named_xls(folder: Path) -> Path:
    """What many systems call "export to Excel": an HTML table."""
    cells = "".join(f"<td>{value}</td>" for value in honest_rows(1)[0])
    head = "".join(f"<th>{header}</th>" for header in HEADERS)
    path = folder / "export.xls"
    path.write_text(
        f"<html><meta charset=utf-8><table><tr>{head}</tr><tr>{cells}</tr></table></html>", encoding="utf-8"
    )
    return path


@hostile(errors=("",))
def document_named_xlsx(folder: Path) -> Path:
    """A Word document under the name of a workbook."""
    path = folder / "report.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        package.writestr("word/document.xml", "<w:document><w:body/></w:document>")
    return path


@hostile(errors=("",))
def open_document_named_xlsx(folder: Path) -> Path:
    """A spreadsheet of another office suite under the name of a workbook."""
    path = folder / "suite.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<office:document-content/>")
    return path


@hostile(errors=("",))
def random_bytes_named_xls(folder: Path) -> Path:
    """Noise with the first eight bytes of an old workbook."""
    path = folder / "noise.xls"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(n * 73 % 251 for n in range(20_000)))
    return path


@hostile(accepted=None)
def biff_2_workbook(folder: Path) -> Path:
    """Excel 2.1 of 1987: records without any container."""
    records = struct.pack("<HHHH", 0x0009, 4, 2, 0x10)
    for across, text in enumerate(("uscc", "name", "province", "year")):
        records += struct.pack("<HHHH3xB", 0x0004, 8 + len(text), 0, across, len(text)) + text.encode()
    path = folder / "biff2.xls"
    path.write_bytes(records + struct.pack("<HH", 0x000A, 0))
    return path


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000})
def workbook_with_a_macro(folder: Path) -> Path:
    """Carries a macro project; nothing of it may run."""
    path = write_xlsx(folder / "macro.xlsx", honest_rows())
    project = compound_file({"VBA": b"Sub Workbook_Open()"})
    rewritten(path, "xl/vbaProject.bin", lambda _: project)
    return path.rename(folder / "macro.xlsm")
