"""The 13 indicators as an OpenFisca tax and benefit system: one entity, vectorised formulas, float32 throughout.

Built as its country template is: a variable a figure, a variable an indicator, earlier years through the period.
A missing cell is NaN, which OpenFisca carries in its floats.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from tests.bench.peers import annex_2 as annex
from tests.bench.peers import on_numpy

Formula = Callable[[Any, Any], np.ndarray]

FIRM = build_entity(key="firm", plural="firms", label="Enterprise", is_person=True)
PERIOD = str(annex.YEAR)


def prepared(firms: pl.DataFrame) -> Simulation:
    """A simulation with every figure set; done before the clock starts."""
    simulation = SimulationBuilder().build_default_simulation(system(), count=firms.height)
    for name, values in on_numpy.prepared(firms).items():
        field, _, before = name.partition("_y") if name in annex.FIGURES[:3] else (name, "", "")
        simulation.set_input(field, str(annex.YEAR - int(before or 0)), values)
    return simulation


def points(simulation: Simulation) -> on_numpy.Ends:
    """Score [low, high] of every firm, in points; what an earlier run left behind is forgotten."""
    for name in FORMULAS:
        simulation.delete_arrays(name)
    return simulation.calculate("score_low", PERIOD), simulation.calculate("score_high", PERIOD)


def system() -> TaxBenefitSystem:
    found = TaxBenefitSystem([FIRM])
    inputs = {name: float for name in annex.FIGURES + annex.TICKS if not name.endswith(("_y1", "_y2"))}
    for name, kind in (inputs | dict.fromkeys(annex.FIELDS, bool)).items():
        found.add_variable(variable(name, kind))
    for name, formula in FORMULAS.items():
        found.add_variable(
            variable(
                name,
                int if name.endswith(("_low", "_high")) and "score" not in name else float,
                formula=formula,
            )
        )
    return found


def variable(name: str, kind: type, **parts: Any) -> type[Variable]:
    shape = {"value_type": kind, "entity": FIRM, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), shape | parts)


def measured(above: str, below: str) -> Formula:
    return lambda firm, period: on_numpy.share(firm(above, period), firm(below, period))


def growth(firm: Any, period: Any) -> np.ndarray:
    years = (period, period.last_year, period.last_year.last_year)
    last, middle, first = (firm("main_revenue", year) for year in years)
    return (on_numpy.share(last, middle) + on_numpy.share(middle, first)) / 2 - 1


def banded(
    measure: str, bands: tuple[tuple[float, int], ...], holds: Any = np.greater_equal
) -> dict[str, Formula]:
    """The two ends of an indicator: the points of its band, and the best of them where its measure is unknown."""
    return {
        f"{measure}_low": lambda firm, period: on_numpy.banded(firm(measure, period), bands, holds)[0],
        f"{measure}_high": lambda firm, period: np.where(
            np.isnan(firm(measure, period)), bands[0][1], firm(f"{measure}_low", period)
        ),
    }


def both(name: str, ends: Callable[[Any, Any], on_numpy.Ends]) -> dict[str, Formula]:
    return {
        f"{name}_low": lambda firm, period: ends(firm, period)[0],
        f"{name}_high": lambda firm, period: ends(firm, period)[1],
    }


def niche(firm: Any, period: Any) -> on_numpy.Ends:
    years = firm("niche_years", period)
    found = np.minimum(np.nan_to_num(years) // 2, annex.NICHE_CAP).astype(np.int8)
    return on_numpy.ends_of(years, found, annex.NICHE_CAP)


def institution(firm: Any, period: Any) -> on_numpy.Ends:
    level = firm("rd_institution", period)
    given = np.array(annex.RD_INSTITUTION, dtype=np.int8)[np.nan_to_num(level).astype(np.int8)]
    return on_numpy.ends_of(level, given, annex.RD_INSTITUTION[-1])


def product_field(firm: Any, period: Any) -> on_numpy.Ends:
    return on_numpy.product_field({name: firm(name, period) for name in annex.FIELDS})


def quality(firm: Any, period: Any) -> on_numpy.Ends:
    return on_numpy.ticked([firm(name, period) for name in annex.TICKS])


def ip(firm: Any, period: Any) -> on_numpy.Ends:
    return on_numpy.first_of([firm(name, period) for name, _ in annex.IP], [given for _, given in annex.IP])


def rd_input(end: str) -> Formula:
    return lambda firm, period: np.maximum(firm(f"rd_expense_{end}", period), firm(f"share_rd_{end}", period))


def score(end: str, unknown: float) -> Formula:
    parts = ("share_main", "share_growth", "niche", "product_field", "digital_level", "quality", "share_margin",
             "share_debt", "ip", "rd_input", "share_staff", "institution")  # fmt: skip

    def formula(firm: Any, period: Any) -> np.ndarray:
        supplied = np.nan_to_num(firm("provincial_points", period), nan=unknown)
        return sum(firm(f"{part}_{end}", period) for part in parts) + supplied

    return formula


FORMULAS: dict[str, Formula] = {
    "share_main": measured("main_revenue", "revenue"),
    "share_growth": growth,
    "share_margin": measured("net_profit", "revenue"),
    "share_debt": measured("total_liabilities", "total_assets"),
    "share_rd": measured("rd_expense", "revenue"),
    "share_staff": measured("rd_employees", "employees"),
    **banded("share_main", annex.MAIN_SHARE),
    **banded("share_growth", annex.MEAN_GROWTH),
    **both("niche", niche),
    **both("product_field", product_field),
    **banded("digital_level", annex.DIGITAL_LEVEL),
    **both("quality", quality),
    **banded("share_margin", annex.NET_MARGIN),
    **banded("share_debt", annex.DEBT_RATIO, np.less_equal),
    **both("ip", ip),
    **banded("rd_expense", annex.RD_EXPENSE),
    **banded("share_rd", annex.RD_RATIO),
    "rd_input_low": rd_input("low"),
    "rd_input_high": rd_input("high"),
    **banded("share_staff", annex.RD_STAFF),
    **both("institution", institution),
    "score_low": score("low", 0),
    "score_high": score("high", annex.CHARACTERISTIC_CAP),
}
