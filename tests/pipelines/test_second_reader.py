"""The second reader: it asks the contract's promises of the loaded tables on its own, and must agree with the first.

One file, because importing Great Expectations takes seconds in every process that does. All data are synthetic.
"""

from __future__ import annotations

import ast
import csv
import json
import socket
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from stdnum.cn import uscc as oracle

from data.dataset import contract, datasets
from pipelines import facts_tables
from pipelines.intake import credit_code, values
from pipelines.intake.check import check_file
from pipelines.intake.check_cells import typed_schema
from pipelines.intake.numbers import Parsed, no_rules
from pipelines.second_reader import rules
from pipelines.second_reader.read import read_build
from tests.bench.returns import typed_returns
from tests.oracle import credit_codes

ROOT = Path(__file__).parents[2]


def code(number: int, province: str = "江苏省") -> str:
    return credit_codes.credit_code(number, province)


def firm(number: int, year: int = 2024, **cells: object) -> dict[str, object]:
    """A row of annual returns that breaks no rule, but for the cells given."""
    return {
        "uscc": code(number), "name": f"合成企业{number}", "province": "江苏", "year": year, "employees": 100,
        "revenue": 5000, "rd_expense": 400, "total_assets": 6000, "qms_certificate": "否", **cells,
    }  # fmt: skip


