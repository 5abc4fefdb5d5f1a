"""The words of the interface: one folder per language under ``data/locale/``, the same files and keys in each.

A key is ``section.name`` (sections may nest further), whichever file of the folder it stands in. A word that is
missing is an error that names the key and the folder, never the key itself on a page: a reader must not meet our
internals.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from data.strict_yaml import FileError, load

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")


class WordError(LookupError):
    """A word that cannot be given: which key, in which file, what to do."""


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """All words of one language as ``{"section.name": text}``.

    Raises WordError for a language without a folder, FileError for a file that is not nested mappings of text, or
    that holds a key of another file.
    """
    if language not in LANGUAGES:
        raise WordError(f"no words in the language {language!r}. There are: {', '.join(LANGUAGES)}.")
    words: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.yaml")):
        shown = f"locale/{language}/{path.name}"
        for key, word in _flat(load(path), shown, ""):
            if key in words:
                raise FileError(shown, key, "another file of the language has this key. Keep one of them.")
            words[key] = word
    return words


def text(key: str, language: str, **params: object) -> str:
    """The word for ``key``, with its ``{places}`` filled from ``params``.

    Raises WordError when the language has no such key, or when a place has no parameter.
    """
    words = catalogue(language)
    if key not in words:
        raise WordError(f"data/locale/{language}: no word for {key!r}. Add it to every language.")
    try:
        return words[key].format(**params)
    except (KeyError, IndexError, ValueError) as error:
        raise WordError(
            f"data/locale/{language}, {key}: {words[key]!r} cannot be filled ({error!r}); "
            f"given: {', '.join(params) or 'nothing'}. Write {{{{ and }}}} for braces that are text."
        ) from None


def has(key: str, language: str) -> bool:
    """Whether the language has the key."""
    return key in catalogue(language)


def places(template: str) -> frozenset[str]:
    """The names of the ``{places}`` in a word; both languages must use the same."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _flat(tree: Any, file: str, path: str) -> list[tuple[str, str]]:
    if isinstance(tree, str):
        if not tree:
            raise FileError(file, path, "the word is empty. Write it, or remove the key.")
        return [(path, tree)]
    if not isinstance(tree, Mapping):
        raise FileError(file, path, "expected words or sections, not a list.")
    return [
        pair
        for name, branch in tree.items()
        for pair in _flat(branch, file, f"{path}.{name}" if path else name)
    ]
