"""The rules of titles are read strictly: what is wrong is refused with the key and the reason."""

import datetime as dt
from pathlib import Path

import pytest

from data.strict_yaml import FileError
from data.titles_policy import FILE, read_title_rules, title_rules


def test_a_title_lasts_three_years_and_a_cancellation_bars_for_three() -> None:
    rules = title_rules()
    assert (rules.validity_years, rules.cancellation.bar_years) == (3, 3)
    assert dt.date(2025, rules.update_by.month, rules.update_by.day) == dt.date(2025, 4, 30)


def test_srdi_firms_and_little_giants_are_reviewed_and_the_ministry_gives_the_last_title() -> None:
    assert title_rules().reviewed == ("srdi", "little_giant")
    assert title_rules().provincial == ("innovative", "srdi")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("validity_years: 3", "validity_years: three", "validity_years"),
        ("validity_years: 3", "validity_years: 0", "validity_years"),
        ("at_expiry: renewal", "at_expiry: never", r"tiers\.innovative\.at_expiry"),
        ("  srdi: ", "  gazelle: ", "tiers"),
        ("  bar_years: 3", "  barred: 3", "cancellation"),
        ("mark:     T ", "mark:     X ", "mark"),
    ],
)
def test_a_faulty_file_is_refused_where_it_is_faulty(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "titles.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=named):
        read_title_rules(path)


def test_a_tier_without_an_entry_is_refused(tmp_path: Path) -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "titles.yaml"
    path.write_text("\n".join(line for line in lines if "little_giant:" not in line), encoding="utf-8")
    with pytest.raises(FileError, match="one entry for each"):
        read_title_rules(path)
