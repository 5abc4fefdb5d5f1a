"""Why one unit has its score: what each node of a composite index weighs and brings to it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.composite import Tree


def explained(tree: Tree, values: Mapping[str, float | None]) -> pl.DataFrame:
    """Why one unit has its score, from its row of `composite` (node → value).

    Returns, parents before children: code, parent, depth (Int64), value, share (of the parent, in percent, among the
    children that have a value; null where it has none), share_of_score (percent), points (what the node brings to the
    score: its share of it × its value). The points of the indicators sum to the score, unless a node above them is
    turned or stretched itself: then points are null below it.
    """
    rows: list[dict[str, object]] = []

    def walk(code: str, depth: int, share: float | None, of_score: float | None) -> None:
        node, value = tree.nodes[code], values[code]
        points = None if of_score is None or value is None else of_score * value
        rows.append(
            {
                "code": code,
                "parent": node.parent,
                "depth": depth,
                "value": value,
                "share": None if share is None else 100 * share,
                "share_of_score": None if of_score is None else 100 * of_score,
                "points": points,
            }
        )
        is_plain = node.direction == 1 and node.normalise == "none"
        there = sum(
            float(tree.nodes[child].weight) for child in tree.children[code] if values[child] is not None
        )
        for child in tree.children[code]:
            has = values[child] is not None and there > 0
            own = float(tree.nodes[child].weight) / there if has else None
            below = own * of_score if own is not None and of_score is not None and is_plain else None
            walk(child, depth + 1, own, below)

    walk(tree.root, 0, 1.0, 1.0)
    return pl.DataFrame(rows, schema=_EXPLAINED)


_EXPLAINED = {
    "code": pl.String,
    "parent": pl.String,
    "depth": pl.Int64,
    "value": pl.Float64,
    "share": pl.Float64,
    "share_of_score": pl.Float64,
    "points": pl.Float64,
}
