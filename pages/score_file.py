"""Which firms of a file meet a standard, and what the others lack?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from metrics.scoring.summary import ranked, verdict_counts
from pages.components.file_charts import reasons_view, spread_view
from pages.components.file_figures import file_figures
from pages.components.filters import carried, choice
from pages.components.findings_panel import acceptance, refusal
from pages.components.firm_result import firm_result
from pages.components.firm_table import firm_table, score_downloads
from pages.components.header import section
from pages.components.links import Step, next_steps
from pages.components.plain_text import plain
from pages.components.rule_choice import Assessment, assessment_filters, file_scope, governing, words, years
from pages.components.states import empty
from pages.components.upload import Upload, checked, template_buttons, upload
from pages.components.words import t
from pipelines.firm_of_file import cells_of, firm_of_file
from pipelines.intake.check import Checked
from pipelines.one_firm import OneFirm
from pipelines.scoring import FileScores, score_checked

LATEST = "latest"


# Kept for this reader alone, and only as long as the page is open.
@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def scores(digest: str, chosen: Assessment, version: str, _checked: Checked) -> FileScores:  # noqa: ARG001 - the cache goes by it
    """The scores of an accepted file, once for each file, assessment and version of the rules."""
    return score_checked(
        _checked,
        chosen.tier,
        year=chosen.year,
        rule_set=version.partition("/")[0],
        kind=chosen.kind,
        assessed_on=chosen.on,
        waived=chosen.waived,
    )


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def in_order(key: tuple[str, Assessment, str], _result: FileScores) -> pl.DataFrame:  # noqa: ARG001 - the cache goes by it
    """The result table in reading order; sorting a million firms once is enough."""
    return ranked(_result.table)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False)
def explained(key: tuple[str, Assessment, str], uscc: str, _result: FileScores) -> OneFirm:  # noqa: ARG001 - the cache goes by it
    """One firm of the file with its reasons; `key` is the file's hash, the assessment and the rules' version."""
    return firm_of_file(_result.checked, uscc, _result.rule, _result.year)


def check(given: Upload | None) -> Checked | None:
    """The check of the upload, said while it runs."""
    if given is None:
        return None
    with st.spinner(t("score_file.checking")):
        return checked(given.digest, given.name, given.content)


def year_filter() -> int:
    """The accounting year: the latest of the file unless another one in it is chosen."""
    in_file = (
        found.frame["year"].unique().sort(descending=True).to_list()
        if found and found.frame is not None
        else []
    )
    latest = in_file[0] if in_file else int(years()[0])
    names = {LATEST: t("score_file.year_latest")}
    names |= {str(year): str(year) for year in in_file}
    picked = choice(
        "file_year", list(names), label=t("score_file.year"), show=names.__getitem__, default=LATEST
    )
    return latest if picked == LATEST else int(picked)


st.title(t("score_file.title"), anchor=False)
scope, filters, hand_over = st.container(), st.container(), st.container()
with hand_over:
    given = upload("score_file_upload", t("upload.label"))
    working = st.container()
with working:
    found = check(given)
with filters:
    assessment = assessment_filters(year_filter)
with scope:
    file_scope(assessment, t("upload.private"))

if given is None or found is None:
    empty(t("score_file.empty"), t("score_file.first_step", year=assessment.year))
    template_buttons("score_file")
    st.stop()
if not found.accepted:
    refusal(given, found, "upload.refused")
    template_buttons("score_file")
    st.stop()
acceptance(given, found)
rule = governing(assessment)
if rule is None:
    st.stop()

with st.spinner(t("score_file.scoring")):
    result = scores(given.digest, assessment, words().standard(rule), found)
    key = (given.digest, assessment, words().standard(rule))
    table = in_order(key, result)

file_figures(result, words())
if rule.judgement:
    with st.expander(t("score_firm.judgement_title", count=len(rule.judgement))):
        st.markdown("\n".join(f"- {words().label(clause)}" for clause in rule.judgement))
score_downloads(
    result.table,
    rule,
    result.year,
    t("score_file.file_name", name=given.stem, tier=t(f"tier_short.{rule.tier}"), year=result.year),
)
left, right = st.columns(2, gap="medium")
with left:
    spread_view(result, "spread")
with right:
    reasons_view(result, words(), "reasons")
uscc = firm_table(table, rule, result.year, verdict_counts(result.scored))
if uscc:
    firm = explained(key, uscc, result)
    section(t("score_file.explain_title", name=plain(table.filter(table["uscc"] == uscc)["name"][0])))
    firm_result(firm, words(), cells_of(firm.typed))

next_steps(
    [
        Step("score_firm", t("score_file.next_firm"), carried("tier", "kind", "on", "rules")),
        Step("size_class", t("score_file.next_size")),
        Step("methods", t("score_file.next_methods"), carried("tier")),
    ]
)
