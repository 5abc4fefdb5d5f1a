"""Checks that need more than one cell: repeated keys, one figure within another, and the contract's own checks."""

from __future__ import annotations

import polars as pl

from data.dataset import Check, Contract
from pipelines.intake import findings as fd
from pipelines.intake.credit_code import organisation_faults
from pipelines.intake.provinces import units
from pipelines.intake.sheets import ROW

PLACE = ["sheet_no", ROW]


def cross_check(typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> list[pl.DataFrame]:
    """Findings across cells; ``typed`` and ``raw`` have the same rows in the same order, faulty cells null in typed."""
    found = [_repeated_keys(typed, raw, rules)]
    found += [
        _at_most(typed, raw, rules, column.field, column.at_most)
        for column in rules.columns
        if column.at_most
    ]
    run = {"at_most": _plausible_at_most, "jump": _jump, "planned_city": _planned_city,
           "organisation_code": _organisation, "implies": _implies}  # fmt: skip
    for check in rules.checks:
        found.append(run[check.kind](check, typed, raw, rules))
    return [frame for frame in found if frame.height]


def _cells(
    raw: pl.DataFrame, mask: pl.Series, field: str, arguments: pl.Series | None = None
) -> pl.DataFrame:
    """The place and received text of one field in the rows of a mask."""
    value = (
        raw[field]
        if field in raw.columns
        else pl.Series([None], dtype=pl.String).new_from_index(0, raw.height)
    )
    frame = raw.select(PLACE).with_columns(value=value).filter(mask)
    return frame.with_columns(arguments=arguments) if arguments is not None else frame


def _repeated_keys(typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    keys = [name for name in rules.key if name in raw.columns]
    if not keys or typed.height < 2:
        return fd.empty()
    complete = pl.all_horizontal([pl.col(name).is_not_null() for name in keys])
    marked = typed.select(*keys, *PLACE).with_row_index("at").filter(complete)
    again = marked.filter(~pl.struct(keys).is_first_distinct())
    if again.is_empty():
        return fd.empty()
    firsts = marked.unique(keys, keep="first", maintain_order=True).select(
        *keys, first_sheet="sheet_no", first_row=ROW
    )
    pairs = again.join(firsts, on=keys, how="left", maintain_order="left")
    values = raw.select(*PLACE, value=keys[0])
    rows = pairs.join(values, on=PLACE, how="left", maintain_order="left").with_columns(
        arguments=_as_json(
            pairs.select(
                first=pl.col("first_row").cast(pl.String),
                first_sheet=pl.col("first_sheet").cast(pl.String),
                year=pl.col(keys[-1]).cast(pl.String),
            )
        )
    )
    return fd.of_rows(rows, rules.column(keys[0]), fd.ERROR, "repeated_key")


def _exceeds(typed: pl.DataFrame, field: str, other: str) -> pl.Series | None:
    if field not in typed.columns or other not in typed.columns:
        return None
    mask = (typed[field] > typed[other]).fill_null(value=False)
    return mask if mask.any() else None


def _with_other(raw: pl.DataFrame, mask: pl.Series, other: str) -> pl.Series:
    return _as_json(raw.filter(mask).select(other=pl.col(other), other_column=pl.lit(other)))


def _as_json(arguments: pl.DataFrame) -> pl.Series:
    """One JSON text a row."""
    return arguments.select(pl.struct(pl.all()).struct.json_encode().alias("arguments"))["arguments"]


def _at_most(typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract, field: str, other: str) -> pl.DataFrame:
    mask = _exceeds(typed, field, other)
    if mask is None:
        return fd.empty()
    rows = _cells(raw, mask, field, _with_other(raw, mask, other))
    return fd.of_rows(rows, rules.column(field), fd.ERROR, "exceeds")


def _plausible_at_most(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    field, other = check.settings["column"], check.settings["of"]
    mask = _exceeds(typed, field, other)
    if mask is None:
        return fd.empty()
    return fd.of_rows(
        _cells(raw, mask, field, _with_other(raw, mask, other)), rules.column(field), check.severity, check.id
    )


def _jump(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """From one year to the next a figure grew or shrank by the factor or more; zero on either side says nothing."""
    times = int(check.settings["times"])
    fields = [field for field in check.settings["columns"] if field in raw.columns]
    key, year = rules.key
    if not fields or typed[year].n_unique() < 2:
        return fd.empty()
    before = typed.select(
        key, (pl.col(year) + 1).alias(year), *[pl.col(field).alias(f"{field}_before") for field in fields]
    )
    before = before.with_columns([raw[field].alias(f"{field}_text") for field in fields])
    before = before.drop_nulls([key, year]).unique([key, year], keep="first")
    pairs = typed.select(key, year, *fields).join(before, on=[key, year], how="left", maintain_order="left")
    found = []
    for field in fields:
        now, then = pl.col(field).cast(pl.Int128), pl.col(f"{field}_before").cast(pl.Int128)
        wide = (now > 0) & (then > 0) & ((now >= then * times) | (then >= now * times))
        mask = pairs.select(wide.fill_null(value=False).alias("wide"))["wide"]
        if mask.any():
            others = pairs.filter(mask)[f"{field}_text"]
            arguments = _as_json(others.to_frame("other"))
            found.append(
                fd.of_rows(_cells(raw, mask, field, arguments), rules.column(field), check.severity, check.id)
            )
    return pl.concat(found) if found else fd.empty()


def _planned_city(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    code, unit = check.settings["code"], check.settings["unit"]
    cities = [found for found in units().values() if found.planned_city_of]
    city = pl.col(code).str.slice(2, 4).replace_strict(
        [found.code[:4] for found in cities], [found.code for found in cities], default=None, return_dtype=pl.String
    )  # fmt: skip
    parent = city.replace_strict(
        [found.code for found in cities],
        [found.planned_city_of for found in cities],
        default=None,
        return_dtype=pl.String,
    )
    frame = typed.select(
        city.alias("city"), (pl.col(unit) == parent).fill_null(value=False).alias("is_parent")
    )
    if not frame["is_parent"].any():
        return fd.empty()
    arguments = _as_json(frame.filter("is_parent").select(units=pl.concat_list("city")))
    return fd.of_rows(
        _cells(raw, frame["is_parent"], unit, arguments), rules.column(unit), check.severity, check.id
    )


def _organisation(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    field = check.settings["column"]
    mask = organisation_faults(typed[field])
    return (
        fd.of_rows(_cells(raw, mask, field), rules.column(field), check.severity, check.id)
        if mask.any()
        else fd.empty()
    )


def _implies(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    given, wanted = check.settings["if"], check.settings["then"]
    mask = (typed[given] & ~typed[wanted]).fill_null(value=False)
    return (
        fd.of_rows(_cells(raw, mask, wanted), rules.column(wanted), check.severity, check.id)
        if mask.any()
        else fd.empty()
    )
