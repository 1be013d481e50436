"""From plain YAML to a model, with each complaint at the line it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from journal.document import plain_yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from journal.document.plain_yaml import Source

Model = TypeVar("Model", bound=BaseModel)


def load(source: Source, model: type[Model]) -> Model:
    """The model that a YAML text describes.

    Raises:
        EntryError: Of the class that the source names, at the first value that does not fit.
    """
    node = plain_yaml.read(source)
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        first = error.errors()[0]
        line, column = node.place(first["loc"])
        source.fail(_sentence(first), line, column, hint=_hint(first, model))


def _sentence(error: ErrorDetails) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"{name!r} is missing"
    if error["type"] == "extra_forbidden":
        return f"{name!r} is not known here"
    said = error["msg"].removeprefix("Value error, ")
    return f"{name}: {said}" if name else said


def _hint(error: ErrorDetails, model: type[BaseModel]) -> str | None:
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        return "known: " + ", ".join(field.alias or name for name, field in model.model_fields.items())
    return None
