"""Every figure of the overview and of the provinces page is what its records are, and what the source files say.

The store is built by the real loader from a synthetic country. What is expected is told from its files alone, by
another ledger and by SQL over the text of the files.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from openpyxl.utils.cell import coordinate_from_string

from data import access, published
from data.home import Home
from metrics import unit_progress
from pages.components import member_reads
from pages.components.member_lists import Returns, Titles, members, with_places
from pages.components.member_pages import PAGE, Records
from pages.components.member_proofs import Source
from pages.components.overview_registry import registry_figures
from pages.components.province_figures import COLUMNS, headline_of, tier_history, unit_figures
from pages.components.province_proofs import tier_proof
from pages.components.province_reads import Units, units_of
from pipelines.demo.write import write_country
from pipelines.loading import load
from tests.pages.naive_ledger import Ledger
from tests.pages.opened import opened

FIRMS = 2_000
AS_OF = dt.date(2025, 12, 31)
EARLIER = dt.date(2024, 9, 30)
RETURNS_YEAR = 2024
UNITS = dict(published.units().filter("in_programme").select("name_zh", "code").iter_rows())
RATIOS = {"attained_pct", "coverage_pct", "density"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_country(folder, FIRMS)
    return folder


@pytest.fixture(scope="module", autouse=True)
def store(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("store") / "home")
    to_load = [
        path
        for path in sorted(files.iterdir())
        if not path.stem.endswith(("with-errors", "corrected", "one-step-firms"))
    ]
    outcomes, _ = load(home, to_load, synthetic=True, sample_of=20)
    assert all(outcome.receipt for outcome in outcomes)
    before = os.environ["TIDU_HOME"]
    os.environ["TIDU_HOME"] = str(home.folder)
    yield home
    os.environ["TIDU_HOME"] = before


@pytest.fixture(scope="module")
def ledger(files: Path, store: Home) -> Ledger:
    return Ledger(files)


def source(as_of: dt.date = AS_OF) -> Source:
    build = access.current()
    assert build is not None
    return Source(build, access.MINISTRY, as_of)


def by_unit(ledger: Ledger, firms: list[str] | set[str]) -> Counter[str]:
    return Counter(UNITS[ledger.province[code]] for code in firms)


def texts(files: Path, pattern: str, query: str) -> list[tuple]:
    """What SQL says of the text of files."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar=true, header=true, union_by_name=true)",
            [str(files / pattern)],
        )
        return connection.execute(query).fetchall()


def expected_returns(files: Path, ledger: Ledger) -> tuple[set[str], set[str]]:
    """The firms that should have sent a return of the year, and those of them that did."""
    last_day = dt.date(RETURNS_YEAR, 12, 31)
    expected = {code for code, founded in ledger.founded.items() if founded is None or founded <= last_day}
    for tier in published.TIERS:
        expected |= ledger.held(tier, last_day)
    sent = {
        code
        for (code,) in texts(
            files,
            "*annual-returns-2*.csv",
            "SELECT 统一社会信用代码 FROM t WHERE 年度 = '2024'",
        )
    }
    for book in files.glob("*annual-returns-2*.xlsx"):
        sheet = openpyxl.load_workbook(book, read_only=True).active
        sent |= {
            row[0]
            for row in sheet.iter_rows(values_only=True)
            if row[0] in ledger.founded and str(RETURNS_YEAR) in {str(cell) for cell in row}
        }
    return expected, expected & sent


def number_of(files: Path, dataset: str, column: str, where: str) -> dict[str, int]:
    found = texts(files, f"*{dataset}.csv", f'SELECT 省份, "{column}" FROM t WHERE {where}')  # noqa: S608 - the tests' own words
    return {UNITS[name]: int(value) for name, value in found}


def table(units: Units, column: str) -> dict[str, float | None]:
    return dict(units.rows.select("code", column).iter_rows())


@pytest.mark.parametrize("as_of", [AS_OF, EARLIER])
@pytest.mark.parametrize("tier", published.TIERS)
def test_titles_of_every_unit_are_those_of_the_source_files(
    ledger: Ledger, tier: str, as_of: dt.date
) -> None:
    since, until = unit_progress.year_before(as_of), unit_progress.year_after(as_of)
    gained, lost = ledger.turned(tier, since, as_of)
    told = {
        "valid": by_unit(ledger, ledger.held(tier, as_of)),
        "opened": by_unit(ledger, gained),
        "ended": by_unit(ledger, lost),
        "due": by_unit(ledger, ledger.due(tier, as_of, until)),
    }
    units = units_of(source(as_of), tier, with_cities=False)
    assert units.unknown == 0
    for column, counted in told.items():
        assert table(units, column) == {code: counted[code] for code in UNITS.values()}, column


