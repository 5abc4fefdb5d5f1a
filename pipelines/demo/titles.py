"""What happened to the titles of one unit's firms, up to the as-of date: events that hang together.

Titles last three years. Each firm holds every tier below its highest, in order (innovative, then SRDI, then little
giant), and keeps the lower ones when it loses the highest; only a cancellation for cause ends them all. Little-giant
batches fall in their published years; the days, and all dates of the other tiers, are assumptions.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from data.dataset import contract
from pipelines.demo.firms import AS_OF, INNOVATIVE, LITTLE_GIANT, SRDI, Place
from pipelines.demo.truths import EXPIRING, IMPROVING, LATE
from pipelines.intake.check_cells import typed_schema

DATASET = "title_events"
TIERS = (INNOVATIVE, SRDI, LITTLE_GIANT)
WAVE = dt.date(2023, 2, 20)  # not policy: the list of the expiring wave
LATE_UNTIL = dt.date(2025, 6, 30)  # not policy: the late province has published no review list since

_BATCHES = dict(
    enumerate(
        ("2019-06-05", "2020-11-13", "2021-07-19", "2022-08-08", "2023-07-14", "2024-09-02", "2025-10-15"), 1
    )
)
# Share of the firms of a tier that came to it in each year; invented.
_SRDI_YEARS = "2019 0.05  2020 0.08  2021 0.15  2022 0.19  2023 0.27  2024 0.19  2025 0.07"
_SRDI_IMPROVING = "2019 0.02  2020 0.03  2021 0.05  2022 0.10  2023 0.20  2024 0.30  2025 0.30"
_INNOVATIVE_YEARS = "2022 0.14  2023 0.26  2024 0.33  2025 0.27"
_REASONS = {
    "review_failed": ("研发费用占比不达标", "主营业务收入平均增长率不达标", "现场抽查与申报材料不一致"),
    "lapsed": ("有效期满未提交复核（续期）材料",),
    "cancelled_for_cause": ("提供虚假材料", "发生重大环境污染事故", "被列入严重失信主体名单"),
}  # fmt: skip
_NEVER = np.datetime64("2100-01-01")
_EVENT = np.dtype(
    [("firm", "i8"), ("tier", "i1"), ("event", "U19"), ("event_date", "M8[D]"), ("valid_from", "M8[D]"),
     ("title_batch", "U6")]
)  # fmt: skip

Draw = np.random.Generator
Days = np.ndarray


def unit_titles(place: Place, firms: pl.DataFrame, former: pl.DataFrame, rng: Draw) -> pl.DataFrame:
    """The events of a unit's firms, typed as the contract of `title_events`, in order of date.

    `firms` as `pipelines.demo.firms.unit_firms`, with `plant`; `former` as the contract of `former_names`.
    """
    tier = firms["tier"].to_numpy()
    at = {own: np.flatnonzero(tier >= own) for own in TIERS}
    starts = _starts(place, tier, at, rng)
    cancelled = _cancellations(tier, starts, firms["plant"].is_null().to_numpy(), rng)
    parts = [
        _giants(place, at[LITTLE_GIANT]),
        _spells(SRDI, at[SRDI], starts[SRDI], _may_lose(tier, SRDI, firms, at), rng, place),
        _spells(
            INNOVATIVE, at[INNOVATIVE], starts[INNOVATIVE], _may_lose(tier, INNOVATIVE, firms, at), rng, place
        ),
    ]
    events = np.concatenate(parts)
    events = np.concatenate([events, _updates(events, place, rng)])
    return _closed(_framed(events), cancelled, firms, former, rng)


def _starts(place: Place, tier: np.ndarray, at: dict[int, np.ndarray], rng: Draw) -> dict[int, Days]:
    """First day of each tier for the firms that reach it, in order of `at`."""
    lists = _srdi_lists(place)
    weights = _SRDI_IMPROVING if place.code == IMPROVING else _SRDI_YEARS
    srdi = _drawn(lists, weights, len(at[SRDI]), rng)
    if place.code == EXPIRING:
        srdi = np.where(rng.random(len(srdi)) < 0.45, np.datetime64(WAVE), srdi)
    giants = tier[at[SRDI]] == LITTLE_GIANT
    awarded = np.array([_BATCHES[int(batch)] for batch in place.giants["batch"]], dtype="datetime64[D]")
    before = _listed(lists, awarded - 120, rng)
    # within the wave stay those whose batch came later
    in_wave = (srdi[giants] == np.datetime64(WAVE)) & (awarded > np.datetime64(WAVE) + 120)
    srdi[giants] = np.where(in_wave, srdi[giants], before)
    days = np.array(
        [f"{year}-{day}" for year in range(2022, 2026) for day in ("06-20", "09-20", "12-31")],
        dtype="datetime64[D]",
    )
    quarters = days[1:]  # the measures begin in August 2022; no list in a first quarter
    innovative = _drawn(quarters, _INNOVATIVE_YEARS, len(at[INNOVATIVE]), rng)
    higher = tier[at[INNOVATIVE]] >= SRDI
    innovative[higher] = _listed(quarters, srdi - 60, rng)
    return {SRDI: srdi, INNOVATIVE: innovative}


def _srdi_lists(place: Place) -> Days:
    """Two lists a year on days of the unit's own; none in the first quarter."""
    days = [
        f"{year}-{month:02d}-{3 + place.number % 25:02d}"
        for year in _by_year(_SRDI_YEARS)
        for month in (5 + place.number % 3, 10 + place.number % 2)
    ]
    return np.array(days, dtype="datetime64[D]")


