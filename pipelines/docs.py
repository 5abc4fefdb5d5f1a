"""Write the documents of the methods and of the data formats, from the tables that the methods page shows.

``python -m pipelines.docs`` writes them; `documents` gives their text, so that a test can tell whether they are
current. Nothing in them is written by hand.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from data.appraisal_policy import load_scheme
from data.dataset import contract, datasets
from data.rounds import rounds
from data.rulebook import rule_sets, size_standard, standard
from data.rules import TIERS, Standard
from data.words import LANGUAGES, text
from metrics.scoring import rulebook_sections
from metrics.scoring.rule_words import Words
from metrics.scoring.rulebook_sections import Section
from pipelines import appraisal_sections, title_sections

DOCS = Path(__file__).parent.parent / "docs"


def documents() -> dict[str, str]:
    """Every generated document: its path under ``docs/`` → its text."""
    found = {}
    for language in LANGUAGES:
        words = Words(language, partial(_say, language))
        for tier in TIERS:
            pages = [
                _page(_title(rule, words), rulebook_sections.of_standard(rule, words), words)
                for rule in (standard(known.id, tier) for known in rule_sets() if tier in known.shipped)
            ]
            found[f"methods/{tier}.{language}.md"] = "\n".join(pages)
        size = size_standard()
        title = words.label(size.title)
        found[f"methods/size.{language}.md"] = _page(title, rulebook_sections.of_size(size, words), words)
        titles = title_sections.of_titles(words)
        found[f"methods/titles.{language}.md"] = _page(words.say("methods.titles"), titles, words)
        for of in rounds():
            scheme = load_scheme(of.code)
            sections = appraisal_sections.of_scheme(scheme, words)
            found[f"methods/appraisal-{of.code}.{language}.md"] = _page(
                getattr(scheme.title, language), sections, words
            )
        for name in datasets():
            rules = contract(name)
            sections = rulebook_sections.of_contract(rules, words)
            found[f"contracts/{name}.{language}.md"] = _page(rules.title[language], sections, words)
    return found


def write_documents(folder: Path = DOCS) -> list[Path]:
    """Write every document; returns their paths."""
    written = []
    for name, body in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
        written.append(path)
    return written


def outdated(folder: Path = DOCS) -> list[str]:
    """Documents that are missing or differ from what the rules say now."""
    return [
        name
        for name, body in documents().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != body
    ]


def _title(rule: Standard, words: Words) -> str:
    return f"{words.label(rule.title)} {words.document(rule.document)}"


def _say(language: str, key: str, **places: object) -> str:
    return text(key, language, **places)


def _page(title: str, sections: list[Section], words: Words) -> str:
    parts = [f"# {title}", words.say("methods.doc_note")]
    for section in sections:
        parts.append(f"## {section.title}")
        if section.note:
            parts.append(section.note)
        if section.table is not None:
            parts.append(_markdown(rulebook_sections.read_down(section.table), words))
    return "\n\n".join(parts) + "\n"


def _markdown(table: pl.DataFrame, words: Words) -> str:
    heads = [words.say(f"column.{name}") for name in table.columns]
    lines = [heads, ["---"] * len(heads), *table.iter_rows()]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: str | None) -> str:
    return (value or "").replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write_documents()
