"""Fields that are saved as soon as they are left, each with a number and what is said of it.

A change ends the run of the change before it at the next touch of the page or of the session, callbacks included,
and starts its own in another thread at once. So nobody may hear of a change, or two may: every run compares what the
fields hold with what was shown or saved last, one run at a time, and saves the difference.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pipelines.workflow.refusals import ConflictError, LockedError, WorkflowError

_KEPT = "left_fields"
Save = Callable[[int, float | None, str], int]
"""Save a number and what is said against the version that was seen; returns the new version."""


@dataclass
class Field:
    """A field on the screen: the version and content shown or sent last, and what came of sending them."""

    version: int
    sent: tuple[float | None, str]
    save: Save
    conflict: Any = None
    wrong: str = ""


@dataclass
class _Kept:
    fields: dict[str, Field] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


def save_left_fields() -> None:
    """Save every field that holds something else than was shown or sent last.

    For ``on_change``, for the beginning of a page with fields, and for the frame: the page may just have been left.
    """
    kept = _kept()
    with kept.lock:
        for key, one in kept.fields.items():
            number, said = _names(key)
            held = (st.session_state.get(number), st.session_state.get(said, ""))
            if number in st.session_state and held != one.sent and one.conflict is None:
                _send(one, held)


def show_field(key: str, version: int, number: float | None, said: str, save: Save) -> Field:
    """Put what is saved into the widgets of a field, unless a conflict is open: then one's own stays at hand.

    The widgets are then to be drawn under ``<key>_value`` and ``<key>_said``, with `save_left_fields` as ``on_change``.
    """
    kept, names = _kept(), _names(key)
    with kept.lock:
        one = kept.fields.get(key)
        # A run that is about to end may still bring an older version.
        is_newer = one is None or (one.conflict is None and version > one.version)
        if is_newer or names[0] not in st.session_state:
            shown = (number, said) if one is None or one.conflict is None else one.sent
            for name, content in zip(names, shown, strict=True):
                st.session_state[name] = content
            if one is None:
                one = kept.fields[key] = Field(version, shown, save)
            elif one.conflict is None:
                one.version, one.sent = version, shown
        one.save = save
        return one


def take_theirs(key: str) -> None:
    """Give up one's own content for what somebody else has saved."""
    kept = _kept()
    with kept.lock:
        kept.fields.pop(key, None)


def keep_mine(key: str) -> None:
    """Save one's own content over what somebody else has saved, which was seen."""
    kept = _kept()
    with kept.lock:
        one = kept.fields.get(key)
        if one is not None and one.conflict is not None:
            one.version, one.conflict = one.conflict.version, None
            _send(one, one.sent)


def _send(one: Field, held: tuple[float | None, str]) -> None:
    # Nothing here touches the session, so nothing can end the run between saving and keeping the version.
    one.sent, one.wrong = held, ""
    try:
        one.version = one.save(one.version, *held)
    except ConflictError as refused:
        one.conflict = refused.current
    except LockedError:
        return
    except WorkflowError as refused:
        one.wrong = str(refused)


def _kept() -> _Kept:
    return st.session_state.setdefault(_KEPT, _Kept())


def _names(key: str) -> tuple[str, str]:
    return f"{key}_value", f"{key}_said"