def load(folder: Path, files: list[tuple[str, list[dict[str, object]]]]) -> Path:
    """A facts file of accepted files, written by the first reader and the tables' own code."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / "facts-1.duckdb"
    with duckdb.connect(str(facts)) as connection:
        facts_tables.create_tables(connection)
        for receipt, (dataset, rows) in enumerate(files, 1):
            source = folder / f"{receipt}.csv"
            with source.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
                writer.writeheader()
                writer.writerows(rows)
            checked = check_file(source, dataset)
            assert checked.frame is not None, checked.findings.select("rule", "column", "value").to_dicts()
            frame = checked.frame.with_columns(extras=pl.lit(None, dtype=pl.String))
            frame.write_parquet(staged := folder / f"{receipt}.parquet")
            facts_tables.add_rows(connection, dataset, staged, receipt)
            found = checked.findings.group_by("rule", "column").len().iter_rows()
            received(connection, receipt, dataset, frame.height, {f"{rule}|{at}": n for rule, at, n in found})
        facts_tables.mark_superseded(connection, "annual_returns", [1, 2], {})
    return facts


def received(connection, receipt: int, dataset: str, rows: int, findings: dict[str, int]) -> None:
    connection.execute(
        "INSERT INTO receipts BY NAME SELECT ? AS receipt_id, '' AS sha256, '' AS file, ? AS dataset, "
        "TIMESTAMP '2026-01-01' AS received_at, ? AS rows, 'csv' AS format, true AS synthetic, ? AS findings, "
        "'{}' AS places",
        [receipt, dataset, rows, json.dumps(findings)],
    )


def faults(quality: dict) -> dict[tuple[str, str, str], int]:
    """(dataset, rule, column) → how many rows break it."""
    return {
        (found["dataset"], asked["rule"], asked["column"]): asked["unexpected"]
        for found in quality["datasets"]
        for asked in found["expectations"]
        if asked["unexpected"] != 0
    }


def asked(quality: dict, dataset: str, rule: str, column: str) -> dict:
    [found] = [
        each
        for table in quality["datasets"]
        if table["dataset"] == dataset
        for each in table["expectations"]
        if (each["rule"], each["column"]) == (rule, column)
    ]
    return found


WARNED = [
    firm(1, rd_expense=5001),
    firm(2, year=2023, revenue=500, employees=1000),
    firm(2, revenue=5000, employees=100),
    firm(3, province="浙江", uscc=code(3, "宁波市")),
    firm(4, qms_certificate="是", mgmt_certificate="否"),
    firm(5, related_uscc=code(6)[:-1] + ("0" if code(6)[-1] != "0" else "1")),
    firm(7, related_uscc=code(8)),
    firm(9, listed_on="无"),
    firm(10, uscc="9133010000000000A0" [:17] + oracle.calc_check_digit("9133010000000000A")),
]  # fmt: skip
CORRECTED = [firm(1, rd_expense=5002), firm(20, market_share="3.5", product_fields="工业六基")]
EVENTS = [
    {"uscc": "", "name": "合成企业1", "tier": "little_giant", "event": "recognised", "event_date": "2024-09-01"},
    {"uscc": code(2), "name": "合成企业2", "tier": "srdi", "event": "lapsed", "event_date": "2025-01-01",
     "reason": "到期"},
]  # fmt: skip
HONEST = [("annual_returns", WARNED), ("annual_returns", CORRECTED), ("title_events", EVENTS)]


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> tuple[dict, Path]:
    folder = tmp_path_factory.mktemp("honest")
    facts = load(folder, HONEST)
    called: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", lambda _self, address: called.append(address))
        quality = read_build(facts, folder / "derived")
    assert called == [], "no host is asked for anything"
    return quality, folder / "derived"


def test_both_readers_count_the_same_warnings_of_every_receipt_superseded_rows_too(honest) -> None:
    quality, _ = honest
    assert quality["agrees"]
    warned = {
        (row["rule"], row["column"]): (row["first"], row["second"], row["agrees"])
        for row in quality["agreement"]
        if row["first"] or row["second"]
    }
    assert warned == {
        ("rd_above_revenue", "rd_expense"): (2, 2, True),
        ("jump", "revenue"): (1, 1, True),
        ("jump", "employees"): (1, 1, True),
        ("planned_city", "province"): (1, 1, True),
        ("certificate_of_both_kinds", "mgmt_certificate"): (1, 1, True),
        ("related_code", "related_uscc"): (1, 1, True),
        ("organisation_code", "uscc"): (1, 1, True),
        ("placeholder_blank", "listed_on"): (1, None, None),
    }


def test_every_dataset_is_asked_and_its_record_is_kept(honest) -> None:
    quality, out = honest
    assert [found["dataset"] for found in quality["datasets"]] == list(datasets())
    assert {found["dataset"]: found["rows"] for found in quality["datasets"] if found["rows"]} == {
        "annual_returns": len(WARNED) + len(CORRECTED),
        "title_events": len(EVENTS),
    }
    assert json.loads((out / "quality.json").read_text(encoding="utf-8")) == quality
    assert {path.name for path in out.iterdir()} == {"quality.json", *(f"{name}.json" for name in datasets())}
    record = json.loads((out / "annual_returns.json").read_text(encoding="utf-8"))
    meta = [result["expectation_config"]["meta"] for result in record["results"]]
    assert {
        "rule": "jump", "dataset": "annual_returns", "column": "revenue", "severity": "warning",
        "text": {"zh": "与上一年度相比不足10倍", "en": "less than tenfold of the year before or the year after"},
    } in meta  # fmt: skip


def test_a_failing_row_is_named_by_receipt_sheet_and_row(honest) -> None:
    quality, _ = honest
    above = asked(quality, "annual_returns", "rd_above_revenue", "rd_expense")
    assert sorted(above["rows"]) == [[1, 1, 2], [2, 1, 2]]
    assert asked(quality, "annual_returns", "jump", "revenue")["rows"] == [[1, 1, 4]]


def test_a_first_reader_that_lets_faults_through_raises_the_alarm(tmp_path, monkeypatch) -> None:
    wrong = code(30)[:-1] + ("0" if code(30)[-1] != "0" else "1")
    monkeypatch.setattr(
        values, "_bounded", lambda parsed, _: Parsed(parsed.values.cast(pl.Int64), parsed.rules)
    )
    monkeypatch.setattr(credit_code, "faults", lambda found: no_rules(len(found)))
    rows = [firm(1), firm(2, revenue=-5000, rd_expense=""), firm(30, uscc=wrong)]
    done, quality = work(load(tmp_path, [("annual_returns", rows)]))
    assert done.returncode == 1
    assert "annual_returns below_low revenue 0 1" in done.stderr
    assert not quality["agrees"]
    assert faults(quality) == {
        ("annual_returns", "below_low", "revenue"): 1,
        ("annual_returns", "credit_code_check", "uscc"): 1,
    }
    assert asked(quality, "annual_returns", "below_low", "revenue")["rows"] == [[1, 1, 3]]
    assert asked(quality, "annual_returns", "credit_code_check", "uscc")["rows"] == [[1, 1, 4]]
    differing = [row for row in quality["agreement"] if row["agrees"] is False]
    assert [(row["rule"], row["first"], row["second"]) for row in differing] == [
        ("below_low", 0, 1),
        ("credit_code_check", 0, 1),
    ]


def test_the_worker_ends_well_where_the_readers_agree_whatever_the_folder_is_called(tmp_path) -> None:
    done, quality = work(load(tmp_path / "构建 50% $HOME", [("annual_returns", [firm(1)])]))
    assert done.returncode == 0, done.stderr
    assert quality["agrees"]


def work(facts: Path) -> tuple[subprocess.CompletedProcess, dict]:
    """What the worker said of a facts file, and what it wrote."""
    out = facts.parent / "derived"
    command = [sys.executable, "-m", "pipelines.second_reader", str(facts), str(out)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (out / "quality.json").exists(), done.stderr
    return done, json.loads((out / "quality.json").read_text(encoding="utf-8"))


SOUND = {
    "annual_returns": f"uscc: '{code(1)}', name: 'x', province: '320000', year: 2024, class1_ip: 5",
    "enterprises": f"uscc: '{code(1)}', name: 'x', province: '320000'",
    "former_names": f"uscc: '{code(1)}', name: 'x'",
    "fund_receipts": "round: 'round-2', support_batch: 1, tranche: 2, province: '320000', "
    "received_on: DATE '2024-01-01', amount: 100",
    "key_firms": f"round: 'round-2', support_batch: 1, province: '320000', uscc: '{code(1)}', name: 'x'",
    "province_context": "province: '320000', year: 2024",
    "provincial_targets": "province: '320000', year: 2024, tier: 'srdi', target: 1",
    "published_counts": "tier: 'srdi', date: DATE '2024-01-01', event: 'stock', basis: 'valid', count: 1, "
    "qualifier: 'exact', mark: 'S'",
    "tasks": f"round: 'round-2', support_batch: 1, year: 2024, uscc: '{code(1)}', task_code: 'cloud', target: 1",
    "title_events": "name: 'x', tier: 'srdi', event: 'recognised', event_date: DATE '2024-01-01'",
}  # fmt: skip
# (dataset, rule, column) → what is set in a sound row to break it
BROKEN = {
    ("annual_returns", "blank_required", "name"): "name = NULL",
    ("annual_returns", "credit_code_length", "uscc"): "uscc = '9132'",
    ("annual_returns", "credit_code_letter", "uscc"): f"uscc = 'I{code(1)[1:]}'",
    ("annual_returns", "province_unknown", "province"): "province = '710000'",
    ("annual_returns", "industry_code_form", "industry_code"): "industry_code = 'C'",
    ("annual_returns", "above_high", "year"): "year = 3000",
    ("annual_returns", "below_low", "year"): "year = 1989",
    ("annual_returns", "below_low", "revenue"): "revenue = -1",
    ("annual_returns", "number_too_large", "revenue"): "revenue = 10000000000000001",
    ("annual_returns", "number_too_large", "net_profit"): "net_profit = -10000000000000001",
    ("annual_returns", "above_high", "market_share"): "market_share = 100000000000000001",
    ("annual_returns", "exceeds", "class1_ip_own"): "class1_ip_own = 6",
    ("annual_returns", "list_unread", "honours"): "honours__ip_demo = NULL",
    ("enterprises", "credit_code_length", "uscc"): "uscc = '9132'",
    ("former_names", "blank_required", "uscc"): "uscc = NULL",
    (
        "former_names",
        "ends_before_it_begins",
        "valid_from",
    ): "valid_from = '2024-01-02', valid_to = '2024-01-01'",
    ("province_context", "province_unknown", "province"): "province = '广东'",
    ("provincial_targets", "blank_required", "target"): "target = NULL",
    ("published_counts", "below_low", "count"): "count = -1",
    ("published_counts", "not_in_list", "mark"): "mark = 'X'",
    (
        "title_events",
        "ends_before_it_begins",
        "valid_from",
    ): "valid_from = '2024-01-02', valid_to = '2024-01-01'",
    ("title_events", "reason_given", "reason"): "event = 'lapsed'",
    ("title_events", "credit_code_length", "uscc"): "uscc = '9132'",
    ("fund_receipts", "tranche_of_round", "tranche"): "tranche = 3",
    ("key_firms", "above_high", "cut"): "cut = 1000000000000000001",
    ("tasks", "number_too_large", "target"): "target = 1000000000000000001",
}
AT_THE_EDGE = {
    "annual_returns": [
        "revenue = 10000000000000000, net_profit = -10000000000000000", "market_share = 100000000000000000",
        "year = 1990, revenue = 0", "class1_ip_own = 5", "industry_code = 'C3985'",
    ],
    "fund_receipts": ["tranche = 3, round = 'round-1'", "tranche = 1"],
    "key_firms": ["cut = 1000000000000000000"],
    "tasks": ["target = -1000000000000000000"],
    "title_events": ["valid_from = '2024-01-01', valid_to = '2024-01-01'", "event = 'lapsed', reason = 'x'"],
}  # fmt: skip


def test_every_broken_promise_is_found_where_it_is_and_nothing_else(tmp_path) -> None:
    planted = [
        (dataset, change, (dataset, rule, column)) for (dataset, rule, column), change in BROKEN.items()
    ]
    sound = [(dataset, change, None) for dataset, changes in AT_THE_EDGE.items() for change in changes]
    sound += [(dataset, "sheet_no = 1", None) for dataset in SOUND]
    wanted: dict[tuple[str, str, str], list[list[int | None]]] = {}
    facts = tmp_path / "facts-1.duckdb"
    with duckdb.connect(str(facts)) as connection:
        facts_tables.create_tables(connection)
        for receipt, (dataset, change, broken) in enumerate(planted + sound, 1):
            lists = [name for name in typed_schema(contract(dataset)) if "__" in name]
            cells = [
                SOUND[dataset],
                f"receipt_id: {receipt}, sheet_no: 1, row_no: 2",
                *(f"{n}: false" for n in lists),
            ]
            connection.execute(f"INSERT INTO {dataset} BY NAME SELECT unnest({{{', '.join(cells)}}})")
            connection.execute(f"UPDATE {dataset} SET {change} WHERE receipt_id = ?", [receipt])  # noqa: S608
            received(connection, receipt, dataset, 1, {})
            if broken:
                wanted[broken] = [[receipt, 1, 2]]
        received(connection, 1000, "enterprises", 5, {})
        wanted["enterprises", "rows_as_received", ""] = [[1000, None, None]]
        connection.execute("ALTER TABLE former_names ADD COLUMN unheard_of INTEGER")
        wanted["former_names", "columns_as_promised", ""] = []
    quality = read_build(facts, tmp_path / "derived")
    assert {key: asked(quality, *key)["rows"] for key in faults(quality)} == wanted
    assert set(faults(quality).values()) == {1}


def test_the_second_reader_takes_nothing_from_the_first() -> None:
    imported = {
        name
        for path in (ROOT / "pipelines" / "second_reader").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        )
    }
    assert [name for name in imported if name.startswith("pipelines.intake")] == []


def test_great_expectations_is_imported_only_where_a_build_is_read() -> None:
    ask = "import sys, pipelines.second_reader.read; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], cwd=ROOT, check=False).returncode == 0


def test_duckdb_and_pandas_count_the_same(tmp_path) -> None:
    """The adapter's contract: what the library counts over DuckDB is what it counts over pandas."""
    import great_expectations as gx

    from pipelines.second_reader.duckdb_engine import settings
    from pipelines.second_reader.suite import suite

    rows = typed_returns(3000, (2024,)).with_columns(
        name=pl.when(pl.int_range(pl.len()) % 7 > 0).then("name"),
        province=pl.when(pl.int_range(pl.len()) % 5 > 0).then("province").otherwise(pl.lit("999999")),
        industry_code=pl.when(pl.int_range(pl.len()) % 3 > 0).then("industry_code").otherwise(pl.lit("C-1")),
        uscc=pl.when(pl.int_range(pl.len()) % 11 > 0).then("uscc").otherwise(pl.lit("IOSVZ")),
        class1_ip_own=pl.col("class1_ip_own") + pl.int_range(pl.len()) % 2,
    ).drop("rd_institution", "listed_board")  # fmt: skip
    native = [
        rule
        for rule in rules.rules_of(contract("annual_returns"))
        if rule.form not in {"no_rows", "columns"} and rule.column in rows.columns
    ]
    facts = tmp_path / "frame.duckdb"
    with duckdb.connect(str(facts)) as connection:
        connection.register("rows", rows)
        connection.execute("CREATE TABLE annual_returns AS FROM rows")
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb(name="duckdb", **settings(facts, tmp_path, 1, "1GB"))
    table = source.add_table_asset("t", table_name="annual_returns").add_batch_definition_whole_table("t")
    frame = (
        context.data_sources.add_pandas("pandas")
        .add_dataframe_asset("f")
        .add_batch_definition_whole_dataframe("f")
    )

    def counted(batch, parameters=None) -> list[tuple[str, int]]:
        found = batch.get_batch(parameters).validate(suite("annual_returns", native), result_format="BASIC")
        return sorted(
            (
                f"{each.expectation_config.meta['rule']} {each.expectation_config.meta['column']}",
                each.result["unexpected_count"],
            )
            for each in found.results
        )

    on_duckdb = counted(table)
    source.get_execution_engine().close()
    assert on_duckdb == counted(frame, {"dataframe": rows.to_pandas()})
    assert sum(count > 0 for _, count in on_duckdb) >= 6
