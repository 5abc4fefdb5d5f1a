"""Why something a person did is not taken: not theirs to do, locked, changed meanwhile, or not complete."""

from __future__ import annotations

import datetime as dt
from typing import Any

from data.readers import Reader


class WorkflowError(Exception):
    """What was done is not taken; nothing has changed."""


class NotAllowedError(WorkflowError):
    """This reader may not do or see this."""


class LockedError(WorkflowError):
    """It was handed in under ``number`` at ``at``, and is locked since."""

    def __init__(self, number: int, at: dt.datetime) -> None:
        super().__init__(f"Handed in under number {number} at {at.isoformat()}: locked since.")
        self.number = number
        self.at = at


class ConflictError(WorkflowError):
    """Somebody else has saved meanwhile; ``current`` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__(f"Saved meanwhile by {current.by} at {current.saved_at.isoformat()}: {current}.")
        self.current = current


class IncompleteError(WorkflowError):
    """Something that must be there is not: ``fields`` names it."""

    def __init__(self, what: str, *fields: str) -> None:
        super().__init__(f"{what}: {', '.join(fields)}." if fields else what)
        self.what = what
        self.fields = fields


def only(by: Reader, *roles: str) -> None:
    """Refuse every reader who holds none of the roles."""
    if by.role not in roles:
        raise NotAllowedError(f"{by.code} may not do this; it takes {' or '.join(roles)}.")
