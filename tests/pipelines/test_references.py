"""What rows point to: every reference of every contract holds, and what is not there is found, placed and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.dataset import CONTRACTS, contract, datasets, read_contract
from data.home import Home
from data.strict_yaml import FileError
from pipelines.cli import main
from pipelines.loading import load
from pipelines.quality import quality_json
from tests.pipelines.small_files import firm

HEADS = {
    "fund_receipts": "round,support_batch,tranche,province,document_no,received_on,amount",
    "fund_payments": "payment_id,round,support_batch,tranche,province,recipient_kind,recipient_uscc,"
    "recipient_name,paid_on,paid",
    "fund_use": "payment_id,used_on,amount,use_category",
    "key_firms": "round,support_batch,province,uscc,name",
    "enterprises": "uscc,name,province",
}
BEIJING = "110000"


def write(folder: Path, dataset: str, *rows: str) -> Path:
    path = folder / f"{dataset}.csv"
    path.write_text("\n".join([HEADS[dataset], *rows]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A payment under a receipt and to a firm that are there, one to neither; a use of each, and one of no payment."""
    folder = tmp_path_factory.mktemp("references")
    home = Home(folder / "home")
    use = contract("fund_use").column("use_category").codes[0]
    files = [
        write(folder, "fund_receipts", f"round-2,1,1,{BEIJING},财建1号,2025-03-01,100"),
        write(folder, "enterprises", f"{firm(1)},合成第1公司,{BEIJING}"),
        write(folder, "key_firms", f"round-2,1,{BEIJING},{firm(1)},合成第1公司"),
        write(
            folder,
            "fund_payments",
            f"P1,round-2,1,1,{BEIJING},key_little_giant,{firm(1)},合成第1公司,2025-04-01,10",
            f"P2,round-2,1,2,{BEIJING},key_little_giant,{firm(2)},合成第2公司,2025-04-01,10",
            f"P3,round-2,1,1,{BEIJING},empowerment,,合成赋能,2025-04-01,10",
        ),
        write(
            folder,
            "fund_use",
            *(f"{payment},2025-05-0{at},1,{use}" for at, payment in enumerate(("P1", "P2", "P9"), 1)),
        ),
    ]
    outcomes, build = load(home, files)
    assert build is not None, [one.checked.findings for one in outcomes]
    assert all(one.checked.accepted for one in outcomes), [one.checked.findings for one in outcomes]
    return home


def found(home: Home) -> dict[tuple[str, str], dict]:
    return {(row["dataset"], row["to"]): row for row in quality_json(home)["references"]}


def test_what_is_not_there_is_counted_and_placed_at_the_cell_that_names_it(store: Home) -> None:
    rows = found(store)
    payment = rows["fund_payments", "fund_receipts"]
    assert (payment["rows"], payment["unknown"], payment["is_loaded"]) == (3, 1, True)
    assert payment["first"][0]["value"] == f"round-2 · 1 · 2 · {BEIJING}"
    use = rows["fund_use", "fund_payments"]
    assert (use["rows"], use["unknown"]) == (3, 1)
    assert [(one["value"], one["file"], one["cell"]) for one in use["first"]] == [
        ("P9", "fund_use.csv", "A4")
    ]
    assert quality_json(store)["agrees"], "what is missing is no disagreement between the readers"


def test_a_row_that_points_nowhere_by_its_kind_or_a_blank_is_not_asked(store: Home) -> None:
    recipient = found(store)["fund_payments", "key_firms"]
    assert (recipient["rows"], recipient["unknown"]) == (2, 1)
    assert recipient["first"][0]["value"].endswith(firm(2))
    assert ("fund_payments", "platforms") not in found(store)
    assert ("fund_use", "enterprises") not in found(store)


def test_the_command_tells_what_where_and_the_remedy_and_refuses_nothing(
    store: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_HOME", str(store.folder))
    found(store)
    told = CliRunner().invoke(main, ["quality", "--language", "en"])
    assert told.exit_code == 0, told.output
    assert "fund_use.csv A4  P9" in told.stderr
    assert "Supply it in" in told.stderr
    as_json = json.loads(CliRunner().invoke(main, ["quality", "--json"]).stdout)
    assert [row["unknown"] for row in as_json["references"] if row["dataset"] == "fund_use"] == [1]


def test_what_is_loaded_later_is_there(store: Home, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    home = Home(folder / "home")
    folder.mkdir()
    use = contract("fund_use").column("use_category").codes[0]
    load(home, [write(folder, "fund_use", f"P1,2025-05-01,1,{use}")])
    [alone] = found(home).values()
    assert (alone["unknown"], alone["is_loaded"]) == (1, False)
    row = f"P1,round-2,1,1,{BEIJING},empowerment,,合成赋能,2025-04-01,10"
    load(home, [write(folder, "fund_payments", row)])
    assert found(home)["fund_use", "fund_payments"]["unknown"] == 0


@pytest.mark.parametrize("dataset", datasets())
def test_every_reference_names_columns_that_identify_something_there(dataset: str) -> None:
    for reference in contract(dataset).points_to:
        there = contract(reference.to)
        assert set(reference.by.values()) <= set(there.fields), reference
        assert set(reference.by) <= set(contract(dataset).fields), reference


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  - {to: nothing, by: {uscc: uscc}}", "is not one of"),
        ("  - {to: enterprises, by: {code: uscc}}", "no column 'code'"),
        ("  - {to: enterprises}", "is missing"),
        ("  - {to: enterprises, by: {uscc: uscc}, when: {column: decision, is: [maybe]}}", "is not one of"),
        ("  - {to: enterprises, by: {uscc: uscc}, if: x}", "if"),
    ],
)
def test_a_reference_that_cannot_hold_is_an_error_of_its_file(
    tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "name_confirmations.yaml"
    good = "  - {to: enterprises, by: {uscc: uscc}}"
    text = (CONTRACTS / path.name).read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, line), "utf-8")
    with pytest.raises(FileError, match=message):
        read_contract(path)
