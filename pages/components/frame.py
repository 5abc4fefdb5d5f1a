"""The frame stands around every page, from the first run of a server on."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

_FRAMED = "inside_the_frame"
_APP = Path(__file__).parents[2]


def frame_stands() -> None:
    """Say that this session runs inside `app.py`; the frame calls it before any word."""
    st.session_state[_FRAMED] = True


def stand_in_frame() -> None:
    """Start the run again if it is a page without its frame, in a session that never had one.

    Until some run has called `st.navigation`, Streamlit sees only that a folder `pages` lies beside `app.py` and runs
    the file of the address alone, for every role. No setting turns that off; and the first of several sessions that
    begin at once turns it off for all, so each session asks for its own frame.
    """
    run = get_script_run_ctx()
    if run and Path(run.main_script_path).parent == _APP and _FRAMED not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
