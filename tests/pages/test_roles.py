"""The role switch: each reader has their pages and rows only, and the role goes along from page to page."""

from __future__ import annotations

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from data import access
from data.home import Home
from data.readers import ROLES, Reader, reader_of, unit_codes
from data.words import text
from pages.components.reader_switch import pages_of
from tests.health.tree import ROOT
from tests.pages.opened import sound
from tests.pages.small_programme import GUANGDONG, NINGXIA, said, seen_as, small_store

SECTIONS = {
    "ministry": ["overview", "funds"],
    "province": ["my_province", "self_evaluation"],
    "panel": ["my_reviews", "decide"],
    "calculators": ["score_firm"],
    "data": ["load", "methods"],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return small_store(tmp_path_factory.mktemp("roles"))


@pytest.fixture
def home(store: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(store.folder))
    return store


def framed(code: str) -> AppTest:
    """The first page of a reader, with the frame around it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"lang": "en", "as": code}.items():
        if value:
            app.query_params[name] = value
    return sound(app.run())


def code_of(app: AppTest) -> str:
    """The address's ``as``: a text where the page has set it, a list where a test has."""
    code = app.query_params["as"]
    return code if isinstance(code, str) else code[0]


@pytest.mark.parametrize(
    ("code", "pages"),
    [
        ("operator", {stem for stems in SECTIONS.values() for stem in stems}),
        ("ministry", {"overview", "funds", "score_firm", "load", "methods"}),
        ("finance", {"overview", "funds", "methods"}),
        ("province.440000", {"my_province", "self_evaluation", "score_firm", "methods"}),
        ("panelist.2", {"my_reviews", "methods"}),
        ("chair", {"decide", "methods"}),
    ],
)
def test_each_role_has_its_pages_only(code: str, pages: set[str]) -> None:
    by = reader_of(code)
    assert by is not None
    assert {stem for stems in pages_of(by, SECTIONS).values() for stem in stems} == pages


def test_a_role_meets_its_own_section_first() -> None:
    assert next(iter(pages_of(Reader("province", unit=GUANGDONG), SECTIONS))) == "province"
    assert next(iter(pages_of(Reader("chair"), SECTIONS))) == "panel"
    assert next(iter(pages_of(Reader("ministry"), SECTIONS))) == "ministry"


def test_every_role_has_a_code_that_leads_back_to_it() -> None:
    readers = [
        *(Reader(role) for role in ROLES if role not in {"province", "panelist"}),
        *(Reader("province", unit=code) for code in unit_codes()),
        Reader("panelist", seat=9),
    ]
    assert [reader_of(by.code) for by in readers] == readers
    assert len(unit_codes()) == 37


@pytest.mark.parametrize(
    "code", ["", "province", "province.710000", "panelist.0", "panelist.x", "chair.1", "root"]
)
def test_a_code_that_is_nobodys_is_no_reader(code: str) -> None:
    assert reader_of(code) is None


def test_who_runs_the_machine_sees_every_page_and_it_is_said_that_nobody_signed_in(home: Home) -> None:
    app = framed("")
    assert "no sign-in" in app.sidebar.selectbox[0].help
    assert app.sidebar.selectbox[0].value == "operator"
    assert "as" not in app.query_params


def test_the_role_goes_along_when_the_page_changes(home: Home) -> None:
    app = seen_as(f"province.{GUANGDONG}", "my_province")
    app.query_params.clear()
    sound(app.switch_page("pages/self_evaluation.py").run())
    assert app.title[0].value == text("self_evaluation.title", "en")
    assert text("reader.only.province", "en") not in said(app)


def test_switching_the_role_puts_its_code_into_the_address(home: Home) -> None:
    app = framed("")
    app.sidebar.selectbox[0].select("chair")
    assert code_of(sound(app.run())) == "chair"
    app = framed(f"province.{GUANGDONG}")
    app.sidebar.selectbox[1].select(NINGXIA)
    assert code_of(sound(app.run())) == f"province.{NINGXIA}"


def test_a_page_of_another_role_is_not_there(home: Home) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        seen_as("panelist.1", "decide")


def test_a_page_opened_by_nobody_of_its_role_offers_to_be_one(home: Home) -> None:
    app = seen_as("", "decide")
    app.button(key="reader_become").click()
    sound(app.run())
    assert code_of(app) == "chair"


def test_a_province_reads_its_own_rows_only(home: Home) -> None:
    own = access.read(Reader("province", unit=GUANGDONG).scope, home)
    for table in ("tasks", "fund_receipts", "fund_payments"):
        assert own.table(table).pl().height == 1, table
    assert own.table("fund_receipts").pl()["province"].to_list() == [GUANGDONG]
    everything = access.read(Reader("finance").scope, home)
    assert everything.table("fund_payments").pl().height == 2
    assert everything.table("tasks").pl().select(pl.len()).item() == 2
