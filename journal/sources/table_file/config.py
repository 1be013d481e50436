"""The hyperparameters that lie beside a plain history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.small_files import NotRead, parse_small, read_small
from journal.sources.walk import HISTORIES

if TYPE_CHECKING:
    from pathlib import Path

CONFIG_NAMES = ("hparams.yaml", "config.yaml", "config.json")
"""Files beside a history that hold the hyperparameters; the first that is there."""


@dataclass(frozen=True)
class Hyperparameters:
    """The hyperparameters beside a history, and why there are none."""

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def config_files(file: Path) -> tuple[Path, ...]:
    """The files that are looked for beside a history, whether or not they are there."""
    return tuple(file.parent / name for name in CONFIG_NAMES) if file.name in HISTORIES else ()


def read_hyperparameters(file: Path, mentioning: tuple[str, ...] = ()) -> Hyperparameters:
    """The hyperparameters beside a history.

    Args:
        file: The history.
        mentioning: Words one of which the file must hold to be worth parsing.
    """
    if file.name not in HISTORIES:
        return Hyperparameters({})
    for name in CONFIG_NAMES:
        try:
            content = read_small(file.parent / name)
            if content is None:
                continue
            if mentioning and not any(word.encode() in content for word in mentioning):
                return Hyperparameters({})
            return _named(name, parse_small(name, content))
        except NotRead as error:
            return _refused(name, str(error))
    return Hyperparameters({})


def _named(name: str, values: Any) -> Hyperparameters:
    if values is not None and not isinstance(values, dict):
        return _refused(name, "holds no hyperparameters by name")
    return Hyperparameters({str(key): value for key, value in (values or {}).items()})


def _refused(name: str, why: str) -> Hyperparameters:
    return Hyperparameters({}, (Problem(message=f"{name} {why}"),))
