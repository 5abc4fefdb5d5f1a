"""The self-evaluation report: it says what was computed and what the province wrote, the same in Word and as PDF."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from data.access import MINISTRY, read
from data.appraisal_policy import load_scheme
from data.appraisals import Appraisal
from data.home import Home
from data.readers import OPERATOR, Reader
from data.words import LANGUAGES, text
from pipelines.appraisal import computed
from pipelines.appraisal_words import cut
from pipelines.cli import main
from pipelines.demo.programme_people import DRAFTS, EVALUATED, SUBMITTED
from pipelines.reports.paper import KINDS, Paper, paper_bytes, paragraph, table
from pipelines.reports.self_evaluation_content import Content, NothingToReportError, report_content
from pipelines.reports.self_evaluation_report import report_bytes
from pipelines.workflow import self_evaluation
from tests.pipelines.demo_country import demo_country

HOSTILE = '#panic("x") *bold* $1/0$ <script> & </w:t> \x00\x07 =1+1 {name} \\ `a`'


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    return demo_country(tmp_path_factory)


@lru_cache
def content(home: Home, province: str, language: str = "zh", by: Reader = OPERATOR) -> Content:
    return report_content(home, read(MINISTRY, home), by, EVALUATED, province, language)


def words_of(docx: bytes) -> str:
    """Everything a Word document says: paragraphs, tables, header."""
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    heads = [paragraph.text for paragraph in document.sections[0].header.paragraphs]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *heads])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_facts_are_the_same_bytes_of_either_kind(home, language) -> None:
    told = content(home, SUBMITTED, language)
    again = report_content(home, read(MINISTRY, home), OPERATOR, EVALUATED, SUBMITTED, language)
    for kind, mark in (("docx", b"PK"), ("pdf", b"%PDF")):
        written = report_bytes(told, kind, language)
        assert written.startswith(mark) and written == report_bytes(again, kind, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_stands_in_it_with_points_and_source_and_the_marks_are_not_missed(
    home, language
) -> None:
    told = content(home, SUBMITTED, language)
    said = words_of(report_bytes(told, "docx", language))
    for _, _, indicator in load_scheme("round-1").indicators():
        name, phrase = (getattr(indicator, language), getattr(indicator.source, language))
        assert name in said and phrase in said, name
    assert said.count(load_scheme("round-1").notice.model_dump()[language]) >= 2
    assert text("report.sample", language, sample=20) in said
    for row in told["sources"]:
        assert row["file"] in said and row["hash"] in said


def test_its_points_are_those_of_the_score_tree(home) -> None:
    tree = computed(read(MINISTRY, home), "round-1", 3, 2025).tree()
    for province in (SUBMITTED, *DRAFTS):
        row = tree.totals.filter(province=province).row(0, named=True)
        low, high = cut(Fraction(row["low"])), cut(Fraction(row["high"]))
        told = content(home, province)
        assert told["total"]["points"] == f"{low}–{high}"
        weights = sum(Fraction(layer["weight"]) for layer in told["layers"])
        assert abs(weights - 100) <= Fraction(2, 100)


def test_what_the_province_entered_is_in_it_and_a_draft_only_for_the_province(home) -> None:
    submitted = content(home, SUBMITTED)
    rows = {row["code"]: row for layer in submitted["layers"] for row in layer["indicators"]}
    own = self_evaluation.read(home, OPERATOR, EVALUATED, SUBMITTED)
    assert own.entries and submitted["receipt"]["number"] == own.handed_in.number  # pyright: ignore[reportOptionalMemberAccess]
    assert {code for code, row in rows.items() if row["own"]} == set(own.entries)
    assert rows["annual_updates"]["differs"] == "0.2"
    said = words_of(report_bytes(submitted, "docx", "zh"))
    assert all(entry.explanation in said for entry in own.entries.values())

    draft = DRAFTS[0]
    for by, sees in ((OPERATOR, False), (Reader("province", unit=draft), True)):
        told = content(home, draft, by=by)
        assert any(row["own"] for layer in told["layers"] for row in layer["indicators"]) == sees
        assert bool(told["explanations"]) == sees and told["state"] == "draft"


def test_a_province_gets_the_report_in_its_own_scope_without_a_rank_among_others(home, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    by = Reader("province", unit=SUBMITTED)
    told = report_content(home, read(by.scope, home), by, EVALUATED, SUBMITTED, "zh")
    assert told["total"]["rank"] is None and content(home, SUBMITTED)["total"]["rank"] is not None
    assert told["layers"] == content(home, SUBMITTED, by=by)["layers"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_person_typed_is_never_obeyed(kind) -> None:
    blocks = [paragraph(HOSTILE), table([(HOSTILE, 1, "left")], [[HOSTILE]])]
    cover = [(HOSTILE, HOSTILE)]
    paper = Paper("zh", HOSTILE, HOSTILE, [HOSTILE], cover, [HOSTILE], "{page}/{pages}", blocks)
    found = paper_bytes(paper, kind)
    clean = HOSTILE.replace("\x00", "").replace("\x07", "")
    if kind == "docx":
        assert words_of(found).count(clean) >= 5
    elif shutil.which("pdftotext"):
        printed = subprocess.run(["pdftotext", "-", "-"], input=found, capture_output=True, check=True)
        assert '#panic("x") *bold* $1/0$ <script> & </w:t>' in " ".join(printed.stdout.decode().split())


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="docx, pdf"):
        paper_bytes(Paper("zh", "", "", [], [], [], ""), "odt")  # pyright: ignore[reportArgumentType]


def test_a_province_with_nothing_to_appraise_is_refused(home) -> None:
    with pytest.raises(NothingToReportError):
        report_content(home, read(MINISTRY, home), OPERATOR, Appraisal("round-1", 1, 2024), SUBMITTED, "zh")


def test_the_fonts_of_the_pdf_come_with_their_licence(root: Path) -> None:
    folder = root / "data" / "reference" / "fonts"
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert sum(file.stat().st_size for file in folder.glob("*.otf")) < 6_200_000


def test_the_command_writes_both_kinds_and_says_what_it_wrote(home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(home.folder))
    batch = ["--round", "round-1", "--support-batch", "3", "--year", "2025"]

    def tidu(province: str, *options: str):
        return CliRunner().invoke(main, ["report", province, *batch, *options])

    for kind in KINDS:
        out = tmp_path / f"x.{kind}"
        done = tidu("浙江", "--format", kind, "-o", str(out), "--language", "zh", "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert (
            told["synthetic"] and told["notice"] == "产品模型，并非官方评分" and told["state"] == "submitted"
        )
        assert out.read_bytes() == report_bytes(content(home, SUBMITTED), kind, "zh")
    assert tidu("Atlantis", "--format", "pdf", "-o", str(tmp_path / "y.pdf")).exit_code == 2
    refused = tidu("西藏", "--format", "pdf", "-o", str(tmp_path / "y.pdf"))
    assert refused.exit_code == 1 and not (tmp_path / "y.pdf").exists()