def test_targets_returns_and_industry_of_every_unit_are_those_of_the_source_files(
    files: Path, ledger: Ledger
) -> None:
    units = units_of(source(), "srdi", with_cities=False)
    targets = number_of(
        files, "provincial-targets", "目标（户）", "梯度 = '专精特新中小企业' AND 年度 = '2025'"
    )
    context = number_of(files, "province-context", "规上工业中小企业数", "年度 = '2024'")
    expected, returned = expected_returns(files, ledger)
    held = by_unit(ledger, ledger.held("srdi", AS_OF))
    due_back, came_back = by_unit(ledger, expected), by_unit(ledger, returned)
    assert (units.returns_year, units.context_year) == (RETURNS_YEAR, 2024)
    assert sum(came_back.values()) > 0
    for row in units.rows.iter_rows(named=True):
        code = row["code"]
        assert (row["expected"], row["returned"]) == (due_back[code], came_back[code])
        assert (row["target"], row["above_scale_smes"]) == (targets.get(code), context.get(code))
        if targets.get(code):
            assert row["attained_pct"] == pytest.approx(100 * held[code] / targets[code])
            assert row["is_reached"] == (held[code] >= targets[code])
        if context.get(code):
            assert row["density"] == pytest.approx(1000 * held[code] / context[code])
        if due_back[code]:
            assert row["coverage_pct"] == pytest.approx(100 * came_back[code] / due_back[code])


def proven(parts: list[Records]) -> None:
    """As many records as are said, in the export and on the pages."""
    for part in parts:
        whole = part.whole()
        assert whole.height == part.count, part.label
        if part.count:
            assert part.page(0).equals(whole.head(PAGE)), part.label


@pytest.mark.parametrize("with_cities", [False, True])
def test_every_figure_of_every_unit_is_proved_by_its_records(with_cities: bool) -> None:
    here = source()
    units = units_of(here, "little_giant", with_cities=with_cities)
    of_a_province_with_city = {"210000", "330000", "350000", "370000", "440000"}
    shown = of_a_province_with_city if with_cities else {*units.rows["code"]}
    for code in shown:
        row = units.rows.row(by_predicate=pl.col("code") == code, named=True)
        figures = {figure.column: figure for figure in unit_figures(here, units, code)}
        assert set(figures) == set(COLUMNS)
        for column, figure in figures.items():
            if row[column] is None:
                assert figure.proof is None
                assert figure.remark
                continue
            assert figure.proof is not None
            assert len(figure.proof.parts) == (2 if column in RATIOS else 1)
            if column in ("valid", "opened", "ended", "due"):
                assert figure.proof.parts[0].count == row[column]
            if column == "coverage_pct":
                assert [part.count for part in figure.proof.parts] == [row["returned"], row["expected"]]


@pytest.mark.parametrize("code", ["630000", "440000", None])
def test_the_records_of_a_unit_are_as_many_as_its_figures_say(code: str | None) -> None:
    here = source()
    units = units_of(here, "srdi", with_cities=True)
    for figure in unit_figures(here, units, code):
        assert figure.proof is not None
        proven(list(figure.proof.parts))


