"""CSV files whose bytes, quotes or delimiters are not what they claim."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

from .case import hostile
from .honest import HEADERS, honest_rows, spoilt, write_csv


@hostile(errors=("",))
def utf_16_text(folder: Path) -> Path:
    """Excel's "Unicode text" under the name .csv: UTF-16 with a byte order mark."""
    return write_csv(folder / "utf16.csv", honest_rows(), encoding="utf-16")


@hostile(errors=("",))
def big5_bytes(folder: Path) -> Path:
    """Saved on a machine set to traditional Chinese."""
    headers = tuple(h.translate(str.maketrans("统会码业称从员数营万专净润类识产权级质奖研发构别领场龙荣期",
                                              "統會碼業稱從員數營萬專淨潤類識產權級質獎研發構別領場龍榮期"))
                    for h in HEADERS)  # fmt: skip
    text = ",".join(headers) + "\r\n" + "911101080000000194,臺北示範有限公司,北京,2025\r\n"
    path = folder / "big5.csv"
    path.write_bytes(text.encode("big5", errors="replace"))
    return path


@hostile(errors=("",))
def latin_1_bytes(folder: Path) -> Path:
    """Western European bytes that are neither UTF-8 nor GB18030."""
    path = folder / "latin1.csv"
    path.write_bytes(
        "uscc,name,province,year\r\n911101080000000194,Café Société\xe9 ,Beijing,2025\r\n".encode("latin-1")
    )
    return path


@hostile(errors=("",))
def two_encodings_in_one_file(folder: Path) -> Path:
    """Two departments' files pasted together: UTF-8 above, GB18030 below."""
    path = write_csv(folder / "mixed.csv", honest_rows(2), encoding="utf-8")
    below = write_csv(folder / "below.csv", honest_rows(4), encoding="gb18030").read_bytes().splitlines(True)
    path.write_bytes(path.read_bytes() + b"".join(below[3:]))
    (folder / "below.csv").unlink()
    return path


@hostile(errors=("",))
def invalid_utf_8(folder: Path) -> Path:
    """Declared UTF-8 by its mark, with one byte that UTF-8 does not know."""
    path = write_csv(folder / "invalid.csv", honest_rows())
    path.write_bytes(path.read_bytes().replace("示范2号".encode(), b"\xff\xfe2", 1))
    return path


@hostile(accepted=True, values={("name", 1): "北京示范2号科技有限公司", ("revenue", 1): 5_321_250_000})
def mark_inside(folder: Path) -> Path:
    """Files joined by a script: a byte order mark stands in the middle, in front of a credit code."""
    rows = honest_rows()
    rows[1][0] = "\ufeff" + rows[1][0]
    return write_csv(folder / "mark_inside.csv", rows)


@hostile(errors=("",))
def nul_bytes(folder: Path) -> Path:
    """A dump padded with NUL bytes."""
    path = write_csv(folder / "nul.csv", honest_rows())
    path.write_bytes(path.read_bytes().replace(b"5321.25", b"5321\x00.25", 1) + b"\x00" * 4096)
    return path


@hostile(errors=("",))
def empty_csv(folder: Path) -> Path:
    """Not one byte."""
    path = folder / "empty.csv"
    path.touch()
    return path


@hostile(errors=("",))
def header_only_csv(folder: Path) -> Path:
    """A header and no firm."""
    return write_csv(folder / "header_only.csv", [])


@hostile(errors=("",))
def blank_lines_only(folder: Path) -> Path:
    """White space, as an editor leaves it."""
    path = folder / "blank.csv"
    path.write_text("\n   \n\t\n,,,,\n", encoding="utf-8")
    return path


@hostile(errors=("A3", "A4"))
def ragged_rows(folder: Path) -> Path:
    """The second firm has a cell too few and the third one too many: nobody can say which."""
    rows = honest_rows(4)
    del rows[1][5]
    rows[2].insert(4, "7")
    return write_csv(folder / "ragged.csv", rows)


@hostile(errors=("",))
def unclosed_quote(folder: Path) -> Path:
    """A quotation mark opens in the second row and never closes."""
    path = write_csv(folder / "quote.csv", honest_rows(4))
    path.write_text(path.read_text("utf-8-sig").replace("北京示范2号", '"北京示范2号', 1), encoding="utf-8")
    return path


@hostile(errors=("A3",))
def mixed_delimiters(folder: Path) -> Path:
    """Commas in the header and the first row, semicolons below."""
    path = write_csv(folder / "delimiters.csv", honest_rows())
    lines = path.read_text("utf-8-sig").splitlines()
    path.write_text(
        "\n".join([*lines[:2], *(line.replace(",", "；") for line in lines[2:])]), encoding="utf-8"
    )
    return path


@hostile(accepted=None, values={("revenue", 2): 5_321_250_000})
def old_mac_line_ends(folder: Path) -> Path:
    """Lines ended by a bare carriage return."""
    path = write_csv(folder / "mac.csv", honest_rows())
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\r"))
    return path


@hostile(errors=("",))
def compressed_csv(folder: Path) -> Path:
    """Gzip under the name .csv."""
    path = write_csv(folder / "compressed.csv", honest_rows())
    path.write_bytes(gzip.compress(path.read_bytes()))
    return path


@hostile(errors=("B2",))
def one_cell_of_a_megabyte(folder: Path) -> Path:
    """A name of a million characters: found, and not repeated in full to the clerk."""
    return write_csv(folder / "long.csv", spoilt({"B2": "长" * 1_000_000}))


@hostile(errors=("",), heavy=True)
def one_endless_line(folder: Path) -> Path:
    """A header of a million columns."""
    path = folder / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(1_000_000)) + "\n1,2,3\n", encoding="utf-8")
    return path


@hostile(accepted=True, values={("revenue", 2): 5_321_250_000}, heavy=True)
def two_million_blank_lines(folder: Path) -> Path:
    """Three firms and two million lines of commas, as a dragged-down border leaves them."""
    path = write_csv(folder / "blank_lines.csv", honest_rows())
    with path.open("ab") as file:
        file.write((b"," * (len(HEADERS) - 1) + b"\r\n") * 2_000_000)
    return path


@hostile(accepted=True, values={("name", 0): "=cmd|' /C calc'!A0"})
def formula_injection(folder: Path) -> Path:
    """A name that a spreadsheet would run: it is text here, and must stay text in all that we write."""
    return write_csv(folder / "injection.csv", spoilt({"B2": "=cmd|' /C calc'!A0"}))


@hostile(
    accepted=True,
    values={("year", 0): 2025, ("employees", 0): 120, ("revenue", 0): 5_321_250_000, ("net_profit", 0): -12_500_000,
            ("province", 0): "110000", ("quality_award", 0): True, ("honours__ip_demo", 0): True},
)  # fmt: skip
def full_width_everything(folder: Path) -> Path:
    """Every digit, letter, sign and separator typed in full width."""
    widen = {**{n: n + 0xFEE0 for n in range(0x21, 0x7F)}, 0x20: 0x3000}
    rows = [[str(value).translate(widen) for value in row] for row in honest_rows()]
    text = io.StringIO()
    for row in [[h.replace("（", "(").replace("）", ")") for h in HEADERS], *rows]:
        text.write(",".join(row) + "\r\n")
    path = folder / "full_width.csv"
    path.write_bytes(text.getvalue().encode("gb18030"))
    return path
