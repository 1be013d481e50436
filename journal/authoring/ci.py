"""The file by which a host's CI checks a journal and publishes its site."""

from __future__ import annotations

import os
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from journal import __version__
from journal.document import store
from journal.errors import EntryNotFound

if TYPE_CHECKING:
    from pathlib import Path

_GITLAB = ".gitlab-ci.yml"
_PART = ".gitlab/journal.yml"
_OURS = b"`journal init --ci gitlab` wrote it"


class Host(StrEnum):
    """A host that can run it."""

    GITHUB = "github"
    GITLAB = "gitlab"


class Workflow(NamedTuple):
    """What a host shall do.

    Attributes:
        path: The file that says it, from the top of the repository.
        text: What stands in it.
        note: What the author must do for it, one sentence, if anything.
    """

    path: str
    text: str
    note: str | None = None


def workflow(host: Host, root: Path, top: Path) -> Workflow:
    """The workflow of a journal; one of the author's own for GitLab is kept, and has to include ours.

    Args:
        host: Who runs it.
        root: The journal's folder.
        top: Top of the repository, the same or above it.

    Raises:
        EntryError: The file that stands there already cannot be read.
    """
    text = packaged(host, root.relative_to(top).as_posix())
    if host is Host.GITHUB:
        return Workflow(".github/workflows/journal.yml", text)
    try:
        present = store.read(top / _GITLAB).raw
    except EntryNotFound:
        return Workflow(_GITLAB, text)
    if _OURS in present:
        return Workflow(_GITLAB, text)
    asks = f"{_GITLAB} is yours; add `include: [{{local: {_PART}}}]` to it, and see that it has the stage `test`"
    return Workflow(_PART, text, None if _PART.encode() in present else asks)


def create(made: Workflow, top: Path) -> bool:
    """Write a workflow; returns whether it was missing.

    Raises:
        NotWritable: The disk refuses.
    """
    if os.path.lexists(top / made.path):
        return False
    store.create(top / made.path, made.text.encode(), inside=top)
    return True


def packaged(host: Host, folder: str = ".") -> str:
    """The text of a workflow; it installs the journal in the very version that writes it.

    Args:
        host: Who runs it.
        folder: The journal's folder, from the top of the repository.
    """
    text = (resources.files("journal.authoring") / "skeleton" / "ci" / f"{host}.yml").read_text("utf-8")
    text = text.replace("{{ version }}", __version__)
    if folder == ".":
        return text
    for before, after in (
        ("working-directory: . ", f"working-directory: {_quoted(folder)} "),
        ("FOLDER: . ", f"FOLDER: {_quoted(folder)} "),
        ("path: ./site", f"path: {_quoted(f'{folder}/site')}"),
    ):
        text = text.replace(before, after)
    return text


def _quoted(text: str) -> str:
    """A string of YAML, as JSON writes it."""
    import orjson

    return orjson.dumps(text).decode()
