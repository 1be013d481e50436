"""Running git: one command, in a clean environment.

Every command has a fixed shape; no `GIT_*` variable of the caller gets through; settings that could start a program are
switched off. Needs git 2.31 or newer.
"""

from __future__ import annotations

import os
from signal import SIGKILL
from subprocess import PIPE
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from journal.errors import NotARepository, RevisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_SETTINGS = (
    "core.attributesFile=/dev/null",  # line counts do not depend on who reads
    "core.bigFileThreshold=512m",  # files above it have no line counts
    "core.commitGraph=false",  # a cache that could lie about commits
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=true",  # names stand in patches, and so in patch ids
    "diff.orderFile=/dev/null",  # `git status` fails where it names a file that is not there
    "i18n.logOutputEncoding=UTF-8",  # where a command has no --encoding, dates would be in it too
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
    "GIT_FLUSH": "0",  # else a listing of 50,000 commits comes in as many pieces
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # The user's own configuration may have git write down all that it does (`trace2.eventTarget`), anywhere.
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
}
_LONGEST_TEXT = 100_000  # bytes; Linux takes 128 KiB an argument
_PARTS = ("KEY", "VALUE")
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


def run(
    folder: Path,
    *arguments: str,
    given: BinaryIO | None = None,
    settings: Mapping[str, str] | None = None,
    patience: float | None = None,
) -> Answer:
    """Run git in `folder`, in a clean environment.

    GitPython always hands on the whole environment, and os.environ is not ours to change, so `env` takes
    the caller's `GIT_*` variables away.

    Args:
        folder: Where it runs.
        arguments: The command.
        given: What it reads.
        settings: What counts before the repository's configuration; their names may be of any kind.
        patience: How many seconds it may take.

    Raises:
        NotARepository: There is no repository.
        RevisionError: Git refuses to read it because of its owner, is not installed, or took too long.
    """
    missing = RevisionError("git could not be started", hint="install git 2.31 or newer, then try again")
    try:
        from git.cmd import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:  # GitPython looks for git when it is imported
        raise missing from error
    _check_given(folder, arguments)
    git = Git.GIT_PYTHON_GIT_EXECUTABLE or Git.git_exec_name
    try:
        status, raw, errors = Git().execute(
            _words(git, folder, arguments, settings or {}),
            istream=given,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            kill_after_timeout=patience,
        )
    except GitCommandNotFound as error:
        raise missing from error
    if status in {126, 127}:  # so says `env` when git cannot be run, or is not there
        raise missing
    if patience is not None and status == -SIGKILL:
        raise RevisionError(f"git took longer than {patience:.1f} s", path=folder)
    _check_access(folder, errors)
    return Answer(status, raw, errors)


def _words(git: str, folder: Path, arguments: Sequence[str], settings: Mapping[str, str]) -> list[str]:
    """A whole command, with the environment that it runs in."""
    inherited = [part for name in os.environ if name.startswith("GIT_") for part in ("-u", name)]
    ours = [f"{name}={value}" for name, value in (_ENVIRONMENT | _as_variables(settings)).items()]
    return ["env", *inherited, *ours, git, "-C", str(folder), *_OPTIONS, *arguments]


class Conversation:
    """A git process that answers one line after another, in the environment of `run`.

    A process that was made as a copy of this one begins a conversation of its own.

    Args:
        folder: Where it runs.
        arguments: A command that reads lines, and writes one for each at once.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._folder = folder
        self._arguments = arguments
        # By process: the one that this is a copy of goes on talking, so what it began must not be let go of here.
        self._begun: dict[int, Any] = {}

    def ask(self, line: str) -> str:
        """What git answers to a line; bytes that are not UTF-8 become replacement characters.

        Raises:
            RevisionError: It is no line, or git does not answer.
        """
        if "\n" in line:
            raise RevisionError("git can only be asked for names of one line", path=self._folder)
        _check_given(self._folder, [line])
        asked = self._under_way()
        try:
            asked.stdin.write(os.fsencode(line) + b"\n")
            asked.stdin.flush()
            answer: bytes = asked.stdout.readline()
        except (OSError, ValueError) as error:
            raise RevisionError("git stopped answering", path=self._folder, hint=FETCH) from error
        if not answer:
            raise RevisionError("git stopped answering", path=self._folder, hint=FETCH)
        return answer.removesuffix(b"\n").decode("utf-8", "replace")

    def _under_way(self) -> Any:
        if os.getpid() not in self._begun:
            from git.cmd import Git

            git = Git.GIT_PYTHON_GIT_EXECUTABLE or Git.git_exec_name
            words = _words(git, self._folder, self._arguments, {})
            self._begun[os.getpid()] = Git().execute(words, istream=PIPE, as_process=True)
        return self._begun[os.getpid()]


def _check_given(folder: Path, texts: Iterable[str]) -> None:
    """Raise for what the system would not hand on to git: it would fail there in a way of its own."""
    try:
        given = [os.fsencode(text) for text in texts]
    except UnicodeEncodeError as error:
        raise RevisionError("git cannot be asked for what is not text", path=folder) from error
    if any(b"\0" in text or len(text) > _LONGEST_TEXT for text in given):
        raise RevisionError("git cannot be asked for a name that is so long, or has a NUL in it", path=folder)


def _as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as variables: on the command line, the name of one with `=` in it would end there."""
    if not settings:
        return {}
    pairs = enumerate(settings.items())
    named = [(f"GIT_CONFIG_{part}_{n}", text) for n, pair in pairs for part, text in zip(_PARTS, pair, strict=True)]
    return {"GIT_CONFIG_COUNT": str(len(settings)), **dict(named)}


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
    """Run git on lines that it reads, one after the other.

    Raises:
        RevisionError: A line is more than one; or as `run` does.
    """
    asked = list(lines)
    if any("\n" in line for line in asked):
        raise RevisionError("git can only be asked for names of one line", path=folder)
    _check_given(folder, asked)
    with TemporaryFile() as given:
        given.writelines(os.fsencode(line) + b"\n" for line in asked)
        given.seek(0)
        return run(folder, *arguments, given=given)


def checked(answer: Answer, folder: Path, said: str, hint: str | None = FETCH) -> Answer:
    """What git answered, where it could.

    Args:
        answer: What it answered.
        folder: Where it ran.
        said: What could not be done, if it could not.
        hint: What to do then.

    Raises:
        RevisionError: It could not.
    """
    if answer.status:
        raise RevisionError(f"{said}: {answer.reason}", path=folder, hint=hint)
    return answer


def said(folder: Path, *arguments: str) -> str | None:
    """What git answers without the newline at its end, or None for git's "no" (status 1).

    Raises:
        RevisionError: Git cannot answer.
    """
    answer = run(folder, *arguments)
    if answer.status > 1:
        raise RevisionError(f"git cannot answer: {answer.reason}", path=folder)
    return answer.text.removesuffix("\n") if answer.status == 0 else None
