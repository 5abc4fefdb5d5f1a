"""Checks that need more than one cell: repeated keys, one figure within another, and the contract's own checks."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from data.dataset import Check, Column, Contract
from pipelines.intake import findings as fd
from pipelines.intake.credit_code import organisation_faults
from pipelines.intake.provinces import is_nation, units
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
           "organisation_code": _organisation, "implies": _implies, "required_when": _required_when,
           "only_when": _only_when, "at_most_rows": _at_most_rows}  # fmt: skip
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
    """Rows whose key an earlier row has; a blank that the contract allows counts as a value of its own."""
    keys = [name for name in rules.key if name in raw.columns]
    if not keys or typed.height < 2:
        return fd.empty()
    known = pl.DataFrame([~unread(typed[name], raw[name], rules.column(name)) for name in keys])
    marked = typed.select(*keys, *PLACE).with_row_index("at").filter(pl.all_horizontal(known))
    again = marked.filter(~pl.struct(keys).is_first_distinct())
    if again.is_empty():
        return fd.empty()
    firsts = marked.unique(keys, keep="first", maintain_order=True).select(
        *keys, first_sheet="sheet_no", first_row=ROW
    )
    pairs = again.join(firsts, on=keys, how="left", maintain_order="left", nulls_equal=True)
    column = next(rules.column(name) for name in keys if rules.column(name).is_required)
    received = raw[pairs["at"]]
    rows = received.select(*PLACE, value=column.field).with_columns(
        arguments=_as_json(
            pairs.select(
                first=pl.col("first_row").cast(pl.String), first_sheet=pl.col("first_sheet").cast(pl.String)
            ).with_columns(key=received.select(pl.struct(keys)).to_series())
        )
    )
    return fd.of_rows(rows, column, fd.ERROR, "repeated_key")


def unread(values: pl.Series, received: pl.Series, column: Column) -> pl.Series:
    """Where a key cell has no value and has a finding for it: it is required and blank, or could not be read."""
    empty = values.is_null()
    if column.is_required or not empty.any():
        return empty
    said = not_blank(received)
    if column.format == "reporting_unit":
        said &= ~received.is_in([text for text in received.drop_nulls().unique() if is_nation(text)])
    return empty & said.fill_null(value=False)


def not_blank(received: pl.Series) -> pl.Series:
    """Where a cell as received says anything."""
    return received.str.contains(r"[^\s\p{Cc}\p{Cf}]").fill_null(value=False)


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
    key = list(rules.key)
    year = next(field for field in key if rules.column(field).unit == "year")
    if not fields or typed[year].n_unique() < 2:
        return fd.empty()
    before = typed.select(*key, *[pl.col(field).alias(f"{field}_before") for field in fields])
    before = before.with_columns(pl.col(year) + 1, *[raw[field].alias(f"{field}_text") for field in fields])
    before = before.drop_nulls(key).unique(key, keep="first")
    pairs = typed.select(*key, *fields).join(before, on=key, how="left", maintain_order="left")
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


def _required_when(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """A cell that may be blank in general and must not be where another column has one of the values named."""
    field, given = check.settings["column"], rules.column(check.settings["when"])
    if given.field not in raw.columns:
        return fd.empty()
    wanted = typed[given.field].is_in(_held(given, check.settings["is"]))
    mask = wanted.fill_null(value=False)
    if field in raw.columns:
        mask &= ~not_blank(raw[field])
    if not mask.any():
        return fd.empty()
    rows = _cells(raw, mask, field, _with_other(raw, mask, given.field))
    return fd.of_rows(rows, rules.column(field), check.severity, check.id)


def _only_when(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """A cell has one of the values named, and the other column none of those that go with it; blanks say nothing."""
    column, given = rules.column(check.settings["column"]), rules.column(check.settings["when"])
    if column.field not in raw.columns or given.field not in raw.columns:
        return fd.empty()
    has = typed[column.field].is_in(_held(column, check.settings["values"]))
    mask = (has & ~typed[given.field].is_in(_held(given, check.settings["is"]))).fill_null(value=False)
    if not mask.any():
        return fd.empty()
    rows = _cells(raw, mask, column.field, _with_other(raw, mask, given.field))
    return fd.of_rows(rows, column, check.severity, check.id)


def _at_most_rows(check: Check, typed: pl.DataFrame, raw: pl.DataFrame, rules: Contract) -> pl.DataFrame:
    """Every row of a group that has too many; a row of which a part of the group is blank belongs to none."""
    of, most = list(check.settings["of"]), int(check.settings["count"])
    is_known = pl.all_horizontal(pl.col(of).is_not_null())
    counted = typed.select(rows=pl.len().over(of), known=is_known)
    mask = counted["known"] & (counted["rows"] > most)
    if not mask.any():
        return fd.empty()
    arguments = _as_json(counted.filter(mask).select("rows", most=pl.lit(most)))
    column = rules.column(check.settings["column"])
    return fd.of_rows(_cells(raw, mask, column.field, arguments), column, check.severity, check.id)


def _held(column: Column, values: Sequence[str]) -> list[int] | list[str]:
    """The values of a check as typed frames hold them."""
    if column.type == "choice":
        return [column.codes.index(code) for code in values]
    return [int(value) for value in values] if column.type == "int" else list(values)
