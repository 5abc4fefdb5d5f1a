"""The two tables of a composite index: handed over, or the invented example; the index, or why they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from metrics.composite import MISSING, Missing
from pages.components.filters import choice, switch
from pages.components.numbers import exact
from pages.components.twin import table_with_export
from pages.components.upload import Upload, upload
from pages.components.words import language, t
from pipelines import composite_example as example
from pipelines.calculator_files import Grid, TableRefusedError, UnreadableError, read_grid_bytes
from pipelines.calculators import STRUCTURE, UNIT, Composite, composite_of

_DRAWS = ("0", "200", "1000")
_FAULTS = ("file", "cell", "column", "value", "message", "remedy")


@dataclass(frozen=True)
class Given:
    """What the index is made of: two tables, how gaps are read, how many draws; whether it is the example."""

    data: Upload
    structure: Upload
    missing: Missing
    draws: int
    is_example: bool

    @property
    def grid(self) -> Grid:
        """The data table, with the place of each cell."""
        return _grid(self.data.digest, self.data.name, self.data.content)


def given_tables() -> Given | None:
    """The uploaders and options; None until both tables are there, unless the example is asked for."""
    is_example = switch("example", label=t("composite.example"), help=t("composite.example_help"))
    if is_example:
        data, structure = _example()
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            data = upload("composite_data", t("composite.data_label"))
        with right:
            structure = upload("composite_structure", t("composite.structure_label"))
    with st.container(horizontal=True, gap="medium"):
        missing = choice(
            "missing", MISSING, label=t("composite.missing"),
            show=lambda code: t(f"composite.missing_{code}"), default="renormalise",
        )  # fmt: skip
        draws = choice(
            "draws",
            _DRAWS,
            label=t("composite.draws"),
            show=lambda code: _draws_said(int(code)),
            default="200",
        )
    if data is None or structure is None:
        return None
    return Given(data, structure, missing, int(draws), is_example)  # type: ignore[arg-type]


def index_of(given: Given) -> Composite | None:
    """The index; None after the faults of the tables have been shown."""
    try:
        with st.spinner(t("composite.working")):
            return _index(given.data.digest, given.structure.digest, given.missing, given.draws, given)
    except TableRefusedError as refused:
        _refusal([fault.as_json(language()) for fault in refused.faults])
    except UnreadableError as unreadable:
        _refusal([unreadable.as_json(language())])
    return None


def example_buttons() -> None:
    """The example's two tables, to be filled with one's own figures."""
    with st.container(horizontal=True, gap="small"):
        for name, content in (
            (example.DATA_NAME, example.DATA),
            (example.STRUCTURE_NAME, example.STRUCTURE),
        ):
            st.download_button(
                t(f"composite.download_{'data' if name == example.DATA_NAME else 'structure'}"),
                content.encode(),
                name,
                "text/csv",
                key=f"composite_{name}",
                on_click="ignore",
            )


def _example() -> tuple[Upload, Upload]:
    return (
        Upload(example.DATA_NAME, example.DATA.encode(), "example"),
        Upload(example.STRUCTURE_NAME, example.STRUCTURE.encode(), "example"),
    )


def _draws_said(draws: int) -> str:
    return t("composite.draws_many", count=exact(draws)) if draws else t("composite.draws_none")


# Kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def _index(data: str, structure: str, missing: Missing, draws: int, _given: Given) -> Composite:  # noqa: ARG001 - the cache goes by them
    read = read_grid_bytes(_given.structure.content, _given.structure.name, STRUCTURE)
    return composite_of(_given.grid, read, missing=missing, draws=draws)


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def _grid(digest: str, name: str, _content: bytes) -> Grid:  # noqa: ARG001 - the cache goes by it
    return read_grid_bytes(_content, name, [UNIT])


def _refusal(findings: Sequence[dict]) -> None:
    st.error(t("composite.refused", count=exact(len(findings))))
    table = pl.DataFrame(
        [{name: finding[name] or None for name in _FAULTS} for finding in findings],
        schema=dict.fromkeys(_FAULTS, pl.String),
    )
    labels = {name: t(f"composite.fault_column.{name}") for name in _FAULTS}
    table_with_export(table, name="findings", key="composite_findings", labels=labels)
