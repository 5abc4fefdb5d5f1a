"""The checks of the reward funds: each has one source in every round it is asked of; a faulty file is refused."""

from pathlib import Path

import pytest

from data.funds_policy import FILE, article_of, fund_rules, read_fund_rules
from data.rounds import rounds
from data.strict_yaml import FileError

# What a round does not have, no check of it asks for.
NOT_ASKED = {
    "round-1": {"empowerment_planned", "empowerment_paid"},
    "round-2": {"platform_count", "platform_use", "platform_served"},
}


@pytest.mark.parametrize("each", rounds(), ids=lambda each: each.code)
def test_every_check_of_a_round_names_document_section_and_mark(each) -> None:
    for rule in set(fund_rules().checks) - NOT_ASKED[each.code]:
        article = article_of(rule, each.code)
        assert article.document and article.zh and article.en and article.mark, rule


def test_the_threshold_of_idle_money_is_an_assumption_and_says_so() -> None:
    found = fund_rules().idle_after
    assert (found.days, found.is_assumption) == (90, True)
    assert fund_rules().checks["idle"].is_product


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("days: 90", "days: soon", "idle_after.days"),
        ("{article: direct_share_pct}", "{article: ''}", "checks.direct_planned"),
        ("is_product: true}", "is_ours: true}", "is_ours"),
    ],
)
def test_a_faulty_file_is_refused_by_its_key(old: str, new: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "funds.yaml"
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=named):
        read_fund_rules(path)
