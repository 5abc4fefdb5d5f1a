"""Pages in their frame, as a server runs them."""

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test


def keep_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `AppTest` run `app.py` on every run; by itself it runs the page alone from the second run on.

    Before each run it forgets that the app has a navigation of its own, as long as a folder `pages` lies beside it.
    """

    class InTheFrame(PagesManager):
        """Takes the reset, so that the flag which the runner reads stays."""

    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", InTheFrame)
