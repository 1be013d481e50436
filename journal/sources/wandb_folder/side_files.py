"""The small files that W&B keeps beside a log, for what the log itself lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeGuard

from journal.model.capture import MAX_PATCH
from journal.model.patch import files_of
from journal.model.revision import Code
from journal.model.run import ENVIRONMENT, Problem
from journal.sources.captured import capture_files, code_of, read_captured, read_regular
from journal.sources.small_files import NotRead, parse_small, read_small
from journal.sources.wandb_log.values import INTERNAL

if TYPE_CHECKING:
    from pathlib import Path

    from journal.sources.captured import Captured

_COUNTS_BELOW = 1 << 32
_PATCH = "diff.patch"
_LOOKED_FOR = ("wandb-metadata.json", "wandb-summary.json", "config.yaml", _PATCH, "code")


class SideFiles:
    """What lies beside the log of one run: the `files` folder, and what was captured.

    Args:
        folder: The run folder.

    Attributes:
        problems: What could not be read so far.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = folder / "files"
        self.problems: list[Problem] = []

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file and folder that is looked for, whether or not it is there."""
        return (*(self._files / name for name in _LOOKED_FOR), *capture_files(self._folder))

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
    def environment(self) -> dict[str, str | int]:
        """What `wandb-metadata.json` says of the machine, of the things that may be told."""
        told = {key: self._metadata.get(key) for key in ENVIRONMENT}
        told["cuda"] = told["cuda"] or self._metadata.get("cudaVersion")  # as SDKs since 0.18 call it
        return {key: value for key, value in told.items() if _is_told(value, key)}

    @cached_property
    def captured(self) -> Captured:
        """What the journal captured when the run began."""
        found = read_captured(self._folder)
        self.problems += found.problems
        return found

    def dirty(self, commit: str | None) -> bool | None:
        """Whether there were uncommitted changes; None where nobody can tell.

        Args:
            commit: The commit that the log or the files beside it name.
        """
        saved = self._saved(commit)
        return saved if self.captured.capture is None else self.captured.capture.dirty or saved is True

    def code(self, commit: str | None, remote: str | None, started: datetime | None) -> Code:
        """What is known of the code that was run, `diff.patch` read anew.

        Args:
            commit: The commit that the log or the files beside it name.
            remote: The git remote that they name.
            started: The start that they name.
        """
        dirty = self._saved(commit)
        patch = self._patch() if dirty else None
        changed = files_of(patch) if patch else ()
        tracked = Code(
            commit=commit,
            remote=remote,
            started=started,
            dirty=dirty,
            changed=changed,
            patch=patch,
            patch_sum=f"{_PATCH}:{sha256(patch).hexdigest()}" if patch else None,
        )
        return code_of(tracked, self.captured)

    def _saved(self, commit: str | None) -> bool | None:
        """Whether the SDK saved uncommitted changes.

        It saves a patch where tracked files differ, if it was told to save code; else nobody knows. Without a commit
        there is nothing to differ from.
        """
        try:
            if (self._files / _PATCH).stat().st_size:
                return True
        except OSError:
            pass
        return False if commit is not None and (self._files / "code").is_dir() else None

    def _patch(self) -> bytes | None:
        try:
            return read_regular(self._files / _PATCH, MAX_PATCH)
        except NotRead:
            return None

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
        return self._load("wandb-summary.json")

    @cached_property
    def _metadata(self) -> dict[str, Any]:
        return self._load("wandb-metadata.json")

    @cached_property
    def _config(self) -> dict[str, Any]:
        """The values of `config.yaml`, each of which is wrapped as `{value: X}`."""
        wrapped = self._load("config.yaml")
        return {key: item["value"] for key, item in wrapped.items() if isinstance(item, dict) and "value" in item}

    @property
    def _git(self) -> dict[str, Any]:
        git = self._metadata.get("git")
        return git if isinstance(git, dict) else {}

    def _load(self, name: str) -> dict[str, Any]:
        """A file's dictionary; empty when it is absent, and a problem when it is anything else."""
        try:
            content = read_small(self._files / name)
            loaded = {} if content is None else parse_small(name, content)
        except NotRead as error:
            return self._refuse(name, str(error))
        return loaded if isinstance(loaded, dict) else self._refuse(name, "does not hold what W&B writes there")

    def _refuse(self, name: str, why: str) -> dict[str, Any]:
        self.problems.append(Problem(message=f"files/{name} {why}"))
        return {}


def _public(values: dict[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in values.items() if key != INTERNAL}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _is_told(value: Any, key: str) -> TypeGuard[str | int]:
    """Whether a fact about the machine is of the type that W&B gives it: a count, or text."""
    if key.endswith("_count"):
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _COUNTS_BELOW
    return isinstance(value, str) and value != ""
