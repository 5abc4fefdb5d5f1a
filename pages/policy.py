"""What do the documents say, who does what, and how are contradictions read?"""

from __future__ import annotations

from data import register
from pages.components.facts import published_build, reader_scope, watch_build
from pages.components.filters import choice
from pages.components.header import scope_line, title_with_filters
from pages.components.links import Step, next_steps
from pages.components.policy_measures import has_measures, reported_view
from pages.components.policy_views import (
    calendar_view,
    documents_view,
    duties_view,
    measures_view,
    no_measures_loaded,
    readings_view,
    texts_view,
)
from pages.components.words import t

build, scope = published_build(), reader_scope()
VIEWS = {
    "documents": documents_view,
    "duties": duties_view,
    "calendar": calendar_view,
    "texts": texts_view,
    "readings": readings_view,
    "measures": measures_view,
}


def topic_filter() -> str:
    """Which part of the register."""
    return choice(
        "topic",
        list(VIEWS),
        label=t("policy.topic"),
        show=lambda code: t(f"policy.of.{code}"),
        default="documents",
    )


watch_build(build)
(topic,) = title_with_filters(t("policy.title"), topic_filter)
scope_line([t("policy.scope", count=len(register.documents())), t("policy.scope_marks")])
VIEWS[topic]()
if topic == "measures":
    if build is not None and has_measures(build):
        reported_view(build, scope)
    else:
        no_measures_loaded()

next_steps(
    [
        Step("methods", t("policy.next_methods")),
        Step("programme", t("policy.next_programme")),
        Step("provinces", t("policy.next_provinces")),
    ]
)
