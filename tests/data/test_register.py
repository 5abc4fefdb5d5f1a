"""The register of documents and what they say: whole, cited, and refused where a file breaks its form."""

import datetime as dt
from pathlib import Path

import pytest

from data import register
from data.dataset import contract
from data.register import FOLDER, Duties, Measures
from data.strict_yaml import FileError


def test_a_document_stands_with_publisher_dates_mark_and_copy() -> None:
    found = {one.number: one for one in register.documents()}
    first, interim = found["财建〔2021〕2号"], found["工信部企业〔2022〕63号"]
    assert (first.issued, first.publisher.en, first.mark) == (dt.date(2021, 2, 2), "MOF and MIIT", "S")
    assert (interim.effective, interim.standing) == (dt.date(2022, 8, 1), "superseded")
    assert {"财建〔2021〕148号", "财建〔2024〕148号"} <= set(found)
    assert [one.number for one in found.values() if one.standing == "excluded"] == ["科泰集团网页"]


def test_seventeen_departments_signed_and_the_measures_are_twenty_five_in_seven_areas() -> None:
    assert len({one.zh for one in register.duties().signatories}) == 17
    found = register.measures()
    assert [one.number for one in found.measures] == list(range(1, 26))
    assert {one.area for one in found.measures} == set(found.areas) and len(found.areas) == 7
    assert contract("environment_measures").column("measure").high == 25


def test_the_procurement_shares_are_those_of_the_opinions() -> None:
    checks = register.measures().measures[7].checks
    assert [(one.of, one.at_least_pct) for one in checks] == [("reserved", 30), ("small_micro", 60)]


def test_a_window_includes_both_ends() -> None:
    filing = next(one for one in register.calendar() if one.from_ == dt.date(2022, 6, 21))
    assert (filing.to, filing.days) == (dt.date(2022, 6, 28), 8)


def test_what_has_no_honest_indicator_is_marked_as_text() -> None:
    said = [point.en for one in register.measures().measures for point in one.points if point.is_text]
    assert any("headquarters" in text for text in said) and any("freezing" in text for text in said)


def test_what_rounds_and_titles_cite_is_registered() -> None:
    known = {one.number for one in register.documents()}
    for folder in ("rounds", "measures-2022", "measures-2026"):
        for path in (FOLDER.parent / folder).glob("*.yaml"):
            first = next(
                (line for line in path.read_text("utf-8").splitlines() if line.startswith("document:")), ""
            )
            number = first.removeprefix("document:").strip().removeprefix("{number: ").split(",")[0]
            assert not number or number in known, path


@pytest.mark.parametrize(
    ("name", "model", "old", "new", "named"),
    [
        ("measures.yaml", Measures, "- number: 25", "- number: 26", "1 to 25"),
        ("measures.yaml", Measures, "area: basic", "area: other", "no such area"),
        ("duties.yaml", Duties, "  - {zh: 商务部, en: MOFCOM}\n", "", "17 departments"),
        ("duties.yaml", Duties, "    mark: S", "    mark: X", "mark"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, name: str, model: type, old: str, new: str, named: str
) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=named):
        register.read(tmp_path / name, model)
