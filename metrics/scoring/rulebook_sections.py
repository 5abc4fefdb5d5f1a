"""The methods of a standard, the size classes and a dataset as sections: a heading, a note, a table.

The methods page draws them, ``pipelines.docs`` writes them down.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.dataset import Contract
from data.rules import SizeStandard, Standard
from metrics.scoring import rulebook_tables as tables
from metrics.scoring.rule_words import Words

READINGS = ("three", "zero", "rounding", "cautious")


@dataclass(frozen=True)
class Section:
    """A heading, a note under it, and a table (None: the note is all); `key` is stable."""

    key: str
    title: str
    note: str = ""
    table: pl.DataFrame | None = None


def of_standard(rule: Standard, words: Words) -> list[Section]:
    """When a standard is in force, what it asks for, how it is scored and how it is read."""
    say = words.say
    orientation = say("rule.list").join(f"{division:02d}" for division in rule.orientation.divisions)
    found = [
        Section("force", say("methods.force_title"), table=tables.in_force(words, rule.tier)),
        Section(
            "gates",
            say("methods.gates_title"),
            say("methods.requirements_note"),
            tables.requirements(rule, words, gates=True),
        ),
        Section(
            "requirements",
            say("methods.requirements_title"),
            say("methods.requirements_note"),
            tables.requirements(rule, words, gates=False),
        ),
        Section(
            "routes", say("methods.routes_title"), say("methods.routes_note"), tables.routes(rule, words)
        ),
        Section(
            "criteria",
            say("methods.criteria_title", most=rule.score_max),
            say("methods.criteria_note"),
            tables.criteria(rule, words),
        ),
        Section("waivers", say("methods.waivers_title"), table=tables.waivers(rule, words)),
        Section(
            "judgement",
            say("methods.judgement_title"),
            say("methods.judgement_note"),
            tables.judgement(rule, words),
        ),
        Section(
            "orientation",
            say("methods.orientation_title"),
            f"{words.label(rule.orientation.label)} {say('methods.orientation_codes', codes=orientation)}",
        ),
    ]
    return [section for section in found if section.table is None or section.table.height] + readings(words)


def of_size(size: SizeStandard, words: Words) -> list[Section]:
    """The figures of every class by industry, and where the industry codes come from."""
    last = words.label(size.classes[-1][1])
    note = words.say("methods.size_note", last=last)
    source = words.say("methods.size_map", document=words.document(size.code_map), mark=size.code_map.source)
    title = f"{words.label(size.title)} {words.document(size.document)}"
    table = tables.size_classes(size, words)
    return [Section("size", title, f"{note} {source}", table), *readings(words)]


def of_contract(rules: Contract, words: Words) -> list[Section]:
    """Every column of a dataset: meaning, unit, what is permitted and what a blank means."""
    return [
        Section(
            "columns",
            rules.title[words.language],
            words.say("methods.columns_note"),
            tables.columns(rules, words),
        )
    ]


def read_down(table: pl.DataFrame) -> pl.DataFrame:
    """The table for reading: a cell that only repeats the one above it is left empty, from the left."""
    repeats = pl.lit(value=True)
    shown = []
    for name in table.columns[:-1] if table.height else []:
        repeats = repeats & (pl.col(name) == pl.col(name).shift(1)).fill_null(value=False)
        shown.append(pl.when(repeats).then(pl.lit("")).otherwise(pl.col(name)).alias(name))
    return table.with_columns(shown)


def readings(words: Words) -> list[Section]:
    """How missing figures, zero denominators and rounding are read, and what the source marks mean."""
    found = [
        Section(name, words.say(f"methods.reading.{name}_title"), words.say(f"methods.reading.{name}"))
        for name in READINGS
    ]
    return [*found, Section("marks", words.say("methods.marks_title"), table=tables.marks(words))]
