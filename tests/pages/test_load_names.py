"""Names to confirm on the loading page: what is known of like firms, a person's word, its effect and its undoing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import access
from data.access import MINISTRY
from data.home import Home
from data.words import LANGUAGES, text
from pages.components.plain_text import plain
from pipelines.loading import load
from pipelines.title_lists import Terms, load_lists
from pipelines.workflow.listed_names import decisions
from tests.health.tree import ROOT
from tests.pipelines.small_files import firm

DAY = dt.date(2022, 8, 8)
LISTED = "合成第叁公司"
WHY = "登记机关变更记录"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def listed(home: Home, tmp_path: Path) -> Home:
    firms = "\n".join(f"{firm(at)},合成第{at}公司,{'天津市' if at == 3 else '北京市'}" for at in (1, 2, 3))
    (tmp_path / "firms.csv").write_text(f"统一社会信用代码,企业名称,省份\n{firms}\n", "utf-8")
    load(home, [tmp_path / "firms.csv"])
    names = "\n".join(f"{name},天津市" for name in ("合成第1公司", LISTED, "全然不同的名称"))
    (tmp_path / "list.csv").write_text(f"企业名称,省份\n{names}\n", "utf-8")
    load_lists(home, [tmp_path / "list.csv"], Terms("little_giant", "recognised", DAY, "4"))
    return home


def page(language: str = "zh", stem: str = "load", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["lang"] = language
    for name, value in address.items():
        app.query_params[name] = value
    app = app.run().switch_page(f"pages/{stem}.py")
    app.query_params["lang"] = language
    for name, value in ({"kind": "names"} if stem == "load" else {} | address).items():
        app.query_params[name] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert [error.message for error in app.exception] == []
    return app


def said(app: AppTest) -> str:
    parts = (*app.success, *app.info, *app.error, *app.warning, *app.caption, *app.markdown)
    return "\n".join(part.value for part in parts)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return sound(app.run())


def firms_of(home: Home) -> list[str]:
    facts = access.read(MINISTRY, home)
    return sorted(row[0] for row in facts.table("title_periods").select("firm").fetchall())


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_what_comes_first(home: Home, language: str) -> None:
    assert text("names.no_lists", language) in said(page(language))
    assert not home.work.exists(), "looking creates nothing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_shows_where_it_stands_and_what_speaks_for_each_firm(listed: Home, language: str) -> None:
    app = page(language)
    assert list(app.selectbox(key="names_choice").options) == ["全然不同的名称", LISTED]
    assert text("names.nothing_alike", language) in said(app)
    app.selectbox(key="names_choice").set_value(LISTED)
    told = said(sound(app.run()))
    assert plain("list.csv A3") in told
    assert told.index(firm(3)) < told.index(firm(1)), "the firm of the list's own unit comes first"
    assert (
        text("names.evidence.same_province", language, province={"zh": "天津", "en": "Tianjin"}[language])
        in told
    )
    assert decisions(listed) == [], "looking decides nothing"


def test_a_persons_word_is_recorded_applied_and_undone(listed: Home) -> None:
    app = page()
    app.selectbox(key="names_choice").set_value(LISTED)
    app = press(sound(app.run()), "names_this_0")
    assert text("names.refused.reason", "zh", most="500") in app.error[0].value
    app.text_input(key="names_reason").set_value(WHY)
    app = press(app, "names_this_0")
    [one] = decisions(listed)
    assert (one.name, one.uscc, one.reason, one.by) == (LISTED, firm(3), WHY, "operator")
    assert list(app.selectbox(key="names_choice").options) == ["全然不同的名称"]
    assert LISTED in firms_of(listed), "nothing is counted otherwise before it is applied"

    app = press(app, "names_apply")
    assert firm(3) in firms_of(listed)
    assert LISTED not in firms_of(listed)
    assert "names_apply" not in [button.key for button in app.button]

    app.selectbox(key="names_undo_of_zh").set_value(one.number)
    app.text_input(key="names_undo_reason").set_value("误认")
    app = press(sound(app.run()), "names_undo")
    app = press(app, "names_apply")
    assert LISTED in firms_of(listed)
    assert [one.decision for one in decisions(listed)] == ["firm", "withdrawn"]


def test_none_of_these_and_another_firm_by_its_code(listed: Home) -> None:
    app = page("en")
    app.text_input(key="names_reason").set_value(WHY)
    app.text_input(key="names_code").set_value(firm(9))
    app = press(sound(app.run()), "names_by_code")
    assert text("names.refused.uscc", "en") in app.error[0].value
    app.text_input(key="names_code").set_value(firm(2))
    app = press(sound(app.run()), "names_by_code")
    app = press(app, "names_none")
    assert [(one.name, one.decision, one.uscc) for one in decisions(listed)] == [
        ("全然不同的名称", "firm", firm(2)),
        (LISTED, "none", None),
    ]
    assert text("names.none_open", "en") in said(app)


def test_the_proof_says_by_whose_word_the_firm_was_matched(listed: Home) -> None:
    app = page()
    app.selectbox(key="names_choice").set_value(LISTED)
    app.text_input(key="names_reason").set_value(WHY)
    press(press(sound(app.run()), "names_this_0"), "names_apply")
    app = page(stem="overview", proof="registry")
    column = text("proof.column.matched", "zh")
    frames = [frame.value for frame in app.dataframe if column in frame.value.columns]
    today = dt.datetime.now(dt.UTC).astimezone().date().isoformat()
    by = text("reader.role.operator", "zh")
    told = text("names.matched", "zh", by=by, day=today, reason=WHY)
    assert frames
    assert told in list(frames[0][column])
