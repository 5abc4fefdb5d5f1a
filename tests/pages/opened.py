"""A page as somebody finds it who follows a link to it: for all tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.home import Home, home
from tests.health.tree import ROOT

PATIENCE_S = 120


@contextmanager
def in_force(store: Home) -> Iterator[Home]:
    """The pages read this store until the end of the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDU_HOME", str(store.folder))
        yield store


def opened(stem: str, *, frame: Path = ROOT / "app.py", **address: str) -> AppTest:
    """The page of that name under an address, without drawing the page that a server opens first."""
    app = started(stem, frame=frame, **address)
    return sound(app)


def started(stem: str, *, frame: Path = ROOT / "app.py", **address: str) -> AppTest:
    """The same, whatever it met."""
    path = f"pages/{stem}.py"
    _serve(home().folder)
    app = AppTest.from_file(str(frame), default_timeout=PATIENCE_S).switch_page(path)
    for name, value in address.items():
        app.query_params[name] = value
    # Only a frame that has run knows its pages, and refuses one that this reader does not have.
    return app.run().switch_page(path)


def sound(app: AppTest) -> AppTest:
    """The same, having met no exception."""
    assert [error.message for error in app.exception] == []
    return app


@lru_cache(maxsize=1)
def _serve(_store: Path) -> None:
    """A server has one store all its life: what is remembered of the last one is forgotten when another comes."""
    st.cache_data.clear()
    st.cache_resource.clear()
