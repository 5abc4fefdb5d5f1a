"""What was handed in, as a file of the dataset self_evaluation_values: its bytes, and its way into the facts."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.appraisals import Appraisal
from data.home import Home
from data.work import Receipt
from data.work_forms import Submission
from pipelines.loading import load
from pipelines.receipts import reading

DATASET = "self_evaluation_values"
COLUMNS = (
    "round", "support_batch", "province", "year", "indicator", "system_value", "province_value", "explanation",
    "evidence_id",
)  # fmt: skip


def canonical(
    appraisal: Appraisal,
    province: str,
    system_values: Mapping[str, Decimal | None],
    said: Mapping[str, tuple[Decimal | None, str]],
) -> bytes:
    """The content of a submission: CSV of self_evaluation_values, a line an indicator in the order of their codes.

    ``said``: indicator → the province's own value and its explanation.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(COLUMNS)
    for indicator in sorted({*system_values, *said}):
        value, explanation = said.get(indicator, (None, ""))
        of = (appraisal.round, appraisal.support_batch, province, appraisal.year, indicator)
        # A line break inside a cell is one more way to misread a file.
        line = " ".join(explanation.split())
        write.writerow(
            [*of, decimal_text(system_values.get(indicator)) or "", decimal_text(value) or "", line, ""]
        )
    return out.getvalue().encode()


def handed_in_values(content: bytes) -> dict[str, Decimal | None]:
    """The system values in the content of a submission, by indicator."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    return {row["indicator"]: Decimal(row["system_value"]) if row["system_value"] else None for row in rows}


def enter_pending(home: Home) -> list[int]:
    """Enter every submission that no receipt holds yet; returns their numbers. One that was rolled back stays out."""
    with tempfile.TemporaryDirectory(prefix="tidu-submission-") as folder:
        files: dict[bool, list[Path]] = {True: [], False: []}
        waiting = pending(home)
        for number, name, synthetic, content in waiting:
            file = Path(folder) / str(number) / name
            file.parent.mkdir()
            file.write_bytes(content)
            files[synthetic].append(file)
        for synthetic, some in files.items():
            if some:
                load(home, some, DATASET, synthetic=synthetic)
    return [number for number, *_ in waiting]


def pending(home: Home) -> list[tuple[int, str, bool, bytes]]:
    """The submissions that never entered the facts: number, file name, whether synthetic, content."""
    if not home.work.exists():
        return []
    with Session(reading(home)) as session:
        held = set(session.scalars(select(Receipt.sha256).where(Receipt.dataset == DATASET)))
        return [
            (row.id, _file_name(row), row.synthetic, row.content)
            for row in session.scalars(select(Submission).order_by(Submission.id))
            if row.sha256 not in held
        ]


def decimal_text(value: Decimal | None) -> str | None:
    """A decimal as it is kept: in full, never in powers of ten."""
    return None if value is None else f"{value:f}"


def _file_name(row: Submission) -> str:
    return f"{DATASET}_{row.province}_{row.round}_{row.support_batch}_{row.year}_{row.id}.csv"
