"""Which provinces still wait for my scores, and what is the evidence?"""

from __future__ import annotations

import streamlit as st

from data.home import home
from pages.components.decide_reads import with_reviews
from pages.components.facts import published_build, watch_build
from pages.components.figures import headline_figures
from pages.components.filters import choice
from pages.components.header import section, title_with_filters
from pages.components.left_fields import save_left_fields
from pages.components.links import Step, next_steps
from pages.components.review_evidence import evidence, own_words
from pages.components.review_figures import headline_of, province_labels
from pages.components.review_form import colleagues, form, lock_banner, submit_panel
from pages.components.states import empty, loading
from pages.components.unit_map import unit_names
from pages.components.words import t
from pages.components.work_frame import (
    appraisal_filter,
    appraisals_or_stop,
    chosen_appraisal,
    only_for,
    work_scope,
)
from pages.components.work_reads import appraised
from pipelines.workflow.panel import review, seats_of

save_left_fields()
by = only_for("panelist", t("my_reviews.title"))
build, offered = appraisals_or_stop(published_build(), by, t("my_reviews.title"))
watch_build(build)

first = with_reviews(home(), offered, by.seat)
(code,) = title_with_filters(t("my_reviews.title"), lambda: appraisal_filter(offered, first))
appraisal = chosen_appraisal(code)
with loading(t("work.loading")):
    found = appraised(build, by.scope, appraisal)
work_scope(build, found, t("reader.seat_of", seat=by.seat))
mine = [unit for unit, seats in seats_of(home(), appraisal).items() if by.seat in seats]
mine = [unit for unit in mine if unit in set(found.totals["province"])]
if not mine:
    empty(t("my_reviews.none"), t("my_reviews.none_step"))
    st.stop()

reviews = {unit: review(home(), by, appraisal, unit) for unit in mine}
headline_figures(headline_of(build, found, reviews))
labels = province_labels(reviews)
following = next((unit for unit, one in reviews.items() if one.number is None), None)
first_one = following or mine[0]
unit = choice("unit", mine, label=t("reader.unit"), show=labels.__getitem__, default=first_one)
own = found.of(unit)

left, right = st.columns([1, 1.15], gap="large")
with left:
    section(t("my_reviews.form_title", unit=unit_names()[unit]), t("my_reviews.form_subtitle"))
    lock_banner(reviews[unit], following, first_one)
    form(by, own, reviews[unit])
    submit_panel(by, own, reviews[unit])
    colleagues(by, own, reviews[unit])
with right:
    section(t("my_reviews.evidence_title"), t("my_reviews.evidence_subtitle"))
    evidence(build, by, own, unit)
    own_words(by, own, unit)

next_steps([Step("methods", t("my_province.next_methods"), {"tier": "appraisal"})])
