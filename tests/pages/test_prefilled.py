"""The workbooks filled with what is known of a province, on the loading page and on the province's own."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from data.appraisals import Appraisal
from data.home import Home
from data.words import LANGUAGES, text
from pages.components.prefilled import _made
from tests.pages.opened import sound
from tests.pages.small_programme import AT, GUANGDONG, said, seen_as, small_store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return small_store(tmp_path)


@pytest.mark.parametrize("name", ["self_evaluation", "funds"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loading_page_offers_a_provinces_workbooks(home: Home, language: str, name: str) -> None:
    app = seen_as("ministry", "load", language)
    app.selectbox(key=f"load_template_of_{language}").set_value(name)
    app = sound(app.run())
    units = app.selectbox(key=f"load_workbook_unit_{language}")
    assert len(units.options) == 37
    units.set_value(GUANGDONG)
    app = sound(app.run())
    app.selectbox(key="load_workbook_year").set_value(AT.year)
    app = sound(app.run())
    keys = [one.proto.id for one in app.get("download_button")]
    assert [key for key in keys if key.endswith(f"load_workbook_{name}_{language}")]


def test_without_a_batch_of_the_province_the_page_says_what_comes_first(home: Home) -> None:
    app = seen_as("ministry", "load", "en")
    app.selectbox(key="load_template_of_en").set_value("funds")
    app = sound(app.run())
    app.selectbox(key="load_workbook_unit_en").set_value("540000")
    app = sound(app.run())
    assert "The facts know no support batch of" in said(app)


def test_what_is_downloaded_holds_the_provinces_own_rows(home: Home) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_made("funds", GUANGDONG, Appraisal(*AT_PARTS), "en")))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert "Guangdong" in " ".join(cells)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_province_is_offered_its_own_two_workbooks_and_no_others(home: Home, language: str) -> None:
    app = seen_as(f"province.{GUANGDONG}", "self_evaluation", language)
    ids = [one.proto.id for one in app.get("download_button")]
    for name in ("self_evaluation", "funds"):
        assert [key for key in ids if key.endswith(f"self_template_{name}_{language}")], name
    assert text("load.workbook.funds", language) in said(app)
    assert "load_workbook_unit" not in str([one.key for one in app.selectbox])


AT_PARTS = (AT.round, AT.support_batch, AT.year)
