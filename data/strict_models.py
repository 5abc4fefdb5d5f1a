"""The models that files of policy and reference are held against: frozen, no unknown key, the mistake's place named."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from data.strict_yaml import FileError, load

Model = TypeVar("Model", bound=BaseModel)


class Fact(BaseModel):
    """A mapping of such a file; a key that it does not name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_model(model: type[Model], path: Path, shown: str) -> Model:
    """The YAML file ``path``, which errors name ``shown``, as a model. Raises FileError, naming the key."""
    return held_against(model, load(path), shown)


def held_against(model: type[Model], tree: Any, file: str, where: str = "") -> Model:
    """What was read at ``where`` of ``file`` as a model. Raises FileError, naming the key."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        # A whole mapping says nothing more about what is wrong in it.
        found = "" if isinstance(first["input"], dict) else f" (found {first['input']!r})"
        raise FileError(file, f"{where} {at}".strip(), f"{first['msg']}{found}.") from None
