"""Loading official lists: their terms, what they name before they are loaded, and what they did to the titles."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.access import Scope
from data.home import home
from data.manifest import Published
from pages.components.facts import facts_of
from pages.components.load_files import Handed, findings_of, uploads_of
from pages.components.load_list_names import names_preview
from pages.components.load_list_result import lists_result
from pages.components.load_list_terms import Given, terms_form
from pages.components.load_run import load_now
from pages.components.upload import MOST_MEGABYTES, Upload, template_buttons
from pages.components.words import t
from pipelines.intake.check import Checked
from pipelines.loading import LISTS
from pipelines.title_lists import receipts_of
from pipelines.uploads import check_upload


def load_lists_part(build: Published | None, scope: Scope) -> None:
    """Everything about loading official lists, in the order in which it is done."""
    given = terms_form(build, scope)
    files = _files()
    if not files:
        st.caption(t("title_lists.how"))
        return
    handed = _checked_lists(files, given)
    if given.terms and build:
        lists_result([receipt for one in handed for receipt in one.receipts], given.terms, build, scope)
    ready = [one for one in handed if one.is_ready]
    if any(not one.checked.accepted for one in handed):
        findings_of(handed)
    if ready and given.day:
        names_preview(ready, given.day, facts_of(build, scope) if build else None)
    if not all(one.receipts for one in handed):
        _load_button(ready, given)


def _files() -> list[Upload]:
    found = st.file_uploader(
        t("title_lists.upload"),
        accept_multiple_files=True,
        key="list_files",
        help=t("title_lists.upload_help"),
        max_upload_size=MOST_MEGABYTES,
    )
    template_buttons("list", LISTS, "tertiary")
    return uploads_of(found)


def _checked_lists(files: Sequence[Upload], given: Given) -> list[Handed]:
    # The same file on other terms is another list, so what counts already goes by the terms as well.
    held = receipts_of(home(), {file.digest for file in files}, given.terms) if given.terms else {}
    found = []
    for file in files:
        with st.spinner(t("title_lists.checking", file=file.name)):
            checked = _checked(file.digest, file.name, file.content)
        receipt = held.get(file.digest)
        found.append(Handed(file, checked, (receipt,) if receipt else ()))
    return found


def _load_button(ready: Sequence[Handed], given: Given) -> None:
    why = given.missing or (None if ready else t("load.nothing_ready"))
    pressed = st.button(
        t("title_lists.button") if len(ready) < 2 else t("title_lists.button_many", count=len(ready)),
        type="primary",
        key="list_load",
        disabled=bool(why),
    )
    st.caption(
        why or t("title_lists.will_end" if given.terms and given.terms.replaces else "title_lists.will")
    )
    # Drawn in every run, so that what stands below keeps its place while a load is under way.
    with st.container():
        if pressed and given.terms:
            load_now([one.upload for one in ready], LISTS, terms=given.terms.kept())


# Kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=64, scope="session", show_spinner=False)
def _checked(digest: str, name: str, _content: bytes) -> Checked:  # noqa: ARG001 - the cache goes by it
    return check_upload(name, _content, LISTS)
