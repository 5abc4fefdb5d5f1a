"""A provincial officer's year: template, filled in, errors marked, mended, self-evaluation submitted, report read."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook.workbook import Workbook
from playwright.sync_api import expect

from data.access import MINISTRY, current, read
from data.appraisals import Appraisal
from data.dataset import contract
from data.home import Home
from data.published import units
from data.readers import Reader
from data.words import LANGUAGES
from pipelines.workflow import self_evaluation
from tests.journeys.conftest import Visitor, serving
from tests.pipelines.demo_country import demo_country, own_copy

pytestmark = pytest.mark.chromium

PROVINCES = {"zh": "320000", "en": "340000"}
APPRAISAL = Appraisal("round-1", 3, 2025)
RED = "F9C9C4"
# Sheet, header and header of the row's key, in the words of the template.
SURVEY = {"zh": ("满意度调查", "得分*"), "en": ("Satisfaction surveys", "score*")}
DISCLOSED = {"zh": ("信息公开记录", "公开日期*"), "en": ("Disclosures", "published on*")}
WRONG, FULL, REASON = "九十五分", 100, "一处批复文号待补"


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store of its own: files are loaded into it, and its builds are followed by no scores."""
    return own_copy(demo_country(tmp_path_factory), tmp_path_factory.mktemp("province") / "home")


