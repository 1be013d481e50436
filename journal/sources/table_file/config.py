"""The hyperparameters that lie beside a plain history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.table_file.search import ABSENT, NAMES
from journal.sources.wandb_folder.side_files import MAX_JSON, MAX_YAML, read_yaml
from journal.sources.wandb_log.values import is_deep

if TYPE_CHECKING:
    from pathlib import Path

CONFIG_NAMES = ("hparams.yaml", "config.yaml", "config.json")
"""Files beside a history that hold the hyperparameters; the first that is there."""


@dataclass(frozen=True)
class Hyperparameters:
    """The hyperparameters beside a history, and why there are none."""

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def read_hyperparameters(file: Path, mentioning: tuple[str, ...] = ()) -> Hyperparameters:
    """The hyperparameters beside a history.

    Args:
        file: The history.
        mentioning: Words one of which the file must hold to be worth parsing.
    """
    if file.name not in NAMES:
        return Hyperparameters({})
    for name in CONFIG_NAMES:
        limit = MAX_JSON if name.endswith(".json") else MAX_YAML
        try:
            with (file.parent / name).open("rb") as stream:
                content = stream.read(limit + 1)
        except OSError as error:
            if error.errno in ABSENT:
                continue
            return _refused(name, f"cannot be read: {error.strerror}")
        if len(content) > limit:
            return _refused(name, f"is larger than {limit >> 20} MiB")
        if mentioning and not any(word.encode() in content for word in mentioning):
            return Hyperparameters({})
        return _parsed(name, content)
    return Hyperparameters({})


def _parsed(name: str, content: bytes) -> Hyperparameters:
    try:
        text = content.decode("utf-8-sig")
        values = json.loads(text) if name.endswith(".json") else read_yaml(text)
    except (ValueError, RecursionError):
        return _refused(name, "cannot be understood")
    if values is not None and (not isinstance(values, dict) or is_deep(values)):
        return _refused(name, "holds no hyperparameters by name")
    return Hyperparameters({str(key): value for key, value in (values or {}).items()})


def _refused(name: str, why: str) -> Hyperparameters:
    return Hyperparameters({}, (Problem(message=f"{name} {why}"),))
