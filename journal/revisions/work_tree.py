"""The state of a work tree: whether its tracked files differ from the commit that is checked out, and in what.

Git runs the `clean` filters that a repository names whenever it compares a file. Here they are switched off, so that a
file that such a filter would change counts as changed as soon as git looks into it, which it does where the file is
newer than git's index. Of the files of git-lfs, whose filter is known, the truth is found out without running it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.model.capture import FILE, MAX_PATCH, PATCH
from journal.revisions import command, raw_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from journal.revisions.command import Answer

    Leave = Callable[[str], bool]
    """Says of a path in the repository whether it does not count."""

_STATUS = (
    *("status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", "--no-renames"),
    *("--untracked-files=no", "--ignored=no", "--ignore-submodules=dirty"),
)
# As trackers save it, with what it takes to apply it: see also `journal.revisions.patches`. `git diff` would write the
# index, optional locks or not.
_DIFF = (
    *("diff-index", "--patch", "--binary", "--full-index", "-M", "-l1000", "-U3", "--inter-hunk-context=0"),
    *("--diff-algorithm=myers", "--no-indent-heuristic", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--no-relative", "--submodule=short", "--ignore-submodules=dirty", "-O/dev/null"),
)
_UNTRACKED = ("ls-files", "--others", "--exclude-standard", "-z", "-x", FILE, "-x", PATCH)
_RUN = r"(?:offline-)?run-\d{8}_\d{6}-[^/]+"
_RUN_FOLDER = re.compile(rf"(?:.*/)?{_RUN}/?", re.DOTALL)
# What trackers write, by names that nobody else gives: any folder called `outputs` may hold code.
_OF_TRACKERS = re.compile(
    rf"(?:^|/)(?:{_RUN}/|\.?wandb/(?:wandb-resume\.json|sweep-[^/]+/[^/]+\.yaml)\Z"
    r"|\.hydra/(?:config|hydra|overrides)\.yaml\Z|lightning_logs/(?:.+/)?hparams\.yaml\Z|mlruns/(?:.+/)?meta\.yaml\Z)"
)
_TELLING = (
    *(".py", ".pyi", ".pyx", ".ipynb", ".c", ".cc", ".cpp", ".cu", ".cuh", ".go", ".h", ".hpp", ".java", ".jl", ".js"),
    *(".lua", ".m", ".pl", ".proto", ".r", ".rs", ".scala", ".swift", ".ts", ".bash", ".sh", ".sql", ".zsh"),
    *(".cfg", ".conf", ".gin", ".ini", ".json", ".jsonnet", ".toml", ".yaml", ".yml"),
)
_SUBMODULE = "160000"
_LONGEST_LIST = 64 << 10
_FILTERS = r"^filter\."


class WorkTree(NamedTuple):
    """A work tree as it was found.

    Attributes:
        commit: Full sha of the commit that is checked out; None before the first.
        branch: The branch; None where HEAD is detached.
        origin: Address of the remote `origin`, without secrets; it may be a path on this machine.
        changed: The tracked files that differ from the commit, or whose staged version does, those of submodules
            included: paths in the repository, sorted. A submodule at another commit stands there itself.
        patch: What differs, as `git diff HEAD` tells it; None where it is too much, or git cannot tell.
        untracked: Files of code and configuration that git neither knows nor ignores, and links to folders and whole
            repositories, which may hold some; sorted. None where listing them took too long.
    """

    commit: str | None
    branch: str | None
    origin: str | None
    changed: tuple[str, ...] = ()
    patch: bytes | None = b""
    untracked: tuple[str, ...] | None = ()

    @property
    def dirty(self) -> bool:
        """Whether any tracked file differs from the commit."""
        return bool(self.changed)


class Look:
    """One look at the work tree of a repository or of a submodule.

    Args:
        root: Its top.
        patience: How many seconds all of it may take.
        above: The submodule's path in the repository, with a slash at its end; nothing for the repository itself.
        leave: Says which files do not count, by their paths in the repository.
    """

    def __init__(self, root: Path, patience: float, above: str = "", *, leave: Leave | None = None) -> None:
        self._root = root
        self._end = monotonic() + patience
        self._above = above
        self._leave = leave or (lambda _path: False)

    def work_tree(self, branch: str | None, origin: str | None) -> WorkTree:
        """What was found. What was changed is asked first, since there is no answer without it."""
        changed, patch, untracked = self.changed, self.patch, self.untracked
        return WorkTree(
            self.commit, branch, origin, _shown(changed), patch, None if untracked is None else _shown(untracked)
        )

    @cached_property
    def commit(self) -> str | None:
        """Full sha of the commit that is checked out; None before the first."""
        oid = next(row for row in self._status if row.startswith("# branch.oid "))[13:]
        return None if oid == "(initial)" else oid

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """The tracked files that differ: paths from the top of the repository, as the file system has them, sorted."""
        own = (self._above + path for path in self._own)
        return tuple(sorted({*own, *(path for module in self._submodules for path in module.changed)}))

    @cached_property
    def patch(self) -> bytes | None:
        """What differs; None where it is too much, or git cannot tell."""
        parts = [self._own_patch(), *(module.patch for module in self._submodules)]
        told = [part for part in parts if part is not None]
        whole = b"".join(told)
        return whole if len(told) == len(parts) and len(whole) <= MAX_PATCH else None

    @cached_property
    def untracked(self) -> tuple[str, ...] | None:
        """What git does not know and may be code, sorted; None where listing it took too long."""
        try:
            own = [self._above + path for path in self._unknown()]
        except RevisionError:
            return None
        inner = [module.untracked for module in self._submodules]
        if None in inner:
            return None
        return tuple(sorted([*own, *(path for paths in inner for path in paths or ())]))

    def _unknown(self) -> Iterator[str]:
        """The files of this repository alone that git does not know and that may be code.

        Raises:
            RevisionError: Listing them took too long.
        """
        for path in _text(self._checked(*_UNTRACKED).raw).split("\0")[:-1]:
            if _OF_TRACKERS.search(path) or self._leave(self._above + path):
                continue
            if path.lower().endswith(_TELLING) or path.endswith("/") or _is_link_to_folder(self._root / path):
                yield path
            elif monotonic() > self._end:
                raise RevisionError("git took too long", path=self._root)

    @cached_property
    def _status(self) -> list[str]:
        """What `git status` lists: lines about the branch, and one for each file that differs."""
        return _text(self._checked(*_STATUS).raw).split("\0")[:-1]

    @cached_property
    def _index(self) -> list[tuple[str, str, str, str]]:
        """Flag, mode, object name and path of each file that git knows and that is no plain file to compare."""
        rows = _text(self._checked("ls-files", "-v", "--stage", "-z").raw).split("\0")[:-1]
        odd = [row for row in rows if row[0] != "H" or row[2:8] == _SUBMODULE]
        return [(*told.split(" ")[:3], path) for told, _, path in (row.partition("\t") for row in odd)]  # type: ignore[misc]

    @cached_property
    def _own(self) -> list[str]:
        """The files that differ, those of submodules left out."""
        rows = [row for row in self._status if row[0] in "1u"]
        told = {_path(row): row for row in rows}
        moved = [path for (path, name), inside in self._links.items() if inside is None or inside.commit != name]
        differ = {*told, *self._hidden(), *moved} - set(self._stored_elsewhere(told))
        return sorted(path for path in differ if not self._leave(self._above + path))

    def _hidden(self) -> Iterator[str]:
        """The files that differ though git was told not to look (`--assume-unchanged`, `--skip-worktree`).

        Their bytes are compared as they stand, whatever is said of the ends of lines. A file that is not there is no
        difference in a sparse checkout.
        """
        told = [row for row in self._index if row[0].islower() or row[0] == "S"]
        if not told:
            return
        sparse = self._git("config", "--type=bool", "--get", "core.sparseCheckout").text.strip() == "true"
        for flag, mode, name, path in told:
            if mode == _SUBMODULE:
                continue
            same = raw_files.is_blob(self._root / path, name)
            if same is False or (same is None and not (sparse and flag in "sS")):
                yield path

    def _stored_elsewhere(self, told: dict[str, str]) -> Iterator[str]:
        """The files that differ only because git-lfs keeps their contents elsewhere, and its filter was not run."""
        rows = {path: row.split(" ")[7] for path, row in told.items() if row.startswith("1 .M")}
        known = raw_files.pointers(self._root, rows.values())
        for path, name in rows.items():
            pointer = known.get(name)
            if pointer and monotonic() < self._end and raw_files.is_pointed_to(self._root / path, pointer):
                yield path

    @cached_property
    def _submodules(self) -> list[Look]:
        """The submodules that are checked out, each looked at by commands of our own."""
        return [look for look in self._links.values() if look is not None]

    @cached_property
    def _links(self) -> dict[tuple[str, str], Look | None]:
        """The submodules that are checked out, by path and recorded commit; None for one that git cannot look into."""
        found: dict[tuple[str, str], Look | None] = {}
        for _, mode, name, path in self._index:
            place = self._root / path
            if mode == _SUBMODULE and os.path.lexists(place / ".git") and place.resolve() == place:
                top = _text(self._git("rev-parse", "--show-toplevel", folder=place).raw).removesuffix("\n")
                inside = Look(place, self._end - monotonic(), f"{self._above}{path}/", leave=self._leave)
                found[path, name] = inside if top == str(place) else None
        return found

    def _own_patch(self) -> bytes | None:
        """What differs, what is in submodules left out."""
        if self._weight() > MAX_PATCH:
            return None
        shape = (*_DIFF, f"--src-prefix=a/{self._above}", f"--dst-prefix=b/{self._above}")
        try:
            base = self.commit or self._nothing()
            return b"".join(
                self._checked(*shape, base, "--", *(f":(literal){path}" for path in part)).raw
                for part in _parts(self._own)
            )
        except RevisionError:
            return None

    def _weight(self) -> int:
        """How many bytes the changed files have now."""
        total = 0
        for path in self._own:
            with suppress(OSError):
                total += os.lstat(self._root / path).st_size
        return total

    def _nothing(self) -> str:
        """The name of the tree without files, which git knows without having it."""
        return command.fed(self._root, (), "hash-object", "-t", "tree", "--stdin").text.strip()

    @cached_property
    def _settings(self) -> dict[str, str]:
        """What switches the repository's filters off."""
        answer = command.run(self._root, "config", "--null", "--name-only", "--get-regexp", _FILTERS)
        names = _text(answer.raw).split("\0")[:-1]
        blank = {name: "false" if name.endswith(".required") else "" for name in names}
        return {"core.quotePath": "true", "diff.suppressBlankEmpty": "false", **blank}

    def _git(self, *arguments: str, folder: Path | None = None) -> Answer:
        left = self._end - monotonic()
        if left <= 0:
            raise RevisionError("git took too long", path=self._root)
        return command.run(folder or self._root, *arguments, settings=self._settings, patience=left)

    def _checked(self, *arguments: str) -> Answer:
        said = "the state of the work tree cannot be read"
        return command.checked(self._git(*arguments), self._root, said, hint=None)


def _parts(paths: list[str]) -> Iterator[list[str]]:
    """Paths in groups that a command line can hold."""
    part: list[str] = []
    left = _LONGEST_LIST
    for path in paths:
        if part and left < len(path):
            yield part
            part, left = [], _LONGEST_LIST
        part.append(path)
        left -= len(path)
    if part:
        yield part


def _is_link_to_folder(path: Path) -> bool:
    """Whether a link leads to a folder, that of the newest run aside, which W&B keeps."""
    try:
        return not _RUN_FOLDER.fullmatch(os.readlink(path)) and os.path.isdir(path)  # noqa: PTH112, PTH115
    except OSError:  # no link
        return False


def _shown(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as text; what is not UTF-8 becomes replacement characters."""
    return tuple(os.fsencode(path).decode("utf-8", "replace") for path in paths)


def _text(raw: bytes) -> str:
    return os.fsdecode(raw)


def _path(row: str) -> str:
    """The path at the end of a line of `git status`."""
    return row.split(" ", 8 if row[0] == "1" else 10)[-1]
