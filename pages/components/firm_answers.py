"""What a person has entered of one firm: kept for this session of the browser, by cell and calendar year.

Nothing of it is stored or put into the address. A cell keeps its year when another accounting year is assessed.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.example_firms import example_firm
from data.rules import RuleInput

_ANSWERS = "firm_answers"
_PROVINCE = "firm_province"
_EDITION = "firm_edition"
_EXAMPLE = "firm_is_example"
LISTED = ";"

Answers = Mapping[tuple[str, int], str]


def answers() -> Answers | None:
    """(column, calendar year) → text; None as long as nothing was submitted."""
    return st.session_state.get(_ANSWERS)


def cells(year: int) -> dict[tuple[str, int], str]:
    """The answers as the engine asks for them: (column, years before `year`) → text."""
    return {(field, year - of): text for (field, of), text in (answers() or {}).items() if year - of >= 0}


def province() -> str:
    """The reporting unit's code, or nothing."""
    return st.session_state.get(_PROVINCE, "")


def is_example() -> bool:
    """Whether the answers are the synthetic example, untouched."""
    return bool(st.session_state.get(_EXAMPLE))


def widget_key(item: RuleInput, year: int, language: str) -> str:
    """The key of a cell's widget; another edition of the answers makes new widgets."""
    edition = st.session_state.get(_EDITION, 0)
    return f"cell_{item.field}@{year - item.years_before}_{language}_{edition}"


def province_key(language: str) -> str:
    """The key of the province's widget."""
    return f"cell_province_{language}_{st.session_state.get(_EDITION, 0)}"


def gather(items: tuple[RuleInput, ...], year: int, language: str) -> None:
    """Take over what the form holds; the callback of its button."""
    taken = dict(answers() or {})
    for item in items:
        entered = st.session_state.get(widget_key(item, year, language))
        text = LISTED.join(entered) if isinstance(entered, list) else str(entered or "").strip()
        taken[(item.field, year - item.years_before)] = text
    st.session_state[_EXAMPLE] = is_example() and {k: v for k, v in taken.items() if v} == {
        k: v for k, v in (answers() or {}).items() if v
    }
    st.session_state[_ANSWERS] = taken
    st.session_state[_PROVINCE] = st.session_state.get(province_key(language)) or ""


def load_example(tier: str, year: int) -> None:
    """Fill in the synthetic firm of a tier."""
    _replace(
        {(field, year - before): text for (field, before), text in example_firm(tier).items()}, example=True
    )


def clear() -> None:
    """Forget everything entered."""
    _replace(None, example=False)


def _replace(given: Answers | None, *, example: bool) -> None:
    st.session_state[_ANSWERS] = given
    st.session_state[_EXAMPLE] = example
    st.session_state[_PROVINCE] = ""
    st.session_state[_EDITION] = st.session_state.get(_EDITION, 0) + 1
