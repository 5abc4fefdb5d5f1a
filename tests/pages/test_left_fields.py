"""What is typed is saved, whichever run hears of it: a change that interrupts another one's run loses neither."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.home import Home
from data.readers import Reader
from pipelines.workflow import self_evaluation as own
from tests.pages.opened import sound
from tests.pages.small_programme import AT, GUANGDONG, said, seen_as, small_store

BY = Reader("province", unit=GUANGDONG)
KEY = f"self_{AT.code}_{GUANGDONG}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "home"))
    return small_store(tmp_path)


def typed(app: AppTest, **fields: float | str) -> AppTest:
    """Fields hold something new, and nobody was told: the callback of the change was interrupted before it began."""
    for name, content in fields.items():
        app.session_state[f"{KEY}_{name}"] = content
    return app


def saved(home: Home, indicator: str) -> tuple[Decimal | None, str, int]:
    entry = own.read(home, BY, AT, GUANGDONG).entry(indicator)
    return entry.value, entry.explanation, entry.version


def test_the_next_run_saves_what_no_callback_told_of(home: Home) -> None:
    app = seen_as(BY.code, "self_evaluation", "en", layer="process")
    sound(typed(app, execution_value=4.5, direct_share_value=6.0, direct_share_said="全部直达").run())
    assert saved(home, "execution") == (Decimal("4.5"), "", 1)
    assert saved(home, "direct_share") == (Decimal(6), "全部直达", 1)
    assert "Not saved" not in said(app)


def a_page() -> None:
    """A script with one field, drawn until the page is left."""
    import streamlit as st

    from pages.components.left_fields import save_left_fields, show_field

    save_left_fields()
    if not st.session_state.get("left"):
        kept = st.session_state.setdefault("kept", [])
        show_field("one", len(kept), None, "", lambda seen, *held: kept.append(held) or seen + 1)
        st.number_input("number", key="one_value")
        st.text_input("said", key="one_said")


def test_what_was_typed_just_before_a_page_was_left_is_saved_by_the_frame() -> None:
    app = AppTest.from_function(a_page)
    sound(app.run())
    app.session_state["one_value"], app.session_state["left"] = 2.0, True
    assert sound(app.run()).session_state["kept"] == [(2.0, "")]


def test_a_run_with_nothing_new_saves_nothing(home: Home) -> None:
    app = typed(seen_as(BY.code, "self_evaluation", "en", layer="process"), execution_value=4.5)
    for _ in range(3):
        sound(app.run())
    assert saved(home, "execution") == (Decimal("4.5"), "", 1)


def test_what_somebody_else_saved_meanwhile_is_never_written_over(home: Home) -> None:
    app = seen_as(BY.code, "self_evaluation", "en", layer="process")
    own.save(home, BY, AT, "execution", seen=0, value="3", explanation="同事填的")
    for _ in range(2):
        sound(typed(app, execution_value=5.0).run())
    assert saved(home, "execution") == (Decimal(3), "同事填的", 1)
    assert "同事填的" in app.error[0].value
    assert app.number_input(key=f"{KEY}_execution_value").value == 5
