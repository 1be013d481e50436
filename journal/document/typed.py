"""From plain YAML to a model, with each complaint at the line it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import AliasChoices, BaseModel, ValidationError

from journal.document import plain_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from journal.document.plain_yaml import Source

Model = TypeVar("Model", bound=BaseModel)

# Pydantic speaks of Python, an author of YAML.
_WORDS = {
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}


def load(source: Source, model: type[Model]) -> Model:
    """The model that a YAML text describes.

    Raises:
        EntryError: Of the class that the source names, at the first value that does not fit.
    """
    node = plain_yaml.read(source)
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        first = _located(error.errors()[0])
        line, column = node.place(first["loc"])
        source.fail(_sentence(first, node), line, column, hint=_hint(first, model))


def _located(error: ErrorDetails) -> ErrorDetails:
    """A complaint of a whole model, at the field that it is about."""
    field = error.get("ctx", {}).get("field")
    return error if field is None else {**error, "loc": (*error["loc"], field)}


def _sentence(error: ErrorDetails, node: plain_yaml.Node) -> str:
    inside = error["type"] in {"missing", "extra_forbidden"}
    name = ".".join(map(str, error["loc"] if inside else _written(error["loc"], node)))
    if error["type"] == "missing":
        return f"{name!r} is missing"
    if error["type"] == "extra_forbidden":
        return f"{name!r} is not known here"
    said = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ").replace("Input should", "must")
    return f"{name}: {said}" if name else said


def _written(location: tuple[int | str, ...], node: plain_yaml.Node) -> Iterator[int | str]:
    """The part of a location that stands in the text; models may be deeper than what is written."""
    for part in location:
        value = node.value
        if isinstance(value, dict) and part in value:
            node = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            node = value[part]
        else:
            return
        yield part


def _hint(error: ErrorDetails, model: type[BaseModel]) -> str | None:
    if error["type"] == "missing":
        return f"add `{error['loc'][-1]}:`"
    if error["type"] != "extra_forbidden":
        return None
    if len(error["loc"]) > 1:
        return "remove it, or correct its name"
    return f"known: {', '.join(_known(model))}"


def _known(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            yield from map(str, field.validation_alias.choices)
        else:
            yield field.alias or name
