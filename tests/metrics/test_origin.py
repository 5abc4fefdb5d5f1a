"""A record's row and its receipt's header map give the cell it stands in."""

import json

import polars as pl

from metrics import origin

PLACES = {
    "1": {"sheet": "汇总", "header_row": 3, "columns": {"uscc": "A", "revenue": "AC"}, "extras": {}},
    "2": {"sheet": "补报", "header_row": 1, "columns": {"revenue": "B"}, "extras": {}},
}
CSV = {"1": {"sheet": "", "header_row": 1, "columns": {"revenue": "D"}, "extras": {}}}
RECEIPTS = pl.DataFrame(
    {
        "receipt_id": [4, 9],
        "file": ["宁夏.xlsx", "national.csv"],
        "places": [json.dumps(PLACES, ensure_ascii=False), json.dumps(CSV)],
    }
)


def rows(*found: tuple[int | None, int | None, int | None]) -> pl.DataFrame:
    kinds = {"receipt_id": pl.Int32, "sheet_no": pl.Int16, "row_no": pl.Int32}
    return pl.DataFrame(found, schema=kinds, orient="row")


def said(members: pl.DataFrame, field: str = "revenue") -> list[tuple]:
    return origin.located(members, RECEIPTS, field).select("file", "sheet", "cell").rows()


def test_a_cell_is_the_letter_of_the_column_and_the_row_in_that_sheet() -> None:
    assert said(rows((4, 1, 17), (4, 2, 5))) == [("宁夏.xlsx", "汇总", "AC17"), ("宁夏.xlsx", "补报", "B5")]


def test_a_file_without_sheets_has_a_cell_all_the_same() -> None:
    assert said(rows((9, 1, 1_048_577))) == [("national.csv", "", "D1048577")]


def test_members_keep_their_order_and_their_columns() -> None:
    members = rows((9, 1, 3), (4, 1, 2), (9, 1, 2)).with_columns(name=pl.Series(["c", "a", "b"]))
    found = origin.located(members, RECEIPTS, "revenue")
    assert found["name"].to_list() == ["c", "a", "b"]
    assert found.columns == [*members.columns, "file", "sheet", "cell"]


def test_a_column_that_the_file_did_not_have_has_no_cell() -> None:
    assert said(rows((4, 2, 5)), "uscc") == [("宁夏.xlsx", "补报", None)]


def test_a_receipt_without_a_row_is_a_file_alone_and_no_receipt_is_nothing() -> None:
    assert said(rows((4, None, None), (None, None, None))) == [("宁夏.xlsx", None, None), (None, None, None)]


def test_the_row_of_an_event_may_stand_under_other_names() -> None:
    row = ("opened_receipt", "opened_sheet", "opened_row")
    members = rows((4, 1, 6)).rename(dict(zip(origin.ROW, row, strict=True)))
    assert origin.located(members, RECEIPTS, "uscc", row)["cell"].to_list() == ["A6"]


def test_no_members_are_no_places() -> None:
    assert said(rows()) == []
