"""How titles and targets are read, as the sections of the methods page: generated from their policy files."""

from __future__ import annotations

import polars as pl

from data.published import targets
from data.titles_policy import title_rules
from metrics.scoring.rule_words import Words
from metrics.scoring.rulebook_sections import Section
from metrics.scoring.rulebook_tables import marks


def of_titles(words: Words) -> list[Section]:
    """How long a title lasts and what ends it, the national targets, the classes of progress, the projection.

    Source: 工信部企业〔2022〕63号 for the titles, the document in each row for the targets; classes and projection are
    assumptions of this product.
    """
    say, rules, goals = words.say, title_rules(), targets()
    ruled = f"{rules.document} {rules.article}"
    lasting = pl.DataFrame(
        [
            {
                "tier": say(f"tier.{tier}"),
                "given_by": say(f"methods.given_by.{rule.given_by}"),
                "validity": say("methods.years", years=rules.validity_years),
                "at_expiry": say(f"methods.at_expiry.{rule.at_expiry}"),
                "document": ruled,
                "mark": rules.mark,
            }
            for tier, rule in rules.tiers.items()
        ]
    )
    duties = pl.DataFrame(
        [
            {
                "requirement": say(
                    "methods.update", month=f"{rules.update_by.month:02d}", day=f"{rules.update_by.day:02d}"
                ),
                "document": ruled,
                "mark": rules.mark,
            },
            {
                "requirement": say("methods.bar", years=rules.cancellation.bar_years),
                "document": rules.cancellation.document,
                "mark": rules.cancellation.mark,
            },
        ]
    )
    aims = pl.DataFrame(
        [
            {
                "tier": say(f"tier.{goal.tier}"),
                "count": f"{goal.count:,}",
                "qualifier": say(f"qualifier.{goal.qualifier}"),
                "document": goal.document,
                "mark": goal.mark,
            }
            for goal in goals.targets
        ]
    )
    pace, future = goals.pace, goals.projection
    return [
        Section("validity", say("methods.validity_title"), say("methods.validity_note"), lasting),
        Section("duties", say("methods.duties_title"), table=duties),
        Section("targets", say("methods.targets_title"), say("methods.targets_note"), aims),
        Section(
            "pace",
            say("methods.pace_title"),
            say(
                "methods.pace_note",
                classes=say(
                    "progress.classes_help",
                    significant=f"{pace.significant_from_percent:f}",
                    moderate=f"{pace.moderate_from_percent:f}",
                ),
                document=pace.document,
                mark=pace.mark,
            ),
        ),
        Section(
            "projection",
            say("methods.projection_title"),
            say("progress.model", past=future.past_years, draws=f"{future.draws:,}", seed=future.seed),
        ),
        Section("marks", say("methods.marks_title"), table=marks(words)),
    ]
