"""The frame stands around every page, from the first run of a server on."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

_FRAMED = "inside_the_frame"


def frame_stands() -> None:
    """Say that this session runs inside `app.py`; the frame calls it before any word."""
    st.session_state[_FRAMED] = True


def stand_in_frame() -> None:
    """Start the run again if it is a page without its frame, in a session that never had one.

    Until some run has called `st.navigation`, Streamlit sees only that a folder `pages` lies beside `app.py` and runs
    the file of the address alone. No setting turns that off.
    """
    if PagesManager.uses_pages_directory and _FRAMED not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
