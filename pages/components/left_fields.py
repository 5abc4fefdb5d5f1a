"""Fields that are saved as soon as they are left, each with a number and what is said of it.

A change interrupts the run of the change before it, callbacks included, and nobody hears of that one again. So every
run compares what the fields hold with what was shown or saved last, and saves the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pipelines.workflow.refusals import ConflictError, LockedError, WorkflowError

_KEPT = "left_fields"
Save = Callable[[int, float | None, str], int]
"""Save a number and what is said against the version that was seen; returns the new version."""


@dataclass
class Field:
    """A field on the screen: the version and content shown or sent last, and what came of sending them.

    Only these attributes change between a save and the end of a run: touching the session state may end the run.
    """

    version: int
    sent: tuple[float | None, str]
    save: Save
    conflict: Any = None
    wrong: str = ""


def save_left_fields() -> None:
    """Save every field that holds something else than was shown or sent last.

    For ``on_change``, for the beginning of a page with fields, and for the frame: the page may just have been left.
    """
    for key, field in _fields().items():
        number, said = _names(key)
        held = (st.session_state.get(number), st.session_state.get(said, ""))
        if number in st.session_state and held != field.sent and field.conflict is None:
            _send(field, held)


def show_field(key: str, version: int, number: float | None, said: str, save: Save) -> Field:
    """Put what is saved into the widgets of a field, unless a conflict is open: then one's own stays at hand.

    The widgets are then to be drawn under ``<key>_value`` and ``<key>_said``, with `save_left_fields` as ``on_change``.
    """
    fields, (value, text) = _fields(), _names(key)
    field = fields.get(key)
    is_there = value in st.session_state
    if field is None or not is_there or (field.conflict is None and field.version != version):
        shown = field.sent if field and field.conflict is not None else (number, said)
        st.session_state[value], st.session_state[text] = shown
        if field is None:
            field = fields[key] = Field(version, shown, save)
        elif field.conflict is None:
            field.version, field.sent = version, shown
    field.save = save
    return field


def take_theirs(key: str) -> None:
    """Give up one's own content for what somebody else has saved."""
    _fields().pop(key, None)


def keep_mine(key: str) -> None:
    """Save one's own content over what somebody else has saved, which was seen."""
    if (field := _fields().get(key)) and field.conflict is not None:
        field.version, field.conflict = field.conflict.version, None
        _send(field, field.sent)


def _send(field: Field, held: tuple[float | None, str]) -> None:
    field.sent, field.wrong = held, ""
    try:
        field.version = field.save(field.version, *held)
    except ConflictError as refused:
        field.conflict = refused.current
    except LockedError:
        return
    except WorkflowError as refused:
        field.wrong = str(refused)


def _fields() -> dict[str, Field]:
    return st.session_state.setdefault(_KEPT, {})


def _names(key: str) -> tuple[str, str]:
    return f"{key}_value", f"{key}_said"
