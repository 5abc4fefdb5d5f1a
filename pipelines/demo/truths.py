"""The planted truths of the synthetic country, as data: where each is, and which firms were made to show it.

The provinces were chosen for the layout of the map alone; nothing here says anything of the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

GAMING = "430000"
IMPROVING = "420000"
EXPIRING = "340000"
LATE = "620000"
WEAK_RD = "530000"
OWN_WORKBOOK = "630000"
CORRECTED = "610000"
SPECIAL = (GAMING, IMPROVING, EXPIRING, LATE, WEAK_RD, OWN_WORKBOOK, CORRECTED)


@dataclass(frozen=True)
class Truth:
    """One planted truth: `province` is a unit's code or "" for the whole country; `seen_on` names the page."""

    id: str
    province: str
    zh: str
    en: str
    seen_on: str


TRUTHS = (
    Truth(
        "gaming",
        GAMING,
        "湖南按国家标准试算后调整地方特色指标得分：专精特新得分在60分以下出现空缺，60至62分明显聚集。",
        "Hunan sets its characteristic points after a trial run of the national standard: SRDI scores leave a hole "
        "just below 60 and bunch at 60 to 62.",
        "Honesty checks",
    ),
    Truth(
        "improving",
        IMPROVING,
        "湖北三年间研发投入强度中位数、创新型评价得分逐年上升，专精特新企业数量增长快于全国。",
        "In Hubei the median R&D ratio and the innovative score rise year by year, and the number of SRDI firms grows "
        "faster than in the country.",
        "Provinces",
    ),
    Truth(
        "expiring",
        EXPIRING,
        "安徽2023年第一批专精特新企业集中在2026年2月19日到期，约占该省有效专精特新企业的近一半。",
        "In Anhui the SRDI titles of the first list of 2023, nearly half of the province's, all end on "
        "19 February 2026.",
        "Titles due",
    ),
    Truth(
        "one_step",
        "",
        "全国若干企业距上一梯度只差一步：差一分、差一分钱、差一项条件，名单见随附的清单文件。",
        "Firms that miss the next tier by one point, one fen or one requirement; the list comes with the files.",
        "Firms to move up",
    ),
    Truth(
        "late",
        LATE,
        "甘肃2024年度数据最后报送，约四成企业未报，已报的空缺单元格较多；2025年下半年的复核名单也未公布。",
        "Gansu's returns of 2024 come last: about two firms in five are missing, and many cells are blank; "
        "nor has it published a review list since July 2025.",
        "Quality",
    ),
    Truth(
        "weak_rd",
        WEAK_RD,
        "云南失分集中在“研发费用投入”一项，其他各项与全国相近。",
        "Yunnan loses its points in one criterion, R&D input; in all others it is like the country.",
        "Gradient",
    ),
    Truth(
        "workbooks",
        CORRECTED,
        "陕西有两个工作簿供试用载入页：一个带有已知错误，一个为更正后的文件，载入后企业数和结论随之变化。",
        "Two workbooks of Shaanxi are there to try the load page: one with known errors, one corrected, which adds "
        "firms and changes verdicts.",
        "Load and validate",
    ),
)  # fmt: skip

# Firms one step below a tier: what each kind misses. The tier is the one it does not reach.
ONE_STEP = {
    "srdi_one_point": ("srdi", "59分，差1分", "59 points, one short"),
    "srdi_one_fen": ("srdi", "研发费用比营业收入的3%少1分钱", "R&D expense one fen below 3 % of revenue"),
    "srdi_one_year": ("srdi", "从事细分市场1年，差1年", "one year in the niche market, one short"),
    "giant_share": ("little_giant", "市场占有率9.99%", "market share 9.99 %"),
    "giant_brand": ("little_giant", "无自主品牌", "no own brand"),
    "giant_one_right": (
        "little_giant",
        "已应用的Ⅰ类知识产权1项，差1项",
        "one Class-I right in use, one short",
    ),
    "giant_one_fen": (
        "little_giant",
        "研发费用比营业收入的3%少1分钱",
        "R&D expense one fen below 3 % of revenue",
    ),
    "giant_growth_fen": (
        "little_giant",
        "主营业务收入少1分钱，平均增长率不足5%",
        "main revenue one fen short of 5 % mean growth",
    ),
}
MISREAD = "misread"  # firms of CORRECTED whose R&D expense stands in the national file a tenth of what it is


def one_step_table(firms: pl.DataFrame) -> pl.DataFrame:
    """The planted one-step firms of a frame of firms: kind, tier not reached, uscc, name, province, what is missing."""
    words = pl.DataFrame(
        [(kind, *entry) for kind, entry in ONE_STEP.items()],
        schema=["plant", "tier", "zh", "en"],
        orient="row",
    )
    return (
        firms.select("plant", "uscc", "name", "province")
        .join(words, on="plant", how="inner", maintain_order="left")
        .select(pl.col("plant").alias("kind"), "tier", "uscc", "name", "province", "zh", "en")
        .sort("kind", "uscc")
    )
