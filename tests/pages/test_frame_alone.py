"""A page that Streamlit runs without its frame asks for it, in every session of its own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.pages_manager import PagesManager

from pages.components import frame
from tests.health.tree import ROOT


@pytest.mark.parametrize("another_session_was_first", [False, True])
@pytest.mark.parametrize(
    ("script", "framed", "again"),
    [("app.py", False, True), ("app.py", True, False), ("pages/methods.py", False, False)],
)
def test_a_session_without_its_frame_begins_again(
    monkeypatch: pytest.MonkeyPatch, script: str, framed: bool, again: bool, another_session_was_first: bool
) -> None:
    asked: list[bool] = []
    known = {"inside_the_frame": True} if framed else {}
    monkeypatch.setattr(frame, "st", SimpleNamespace(session_state=known, rerun=lambda: asked.append(True)))
    monkeypatch.setattr(
        frame, "get_script_run_ctx", lambda: SimpleNamespace(main_script_path=str(ROOT / script))
    )
    monkeypatch.setattr(PagesManager, "uses_pages_directory", not another_session_was_first)
    frame.stand_in_frame()
    assert bool(asked) == again
    assert not (again and PagesManager.uses_pages_directory)
