"""A small registry as provinces would send it: firms of three units over three years, with gaps, a move and a name."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl

from data.home import Home
from data.manifest import Published
from pipelines.demo.received import as_received
from pipelines.intake.check import check_file
from pipelines.loading import load
from pipelines.registry_scores import write_names, write_scores
from tests.metrics.scoring.firms import YEAR, random_firm, returns
from tests.oracle.credit_codes import credit_code

UNITS = {"110000": "北京市", "320000": "江苏省", "410000": "河南"}
FIRMS = 60
WITHOUT_RETURN, MOVED, RENAMED = (
    7,
    10,
    11,
)  # numbers of firms: none in the last year, another unit before, a former name


def code(number: int) -> str:
    """The credit code of a firm."""
    return credit_code(number, list(UNITS.values())[number % len(UNITS)])


def name(number: int) -> str:
    """The name of a firm."""
    return f"合成第{number}精密机械（集团）公司"


def typed() -> pl.DataFrame:
    """The returns of all firms, as the scoring takes them."""
    draw = random.Random(6)
    firms = returns(*(random_firm(draw, missing=0.05) for _ in range(FIRMS)))
    number = pl.col("uscc").cast(pl.Int64)
    unit = number.mod(len(UNITS)).replace_strict(dict(enumerate(UNITS)), return_dtype=pl.String)
    was_elsewhere = (number == MOVED) & (pl.col("year") < YEAR)
    return firms.filter(~((number == WITHOUT_RETURN) & (pl.col("year") == YEAR))).with_columns(
        uscc=number.map_elements(code, pl.String),
        name=number.map_elements(name, pl.String),
        province=pl.when(was_elsewhere).then(pl.lit("110000")).otherwise(unit),
    )


def write_registry(folder: Path) -> list[Path]:
    """Write the files: returns, one a year; enterprises; a former name; title events."""
    folder.mkdir(parents=True, exist_ok=True)
    table = typed()
    files = []
    for year in range(YEAR - 2, YEAR + 1):
        files.append(folder / f"synthetic-returns-{year}.csv")
        as_received(table.filter(pl.col("year") == year), "annual_returns").write_csv(files[-1])
    rows = {
        "enterprises": ["统一社会信用代码,企业名称,省份"]
        + [f"{code(at)},{name(at)},{list(UNITS.values())[at % len(UNITS)]}" for at in range(FIRMS)],
        "former_names": [
            "统一社会信用代码,曾用名,启用日期,停用日期",
            f"{code(RENAMED)},合成老厂,2015-01-01,2021-01-01",
        ],
        "title_events": ["统一社会信用代码,企业名称,梯度,事件,日期,认定批次"]
        + [f"{code(at)},{name(at)},srdi,recognised,2024-07-01,2024" for at in range(5)],
    }
    for dataset, lines in rows.items():
        files.append(folder / f"synthetic-{dataset}.csv")
        files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return files


def load_registry(home: Home, folder: Path) -> Published:
    """Write and load the registry; returns the build."""
    outcomes, build = load(home, write_registry(folder))
    assert build is not None and all(one.receipt for one in outcomes), [
        (one.checked.file, check_file(folder / one.checked.file).findings)
        for one in outcomes
        if not one.receipt
    ]
    return build


def scored_registry(folder: Path) -> Home:
    """A store under ``folder`` with the registry, its names and its scores; the files lie in ``folder/files``."""
    home = Home(folder / "home")
    build = load_registry(home, folder / "files")
    write_names(home, build)
    write_scores(home, build)
    return home
