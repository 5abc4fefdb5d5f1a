"""Handing over files to be loaded: the uploader, the dataset, each file's check, and where each file stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.dataset import WORKBOOKS, contract
from pages.components.findings_panel import acceptance, refusal
from pages.components.numbers import MISSING, exact
from pages.components.prefilled import prefilled_workbook
from pages.components.receipt_words import dataset_names
from pages.components.twin import table_with_export
from pages.components.upload import MOST_MEGABYTES, Upload, template_buttons
from pages.components.words import language, t
from pipelines.intake.check import Checked
from pipelines.load_uploads import try_upload

RECOGNISED = "recognised"


@dataclass(frozen=True)
class Handed:
    """A file, what the check said of it, and the receipts under which its bytes already count (none: new)."""

    upload: Upload
    checked: Checked
    receipts: tuple[int, ...]

    @property
    def receipt(self) -> int | None:
        """The first receipt."""
        return self.receipts[0] if self.receipts else None

    @property
    def is_ready(self) -> bool:
        """Whether it can be loaded and would change something."""
        return self.checked.accepted and self.receipt is None

    @property
    def standing(self) -> str:
        """refused, loaded or ready."""
        if not self.checked.accepted:
            return "refused"
        return "ready" if self.receipt is None else "loaded"


def file_inputs() -> tuple[list[Upload], str | None]:
    """The uploader and the dataset; returns the files, and the dataset chosen, None to recognise it."""
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        given = st.file_uploader(
            t("load.upload"),
            accept_multiple_files=True,
            key="load_files",
            help=t("load.upload_help"),
            max_upload_size=MOST_MEGABYTES,
        )
    with right:
        names = {RECOGNISED: t("load.recognised"), **dataset_names()}
        chosen = st.selectbox(
            t("load.dataset"),
            list(names),
            format_func=names.__getitem__,
            key=f"load_dataset_{language()}",
            help=t("load.dataset_help"),
        )
        with st.popover(t("load.templates"), type="tertiary"):
            _templates()
    return uploads_of(given), None if chosen == RECOGNISED else chosen


def uploads_of(given: Sequence[UploadedFile]) -> list[Upload]:
    """The files of an uploader."""
    return [Upload(file.name, file.getvalue(), _digest(file.file_id, file)) for file in given]


def check_files(files: Sequence[Upload], dataset: str | None, receipts: pl.DataFrame) -> list[Handed]:
    """Check every file as loading would, said while it runs; ``receipts`` as `receipt_list.receipts`."""
    counting = {
        (sha256, name): receipt
        for receipt, sha256, name in receipts.filter("counts")
        .select("receipt_id", "sha256", "dataset")
        .iter_rows()
    }
    found = []
    for number, file in enumerate(files):
        with st.spinner(
            t("load.checking", file=file.name, number=number + 1, count=len(files)), show_time=True
        ):
            checked = _checked(file.digest, dataset, file.name, file.content)
        held = [counting.get((file.digest, part.dataset)) for part in checked.parts or (checked,)]
        found.append(Handed(file, checked, tuple(one for one in held if one) if all(held) else ()))
    return found


def files_table(handed: Sequence[Handed]) -> None:
    """Where each of several files stands."""
    names = dataset_names()
    rows = pl.DataFrame(
        {
            "number": list(range(1, len(handed) + 1)),
            "file": [one.upload.name for one in handed],
            "dataset": [
                t("rule.list").join(
                    names.get(part.dataset or "", MISSING) for part in one.checked.parts or (one.checked,)
                )
                for one in handed
            ],
            "rows": [one.checked.rows for one in handed],
            "errors": [one.checked.errors for one in handed],
            "warnings": [one.checked.warnings for one in handed],
            "standing": [_standing(one) for one in handed],
        }
    )
    table_with_export(
        rows,
        name=t("load.files_name"),
        key="load_files_table",
        labels={name: t(f"load.column.{name}") for name in rows.columns},
    )


def findings_of(handed: Sequence[Handed]) -> None:
    """What the check found in the one file, or in the one of several that is picked; refused ones come first."""
    one = handed[0]
    if len(handed) > 1:
        order = sorted(range(len(handed)), key=lambda at: handed[at].checked.accepted)
        labels = {at: f"{at + 1}. {handed[at].upload.name}" for at in order}
        picked = st.selectbox(
            t("load.findings_of"),
            order,
            format_func=lambda at: labels.get(at, str(at)),
            key="load_findings_of",
        )
        one = handed[picked]
    if one.standing == "refused":
        refusal(one.upload, one.checked, "load.refused")
    elif one.is_ready or one.checked.warnings:
        acceptance(one.upload, one.checked)


def _standing(one: Handed) -> str:
    return t(f"load.standing.{one.standing}", receipt=one.receipt or MISSING)


def _templates() -> None:
    names = {name: t(f"load.workbook.{name}") for name in WORKBOOKS} | dataset_names()
    dataset = st.selectbox(
        t("load.template_of"),
        list(names),
        index=len(WORKBOOKS),
        format_func=names.__getitem__,
        key=f"load_template_of_{language()}",
    )
    if dataset in WORKBOOKS:
        prefilled_workbook(dataset)
        return
    template_buttons("load", dataset, "tertiary")
    st.caption(t("load.template_size", columns=exact(len(contract(dataset).columns))))


# Both kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=256, scope="session", show_spinner=False)
def _digest(file_id: str, _file: UploadedFile) -> str:  # noqa: ARG001 - the cache goes by it
    return hashlib.sha256(_file.getbuffer()).hexdigest()


@st.cache_resource(max_entries=256, scope="session", show_spinner=False)
def _checked(digest: str, dataset: str | None, name: str, _content: bytes) -> Checked:  # noqa: ARG001 - as above
    return try_upload(name, _content, dataset)
