"""Strict reading of the project's YAML: every scalar is text, nothing is guessed, nothing is silently lost.

Plain YAML reads ``no`` as False and ``0.10`` as a float, and lets a repeated key win without a word. In a file
that carries law or a data contract each of these is a defect, so scalars stay as written, a repeated key is an
error, and so are anchors, tags and merge keys (the file must read like the printed page, top to bottom).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

# libyaml takes a tenth of the time; PyYAML's own reader stands in where it is not built in.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FileError(ValueError):
    """A file of the project that cannot be accepted: which file, where in it, what to do.

    ``file`` is the path as shown to people, ``path`` the address inside it such as ``criteria[1].bands``.
    """

    def __init__(self, file: str | Path, path: str, message: str) -> None:
        self.file, self.path, self.message = str(file), path, message
        super().__init__(f"{file}, {path}: {message}" if path else f"{file}: {message}")


def load(path: str | Path) -> Any:
    """Read one YAML file into nested dicts and lists whose scalars are str (an empty value is "").

    Raises FileError for a missing or undecodable file, a syntax error (with line), a duplicate key, a key that
    is not text, an anchor, an alias, an explicit tag or more than one document.
    """
    shown = _shown(Path(path))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileError(shown, "", "file not found.") from None
    except UnicodeDecodeError as error:
        raise FileError(shown, "", f"not UTF-8 at byte {error.start}. Save it as UTF-8.") from None
    return loads(text, shown)


def loads(text: str, file: str | Path = "<text>") -> Any:
    """Read YAML text as `load` does; ``file`` is only named in errors."""
    try:
        try:
            node = _composed(text, file, _FAST)
        except yaml.YAMLError:
            # PyYAML's own reader names the place of a mistake more exactly.
            node = _composed(text, file, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise FileError(file, where, f"{error.problem or error.context}. Correct the YAML syntax.") from None
    except yaml.YAMLError as error:
        raise FileError(file, "", f"{error}. Correct the YAML syntax.") from None
    return {} if node is None else _tree(node, file, "")


def refuse_unknown(mapping: Any, allowed: Collection[str], file: str | Path, path: str) -> Mapping[str, Any]:
    """Return ``mapping`` if it is a mapping whose keys are all allowed; otherwise raise FileError naming them."""
    if not isinstance(mapping, Mapping):
        raise FileError(file, path, f"expected a mapping with the keys {', '.join(allowed)}.")
    unknown = [key for key in mapping if key not in allowed]
    if unknown:
        at = f"{path}.{unknown[0]}" if path else unknown[0]
        raise FileError(file, at, f"unknown key {unknown[0]!r}. Allowed here: {', '.join(allowed)}.")
    return mapping


def _shown(path: Path) -> str:
    """The last two parts of a path: enough to find the file, the same on every machine."""
    return "/".join(path.parts[-2:])


def _composed(text: str, file: str | Path, loader: Any) -> yaml.Node | None:
    for event in yaml.parse(text, Loader=loader):
        _refuse_indirection(event, file)
    return yaml.compose(text, Loader=loader)


def _refuse_indirection(event: yaml.Event, file: str | Path) -> None:
    where = f"line {event.start_mark.line + 1}" if event.start_mark else ""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise FileError(file, where, "anchors and aliases are not allowed. Write the value out.")
    if getattr(event, "tag", None):
        raise FileError(file, where, f"the tag {event.tag} is not allowed. Remove it.")  # type: ignore[attr-defined]


def _tree(node: yaml.Node, file: str | Path, path: str) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_tree(child, file, f"{path}[{index}]") for index, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise FileError(file, path, f"line {line}: a key must be text.")
        key = key_node.value
        at = f"{path}.{key}" if path else key
        if key == "<<":
            raise FileError(file, at, f"line {line}: merge keys are not allowed. Write the keys out.")
        if key in found:
            raise FileError(file, at, f"line {line}: the key {key!r} is given twice. Keep one.")
        found[key] = _tree(value_node, file, at)
    return found
