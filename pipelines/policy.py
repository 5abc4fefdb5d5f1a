"""The rules for reading: what is known, the text of a standard, and the SQL it becomes."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from data.dataset import contract
from data.rule_files import POLICY
from data.rulebook import rule_sets, size_standard, standard
from metrics.scoring.layout import lay_out
from metrics.scoring.outcome import evaluate
from pipelines.intake.check_cells import typed_schema


def listed() -> list[dict[str, Any]]:
    """One row for each standard of a rule set and the kinds of assessment it governs."""
    return [
        {
            "rule_set": found.id,
            "standard": period.standard,
            "kinds": ",".join(period.kinds),
            "from": period.first.isoformat(),
            "to": period.last.isoformat() if period.last else None,
            "shipped": period.standard in found.shipped,
            "document": found.document.number,
            "source": period.source,
        }
        for found in rule_sets()
        for period in found.periods
    ]


def text_of(name: str) -> str:
    """The rule file itself, which reads like the printed page. KeyError, naming what there is."""
    return (POLICY / _file_of(name)).read_text(encoding="utf-8")


def model_of(name: str) -> dict[str, Any]:
    """The rule as read: every edge exact, every default spelled out. KeyError, naming what there is."""
    _file_of(name)
    rule = size_standard(name) if "/" not in name else standard(*name.split("/"))
    return rule.model_dump(mode="python")


def sql_of(name: str, year: int) -> str:
    """The SQL of a standard over a DuckDB table `annual_returns`. KeyError, naming what there is."""
    import duckdb

    if "/" not in name:
        raise KeyError(f"{name!r}: SQL is made of a standard, such as measures-2022/srdi.")
    _file_of(name)
    connection = duckdb.connect()
    empty = pl.DataFrame(schema=typed_schema(contract("annual_returns"))).to_arrow()
    connection.register("empty_returns", empty)
    connection.execute("create table annual_returns as from empty_returns")
    firms = lay_out(connection.table("annual_returns"), year)
    relation: Any = nw.to_native(evaluate(firms, standard(*name.split("/")), year))
    return str(relation.sql_query())


def _file_of(name: str) -> str:
    known = {
        f"{found.id}/{tier}": f"{found.id}/{tier}.yaml" for found in rule_sets() for tier in found.shipped
    }
    known |= {path.parent.name: f"{path.parent.name}/size.yaml" for path in POLICY.glob("*/size.yaml")}
    if name not in known:
        raise KeyError(f"unknown standard {name!r}. Known: {', '.join(known)}.")
    return known[name]
