"""The proof of a figure: its definition and formula, and the records it is made of, down to file, sheet and cell.

Which proof is open stands in the address, so that the link of a page opens it for somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from data.words import LANGUAGES, text
from pages.components.member_pages import Records, record_pages
from pages.components.numbers import exact
from pages.components.twin import table_with_export
from pages.components.words import PARAMETER, language, t

_OPEN = "proof"


@dataclass(frozen=True)
class Proof:
    """What stands behind one figure.

    ``members`` are few records at hand, with ``file``, ``row_no`` and ``mark`` among the columns; ``parts`` are
    records read a page at a time, one list under a tab each: a ratio has its numerator and its denominator.
    ``absent`` says why the figure has no records; members given all the same are those that were left out.
    ``marks`` are source marks (S G T D M), ``labels`` names the members' columns for readers, ``term`` the
    definition under ``proof.term`` and ``build`` the data.
    """

    title: str
    value: str
    formula: str
    members: pl.DataFrame = field(default_factory=pl.DataFrame)
    basis: str = ""
    as_of: str = ""
    rule: str = ""
    article: str = ""
    marks: Sequence[str] = ()
    absent: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Records] = ()
    term: str = ""
    build: str = ""

    def with_value(self, value: str) -> Proof:
        """The same proof of another value."""
        return replace(self, value=value)


def proof_button(proof: Proof, key: str, label: str = "") -> None:
    """A button that opens the proof, which a link that names its ``key`` does too; unique on the page."""
    st.button(
        f":primary[{label or t('proof.button')}]",
        key=f"proof_{key}",
        type="tertiary",
        on_click=_open,
        args=(key,),
    )
    if is_open(key):
        show_proof(proof, key)


def is_open(key: str) -> bool:
    """Whether the proof under this key is open in this run; one that is dear to make need not be made otherwise."""
    return st.query_params.get(_OPEN) == key


def show_proof(proof: Proof, key: str) -> None:
    """Open the dialog with the proof."""
    st.dialog(proof.title, width="large", on_dismiss=_close)(_body)(proof, key)


def _body(proof: Proof, key: str) -> None:
    facts = {
        "value": proof.value,
        "formula": proof.formula,
        "basis": proof.basis,
        "as_of": proof.as_of,
        "rule": proof.rule,
        "article": proof.article,
        "marks": "; ".join(f"{mark} {t(f'mark.{mark}')}" for mark in dict.fromkeys(proof.marks)),
        "data": proof.build,
        "definition": _definition(proof.term),
        "link": f"[{t('proof.link_here')}](?{urlencode(_address(key))})",
    }
    st.markdown("  \n".join(f"**{t(f'proof.{name}')}** {said}" for name, said in facts.items() if said))
    if proof.parts:
        _parts(proof.parts, key)
        return
    if proof.members.is_empty():
        st.info(t("proof.no_members", reason=proof.absent))
        return
    heading = "proof.left_out" if proof.absent else "proof.members"
    st.markdown(t(heading, count=exact(proof.members.height)))
    table_with_export(proof.members, name=f"proof_{key}", key=f"proof_{key}_members", labels=proof.labels)


def _parts(parts: Sequence[Records], key: str) -> None:
    said = [t("proof.part", label=part.label, count=exact(part.count)) for part in parts]
    if len(parts) == 1:
        st.markdown(said[0])
        places = [st.container()]
    else:
        places = st.tabs(said, key=f"proof_{key}_parts")
    for number, (place, part) in enumerate(zip(places, parts, strict=True)):
        with place:
            record_pages(part, f"proof_{key}_{number}_{part.count}")


def _definition(term: str) -> str:
    """The term's definition in both languages, the reader's first."""
    if not term:
        return ""
    order = sorted(LANGUAGES, key=lambda code: code != language())
    return " / ".join(text(f"proof.term.{term}", code) for code in order)


def _address(key: str) -> dict[str, str]:
    # Without the language, a link would follow each reader's own, and so would what was seen.
    return {PARAMETER: language(), **st.query_params.to_dict(), _OPEN: key}


def _open(key: str) -> None:
    st.query_params[_OPEN] = key


def _close() -> None:
    st.query_params.pop(_OPEN, None)
