"""Who there is in the synthetic country: firms by reporting unit, their codes, names and the tier they reach.

Nobody can take them for real firms: every name begins with 合成, and every organisation code with HC, which is issued
to no one. Little giants follow the published proportions by unit; all other splits are assumptions (`ASSUMPTION`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from data import published
from pipelines.intake.credit_code import ALPHABET

AS_OF = dt.date(2025, 12, 31)
NONE, INNOVATIVE, SRDI, LITTLE_GIANT = range(4)

ASSUMPTION = {
    "zh": "合成数据。“小巨人”按工信部2021年6月公布的37个单位构成及公布的各批次数量缩放；其余梯度的分省构成、"
    "无称号企业数量、创新型中小企业总量（全国60万家）均为假设。",
    "en": "Synthetic data. Little giants are scaled from the published 37-unit table of June 2021 and the published "
    "batch counts; how the other tiers split by province, how many firms hold no title, and the number of innovative "
    "SMEs (600,000 in the country) are assumptions.",
}

# Shares of the whole population. 1.1 million firms stand for the country; 17,600 little giants and 140,000 SRDI
# firms among them are published, 600,000 innovative firms are an assumption.
COUNTRY = 1_100_000
HOLDERS = {INNOVATIVE: 600_000, SRDI: 140_000}
LOST = {INNOVATIVE: 0.05, SRDI: 0.07}  # not policy: synthetic
# Added to each unit's published count, so that a unit without little giants has firms too.
SMALL_UNIT = 4  # not policy: synthetic

TRADES = (
    ("3484", "精密机械", "精密零部件"), ("3562", "半导体设备", "半导体专用设备"), ("3973", "微电子", "集成电路"),
    ("3985", "电子材料", "电子专用材料"), ("4021", "环境仪器", "环境监测仪器"), ("3585", "医疗器械", "机械治疗设备"),
    ("2710", "生物药业", "化学药品原料药"), ("3670", "汽车部件", "汽车零部件"), ("3741", "航空装备", "飞机部件"),
    ("3824", "电力电子", "电力电子元器件"), ("3841", "电池科技", "锂离子电池"), ("2651", "新材料", "合成树脂"),
    ("3240", "有色合金", "有色金属合金"), ("3311", "金属结构", "金属结构件"), ("3491", "机器人", "工业机器人"),
    ("4011", "自动化仪表", "工业自动控制装置"), ("1495", "食品科技", "食品添加剂"), ("1751", "纺织科技", "化纤织物"),
    ("2924", "塑料制品", "泡沫塑料"), ("2239", "包装材料", "特种纸制品"), ("6510", "软件技术", "工业软件"),
    ("6531", "信息系统", "信息系统集成服务"), ("3034", "隔热材料", "隔热隔音材料"), ("5179", "贸易", "机电产品批发"),
)  # fmt: skip
_TRADE_WEIGHTS = np.array([*[6.0] * 20, 7.0, 5.0, 3.0, 0.6])  # not policy: synthetic
CITIES = {
    "130000": "石家庄市 唐山市 保定市", "140000": "太原市 大同市 长治市", "150000": "呼和浩特市 包头市 鄂尔多斯市",
    "210000": "沈阳市 鞍山市 营口市", "220000": "长春市 吉林市", "230000": "哈尔滨市 大庆市 齐齐哈尔市",
    "320000": "南京市 苏州市 无锡市 常州市", "330000": "杭州市 温州市 嘉兴市 台州市", "340000": "合肥市 芜湖市 滁州市",
    "350000": "福州市 泉州市 漳州市", "360000": "南昌市 赣州市 九江市", "370000": "济南市 烟台市 潍坊市",
    "410000": "郑州市 洛阳市 新乡市", "420000": "武汉市 襄阳市 宜昌市", "430000": "长沙市 株洲市 湘潭市",
    "440000": "广州市 佛山市 东莞市 珠海市", "450000": "南宁市 柳州市 桂林市", "460000": "海口市 儋州市",
    "510000": "成都市 绵阳市 德阳市", "520000": "贵阳市 遵义市", "530000": "昆明市 玉溪市 曲靖市", "540000": "拉萨市",
    "610000": "西安市 宝鸡市 咸阳市", "620000": "兰州市 天水市", "630000": "西宁市", "640000": "银川市 石嘴山市",
    "650000": "乌鲁木齐市 昌吉回族自治州",
}  # fmt: skip
_AREAS = {"XPCC": "659000"}  # it has no code of its own; its firms register in Xinjiang


@dataclass(frozen=True)
class Place:
    """One reporting unit of the synthetic country; `giants` has a row for each little giant, as `giant_slots`."""

    number: int
    code: str
    short: str
    firms: int
    giants: pl.DataFrame


def apportion(weights: np.ndarray, total: int) -> np.ndarray:
    """`total` split into whole numbers in proportion to the weights, by largest remainder; ties to the first."""
    exact = weights * (total / weights.sum())
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def places(firms: int, seed: int) -> list[Place]:
    """The 37 units with their share of `firms` and of the little giants."""
    table = published.units().filter("in_programme")
    counts = published.little_giants_by_unit().select("code", "count")
    given = table.join(counts, on="code", how="left", maintain_order="left")
    weights = given["count"].to_numpy().astype(np.float64)
    slots = giant_slots(firms, np.random.default_rng([seed, 0]))
    giants = apportion(weights, slots.height)
    shares = apportion(weights + SMALL_UNIT, firms)
    ends = np.cumsum(giants)
    return [
        Place(number, row["code"], row["short_zh"], int(shares[number]), slots[int(end - own) : int(end)])
        for number, (row, own, end) in enumerate(zip(given.iter_rows(named=True), giants, ends, strict=True))
    ]


def giant_slots(firms: int, rng: np.random.Generator) -> pl.DataFrame:
    """Every little giant ever recognised, in random order: batch (1 to 7), reviews_passed, is_lost (a review failed).

    The counts by batch and review are those of `published_batches.csv`, scaled; the review of 2025 took batches 1
    and 4 together, so its rate holds for both.
    """
    by_batch = {
        (row["batch"], row["event"]): row["count"]
        for row in published.batches().sort(pl.col("basis") == "valid").iter_rows(named=True)
    }  # where a batch was counted twice, the valid count stands last and is taken
    first = by_batch["1", "review_passed"]
    again = by_batch["1+4", "review_passed"]
    fourth = by_batch["4", "recognised"]
    held = again / (first + fourth)
    rows = [
        ("1", 0, True, by_batch["1", "recognised"] - first),
        ("1", 2, False, first * held),
        ("1", 1, True, first * (1 - held)),
        ("4", 1, False, fourth * held),
        ("4", 0, True, fourth * (1 - held)),
    ]
    for batch in ("2", "3"):
        passed = by_batch[batch, "review_passed"]
        rows += [
            (batch, 1, False, passed),
            (batch, 0, True, by_batch[batch, "recognised"] - passed),
        ]
    rows += [(batch, 0, False, by_batch[batch, "recognised"]) for batch in ("5", "6", "7")]
    counts = np.array([count for *_, count in rows], dtype=np.float64)
    scaled = apportion(counts, round(counts.sum() * firms / COUNTRY))
    batch, reviews, lost, _ = zip(*rows, strict=True)
    frame = pl.DataFrame({"batch": batch, "reviews_passed": reviews, "is_lost": lost})
    return frame[np.repeat(np.arange(len(rows)), scaled)][rng.permutation(int(scaled.sum()))]


def unit_firms(place: Place, seed: int) -> pl.DataFrame:
    """The firms of one unit: the columns of `enterprises`, and quality (Float64), tier (0 to 3, ever reached)."""
    rng = np.random.default_rng([seed, 1, place.number])
    n = place.firms
    quality = rng.normal(0, 1, n)
    rank = np.argsort(np.argsort(-(quality + rng.normal(0, 0.5, n)), kind="stable"), kind="stable")
    tier = np.digitize(rank, np.cumsum(_tier_counts(place)))
    trade = rng.choice(len(TRADES), n, p=_TRADE_WEIGHTS / _TRADE_WEIGHTS.sum())
    serial = np.arange(1, n + 1)
    numbers = pl.Series(serial).cast(pl.String).str.zfill(6)
    words = pl.DataFrame(TRADES, schema=["code", "trade", "product"], orient="row")[trade]
    return pl.DataFrame(
        {
            "uscc": credit_codes(_AREAS.get(place.code, place.code), serial),
            "name": pl.Series([f"合成{place.short}"]) + numbers + words["trade"] + "有限公司",
            "province": pl.Series([place.code]).new_from_index(0, n),
            "city": _cities(place.code, n, rng),
            "industry_code": words["code"],
            "registered_on": _founded(tier, rng),
            "group_name": _groups(place, n, rng),
            "leading_product": words["product"],
            "quality": quality,
            "tier": (LITTLE_GIANT - tier).astype(np.int8),
        }
    )


def _tier_counts(place: Place) -> list[int]:
    """How many firms of a unit ever reach little giant, SRDI and innovative as their highest tier."""
    share = place.firms / COUNTRY
    giants = place.giants.height
    srdi = max(0, round((HOLDERS[SRDI] * share - giants) / (1 - LOST[SRDI])))
    innovative = max(0, round((HOLDERS[INNOVATIVE] * share - giants - srdi) / (1 - LOST[INNOVATIVE])))
    return [giants, srdi, innovative]


def credit_codes(area: str, serial: np.ndarray) -> pl.Series:
    """Valid 18-character codes of enterprises (91) in an area; organisation codes HC000001 and on, checks computed.

    Source: GB 32100-2015, and GB 11714 for the organisation code inside.
    """
    n = len(serial)
    weights = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
    organisation_weights = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
    text = np.empty((n, 18), dtype=np.uint8)
    text[:, :10] = np.frombuffer(f"91{area}HC".encode(), dtype=np.uint8)
    for place in range(6):
        text[:, 15 - place] = ord("0") + serial // 10**place % 10
    organisation = text[:, 8:16].astype(np.int64)
    organisation = np.where(organisation >= ord("A"), organisation - ord("A") + 10, organisation - ord("0"))
    rest = (11 - organisation @ organisation_weights % 11) % 11
    text[:, 16] = np.frombuffer(b"0123456789X", dtype=np.uint8)[rest]
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
    values = np.zeros(256, dtype=np.int64)
    values[letters] = np.arange(31)
    text[:, 17] = letters[-(values[text[:, :17]] @ weights) % 31]
    return pl.Series(text.view("S18").ravel().astype("U18"))


def _cities(code: str, n: int, rng: np.random.Generator) -> pl.Series:
    names = CITIES.get(code, "").split()
    if not names:
        return pl.Series([None], dtype=pl.String).new_from_index(0, n)
    return pl.Series(names)[rng.integers(0, len(names), n)]


def _founded(tier_from_top: np.ndarray, rng: np.random.Generator) -> pl.Series:
    years = rng.gamma(4, 3, len(tier_from_top)) + 7 - tier_from_top
    days = (np.datetime64("2021-06-30") - (years * 365).astype("timedelta64[D]")).astype("datetime64[D]")
    return pl.Series(days).cast(pl.Date)


def _groups(place: Place, n: int, rng: np.random.Generator) -> pl.Series:
    number = rng.integers(0, 400, n)
    named = pl.DataFrame({"number": number})
    return named.select(
        pl.when(pl.col("number") < 12).then(  # not policy: groups of a unit
            pl.lit(f"合成{place.short}第") + pl.col("number").cast(pl.String) + "集团"
        )
    ).to_series()


def former_names(place: Place, firms: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The names that a few firms of a unit bore before: the columns of `former_names`."""
    rng = np.random.default_rng([seed, 3, place.number])
    renamed = firms.filter(pl.Series(rng.random(firms.height) < 0.006))
    until = np.datetime64("2020-06-01") + rng.integers(0, 1700, renamed.height).astype("timedelta64[D]")
    return renamed.select(
        "uscc",
        pl.col("name").str.replace("有限公司$", "厂"),
        valid_from="registered_on",
        valid_to=pl.Series(until).cast(pl.Date),
    )
