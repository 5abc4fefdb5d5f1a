"""The language of a view is settled once a run, by the frame, and holds for that run and that reader alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import words
from tests.framed import keep_frame
from tests.health.tree import ROOT


@pytest.fixture(autouse=True)
def in_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_frame(monkeypatch)


def methods(language: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = language
    return app.run().switch_page("pages/methods.py").run()


def test_the_switch_changes_the_frame_and_the_page_in_the_same_run() -> None:
    app = methods("zh")
    before = (app.title[0].value, app.sidebar.caption[0].value)
    app.segmented_control(key="language_switch").set_value("en").run()
    assert (app.query_params["lang"], app.session_state["chosen_language"]) == ("en", "en")
    assert (app.title[0].value, app.sidebar.caption[0].value) != before
    assert app.title[0].value.isascii()


def test_the_address_changes_the_language_of_the_next_run() -> None:
    app = methods("zh")
    app.query_params["lang"] = "en"
    assert app.run().title[0].value.isascii()


def test_a_run_settles_the_language_of_no_other_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_language_asked", lambda: "zh")
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(setattr, words._RUN, "language", "en").result()
        assert [pool.submit(words.language).result() for pool in (one, other)] == ["en", "zh"]
    assert words.language() == "zh"


def test_a_run_does_not_keep_the_language_of_the_run_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words.st, "query_params", {"lang": "en"})
    monkeypatch.setattr(words.st, "session_state", {})
    with ThreadPoolExecutor(1) as session:
        session.submit(setattr, words._RUN, "language", "zh").result()
        assert session.submit(words.keep_language).result() == "en"
        assert session.submit(words.language).result() == "en"


def test_the_address_is_asked_once_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted() -> str:
        asked.append(1)
        return "zh"

    app = methods("zh")
    monkeypatch.setattr(words, "_language_asked", counted)
    app.run()
    assert app.title and len(asked) == 1
