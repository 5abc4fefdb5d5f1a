"""The rulebook opens what is sound and refuses, by file and place, what is not."""

import datetime as dt
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from data.rule_files import POLICY, read_plug_in, read_standard
from data.rule_inputs import inputs_of
from data.rulebook import NoRuleSetError, rule_set_for, size_standard, standard
from data.rules import TIERS, RuleInput
from data.strict_yaml import FileError

FICTION = Path(__file__).parent / "policy" / "characteristic_fictional.yaml"


@pytest.fixture
def folder(tmp_path):
    copied = tmp_path / "measures-2022"
    shutil.copytree(POLICY / "measures-2022", copied)
    return copied


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("tier", TIERS[:2])
def test_maxima_of_a_scored_standard_sum_to_one_hundred(tier):
    assert standard("measures-2022", tier).score_max == 100


def test_annex_1_has_six_indicators_and_annex_2_thirteen():
    assert len(standard("measures-2022", "innovative").criteria) == 6
    assert len(standard("measures-2022", "srdi").criteria) == 13


def test_the_little_giant_standard_has_six_aspects_after_the_common_gates():
    own = [
        item.id for item in standard("measures-2022", "little_giant").requirements if not item.is_entry_gate
    ]
    assert own == ["specialisation", "refinement", "uniqueness", "innovation", "chain", "product"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "innovative.yaml",
            "{5: 20, 3: 15, 2: 10, 1: 5}",
            "{3: 15, 5: 20, 2: 10, 1: 5}",
            "edges must descend (3 then 5)",
        ),
        ("innovative.yaml", "{5: 20, 3: 15,", "{5: 15, 3: 20,", "edges must descend (15 then 20)"),
        ("innovative.yaml", "tier: innovative", "tier: innovative\ncolour: red", "unknown key 'colour'"),
        ("innovative.yaml", "edges: higher", "edges: higher\nedges: higher", "given twice"),
        (
            "innovative.yaml",
            "class1_ip_own >= 1",
            "class1_ipp >= 1",
            "neither a measure of this file nor a column",
        ),
        ("innovative.yaml", "honours has ip_demo", "honours has ip_demos", "has no value 'ip_demos'"),
        ("innovative.yaml", "max: 40", "max: 41", "not the sum of the criteria's maxima"),
        ("innovative.yaml", "equity_3y >= 500", "equity_3y => 500", "cannot read 'equity_3y => 500'"),
        ("innovative.yaml", "en: Innovation", "en: ''", "the label 'en' is missing"),
        ("srdi.yaml", "each: 3", "each: 1", "gives at most 4"),
        ("srdi.yaml", "when: niche_years >= 2", "when: own_brand >= 2", "is of type bool"),
        ("entry_gates.yaml", "is_not: large", "is_not: huge", "allowed are large, medium, small, micro"),
    ],
)
def test_an_unsound_rule_is_refused_with_file_and_place(folder, file, old, new, said):
    change(folder, file, old, new)
    with pytest.raises(FileError) as refused:
        read_standard(folder, "srdi" if file == "srdi.yaml" else "innovative", size_standard())
    assert said in str(refused.value)
    assert file in str(refused.value)


def test_a_changed_rule_has_another_version(folder):
    before = read_standard(folder, "srdi", size_standard()).version
    change(folder, "srdi.yaml", "{10: 10, 8: 8, 6: 6, 4: 4, 0: 2}", "{11: 10, 8: 8, 6: 6, 4: 4, 0: 2}")
    assert read_standard(folder, "srdi", size_standard()).version != before


def test_a_province_may_set_one_to_three_indicators_that_sum_to_fifteen(folder, tmp_path):
    own = read_plug_in(FICTION)
    assert [item.id for item in own.criteria] == ["market", "brand", "information"]
    short = tmp_path / "short.yaml"
    short.write_text(
        FICTION.read_text(encoding="utf-8")
        .replace("{20: 8, 10: 4}", "{20: 7, 10: 4}")
        .replace("max: 8", "max: 7"),
        encoding="utf-8",
    )
    with pytest.raises(FileError, match="must sum to 15"):
        read_standard(folder, "srdi", size_standard(), plug_ins=(read_plug_in(short),))


@pytest.mark.parametrize(
    ("tier", "kind", "day", "rule_set"),
    [
        ("innovative", "new", "2022-08-01", "measures-2022"),
        ("innovative", "new", "2026-09-01", "measures-2022"),  # Article 30 of 工信部企业〔2026〕2号
        ("srdi", "new", "2026-03-31", "measures-2022"),
        ("srdi", "review", "2026-09-01", "measures-2022"),
        ("little_giant", "review", "2026-12-31", "measures-2022"),
    ],
)
def test_the_rule_set_follows_the_date_and_the_kind_of_assessment(tier, kind, day, rule_set):
    assert rule_set_for(tier, kind, dt.date.fromisoformat(day)) == rule_set


@pytest.mark.parametrize(
    ("tier", "kind", "day", "said"),
    [
        ("srdi", "new", "2026-04-01", "governed by measures-2026"),
        ("little_giant", "review", "2027-01-01", "governed by measures-2026"),
        ("srdi", "new", "2022-07-31", "no rule set governs srdi (new) on 2022-07-31"),
    ],
)
def test_a_date_without_a_shipped_rule_set_is_refused_by_naming_the_dates(tier, kind, day, said):
    with pytest.raises(NoRuleSetError) as refused:
        rule_set_for(tier, kind, dt.date.fromisoformat(day))
    assert said in str(refused.value)
    assert "2022-08-01" in str(refused.value)


def test_a_waiver_is_known_to_its_standard_or_refused():
    kept = inputs_of(standard("measures-2022", "little_giant"))
    waived = inputs_of(standard("measures-2022", "little_giant", ("growth",)))
    assert RuleInput(field="main_revenue", years_before=2) in kept
    assert RuleInput(field="main_revenue", years_before=2) not in waived
    with pytest.raises(FileError, match="no waiver named 'debt'"):
        standard("measures-2022", "little_giant", ("debt",))


def test_the_size_standard_has_sixteen_industries_with_exact_figures():
    size = size_standard()
    assert len(size.industries) == 16
    industry = next(item for item in size.industries if item.id == "industry")
    assert industry.floor("large") == {"employees": 1000, "revenue": 40000 * 10**6}
    assert industry.codes[0] == "06"
    assert industry.codes[-1] == "46"


def test_edges_are_exact_fractions():
    rule = standard("measures-2022", "srdi").criteria[1].rule
    assert [edge for edge, _ in rule.steps] == [Fraction(edge) for edge in (10, 8, 6, 4, 0)]
