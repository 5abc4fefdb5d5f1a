"""How a province's year is appraised, as the sections of the methods page: generated from the scheme of a round."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from data.appraisal_policy import Indicator, Line, Scheme, Source
from metrics.scoring.rule_words import Words
from metrics.scoring.rulebook_sections import Section
from metrics.scoring.rulebook_tables import marks
from pipelines.appraisal_words import line_said


def of_scheme(scheme: Scheme, words: Words) -> list[Section]:
    """Grades, indicators with their goalposts, and the uniform rule for firms and platforms.

    Weights are points of 100, goalposts percent or percentage points; what no document states is said to be an
    assumption. Source: 财预〔2020〕10号 for the four layers and grades, else the document in each row.
    """
    say = words.say
    rule = scheme.assessment
    found = [
        Section("grades", say("methods.grades_title"), say("methods.grades_note"), _grades(scheme, words)),
        Section(
            "indicators",
            say("methods.indicators_title"),
            say("methods.indicators_note"),
            _indicators(scheme, words),
        ),
        Section(
            "firm_rule",
            say("methods.firm_rule_title"),
            say("methods.uniform_note", source=_source(rule.source, words)),
            _lines(rule.firm, words),
        ),
        Section(
            "platform_rule",
            say("methods.platform_rule_title"),
            say("methods.uniform_note", source=_source(rule.source, words)),
            _lines(rule.platform, words),
        ),
        Section(
            "certainty",
            say("methods.certainty_title"),
            say(
                "methods.certainty_note",
                draws=scheme.certainty.draws,
                spread=f"{scheme.certainty.weight_spread_percent:f}",
            ),
        ),
        Section("marks", say("methods.marks_title"), table=marks(words)),
    ]
    return [section for section in found if section.table is None or section.table.height]


def _grades(scheme: Scheme, words: Words) -> pl.DataFrame:
    source = scheme.grades_source
    return pl.DataFrame(
        {
            "grade": [_named(found, words) for found in scheme.grades.values()],
            "from_points": [f"≥ {found.at_least:f}" for found in scheme.grades.values()],
            "document": [source.document] * len(scheme.grades),
            "mark": [source.mark] * len(scheme.grades),
        }
    )


def _indicators(scheme: Scheme, words: Words) -> pl.DataFrame:
    rows = []
    for layer in scheme.layers.values():
        for indicator in layer.indicators.values():
            rows += [
                {
                    "layer": f"{_named(layer, words)} {layer.weight:f}",
                    "indicator": _named(indicator, words),
                    "max_points": f"{indicator.weight:f}",
                    "formula": _named(indicator.formula, words),
                    "source": _source(indicator.source, words),
                    "part": part,
                    "goalposts": goalposts,
                }
                for part, goalposts in _parts(indicator, words)
            ]
    return pl.DataFrame(rows)


def _parts(indicator: Indicator, words: Words) -> Iterable[tuple[str, str]]:
    if indicator.kind == "judged":
        return [("", words.say("methods.judged"))]
    whole = sum((part.weight for part in indicator.parts.values()), Decimal(0))
    found = []
    for part in indicator.parts.values():
        unit = words.say("methods.in_points" if part.unit == "points" else "methods.in_percent")
        shares = "" if part.weight == whole else f" {part.weight:f}/{whole:f}"
        said = words.say("methods.goalposts", zero=f"{part.zero:f}", full=f"{part.full:f}", unit=unit)
        found.append((f"{_named(part, words)}{shares}", said))
    return found


def _lines(lines: Iterable[Line], words: Words) -> pl.DataFrame:
    rows = []
    for number, line in enumerate(lines, start=1):
        rows.append(
            {
                "line": str(number),
                "condition": line_said(line, words.language),
                "result": words.say(f"appraisal.result.{line.result}"),
            }
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(("line", "condition", "result"), pl.String))


def _named(of: object, words: Words) -> str:
    return str(getattr(of, words.language))


def _source(source: Source, words: Words) -> str:
    stop = words.say("rule.list")
    return f"{source.document}{stop}{_named(source, words)} ({source.mark})"