def test_the_headline_figures_of_the_provinces_are_proved_by_both_parts(ledger: Ledger) -> None:
    here = source()
    units = units_of(here, "srdi", with_cities=False)
    reached, median, largest, per_hundred = headline_of(here, units)
    held = by_unit(ledger, ledger.held("srdi", AS_OF))
    ahead = sum(row["is_reached"] or False for row in units.rows.iter_rows(named=True))
    assert [part.count for part in reached.proof.parts] == [ahead, units.rows["target"].count()]
    assert sorted(held[code] for code in UNITS.values())[len(UNITS) // 2] == int(median.value)
    assert [part.count for part in median.proof.parts] == [37, held.total()]
    assert largest.proof.parts[0].count == max(held.values())
    great = ledger.held("little_giant", AS_OF)
    assert [part.count for part in per_hundred.proof.parts] == [len(great), held.total()]
    assert float(per_hundred.value) == pytest.approx(100 * len(great) / held.total(), abs=0.05)
    for figure in (reached, median, largest, per_hundred):
        proven(list(figure.proof.parts))


def test_the_headline_figures_of_the_overview_are_proved_by_both_parts(ledger: Ledger) -> None:
    here = source()
    targets = dict(published.target_table().select("tier", "target").iter_rows())
    for figure in registry_figures(here, published.stock()):
        held, target, before, beside = figure.proof.parts
        assert held.count == len(ledger.held(figure.key, AS_OF))
        assert target.whole()["目标（家）"].to_list() == [targets[figure.key]]
        assert before.count == len(ledger.held(figure.key, dt.date(2024, 12, 31)))
        assert beside.count == (0 if figure.key == "innovative" else 1)
        proven([held, target, before, beside])


@pytest.mark.parametrize("tier", published.TIERS)
def test_every_point_of_a_line_is_what_the_source_files_say_of_that_day(ledger: Ledger, tier: str) -> None:
    here = source()
    history = tier_history(here, None).filter(pl.col("tier") == tier)
    for day, firms in history.select("day", "firms").iter_rows():
        assert firms == len(ledger.held(tier, day)), day
    guangdong = tier_history(here, ("440000",)).filter(pl.col("tier") == tier)
    last = guangdong["firms"][-1]
    assert last == by_unit(ledger, ledger.held(tier, AS_OF))["440000"]
    proven(list(tier_proof(here, tier, last, ("440000",)).parts))


def cell(files: Path, file: str, sheet: str | None, address: str) -> str:
    """What stands in a cell of a source file."""
    letters, row = coordinate_from_string(address)
    if file.endswith(".xlsx"):
        return str(openpyxl.load_workbook(files / file)[sheet or ""][f"{letters}{row}"].value)
    at = openpyxl.utils.column_index_from_string(letters) - 1
    found = duckdb.read_csv(str(files / file), header=False, all_varchar=True).fetchall()[row - 1][at]
    return str(found)


@pytest.mark.parametrize(
    "asked",
    [
        Titles("held", "little_giant", AS_OF, None, ("440000",)),
        Titles("opened", "srdi", AS_OF, dt.date(2024, 12, 31), ("330000",)),
        Titles("ended", "innovative", AS_OF, dt.date(2024, 12, 31)),
        Titles("ended", "srdi", AS_OF, dt.date(2022, 12, 31)),
        Titles("due", "srdi", AS_OF, dt.date(2026, 12, 31), ("320000",)),
        Returns("returned", RETURNS_YEAR, ("630000",)),
        Returns("returned", RETURNS_YEAR, ("620000",)),
        Returns("expected", RETURNS_YEAR, ("640000",)),
    ],
    ids=lambda asked: f"{asked.of}-{(asked.provinces or [asked.tier])[0]}",
)
def test_the_cell_that_a_record_names_holds_its_value(files: Path, asked: Titles | Returns) -> None:
    facts = access.read(access.MINISTRY)
    rows = with_places(members(facts, asked).to_native().limit(4).pl(), asked, facts)
    assert rows.height > 0
    for row in rows.iter_rows(named=True):
        assert cell(files, row["file"], row["sheet"], row["cell"]) == row["value"]
        assert row["value"] in (row["name"], row["uscc"])
    if asked.provinces == ("630000",):
        assert {row["file"][-5:] for row in rows.iter_rows(named=True)} == {".xlsx"}
        assert all(rows["sheet"])


def test_the_cell_of_a_target_and_of_a_context_holds_the_number(files: Path) -> None:
    here = source()
    targets = member_reads.targets(here.build, here.scope)
    context = member_reads.context(here.build, here.scope)
    for rows, column in ((targets, "target"), (context, "above_scale_smes")):
        for row in rows.sample(3, seed=7).iter_rows(named=True):
            assert cell(files, row["file"], row["sheet"], row["cell"]) == str(row[column])


def test_a_link_opens_the_proof_and_its_pages_can_be_turned(ledger: Ledger) -> None:
    count = len(ledger.held("srdi", AS_OF))
    app = opened("provinces", lang="en", proof="per_hundred")
    named = f"proof_per_hundred_1_{count}_page"
    first = app.dataframe[-1].value
    assert len(first) == PAGE
    app.button(key=f"{named}_after").click().run()
    second = app.dataframe[-1].value
    assert len(second) == min(PAGE, count - PAGE)
    assert set(first["Cell"]).isdisjoint(second["Cell"])
    assert any(f"51–{min(2 * PAGE, count)} of {count}" in text.value for text in app.markdown)


def test_the_button_of_a_proof_puts_it_into_the_address() -> None:
    app = opened("overview", lang="zh")
    app.button(key="proof_little_giant").click().run()
    assert app.query_params["proof"] == "little_giant"
    said = " ".join(text.value for text in app.markdown)
    assert "算法" in said
    assert "Valid title" in said
    assert "有效称号：" in said
    assert "proof=little_giant" in said
    assert "数据第1版" in said
