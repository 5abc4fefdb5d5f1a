"""A report as blocks, whatever it is printed on: one list of blocks gives the same report in Word and as PDF.

All texts are plain: neither Typst markup nor XML in them is ever obeyed. The same paper gives the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["docx", "pdf"]
KINDS: tuple[Kind, ...] = ("docx", "pdf")
Block = Mapping[str, Any]
Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Paper:
    """A report: its cover, then its blocks.

    ``marks``: lines that must not be missed, above the title and in every header (synthetic, a product model);
    ``cover``: label and value; ``signatures``: labels with a line to sign on; ``page_of``: with {page} and {pages}.
    """

    language: str
    title: str
    subtitle: str
    marks: Sequence[str]
    cover: Sequence[tuple[str, str]]
    signatures: Sequence[str]
    page_of: str
    blocks: Sequence[Block] = field(default_factory=list)


def heading(text: str, level: int = 1) -> Block:
    """A heading; level 1 or 2."""
    return {"kind": "heading", "level": level, "text": text}


def paragraph(text: str) -> Block:
    """Running text."""
    return {"kind": "paragraph", "text": text}


def note(text: str) -> Block:
    """A remark in small grey type."""
    return {"kind": "note", "text": text}


def figures(items: Sequence[tuple[str, str, str]]) -> Block:
    """Headline figures side by side: label, value, remark."""
    return {"kind": "figures", "items": [list(item) for item in items]}


def listed(items: Sequence[str]) -> Block:
    """A numbered list."""
    return {"kind": "list", "items": list(items)}


def table(
    columns: Sequence[tuple[str, float, Align]], rows: Sequence[Sequence[str]], strong: Sequence[int] = ()
) -> Block:
    """A table: columns of title, share of the width and alignment; ``strong`` are the rows in bold."""
    return {
        "kind": "table",
        "columns": [{"title": title, "width": width, "align": align} for title, width, align in columns],
        "rows": [list(row) for row in rows],
        "strong": list(strong),
    }


def bars(title: str, items: Sequence[tuple[str, float, float, str]], remark: str = "") -> Block:
    """A bar chart: label, share for certain and share at most (0 to 1), and what is written beside the bar."""
    return {
        "kind": "bars",
        "title": title,
        "remark": remark,
        "items": [
            {"label": label, "low": _within(low), "high": _within(high), "text": text}
            for label, low, high, text in items
        ],
    }


def paper_bytes(paper: Paper, kind: Kind) -> bytes:
    """The paper as a Word document or a PDF. Raises ValueError for another kind."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of report. There are: {', '.join(KINDS)}.")
    if kind == "pdf":
        from pipelines.reports.paper_pdf import pdf_bytes

        return pdf_bytes(clean(asdict(paper)))
    from pipelines.reports.paper_word import docx_bytes

    return docx_bytes(clean(asdict(paper)))


def clean(value: Any) -> Any:
    """The same tree with texts that any format can hold: control and unpaired characters are left out."""
    if isinstance(value, str):
        return "".join(
            letter for letter in value if letter in "\n\t" or unicodedata.category(letter) not in _UNFIT
        )
    if isinstance(value, Mapping):
        return {key: clean(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(entry) for entry in value]
    return value


_UNFIT = ("Cc", "Cs", "Cn")


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)