@pytest.fixture(scope="module")
def own_url(root: Path, own_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(root, tmp_path_factory.mktemp("province-server") / "server.log", own_home.folder) as url:
        yield url


def column(book: Workbook, of: tuple[str, str]) -> list[Cell]:
    """The cells of a column of the template, below its header."""
    sheet = book[of[0]]
    header = next(row for row in sheet.iter_rows() if any(cell.value == of[1] for cell in row))
    at = next(cell for cell in header if cell.value == of[1])
    return [sheet.cell(row, at.column) for row in range(at.row + 1, sheet.max_row + 1)]


def red(book: Workbook) -> dict[tuple[str, str], Cell]:
    """The red cells of the filled-in sheets; the list of what is to be done, which comes first, is red too."""
    return {
        (sheet.title, cell.coordinate): cell
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and str(cell.fill.start_color.rgb).endswith(RED)
    }


def print_of(pdf: Path) -> str:
    """The text of a PDF; the name of its format where the program that reads it is missing."""
    if not shutil.which("pdftotext"):
        return pdf.read_bytes()[:5].decode("ascii")
    return subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def hand_over(me: Visitor, file: Path) -> None:
    me.page.locator("input[type=file]").first.set_input_files(file)
    me.page.get_by_text(file.name).first.wait_for()
    me.settle()


def fill_in(template: Path, language: str, to: Path) -> dict[tuple[str, str], object]:
    """Type one thing wrong and leave out the days that the template does not know: cell → what it should be."""
    book = openpyxl.load_workbook(template)
    survey, disclosed = column(book, SURVEY[language]), column(book, DISCLOSED[language])
    unknown = [cell for cell in disclosed if cell.value is None]
    assert len(survey) == 2 and unknown
    survey[0].value = WRONG
    book.save(to)
    days = {(DISCLOSED[language][0], cell.coordinate): dt.date(2025, 12, 20) for cell in unknown}
    return {(SURVEY[language][0], survey[0].coordinate): FULL, **days}


def mend(marked: Path, right: dict[tuple[str, str], object], to: Path) -> None:
    """Write what is right into exactly the cells that came back red, each of which has its comment."""
    book = openpyxl.load_workbook(marked)
    cells = red(book)
    assert set(cells) == set(right)
    for place, cell in cells.items():
        assert cell.comment
        cell.value = right[place]
    book.save(to)


def upload(me: Visitor, own_home: Home, province: str, tmp_path: Path) -> None:
    """Refused with its errors marked, mended, loaded: nothing of the first file is taken, all of the second."""
    template = me.save(f"self_template_self_evaluation_{me.language}", tmp_path / "template.xlsx")
    right = fill_in(template, me.language, tmp_path / "filled.xlsx")
    before = current(own_home)
    hand_over(me, tmp_path / "filled.xlsx")
    expect(me.page.get_by_role("alert").filter(has_text=str(len(right)))).to_be_visible()
    for _, cell in right:
        expect(me.page.get_by_text(cell, exact=False).first).to_be_visible()
    assert current(own_home) == before
    with me.page.expect_download() as download:
        me.page.get_by_role("button", name=me.said("upload.mark"), exact=True).click()
    download.value.save_as(tmp_path / "marked.xlsx")
    mend(tmp_path / "marked.xlsx", right, tmp_path / "mended.xlsx")
    hand_over(me, tmp_path / "mended.xlsx")
    me.press("load.button")
    after = current(own_home)
    assert before is not None and after is not None and after.build == before.build + 1
    scores = read(MINISTRY, own_home).table("satisfaction").filter(f"province = '{province}' AND year = 2025")
    assert FULL * contract("satisfaction").column("score").scale in scores.pl()["score"].to_list()


def submit(me: Visitor) -> None:
    """The computed points, and one that differs, which cannot be submitted without its reason."""
    me.tab("self_evaluation.tab.fill")
    me.page.locator(".st-key-self_adopt").get_by_role("button").click()
    me.settle()
    me.write("spinbutton", "self_evaluation.own", "1.5")
    me.settle()
    me.tab("self_evaluation.tab.submit")
    button = me.page.get_by_role("button", name=me.said("self_evaluation.submit"), exact=True)
    expect(button).to_be_disabled()
    me.tab("self_evaluation.tab.fill")
    me.write("textbox", "self_evaluation.explanation", REASON)
    me.settle()
    me.tab("self_evaluation.tab.submit")
    me.press("self_evaluation.submit")
    sure = me.page.get_by_role("dialog")
    sure.get_by_role("button", name=me.said("self_evaluation.confirm_button"), exact=True).click()
    me.settle()


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_template_to_a_locked_self_evaluation_and_its_report(
    visitor: Callable[..., Visitor], own_home: Home, own_url: str, tmp_path: Path, language: str
) -> None:
    province = PROVINCES[language]
    name = dict(units().select("code", "short_zh" if language == "zh" else "name_en").iter_rows())[province]
    me = visitor(language, server=own_url)
    me.become("province", "unit", name, f".{province}")
    expect(me.page.get_by_role("heading", name=me.said("my_province.title"))).to_be_visible()
    me.follow("my_province.next_self")
    me.tab("self_evaluation.tab.files")
    upload(me, own_home, province, tmp_path)
    submit(me)

    standing = self_evaluation.read(own_home, Reader("province", unit=province), APPRAISAL, province)
    assert standing.handed_in is not None
    expect(me.page.get_by_text(standing.handed_in.sha256)).to_be_visible()
    explained = [entry for entry in standing.entries.values() if entry.explanation]
    assert [(entry.value, entry.explanation) for entry in explained] == [(Decimal("1.5"), REASON)]
    me.tab("self_evaluation.tab.fill")
    expect(me.page.get_by_role("spinbutton")).to_have_count(0)
    expect(
        me.page.get_by_role("alert").filter(has_text=me.said("self_evaluation.lock_until"))
    ).to_be_visible()

    # The report holds what was submitted, in Word and in PDF.
    me.tab("self_evaluation.tab.files")
    word = docx.Document(str(me.save(f"self_report_docx_{language}", tmp_path / "report.docx")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    texts = [*cells, *(paragraph.text for paragraph in word.paragraphs)]
    for told in (name, REASON, me.said("appraisal.notice")):
        assert any(told in text for text in texts), told
    printed = "".join(print_of(me.save(f"self_report_pdf_{language}", tmp_path / "report.pdf")).split())
    assert REASON in printed or printed == "%PDF-"
