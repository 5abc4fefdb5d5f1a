"""Every page runs from the frame in every language, and the frame knows every page."""

from pathlib import Path

import pytest

from data.words import LANGUAGES, text
from tests.health.tree import parsed, python_files, read
from tests.pages.opened import started

PAGES = [path for path in python_files("pages") if len(path.parts) == 2 and path.stem != "__init__"]
LONGEST_PAGE = 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_in_a_language(page: Path, language: str) -> None:
    app = started(page.stem, lang=language)
    assert [error.message for error in app.exception] == []
    assert app.title or app.header, "a page begins with its title"
    assert app.main.children, "a page shows something"


def test_a_page_that_fails_is_found(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "bad.py").write_text("raise KeyError('no such column')", encoding="utf-8")
    (tmp_path / "pages" / "home.py").write_text("import streamlit as st\nst.title('home')", encoding="utf-8")
    (tmp_path / "app.py").write_text(
        "import streamlit as st\nst.navigation([st.Page('pages/home.py'), st.Page('pages/bad.py')]).run()\n",
        encoding="utf-8",
    )
    assert started("bad", frame=tmp_path / "app.py").exception


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_frame_lists_every_page_under_a_name(page: Path) -> None:
    assert f'"{page.stem}"' in read(Path("app.py")), f"{page} is not in the navigation of app.py"
    for language in LANGUAGES:
        assert text(f"page.{page.stem}", language)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_reads_as_its_own_table_of_contents(page: Path) -> None:
    assert len(read(page).splitlines()) <= LONGEST_PAGE
    assert parsed(page).body, page
