"""Small JSON and YAML files that lie beside a run's numbers, read within limits."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from journal.sources.paths import ABSENT
from journal.sources.wandb_log.values import MAX_DEPTH, children, is_deep

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

__all__ = ["MAX_DEPTH", "MAX_JSON", "MAX_NODES", "MAX_YAML", "NotRead", "parse_small", "read_small"]

MAX_JSON = 16 << 20
"""JSON files above this size, in bytes, are not read."""

MAX_YAML = 1 << 20
"""YAML files above this size, in bytes, are not read: reading them is slow."""

MAX_NODES = 100_000
"""A YAML file that unfolds to more values than this, by its aliases, is not believed."""


class NotRead(ValueError):
    """Why a small file is not read; what it says goes behind the file's name."""


def read_small(file: Path) -> bytes | None:
    """What a file holds, or None if there is none.

    Raises:
        NotRead: It cannot be read, or is too large.
    """
    limit = MAX_JSON if file.suffix == ".json" else MAX_YAML
    try:
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        if error.errno in ABSENT:
            return None
        raise NotRead(f"cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise NotRead(f"is larger than {limit >> 20} MiB")
    return content


def parse_small(name: str, content: bytes) -> Any:
    """The value in a file: JSON if it is called `*.json`, else YAML.

    Raises:
        NotRead: It is neither, or nested or unfolded beyond measure.
    """
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text) if name.endswith(".json") else _read_yaml(text)
    except (ValueError, RecursionError):
        raise NotRead("cannot be understood") from None
    if is_deep(value):
        raise NotRead(f"is nested deeper than {MAX_DEPTH} levels")
    return value


def _read_yaml(text: str) -> Any:
    """YAML as both of W&B's writers and most scripts mean it.

    Raises:
        ValueError: It is not YAML, or unfolds beyond measure.
    """
    import yaml

    try:
        loaded = yaml.load(text, Loader=_yaml_loader())  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        raise ValueError("not YAML") from None
    if _unfolds_beyond(loaded, MAX_NODES):
        raise ValueError("too many values")
    return loaded


@cache
def _yaml_loader() -> type[yaml.SafeLoader]:
    """A safe loader to which `1e-05`, as the Go writer puts it, is a number and no text."""
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML 1.1 and the floats of 1.2."""

    exponent = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+$")
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", exponent, list("-+.0123456789"))
    return Loader


def _unfolds_beyond(value: Any, limit: int) -> bool:
    """Whether a value holds more than `limit` values; aliases count each time, a cycle for ever."""
    left = [value]
    for _ in range(limit):
        if not left:
            return False
        left.extend(children(left.pop()))
    return True
