"""Size class of firms under the size standard (工信部联企业〔2011〕300号): large, medium, small, micro.

A firm is of the highest class whose every figure it reaches; 以下 excludes the figure. A missing figure leaves the
class open only where it decides; a code that the standard cannot place leaves it open always.
"""

from __future__ import annotations

import narwhals as nw
import polars as pl

from data.rulebook import size_standard
from metrics.scoring.evaluate import size_reaches
from metrics.scoring.layout import industry_columns

UNDETERMINED_SIZE = "undetermined"


def size_classes(firms: pl.DataFrame) -> pl.DataFrame:
    """Classify typed rows (one a firm) that have industry_code, employees, revenue and total_assets.

    Returns the rows with `industry` (id, null where not placed) and `size_class` (large|medium|small|micro|
    undetermined) added, in the order given.
    """
    size = size_standard()
    names = [name for name, _ in size.classes]
    frame = nw.from_native(firms).with_columns(**industry_columns())
    frame = frame.with_columns(**{f"__{name}": size_reaches(size, name) for name in names[:-1]})
    found = nw.when(~nw.col("industry").is_null()).then(nw.lit(names[-1]))
    for name in reversed(names[:-1]):
        reached = nw.col(f"__{name}")
        found = nw.when(reached).then(nw.lit(name)).when(~reached).then(found)
    classified = frame.with_columns(size_class=found.fill_null(UNDETERMINED_SIZE)).to_native()
    ids = {index: industry.id for index, industry in enumerate(size.industries)}
    return classified.with_columns(
        pl.col("industry").replace_strict(ids, default=None, return_dtype=pl.String)
    ).drop([f"__{name}" for name in names[:-1]], "division")