def _by_year(weights: str) -> dict[int, float]:
    cells = weights.split()
    return {int(year): float(share) for year, share in zip(cells[::2], cells[1::2], strict=True)}


def _drawn(lists: Days, weights: str, count: int, rng: Draw) -> Days:
    years = lists.astype("datetime64[Y]").astype(int) + 1970
    share = np.array([_by_year(weights)[year] / np.sum(years == year) for year in years])
    return rng.choice(lists, count, p=share / share.sum())


def _listed(lists: Days, before: Days, rng: Draw) -> Days:
    """One of the three last lists up to a day, the first list where there was none yet."""
    last = np.searchsorted(lists, before, side="right") - 1
    return lists[np.maximum(last - rng.integers(0, 3, len(before)), 0)]


def _may_lose(tier: np.ndarray, own: int, firms: pl.DataFrame, at: dict[int, np.ndarray]) -> np.ndarray:
    """Only a firm's highest tier is ever lost in a review, and never that of a planted firm."""
    return ((tier == own) & firms["plant"].is_null().to_numpy())[at[own]]


def _giants(place: Place, rows: np.ndarray) -> np.ndarray:
    """Recognition and reviews of little giants; a title runs from 1 July of its batch's year."""
    records = []
    for batch, passed, lost, firm in zip(*place.giants.get_columns(), rows, strict=True):
        # batch 1 was reviewed with the lists of batches 4 and 7, batch 2 with that of 5, and so on
        dates = [_BATCHES[number] for number in range(int(batch), len(_BATCHES) + 1, 3)]
        events = ["recognised", *["review_passed"] * passed, *["review_failed"] * lost]
        for date, event in zip(dates, events, strict=False):
            first = "NaT" if event == "review_failed" else f"{date[:4]}-07-01"
            records.append((firm, LITTLE_GIANT, event, date, first, batch))
    return np.array(records, dtype=_EVENT)


def _spells(
    own: int, rows: np.ndarray, start: Days, may_lose: np.ndarray, rng: Draw, place: Place
) -> np.ndarray:
    """First recognition and each renewal due by the as-of date; a renewal is decided 15 days before the end."""
    first, again = ("announced", "renewed") if own == INNOVATIVE else ("recognised", "review_passed")
    batch = _batch_names(start)
    parts = [_events(rows, own, first, start, start, batch)]
    known_until = np.datetime64(LATE_UNTIL if place.code == LATE and own == SRDI else AS_OF)
    lapse_share = 1.0 if own == INNOVATIVE else 0.3
    risk = 0.08 + 0.02 * (place.number % 7)
    alive = np.ones(len(rows), dtype=bool)
    for turn in (1, 2):
        begin = _years_later(start, 3 * turn)
        decided = begin - 16
        due = alive & (decided <= known_until)
        lost = due & may_lose & (rng.random(len(rows)) < risk)
        lapses = rng.random(len(rows)) < lapse_share
        lapsed = lost & lapses & (begin <= np.datetime64(AS_OF))
        failed = lost & ~lapsed & (own != INNOVATIVE)
        kept = due & ~lapsed & ~failed
        alive &= kept
        parts += [
            _events(rows[kept], own, again, decided[kept], begin[kept], batch[kept]),
            _events(rows[failed], own, "review_failed", decided[failed], None, batch[failed]),
            _events(rows[lapsed], own, "lapsed", begin[lapsed], None, batch[lapsed]),
        ]
    return np.concatenate(parts)


def _years_later(days: Days, years: int) -> Days:
    months = days.astype("datetime64[M]")
    return (months + 12 * years).astype("datetime64[D]") + (days - months)


def _batch_names(start: Days) -> np.ndarray:
    year = start.astype("datetime64[Y]").astype(int) + 1970
    quarter = (start.astype("datetime64[M]").astype(int) % 12) // 3 + 1
    return np.char.add(np.char.add(year.astype("U4"), "-"), quarter.astype("U1"))


def _events(
    rows: np.ndarray, own: int, event: str, days: Days, first: Days | None, batch: np.ndarray | str
) -> np.ndarray:
    """Events of one kind: row of the firm, tier, event, day, first day of a title's validity, batch."""
    found = np.empty(len(rows), dtype=_EVENT)
    values = (rows, own, event, days, np.datetime64("NaT") if first is None else first, batch)
    for name, value in zip(_EVENT.names or (), values, strict=True):
        found[name] = value
    return found


