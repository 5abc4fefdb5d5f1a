"""The methods page shows what the rule files say, in both languages, and nothing else."""

import pytest
from streamlit.testing.v1 import AppTest

from data.dataset import contract
from data.rulebook import size_standard, standard
from data.rules import TIERS
from data.words import LANGUAGES
from tests.health.tree import ROOT


def page(language: str, topic: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["lang"] = language
    app.query_params["tier"] = topic
    app.run().switch_page("pages/methods.py").run()
    assert [error.message for error in app.exception] == []
    return app


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
