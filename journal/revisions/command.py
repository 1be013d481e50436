"""Running git: one command, in a clean environment.

Every command has a fixed shape; no `GIT_*` variable of the caller gets through; settings that could start a program are
switched off. Needs git 2.31 or newer.
"""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from journal.errors import NotARepository, RevisionError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SETTINGS = (
    "core.attributesFile=/dev/null",  # line counts do not depend on who reads
    "core.commitGraph=false",  # a cache that could lie about commits
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",  # would run gpg.program
    "safe.bareRepository=explicit",  # a folder that merely looks like a repository is none
)
_OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    *(part for setting in _SETTINGS for part in ("-c", setting)),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone fetches on demand, with commands that its configuration names
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
INIT = "run `git init` in the folder that your work lives in"
FETCH = "fetch what is missing from where this repository was cloned, or run `git fsck`"


class Answer(NamedTuple):
    """What git answered."""

    status: int
    raw: bytes
    errors: str

    @property
    def text(self) -> str:
        """What git wrote; bytes that are not UTF-8 become replacement characters."""
        return self.raw.decode("utf-8", "replace")

    @property
    def reason(self) -> str:
        """Git's own reason for a failure, in one line."""
        lines = self.errors.strip().splitlines() or [f"git ended with status {self.status}"]
        return next((line for line in lines if line.startswith("fatal: ")), lines[0]).removeprefix("fatal: ")


def run(folder: Path, *arguments: str, given: BinaryIO | None = None) -> Answer:
    """Run git in `folder`, in a clean environment.

    GitPython always hands on the whole environment, and os.environ is not ours to change, so `env` takes
    the caller's `GIT_*` variables away.

    Raises:
        NotARepository: There is no repository.
        RevisionError: Git refuses to read it because of its owner, or is not installed.
    """
    missing = RevisionError("git could not be started", hint="install git 2.31 or newer, then try again")
    try:
        from git.cmd import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:  # GitPython looks for git when it is imported
        raise missing from error
    inherited = [part for name in os.environ if name.startswith("GIT_") for part in ("-u", name)]
    ours = [f"{name}={value}" for name, value in _ENVIRONMENT.items()]
    git = Git.GIT_PYTHON_GIT_EXECUTABLE or Git.git_exec_name
    try:
        status, raw, errors = Git().execute(
            ["env", *inherited, *ours, git, "-C", str(folder), *_OPTIONS, *arguments],
            istream=given,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
        )
    except GitCommandNotFound as error:
        raise missing from error
    if status in {126, 127}:  # so says `env` when git cannot be run, or is not there
        raise missing
    _check_access(folder, errors)
    return Answer(status, raw, errors)


def _check_access(folder: Path, errors: str) -> None:
    lines = errors.splitlines()
    if any(line.startswith("fatal: detected dubious ownership") for line in lines):
        raise RevisionError(
            "git refuses to read this repository, because it belongs to another user",
            path=folder,
            hint=f"if you trust it, run `git config --global --add safe.directory {folder}`",
        )
    if any(line.startswith("fatal: not a git repository (") for line in lines):
        raise NotARepository("is not inside a git repository", path=folder, hint=INIT)


def fed(folder: Path, lines: Iterable[str], *arguments: str) -> Answer:
    """Run git on lines that it reads, one after the other."""
    with TemporaryFile() as given:
        given.writelines(os.fsencode(line) + b"\n" for line in lines)
        given.seek(0)
        return run(folder, *arguments, given=given)
