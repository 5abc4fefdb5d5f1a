"""Handing over a file: the template to fill in, the uploader, and the check of what came."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Literal

import streamlit as st

from pages.components.words import language, t
from pipelines.intake.check import Checked
from pipelines.uploads import check_upload, marked_upload, template_bytes

DATASET = "annual_returns"
MOST_MEGABYTES = 500
"""A national file of 1.1 million firms is about 430 MB as CSV."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Upload:
    """A file as handed over: its name, its bytes, and the hash that its results are kept under."""

    name: str
    content: bytes
    digest: str

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    def marked(self, checked: Checked, language: str) -> bytes:
        """The file as a workbook with its findings marked."""
        return marked_upload(self.name, self.content, checked, language)


def upload(key: str, label: str) -> Upload | None:
    """The uploader; what a file is, is read from its content, so any ending may be chosen."""
    given = st.file_uploader(label, key=key, help=t("upload.help"), max_upload_size=MOST_MEGABYTES)
    if given is None:
        return None
    content = given.getvalue()
    return Upload(given.name, content, hashlib.sha256(content).hexdigest())


def template_buttons(
    key: str, dataset: str = DATASET, first: Literal["secondary", "tertiary"] = "secondary"
) -> None:
    """The template of a dataset, under the headers of the reader's language before those of the other."""
    with st.container(horizontal=True, gap="small"):
        for place, code in enumerate(sorted(("zh", "en"), key=lambda code: code != language())):
            st.download_button(
                t(f"upload.template_{code}"),
                partial(template_bytes, dataset, code),
                f"{dataset}_{code}.xlsx",
                XLSX,
                key=f"{key}_template_{code}",
                on_click="ignore",
                type="tertiary" if place else first,
            )


# Kept for this reader alone, and only as long as the page is open; an entry is shared by no one.
@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def checked(
    digest: str,  # noqa: ARG001 - the cache goes by it
    name: str,
    _content: bytes,
    needs: Sequence[str] | None = None,
) -> Checked:
    """The check of an upload, once for each file."""
    return check_upload(name, _content, DATASET, needs)
