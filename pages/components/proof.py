"""The proof of a figure: its formula, and the records it is made of, each with file, row and source mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
import streamlit as st

from pages.components.numbers import exact
from pages.components.twin import table_with_export
from pages.components.words import t


@dataclass(frozen=True)
class Proof:
    """What stands behind one figure.

    ``members`` are the records, with ``file``, ``row_no`` and ``mark`` among the columns; ``absent`` says why the
    figure has none; records given all the same are those that were left out. ``marks`` are source marks
    (S G T D M). ``labels`` names the members' columns for readers.
    """

    title: str
    value: str
    formula: str
    members: pl.DataFrame
    basis: str = ""
    as_of: str = ""
    rule: str = ""
    article: str = ""
    marks: Sequence[str] = ()
    absent: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def with_value(self, value: str) -> Proof:
        """The same proof of another value."""
        return replace(self, value=value)


def proof_button(proof: Proof, key: str, label: str = "") -> None:
    """A button that opens the proof; ``key`` must be unique on the page."""
    if st.button(f":primary[{label or t('proof.button')}]", key=f"proof_{key}", type="tertiary"):
        show_proof(proof, key)


def show_proof(proof: Proof, key: str) -> None:
    """Open the dialog with the proof."""
    st.dialog(proof.title, width="large")(_body)(proof, key)


def _body(proof: Proof, key: str) -> None:
    facts = {
        "value": proof.value,
        "formula": proof.formula,
        "basis": proof.basis,
        "as_of": proof.as_of,
        "rule": proof.rule,
        "article": proof.article,
        "marks": "; ".join(f"{mark} {t(f'mark.{mark}')}" for mark in dict.fromkeys(proof.marks)),
    }
    st.markdown("  \n".join(f"**{t(f'proof.{name}')}** {said}" for name, said in facts.items() if said))
    if proof.members.is_empty():
        st.info(t("proof.no_members", reason=proof.absent))
        return
    heading = "proof.left_out" if proof.absent else "proof.members"
    st.markdown(t(heading, count=exact(proof.members.height)))
    table_with_export(proof.members, name=f"proof_{key}", key=f"proof_{key}_members", labels=proof.labels)
