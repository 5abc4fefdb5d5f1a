"""The methods page shows what the rule files say, in both languages, and nothing else."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from data.appraisal_policy import load_scheme
from data.dataset import contract, datasets
from data.published import targets
from data.rounds import rounds
from data.rulebook import size_standard, standard
from data.rules import TIERS
from data.titles_policy import title_rules
from data.words import LANGUAGES
from tests.pages.opened import opened


def page(language: str, topic: str, **more: str) -> AppTest:
    return opened("methods", **{"lang": language, "tier": topic, **more})


def shown(app: AppTest) -> str:
    return "\n".join(table.value.to_csv() for table in app.table).lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_every_criterion_condition_and_clause_is_there(tier: str, language: str) -> None:
    said, rule = shown(page(language, tier)), standard("measures-2022", tier)
    labels = [item.label for item in (*rule.criteria, *rule.requirements)] + list(rule.judgement)
    assert [label[language] for label in labels if label[language].lower() not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_known_by_their_dates_alone_are_named(language: str) -> None:
    said = shown(page(language, "srdi"))
    assert "工信部企业〔2026〕2号" in said and "2026-04-01" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_industry_of_the_size_standard_is_there(language: str) -> None:
    said = shown(page(language, "size"))
    assert [i.id for i in size_standard().industries if i.label[language].lower() not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_the_contract_is_there(language: str) -> None:
    said = shown(page(language, "contract"))
    assert [column.field for column in contract("annual_returns").columns if column.field not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_every_dataset_is_there(language: str) -> None:
    app = page(language, "contract")
    for name in datasets():
        app.query_params["dataset"] = name
        app.run()
        assert [column.field for column in contract(name).columns if column.field not in shown(app)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of", [each.code for each in rounds()])
def test_every_indicator_goalpost_and_line_of_the_appraisal_is_there(of: str, language: str) -> None:
    app, scheme = page(language, "appraisal", round=of), load_scheme(of)
    said = shown(app)
    parts = [part for _, _, found in scheme.indicators() for part in found.parts.values()]
    named = [getattr(found, language) for found in (*(i for _, _, i in scheme.indicators()), *parts)]
    assert [name for name in named if name.lower() not in said] == []
    posts = {(f"{part.zero:f}", f"{part.full:f}") for part in parts}
    assert [pair for pair in posts if not re.search(rf"{pair[0]}\D* → {pair[1]}\D", said)] == []
    lines = len(scheme.assessment.firm) + len(scheme.assessment.platform)
    assert sum(len(table.value) for table in app.table[2:-1]) == lines
    assert scheme.notice.model_dump()[language] in app.caption[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_targets_are_read_as_their_files_say(language: str) -> None:
    said = shown(page(language, "titles"))
    assert all(f"{goal.count:,}" in said and goal.document.lower() in said for goal in targets().targets)
    rules = title_rules()
    assert str(rules.validity_years) in said and rules.document in said
    assert f"{rules.update_by.month:02d}" in said and rules.cancellation.document in said


def test_a_sign_that_markdown_would_read_is_shown_as_it_is() -> None:
    cells = [cell for table in page("zh", "innovative").table for cell in table.value.to_numpy().flat]
    assert any(str(cell).startswith(r"\>") for cell in cells)
    assert not any(str(cell).startswith((">", r"\\")) for cell in cells)
