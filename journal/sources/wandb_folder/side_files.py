"""The small files that W&B keeps beside a log, for what the log itself lacks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from journal.model.run import Problem
from journal.sources.wandb_log.values import INTERNAL, children, is_deep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import yaml

MAX_JSON = 16 << 20
"""JSON files above this size, in bytes, are not read."""

MAX_YAML = 1 << 20
"""YAML files above this size, in bytes, are not read: reading them is slow."""

MAX_NODES = 100_000
"""A YAML file that unfolds to more values than this, by its aliases, is not believed."""


class SideFiles:
    """The `files` folder of one run.

    Args:
        folder: The run folder.

    Attributes:
        problems: What could not be read so far.
    """

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        self.problems: list[Problem] = []

    @property
    def commit(self) -> str | None:
        """The commit that `wandb-metadata.json` names."""
        return _text(self._git.get("commit"))

    @property
    def remote(self) -> str | None:
        """The git remote that `wandb-metadata.json` names, as it stands there."""
        return _text(self._git.get("remote"))

    @property
    def started(self) -> datetime | None:
        """The start that `wandb-metadata.json` names; W&B means UTC where it writes no offset."""
        text = _text(self._metadata.get("startedAt"))
        try:
            started = datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        return started.replace(tzinfo=UTC) if started and started.tzinfo is None else started

    @property
    def dirty(self) -> bool | None:
        """Whether uncommitted changes were saved; None where the SDK was not told to save code."""
        if (self._files / "diff.patch").is_file():
            return True
        return False if (self._files / "code").is_dir() else None

    def summary(self) -> dict[str, Any]:
        """What `wandb-summary.json` holds, without W&B's own key."""
        return _public(self._summary)

    def config(self) -> dict[str, Any]:
        """What `config.yaml` holds, without W&B's own key."""
        return _public(self._config)

    @property
    def sdk(self) -> str | None:
        """The SDK version that `config.yaml` names."""
        own = self._config.get(INTERNAL)
        return _text(own.get("cli_version")) if isinstance(own, dict) else None

    @cached_property
    def _summary(self) -> dict[str, Any]:
        return self._load("wandb-summary.json", json.loads, MAX_JSON)

    @cached_property
    def _metadata(self) -> dict[str, Any]:
        return self._load("wandb-metadata.json", json.loads, MAX_JSON)

    @cached_property
    def _config(self) -> dict[str, Any]:
        """The values of `config.yaml`, each of which is wrapped as `{value: X}`."""
        wrapped = self._load("config.yaml", read_yaml, MAX_YAML)
        return {key: item["value"] for key, item in wrapped.items() if isinstance(item, dict) and "value" in item}

    @property
    def _git(self) -> dict[str, Any]:
        git = self._metadata.get("git")
        return git if isinstance(git, dict) else {}

    def _load(self, name: str, parse: Callable[[str], Any], limit: int) -> dict[str, Any]:
        """A file's dictionary; empty when it is absent, and a problem when it is anything else."""
        path = self._files / name
        try:
            with path.open("rb") as file:
                content = file.read(limit + 1)
            if len(content) > limit:
                return self._refuse(name, f"is larger than {limit >> 20} MiB")
            loaded = parse(content.decode())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            return self._refuse(name, f"cannot be read: {error.strerror}")
        except (ValueError, RecursionError):
            return self._refuse(name, "cannot be understood")
        if not isinstance(loaded, dict) or is_deep(loaded):
            return self._refuse(name, "does not hold what W&B writes there")
        return loaded

    def _refuse(self, name: str, why: str) -> dict[str, Any]:
        self.problems.append(Problem(message=f"files/{name} {why}"))
        return {}


def _public(values: dict[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items() if key != INTERNAL}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def read_yaml(text: str) -> Any:
    """YAML as both of W&B's writers mean it.

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
