"""The calculators on files: results under their own names, refusals by file, cell, value and remedy, exit status."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from data.words import LANGUAGES
from pipelines.cli import main

PUBLISHED = Path(__file__).parent.parent / "metrics" / "published"
STRUCTURE = "code,parent,weight,direction,normalise\nall,,,,\na,all,3,1,none\nb,all,1,-1,none\n"
DATA = "unit,a,b\nx,1,2\ny,4,1\nz,4,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows_of(done: Result) -> list[dict[str, str]]:
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(done.stdout.splitlines()))


def refused(*arguments: object) -> list[tuple[str, str, str, str]]:
    """Rule, file, cell and value of each finding of a command that ends with 1; both languages say them."""
    for language in LANGUAGES:
        done = run(*arguments, "--json", "--language", language)
        assert done.exit_code == 1, done.output
        found = json.loads(done.stdout)
        assert found["accepted"] is False
        assert all(finding["message"] and finding["remedy"] for finding in found["findings"])
    said = run(*arguments)
    assert said.exit_code == 1
    assert found["findings"][0]["file"] in said.stderr
    return [(one["rule"], one["file"], one["cell"], one["value"]) for one in found["findings"]]


def composite(folder: Path, data: str = DATA, structure: str = STRUCTURE) -> tuple[object, ...]:
    (folder / "d.csv").write_text(data, encoding="utf-8")
    (folder / "s.csv").write_text(structure, encoding="utf-8")
    return ("composite", "--data", "d.csv", "--structure", "s.csv")


def test_composite_writes_rank_score_every_node_and_the_percentiles(folder: Path) -> None:
    assert run(*composite(folder), "-o", "out.csv").exit_code == 0
    assert (folder / "out.csv").read_text(encoding="utf-8").splitlines() == [
        "unit,rank,score,all,a,b,rank_p05,rank_p95",
        "y,1,2.75,2.75,4.0,-1.0,,",
        "z,1,2.75,2.75,4.0,-1.0,,",
        "x,3,0.25,0.25,1.0,-2.0,,",
    ]


def test_composite_reproduces_the_published_index_from_its_files(folder: Path) -> None:
    files = ("--data", PUBLISHED / "spi_2019.csv", "--structure", PUBLISHED / "spi_2019_structure.csv")
    assert run("composite", *files, "--draws", 20, "--seed", 3, "-o", "out.csv").exit_code == 0
    printed = {row["unit"]: row for row in rows(PUBLISHED / "spi_2019_scores.csv")}
    for row in rows(folder / "out.csv"):
        assert row["rank"] == printed[row["unit"]]["rank"]
        assert round(float(row["score"]) * 100, 1) == round(float(printed[row["unit"]]["SPI"]), 1)
        assert int(row["rank_p05"]) <= int(row["rank_p95"])


def test_composite_says_how_many_cells_were_missing(folder: Path) -> None:
    arguments = composite(folder, "unit,a,b\nx,1,\ny,NA,2\n")
    found = json.loads(run(*arguments, "--json").stdout)
    assert (found["missing"], found["missing_rule"], found["ranked"]) == (2, "renormalise", 2)
    assert "2" in run(*arguments, "-o", "out.csv").stderr
    assert json.loads(run(*arguments, "--missing", "strict", "--json").stdout)["ranked"] == 0


def test_tables_as_statistical_programs_write_them_are_read(folder: Path) -> None:
    exported = (
        "code,parent,weight,direction,normalise\nall,nan,NaN,nan,NA\na,all,3.0,1.0,none\nb,all,1.0,-1.0,\n"
    )
    gaps = "unit,a,b\nx,1.0,{}\ny,4.0,1.0\nz,4.0,1.0\n"
    plain = rows_of(run(*composite(folder, gaps.format(""))))
    for missing in ("nan", "NaN", "NA"):
        assert rows_of(run(*composite(folder, gaps.format(missing), exported))) == plain
    (folder / "a.csv").write_text("rater,unit,score\np,1,3\nq,1,3\np,2,nan\nq,2,5\n", encoding="utf-8")
    assert json.loads(run("agreement", "a.csv", "--json").stdout)["n"] == 3


@pytest.mark.parametrize(
    ("data", "structure", "findings"),
    [
        ("unit,a,b\nx,1,two\n", STRUCTURE, [("not_a_number", "d.csv", "C2", "two")]),
        ("unit,a,b\nx,1,inf\n", STRUCTURE, [("not_a_number", "d.csv", "C2", "inf")]),
        ("unit,a,b\nx,1,2\nx,1,2\n", STRUCTURE, [("name_twice", "d.csv", "A3", "x")]),
        ("unit,a,b\n,1,2\n", STRUCTURE, [("name_missing", "d.csv", "A2", "")]),
        ("unit,a,b\nx,1\n", STRUCTURE, [("row_width", "d.csv", "2", "")]),
        ("unit,a,b\n", STRUCTURE, [("no_rows", "d.csv", "", "")]),
        ("unit,a,a\nx,1,2\n", STRUCTURE, [("column_twice", "d.csv", "C1", "a")]),
        ("unit,a,,b\nx,1,2,3\n", STRUCTURE, [("column_unnamed", "d.csv", "C1", "")]),
        (
            "unit,a,c\nx,1,2\n", STRUCTURE,
            [("unknown_code", "d.csv", "", "c"), ("column_missing", "d.csv", "", "")],
        ),
        ("place,a,b\nx,1,2\n", STRUCTURE, [("column_missing", "d.csv", "1", "")]),
        (DATA, "code,parent,weight\nall,,\na,all,1\nb,c,1\n", [("tree_unknown_parent", "s.csv", "B4", "c")]),
        (DATA, "code,parent,weight\nall,,\na,all,1\nb,b,1\n", [("tree_cycle", "s.csv", "B4", "b")]),
        (DATA, "code,parent,weight\nall,,\na,all,1\na,all,1\n", [("tree_duplicate", "s.csv", "A4", "a")]),
        (DATA, "code,parent,weight\nall,,\na,all,x\nb,all,\n", [
            ("not_a_number", "s.csv", "C3", "x"), ("weight_missing", "s.csv", "C4", ""),
        ]),
        (DATA, "code,parent,weight,direction\nall,,,\na,all,1,up\n", [("not_a_direction", "s.csv", "D3", "up")]),
        (DATA, "code,parent,weight,normalise\nall,,,\na,all,1,z\n", [("not_a_normalisation", "s.csv", "D3", "z")]),
        (DATA, "code,parent,weight,name\nall,,,\n", [("unknown_column", "s.csv", "", "name")]),
        (
            "unit,a\nx,1\ny,1\n", "code,parent,weight,normalise\nall,,,\na,all,1,minmax\n",
            [("constant", "d.csv", "", "")],
        ),
    ],
)  # fmt: skip
def test_composite_refuses_by_file_cell_and_value(folder, data, structure, findings) -> None:
    assert refused(*composite(folder, data, structure), "-o", "out.csv") == findings
    assert not (folder / "out.csv").exists()


def test_a_workbook_and_a_chinese_csv_are_read_as_well(folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["unit", "weight"], ["甲", 1], ["乙", 2]]:
        book.active.append(row)
    book.save(folder / "w.xlsx")
    (folder / "w.csv").write_bytes("unit,weight\n甲,1\n乙,2\n".encode("gb18030"))
    for name in ("w.xlsx", "w.csv"):
        assert run("apportion", name, "--total", 9, "-o", "out.csv").exit_code == 0
        assert rows(folder / "out.csv") == [{"unit": "甲", "amount": "3"}, {"unit": "乙", "amount": "6"}]


def test_what_is_no_table_is_refused_with_the_words_of_the_intake(folder: Path) -> None:
    (folder / "w.csv").write_bytes(b"%PDF-1.7\n")
    assert [(rule, file) for rule, file, *_ in refused("apportion", "w.csv", "--total", 9)] == [
        ("format_unsupported", "w.csv")
    ]


def test_agreement_prints_alpha_and_null_where_a_cell_is_missing(folder: Path) -> None:
    (folder / "a.csv").write_text(
        "rater,unit,score\np,1,3\nq,1,3\np,2,5\nq,2,\nr,1,NA\nr,2,5\n", encoding="utf-8"
    )
    found = json.loads(run("agreement", "a.csv", "--json").stdout)
    assert found == {
        "level": "interval", "alpha": 1.0, "icc": {"single": None, "average": None}, "n": 4, "pairable": 4,
        "raters": 3, "units": 2,
    }  # fmt: skip
    assert run("agreement", "a.csv", "--level", "nominal").stdout.split() == [
        "alpha", "1.0000", "ICC(2,1)", "—", "ICC(2,k)", "—",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level", "finding"),
    [
        ("p,1,x\nq,1,2\n", "interval", ("not_a_number", "a.csv", "C2", "x")),
        ("p,1,-2\nq,1,2\n", "ratio", ("score_negative", "a.csv", "C2", "-2")),
        ("p,1,2\np,1,3\n", "nominal", ("score_scored_twice", "a.csv", "C3", "3")),
        (",1,2\n", "nominal", ("name_missing", "a.csv", "A2", "")),
    ],
)
def test_agreement_refuses_what_its_level_does_not_allow(folder, text, level, finding) -> None:
    (folder / "a.csv").write_text(f"rater,unit,score\n{text}", encoding="utf-8")
    assert refused("agreement", "a.csv", "--level", level) == [finding]


BY_YEAR = (
    "efficiency",
    "e.csv",
    "--unit",
    "firm",
    "--inputs",
    "staff",
    "--outputs",
    "sales",
    "--period",
    "year",
)
FIRMS = "firm,year,staff,sales\nA,2023,2,1\nB,2023,2,2\nA,2024,1,1\nB,2024,4,1\n"


def test_efficiency_keeps_the_name_of_the_unit_column_and_warns_of_too_few_units(folder: Path) -> None:
    (folder / "e.csv").write_text(FIRMS, encoding="utf-8")
    done = run(*BY_YEAR, "-o", "out.csv", "--language", "en")
    assert done.exit_code == 0
    assert done.stderr.count("2 units, and 6 are wanted") == 2
    found = rows(folder / "out.csv")
    assert list(found[0]) == [
        "firm", "year", "efficiency", "scale_efficiency", "returns_to_scale", "slack_staff", "slack_sales", "peers",
    ]  # fmt: skip
    assert [row["efficiency"] for row in found] == ["0.5", "1.0", "1.0", "0.25"]
    out = json.loads(run(*BY_YEAR, "--orientation", "output", "--json").stdout)
    assert [row["efficiency"] for row in out["rows"]] == [2, 1, 1, 4]
    assert (out["too_few"], out["efficient"], out["units_wanted"]) == (True, 2, 6)


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("C,2023,0,1", ("dea_not_positive", "e.csv", "C6", "0")),
        ("C,2023,1,-1", ("dea_negative", "e.csv", "D6", "-1")),
        ("C,2023,,1", ("dea_missing", "e.csv", "C6", "")),
        ("C,2023,1,0", ("dea_no_output", "e.csv", "D6", "0")),
        ("A,2023,1,1", ("dea_twice", "e.csv", "A6", "A")),
    ],
)
def test_efficiency_refuses_what_the_method_cannot_use(folder, line, finding) -> None:
    (folder / "e.csv").write_text(f"{FIRMS}{line}\n", encoding="utf-8")
    assert refused(*BY_YEAR) == [finding]


def test_one_column_in_two_parts_is_wrong_usage(folder: Path) -> None:
    (folder / "e.csv").write_text(FIRMS, encoding="utf-8")
    asked = ("efficiency", "e.csv", "--unit", "firm", "--inputs", "staff", "--outputs", "staff")
    assert run(*asked).exit_code == 2


def test_apportion_shares_a_large_total_exactly(folder: Path) -> None:
    (folder / "w.csv").write_text("unit,weight\na,0.1\nb,0.2\nc,0\n", encoding="utf-8")
    for method in ("hamilton", "webster"):
        assert (
            run("apportion", "w.csv", "--total", 10**12, "--method", method, "-o", "out.csv").exit_code == 0
        )
        amounts = [int(row["amount"]) for row in rows(folder / "out.csv")]
        assert (sum(amounts), amounts[2]) == (10**12, 0)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a,-1\nb,2\n", ("weight_negative", "w.csv", "B2", "-1")),
        ("a,\nb,2\n", ("weight_missing", "w.csv", "B2", "")),
        ("a,0\nb,0\n", ("weights_zero", "w.csv", "", "")),
        ("a,1\na,2\n", ("name_twice", "w.csv", "A3", "a")),
        ("a,1e999999\n", ("not_a_number", "w.csv", "B2", "1e999999")),
    ],
)
def test_apportion_refuses_weights_that_share_nothing(folder, text, finding) -> None:
    (folder / "w.csv").write_text(f"unit,weight\n{text}", encoding="utf-8")
    assert refused("apportion", "w.csv", "--total", 10) == [finding]
