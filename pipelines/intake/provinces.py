"""Province names in any usual spelling, resolved to the 37 reporting units.

A spelling is resolved only when it is a code, a Chinese full or short name or an English name of a unit, give or take
width, spaces and suffix. Everything else is a finding; a likely unit may be named in it, never taken silently.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Hamming

UNITS = Path(__file__).parents[2] / "data" / "reference" / "reporting_units.csv"

_SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]+")
_COUNT = re.compile(r"(?:\(?共?\d+[家户个]\)?|[:：])+$")
_ORDINAL = re.compile(r"^(?:(?:[一二三四五六七八九十]+|\d+)[、.．)]|\([一二三四五六七八九十\d]+\))")
# Lists name the office that recommends where others name the province: 北京市经济和信息化局.
_OFFICE = re.compile(
    r"(?:工业和信息化|经济和信息化|经济信息化|工业信息化|科技和工业信息化|工业和科技信息化|工信|经信|中小企业).{0,8}?"
    r"(?:厅|局|委员会|委|中心)$"
)
_NATION = {"全国", "中国", "国家", "全国合计", "china", "national", "wholecountry"}
_COUNTRY = _NATION | {"合计", "总计", "地方合计", "各地区合计", "中央", "total"}
_OUTSIDE_WORDS = {
    "台湾",
    "台湾省",
    "香港",
    "香港特别行政区",
    "澳门",
    "澳门特别行政区",
    "hongkong",
    "macau",
    "macao",
    "taiwan",
}
_MORE = {
    "XPCC": ("兵团", "新疆兵团", "生产建设兵团", "新疆建设兵团", "新疆生产建设兵团", "建设兵团", "660000", "66",
             "Xinjiang Production and Construction Corps", "Xinjiang Production and Construction Corps (XPCC)"),
    "540000": ("Tibet", "Tibet (Xizang)"),
    "150000": ("Nei Mongol", "Neimenggu", "内蒙"),
    "610000": ("Shaanxi",),
}  # fmt: skip
_AUTONOMOUS = {"150000": "内蒙古自治区", "450000": "广西自治区", "540000": "西藏自治区",
               "640000": "宁夏自治区", "650000": "新疆自治区"}  # fmt: skip
NEAR_ENGLISH = 80


@dataclass(frozen=True)
class Unit:
    """A reporting unit: code, Chinese full and short name, English name, and the province of a planned city."""

    code: str
    zh: str
    short: str
    en: str
    planned_city_of: str


@dataclass(frozen=True)
class Reading:
    """What a province cell was read as: a unit's code, or the rule it breaks and the units that may be meant."""

    code: str | None
    rule: str | None = None
    near: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """The 37 units of the programme by code."""
    with UNITS.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["code"]: Unit(
                row["code"], row["name_zh"], row["short_zh"], row["name_en"], row["planned_city_of"]
            )
            for row in csv.DictReader(file)
            if row["in_programme"] == "yes"
        }


def squeeze(text: str) -> str:
    """Half width, no spaces or invisible characters, lower case: what spellings are compared by."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for unit in units().values():
        names = {unit.code, unit.zh, unit.short, unit.en, *_MORE.get(unit.code, ())}
        if unit.code != "XPCC":
            municipal = unit.planned_city_of or unit.zh.endswith("市")
            names |= {unit.short + ("市" if municipal else "省" if unit.zh.endswith("省") else "")}
            names |= {
                f"{unit.en} {kind}" for kind in (("city", "municipality") if municipal else ("province",))
            }
            if not municipal:
                names |= {f"{unit.en} autonomous region"} if unit.zh.endswith("自治区") else set()
            names |= {_AUTONOMOUS[unit.code]} if unit.code in _AUTONOMOUS else set()
            if not unit.planned_city_of:
                names.add(unit.code[:2])
            else:
                names.add(unit.code[:4])
                names.add(units()[unit.planned_city_of].zh + unit.zh)
        for name in names:
            found[squeeze(name)] = unit.code
    return found


@lru_cache(maxsize=4096)
def read_province(text: str) -> Reading:
    """Read one province cell that is not blank.

    Rules: province_whole_country, province_outside (Taiwan, Hong Kong, Macao), province_near (one to three
    units are spelt almost so), province_unknown.
    """
    name = squeeze(text)
    ways = (name, re.sub(r"\.0+$", "", name), _OFFICE.sub("", name))
    code = next((found for way in ways if (found := _spellings().get(way))), None)
    if code:
        return Reading(code)
    if name in _COUNTRY:
        return Reading(None, "province_whole_country")
    if name in _OUTSIDE_WORDS or re.fullmatch(r"(71|81|82)(0000)?", name):
        return Reading(None, "province_outside")
    near = _near(name)
    return Reading(None, "province_near" if near else "province_unknown", near)


def _near(name: str) -> tuple[str, ...]:
    """The units whose name differs in one Chinese character or a few letters; none when more than three would do."""
    if not 2 <= len(name) <= 40:
        return ()
    found = {
        code
        for spelling, code in _spellings().items()
        if not spelling.isdigit()
        and (
            fuzz.ratio(name, spelling) >= NEAR_ENGLISH
            if name.isascii()
            else len(spelling) == len(name) and Hamming.distance(name, spelling) == 1
        )
    }
    return tuple(sorted(found)) if len(found) <= 3 else ()


def is_nation(text: str) -> bool:
    """Whether a cell names the whole country; a bare total does not say of what."""
    return squeeze(text) in _NATION


def read_heading(text: str, *, national: bool = False) -> str | None:
    """The unit of a heading between rows such as ``一、浙江省（12家）``; None when it is no province heading.

    Where rows may be ``national``, a heading of the whole country is its word as written.
    """
    name = _COUNT.sub("", _ORDINAL.sub("", squeeze(text)))
    if national and is_nation(name):
        return name
    return None if name.isdigit() else _spellings().get(name)
