"""Loading what was accepted: the button, the way it goes, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import polars as pl
import streamlit as st

from data.access import Scope
from data.home import home
from data.manifest import Published
from pages.components.load_files import Handed, check_files, file_inputs, files_table, findings_of
from pages.components.numbers import exact
from pages.components.plain_text import plain
from pages.components.receipt_words import dataset_names, moment
from pages.components.states import error
from pages.components.upload import Upload
from pages.components.words import language, t
from pipelines.build import BuildError
from pipelines.load_uploads import load_uploads
from pipelines.receipt_list import superseded_rows
from pipelines.receipts import NoReceiptError
from pipelines.rollback import builds

_JUST_LOADED = "just_loaded"
_LOOK_EVERY_S = 0.25


class _Way:
    """How far a load is; written by the thread that loads, read by the page."""

    def __init__(self) -> None:
        self.stage: tuple[str, dict[str, Any]] = ("load.starting", {})

    def reading(self, file: str, done: int, total: int) -> None:
        self.stage = ("load.reading", {"file": plain(file), "percent": 100 * done // max(total, 1)})

    def building(self, file: str, done: int, total: int) -> None:
        self.stage = ("load.building", {"file": plain(file), "done": done + 1, "total": total})


def load_files_part(receipts: pl.DataFrame, build: Published | None, scope: Scope) -> None:
    """Everything about loading files of datasets, in the order in which it is done."""
    files, dataset = file_inputs()
    if not files:
        st.caption(t("load.how"))
        return
    handed = check_files(files, dataset, receipts)
    loaded_files(handed, receipts, build, scope)
    if len(handed) > 1:
        files_table(handed)
        load_panel(handed, dataset, receipts)
        findings_of(handed)
    else:
        findings_of(handed)
        load_panel(handed, dataset, receipts)


def load_panel(handed: Sequence[Handed], dataset: str | None, receipts: pl.DataFrame) -> None:
    """The button that loads every ready file, with what it will do; a failure is said in place."""
    ready = [one for one in handed if one.is_ready]
    if all(one.receipt for one in handed):
        return
    replaces = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(ready) == 1:
            replaces = _replaces(ready[0], receipts)
        pressed = st.button(
            t("load.button") if len(ready) < 2 else t("load.button_many", count=len(ready)),
            type="primary",
            key="load_button",
            disabled=not ready,
            help=None if ready else t("load.nothing_ready"),
        )
    if ready:
        st.caption(t("load.will_replace", receipt=replaces) if replaces else t("load.will_load"))
    # Drawn in every run, so that what stands below keeps its place while a load is under way.
    with st.container():
        if pressed and ready:
            load_now([one.upload for one in ready], dataset, replaces=replaces)


def loaded_files(
    handed: Sequence[Handed], receipts: pl.DataFrame, build: Published | None, scope: Scope
) -> None:
    """What the files that already count have brought: receipt, rows, what they superseded, and the build."""
    loaded = {receipt for one in handed for receipt in one.receipts}
    rows = receipts.filter(pl.col("receipt_id").is_in(loaded)).sort("receipt_id")
    for of_file in rows.partition_by("sha256", maintain_order=True):
        row, numbers = of_file.row(0, named=True), of_file["receipt_id"].to_list()
        shown = t("rule.list").join(map(str, numbers))
        if not is_just_loaded(numbers):
            day = moment(row["received_at"])
            st.info(t("load.was_loaded", file=plain(row["file"]), receipt=shown, day=day))
        elif build and set(numbers) <= set(build.receipts):
            st.success("\n\n".join(_brought(each, build, scope) for each in of_file.iter_rows(named=True)))
        else:
            error(t("load.not_built", receipt=shown), plain(row["file"]), t("load.not_built_remedy"))


def is_just_loaded(receipts: Sequence[int]) -> bool:
    """Whether this reader has just loaded these receipts, rather than handed over what was loaded before."""
    return set(receipts) <= set(st.session_state.get(_JUST_LOADED, ()))


def first_built(receipt: int, build: Published) -> str:
    """The build that held a receipt first, and the one in force."""
    first = min(
        (entry for entry in builds(home()) if receipt in entry["receipts"]), key=lambda entry: entry["build"]
    )
    return t("load.built", build=first["build"], moment=moment(first["built_at"]), current=build.build)


def _brought(row: dict[str, Any], build: Published, scope: Scope) -> str:
    superseded = superseded_rows(row["receipt_id"], row["dataset"], scope)
    lines = [
        t(
            "load.loaded",
            file=plain(row["file"]),
            receipt=row["receipt_id"],
            rows=exact(row["rows"]),
            dataset=dataset_names()[row["dataset"]],
        ),
        t(
            "load.superseded",
            rows=exact(sum(superseded.values())),
            receipts=t("rule.list").join(map(str, superseded)),
        )
        if superseded
        else t("load.none_superseded"),
        first_built(row["receipt_id"], build),
    ]
    return "  \n".join(lines)


def _replaces(one: Handed, receipts: pl.DataFrame) -> int | None:
    """The receipt of the same dataset that the file replaces whole, if one is chosen."""
    of_dataset = receipts.filter(pl.col("counts") & (pl.col("dataset") == one.checked.dataset))
    if of_dataset.is_empty():
        return None
    labels = {0: t("load.replaces_none")} | {
        receipt: t("load.replaces_receipt", receipt=receipt, file=file, rows=exact(rows))
        for receipt, file, rows in of_dataset.select("receipt_id", "file", "rows").iter_rows()
    }
    chosen = st.selectbox(
        t("load.replaces"),
        list(labels),
        format_func=lambda receipt: labels.get(receipt, str(receipt)),
        key=f"load_replaces_{language()}",
        help=t("load.replaces_help"),
    )
    return chosen or None


def load_now(
    uploads: Sequence[Upload],
    dataset: str | None,
    *,
    replaces: int | None = None,
    terms: Mapping[str, str] | None = None,
) -> None:
    """Load files and draw the page again; a failure is said in place. ``terms``: those of official lists."""
    way = _Way()
    files = [(one.name, one.content) for one in uploads]
    try:
        # In a thread: a click elsewhere ends this run, but never a load half way. Leaving the block waits for it.
        with st.status(t("load.starting")) as status, ThreadPoolExecutor(1) as worker:
            job = worker.submit(
                load_uploads,
                files,
                dataset,
                replaces=replaces,
                terms=terms,
                reading=way.reading,
                building=way.building,
            )
            while not job.done():
                word, places = way.stage
                status.update(label=t(word, **places))
                wait([job], timeout=_LOOK_EVERY_S)
            outcomes, _ = job.result()
    except NoReceiptError:
        error(t("load.replaced_gone", receipt=replaces), plain(files[0][0]), t("load.replaced_gone_remedy"))
        return
    except BuildError as failure:
        error(t("load.build_failed"), plain(str(failure)), t("load.build_failed_remedy"))
        return
    except OSError as failure:
        error(t("load.disk_failed"), plain(str(failure.strerror)), t("load.disk_failed_remedy"))
        return
    st.session_state[_JUST_LOADED] = tuple(receipt for outcome in outcomes for receipt in outcome.receipts)
    st.rerun()
