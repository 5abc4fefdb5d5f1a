"""The frame stands around every page, from the first run of a server on."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def stand_in_frame() -> None:
    """Start the run again if Streamlit has taken it for an app without navigation; call before any word.

    Until some run has called `st.navigation`, Streamlit sees only that a folder `pages` lies beside `app.py`, lists its
    files itself and runs the file of the address alone. No setting turns that off.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def frame_stands() -> None:
    """Say that this run is the frame's own; a second start would lose the click that caused it."""
    PagesManager.uses_pages_directory = False