def _framed(events: np.ndarray) -> pl.DataFrame:
    """Events as a frame; a blank batch is null."""
    columns = {name: pl.Series(events[name]) for name in events.dtype.names or ()}
    return pl.DataFrame(columns).with_columns(
        pl.col("event_date", "valid_from").cast(pl.Date), title_batch=pl.col("title_batch").replace("", None)
    )


def _updates(events: np.ndarray, place: Place, rng: Draw) -> np.ndarray:
    """Annual updates by 30 April of SRDI firms and little giants that hold their title; a few are missed."""
    done = 0.62 if place.code == LATE else 0.95
    begun = events[(events["event"] == "recognised") & (events["tier"] >= SRDI)]
    lost = events[np.isin(events["event"], ("review_failed", "lapsed")) & (events["tier"] >= SRDI)]
    ends = np.full((begun["firm"].max(initial=0) + 1, LITTLE_GIANT + 1), _NEVER)
    ends[lost["firm"], lost["tier"]] = lost["event_date"]
    end = ends[begun["firm"], begun["tier"]]
    parts = []
    for year in (2023, 2024, 2025):
        deadline = np.datetime64(f"{year}-04-30")
        holds = (begun["event_date"] + 61 < deadline) & (end > deadline) & (rng.random(len(begun)) < done)
        here = begun[holds]
        days = deadline - (rng.random(len(here)) ** 2 * 55).astype("timedelta64[D]")
        parts.append(_events(here["firm"], here["tier"], "updated", days, None, ""))
    return np.concatenate(parts)


def _cancellations(tier: np.ndarray, starts: dict[int, Days], is_free: np.ndarray, rng: Draw) -> pl.DataFrame:
    """Few titled firms whose titles are all cancelled for cause, on one day well after the last was given."""
    last = np.full(len(tier), _NEVER)
    last[tier >= INNOVATIVE] = starts[INNOVATIVE]
    last[tier >= SRDI] = np.maximum(last[tier >= SRDI], starts[SRDI])
    ripe = is_free & (tier < LITTLE_GIANT) & (last < np.datetime64("2024-01-01"))
    rows = np.flatnonzero(ripe & (rng.random(len(tier)) < 0.004))
    days = np.datetime64("2024-03-01") + rng.integers(0, 600, len(rows)).astype("timedelta64[D]")
    return pl.DataFrame(
        {"firm": rows, "cancelled_on": pl.Series(days).cast(pl.Date)}, schema_overrides={"firm": pl.Int64}
    )


def _closed(
    events: pl.DataFrame, cancelled: pl.DataFrame, firms: pl.DataFrame, former: pl.DataFrame, rng: Draw
) -> pl.DataFrame:
    """Events cut at a cancellation, with the cancellation itself; names of the day, reasons and document numbers."""
    marked = events.join(cancelled, on="firm", how="left", maintain_order="left")
    before = pl.col("event_date") < pl.col("cancelled_on")
    lost = marked.filter(before, pl.col("event").is_in(["review_failed", "lapsed"])).select("firm", "tier")
    ends = marked.filter(before, pl.col("event").is_in(["recognised", "announced"])).join(
        lost, on=["firm", "tier"], how="anti", maintain_order="left"
    )
    ends = ends.with_columns(
        event=pl.lit("cancelled_for_cause"), event_date="cancelled_on", valid_from=pl.lit(None, dtype=pl.Date)
    )
    kept = marked.filter(pl.col("cancelled_on").is_null() | before)
    every = pl.concat([kept, ends]).sort("event_date", "tier", "firm", "event", maintain_order=True)
    old = former.select("uscc", old="name", until="valid_to")
    named = firms.select("uscc", "name").with_row_index("firm").with_columns(pl.col("firm").cast(pl.Int64))
    codes = contract(DATASET).column("event").codes
    day = pl.col("event_date").dt
    document = pl.format("合成公告〔{}〕{}号", day.year(), day.ordinal_day())
    return (
        every.join(named, on="firm", how="left", maintain_order="left")
        .join(old, on="uscc", how="left", maintain_order="left")
        .with_columns(
            name=pl.when(pl.col("event_date") <= pl.col("until")).then("old").otherwise("name"),
            tier=pl.col("tier") - 1,
            valid_to=pl.col("valid_from").dt.offset_by("3y").dt.offset_by("-1d"),
            document_no=pl.when(pl.col("event") != "updated").then(document),
            reason=_reasons(every["event"], rng),
            event=pl.col("event").replace_strict(codes, range(len(codes)), return_dtype=pl.Int8),
        )
        .select([pl.col(name).cast(dtype) for name, dtype in typed_schema(contract(DATASET)).items()])
    )


def _reasons(events: pl.Series, rng: Draw) -> pl.Series:
    """A reason where one is required, null elsewhere."""
    kinds = events.to_numpy()
    found = np.full(len(kinds), None, dtype=object)
    for event, reasons in _REASONS.items():
        rows = np.flatnonzero(kinds == event)
        found[rows] = rng.choice(reasons, len(rows))
    return pl.Series(found.tolist(), dtype=pl.String)
