"""The frame: page config, language, navigation. Each page is one file under ``pages/``; its stem is its address."""

from pathlib import Path

import streamlit as st

from pages.components.frame import frame_stands
from pages.components.left_fields import save_left_fields
from pages.components.links import offer_pages
from pages.components.reader_switch import keep_reader, pages_of, reader, reader_switch
from pages.components.words import keep_language, language_switch, t

HERE = Path(__file__).parent
ICON = HERE / "pages" / "images" / "icon.png"
SIDEBAR_WIDTH = 210

# Section → pages, in the order people meet them. Adding a page is one line here and `page.<stem>` in each language.
SECTIONS: dict[str, list[str]] = {
    "ministry": [
        "overview",
        "target_progress",
        "provinces",
        "gradient",
        "titles_due",
        "firms",
        "programme",
        "funds",
        "efficiency",
        "appraisal_results",
    ],
    "province": [
        "my_province",
        "self_evaluation",
        "firms_to_move_up",
        "distribution_plan",
    ],
    "panel": [
        "my_reviews",
        "decide",
    ],
    "calculators": [
        "score_firm",
        "score_file",
        "size_class",
        "allocate",
        "composite",
    ],
    "data": [
        "load",
        "quality",
        "methods",
        "policy",
    ],
}


def main() -> None:
    """Set up the frame and run the page the address names."""
    frame_stands()
    save_left_fields()
    keep_language()
    by = keep_reader()
    own = pages_of(by, SECTIONS)
    st.set_page_config(
        page_title=t("app.name"), page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH
    )
    sections = {
        t(f"nav.{section}"): [
            st.Page(
                HERE / "pages" / f"{stem}.py",
                title=t(f"page.{stem}"),
                url_path=stem,
            )
            for stem in stems
        ]
        for section, stems in own.items()
    }
    sections[""] = [st.Page(go_home, title=t("app.name"), url_path="home", default=True, visibility="hidden")]
    offer_pages(stem for stems in own.values() for stem in stems)
    page = st.navigation(sections, expanded=True)
    st.set_page_config(page_title=f"{page.title} · {t('app.name')}")
    with st.sidebar:
        language_switch()
        reader_switch(by)
        st.caption(t("app.tagline"))
        st.caption(t("app.local_mode"))
    page.run()


def go_home() -> None:
    """Lead the root's address to the first page, with its filters: a default page has no address of its own."""
    first = next(stem for stems in pages_of(reader(), SECTIONS).values() for stem in stems)
    st.switch_page(HERE / "pages" / f"{first}.py", query_params=st.query_params.to_dict())


main()
