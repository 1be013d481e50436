"""Small JSON and YAML files that lie beside a run's numbers, read within limits."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from journal.sources.paths import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import yaml

MAX_JSON = 16 << 20
"""JSON files above this size, in bytes, are not read."""

MAX_YAML = 1 << 20
"""YAML files above this size, in bytes, are not read: reading them is slow."""

MAX_NODES = 100_000
"""A YAML file that unfolds to more values than this, by its aliases, is not believed."""

MAX_DEPTH = 100
"""Levels of nesting that are read; JSON writers further on give up at a few hundred."""


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


def is_deep(value: Any) -> bool:
    """Whether a value is nested beyond what is read."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [below for node in level for below in children(node)]
        if not level:
            return False
    return True


def children(node: Any) -> Iterable[Any]:
    """The values right below a dictionary or list; nothing below anything else."""
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


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
