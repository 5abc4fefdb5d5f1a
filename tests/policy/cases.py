"""Reads the cases: every scalar as text, every figure into the cells of one firm.

A figure is `field` (of the case's year) or `field@year`. Amounts are 万元 and become fen; `blank` is an empty
cell; `like` names the firm that another one starts from.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
FILES = tuple(sorted(HERE.glob("*/*.yaml")))
FEN = 1_000_000
AMOUNTS = {
    "revenue", "main_revenue", "net_profit", "total_assets", "total_liabilities", "rd_expense", "new_equity",
}  # fmt: skip
DECIMALS = {"market_share", "provincial_points"}
LISTS = {"product_fields", "honours"}
WORDS = {"industry_code", "rd_institution"}
KEYS = {"zh", "en", "article", "firm", "given", "expect"}
EXPECTATIONS = {"points", "verdict", "score", "route", "failed", "size_class"}


@dataclass(frozen=True)
class Case:
    file: str
    standard: str
    year: int
    zh: str
    en: str
    article: str
    cells: dict
    expect: dict

    def __str__(self) -> str:
        return f"{self.standard}: {self.en}"


def value_of(field: str, text):
    if text == "blank":
        return None
    if field in LISTS:
        return tuple(text)
    if field in WORDS:
        return text
    if field in AMOUNTS:
        fen = Fraction(text) * FEN
        if fen.denominator != 1:
            raise ValueError(f"{field}: {text} 万元 is no whole number of fen")
        return int(fen)
    if field in DECIMALS:
        return Fraction(text)
    return {"true": True, "false": False}[text] if text in ("true", "false") else int(text)


def cells_of(figures: dict[str, str], year: int) -> dict:
    cells = {}
    for key, text in figures.items():
        field, _, other = key.partition("@")
        cells[field, int(other or year)] = value_of(field, text)
    return cells


def firm_cells(firms: dict, name: str, year: int) -> dict:
    firm = firms[name]
    start = firm_cells(firms, firm["like"], year) if "like" in firm else {}
    return start | cells_of(firm["figures"], year)


@cache
def read_cases(path: Path) -> tuple[Case, ...]:
    book = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only
    year, found = int(book["year"]), []
    for case in book["cases"]:
        unknown = (set(case) ^ KEYS) | (set(case["expect"]) - EXPECTATIONS)
        if unknown:
            raise ValueError(f"{path.name}, {case.get('en')}: missing or unknown keys {sorted(unknown)}")
        cells = firm_cells(book["firms"], case["firm"], year) | cells_of(case["given"], year)
        for past in {year, year - 1, year - 2} | {past for _, past in cells}:
            cells["year", past] = past
        found.append(
            Case(
                file=str(path.relative_to(HERE)),
                standard=book["standard"],
                year=year,
                zh=case["zh"],
                en=case["en"],
                article=case["article"],
                cells=cells,
                expect=case["expect"],
            )
        )
    return tuple(found)


def all_cases() -> list[Case]:
    return [case for path in FILES for case in read_cases(path)]
