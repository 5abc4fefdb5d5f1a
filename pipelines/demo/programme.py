"""Everything a unit of the synthetic country reports of the programme, as coded frames by dataset."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.demo import programme_who, programme_work
from pipelines.demo.firms import Place
from pipelines.demo.programme_money import money

DATASETS = (
    "plans",
    "key_firms",
    "platforms",
    "tasks",
    "platform_services",
    "satisfaction",
    "supervision",
    "disclosures",
    "annual_updates",
    "support_assessments",
    "fund_receipts",
    "distribution_plans",
    "fund_payments",
    "fund_use",
    "fund_recoveries",
    "local_funds",
    "transfers_published",
)
"""The datasets of the programme, in the order in which their files are loaded."""


def unit_programme(
    place: Place, firms: pl.DataFrame, returns: pl.DataFrame, events: pl.DataFrame, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """The frames of `DATASETS` of one unit: choices by code, amounts in fen, other decimals in their own unit.

    `firms`, `returns` and `events` are the unit's, as `pipelines.demo.write` has them.
    """
    ways = programme_who.conduct(place, rng)
    supported = programme_who.key_firms(place, firms, returns, rng)
    sites = programme_who.platforms(place, supported, rng)
    done = programme_work.tasks(place, supported, ways, rng)
    assessed = programme_work.assessments(supported, sites, done, rng)
    return {
        "plans": programme_who.plans(place, supported, rng),
        "key_firms": programme_who.met_targets(place, supported, programme_work.shares_done(done)),
        "platforms": sites,
        "tasks": done,
        "platform_services": programme_work.services(
            sites, supported, programme_who.holders(place, firms), ways, rng
        ),
        "satisfaction": programme_work.satisfaction(place, sites, ways, rng),
        "supervision": programme_work.supervision(place, ways, rng),
        "disclosures": programme_work.disclosures(place, ways, rng),
        "annual_updates": programme_work.annual_updates(firms, events),
        "support_assessments": assessed,
        **money(place, supported, sites, assessed, ways, rng),
    }
