"""A git repository: which commits there are, what each says, and what it left of a file."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRevision, NotARepository, RevisionError, UnknownRevision
from journal.model.revision import Commit
from journal.revisions import command
from journal.revisions.address import without_secrets
from journal.revisions.files import Files
from journal.revisions.listing import file_changes, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.model.revision import FileVersion
    from journal.revisions.command import Answer

_SHOW = (
    "diff-tree",
    *("--root", "--always", "--diff-merges=first-parent", "-r", "-M", "-l1000", "-z", "--numstat"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"),
    *("--encoding=UTF-8", "--date=raw", "--format=%P%x00%an%x00%ad%x00%s%x00%b%x00"),
)
_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,64}")  # git takes no fewer than four digits
_LONGEST_REVISION = 1000
_LONGEST_LIST = 10


class Repository:
    """A git repository with a work tree, for reading.

    Attributes:
        root: Top of the work tree, absolute and resolved.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def find(cls, start: Path) -> Repository:
        """The repository that `start` lies in.

        `start` must be a folder that the user chose, such as the journal's root. Never pass a run folder or
        anything else that was copied here: a `.git` planted in it would choose the repository.

        Raises:
            NotARepository: There is none.
            RevisionError: There is one, but it has no work tree here, or git refuses or fails to read it;
                or git is not installed.
        """
        if not start.is_dir():
            raise NotARepository("there is no such folder", path=start)
        answer = command.run(start, "rev-parse", "--show-toplevel")
        if answer.status:
            raise RevisionError(f"has no git work tree: {answer.reason}", path=start, hint=command.INIT)
        root = Path(os.fsdecode(answer.raw.removesuffix(b"\n")))
        if not start.resolve().is_relative_to(root):
            raise RevisionError(
                f"its repository has its work tree elsewhere, in {root}",
                path=start,
                hint="see `git config --show-origin core.worktree`",
            )
        return cls(root)

    def resolve(self, revision: str) -> str:
        """The full sha of the commit that a branch, tag, abbreviated sha or other git expression names.

        Raises:
            UnknownRevision: No commit answers to it, or it is not the name of a single revision.
            AmbiguousRevision: Several commits answer to it; the hint lists them.
        """
        if revision.startswith("-") or not revision.isprintable() or not 0 < len(revision) <= _LONGEST_REVISION:
            shown = revision if len(revision) <= _LONGEST_REVISION else revision[:40] + "…"
            raise UnknownRevision(f"{shown!r} is not a revision", hint="give a sha, a branch or a tag")
        answer = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        sha = answer.text.strip()
        found = [sha] if answer.status == 0 and _FULL.fullmatch(sha) else []
        if not found or not sha.startswith(revision.lower()):  # a branch may be called like the sha of a commit
            found += self._commits_starting(revision)
        if len(found) > 1:
            raise self._ambiguous(revision, found)
        if not found:
            raise self._unknown(revision)
        return found[0]

    def commit(self, revision: str) -> Commit:
        """A commit and the files it touches against its first parent; a root commit, against nothing.

        Names and messages that are not UTF-8 are shown with replacement characters.

        Raises:
            UnknownRevision: No commit answers to the revision.
            AmbiguousRevision: Several commits answer to it.
            RevisionError: The commit is there, but something needed to describe it is not.
        """
        sha = self.resolve(revision)
        answer = self._git(*_SHOW, sha, "--")
        if answer.status:
            hint = f"in a partial clone, `git show {sha[:7]}` fetches what is missing; otherwise run `git fsck`"
            raise RevisionError(f"commit {sha[:7]} cannot be read: {answer.reason}", path=self.root, hint=hint)
        parents, author, date, subject, body, changes = answer.text.split("\0", 5)
        if not parents:
            self._check_root(sha)
        return Commit(
            sha=sha,
            subject=subject,
            body=body.strip("\n"),
            author=author,
            authored=moment(date, sha),
            parents=tuple(parents.split()),
            files=tuple(file_changes(changes)),
        )

    def commits_known(self, shas: Iterable[str]) -> dict[str, str | None]:
        """For each sha, full or abbreviated, the full sha of the commit it names.

        None stands for a sha that no commit, or more than one, answers to, and for anything that is not a sha
        of at least four digits. One git process answers for all of them.
        """
        known: dict[str, str | None] = dict.fromkeys(shas)
        asked = [sha for sha in known if _ABBREVIATED.fullmatch(sha)]
        for sha, (name, _) in zip(asked, self._objects(f"{sha}^{{commit}}" for sha in asked), strict=True):
            if not name or name.startswith(sha.lower()):
                known[sha] = name or None
            else:  # a branch or tag of that name stands in front of the commit
                found = self._commits_starting(sha)
                known[sha] = found[0] if len(found) == 1 else None
        return known

    def head(self) -> str | None:
        """Full sha of the commit that is checked out, or None before the first commit."""
        return self._said("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def branch(self) -> str | None:
        """The branch that is checked out, or None when HEAD is detached."""
        name = self._said("symbolic-ref", "--quiet", "HEAD")
        return name and name.removeprefix("refs/heads/")

    def user_name(self) -> str | None:
        """The name that git would sign a commit with (`user.name`), or None if none is set."""
        name = self._said("config", "--get", "user.name")
        return (name and name.strip()) or None

    def origin(self) -> str | None:
        """Address of the remote `origin`, without user, password, query or fragment.

        None when there is no such remote, and when its address is of a form that could hide a secret.
        """
        addresses = self._said("config", "--null", "--get-all", "remote.origin.url")  # git fetches from the first
        return addresses and without_secrets(addresses.partition("\0")[0])

    def versions(self, path: Path) -> Iterator[FileVersion]:
        """What each commit that HEAD is made of left of a file, where it changed it; the newest first.

        Every line of commits counts, also that of a merged branch. Versions hang together by their `parents`: the
        first is the one that HEAD has, and each comes before its parents. A merge stands among them where both sides
        changed the file. A file that a commit renamed is followed to its former name, as long as the two are at least
        half alike; but what one side of a merge did under the former name is not met, where the other renamed it.
        A version that is met on two ways after a renaming may come twice.

        Everything is read when it is first asked for: HEAD once, the commits that changed a folder once for all of its
        files, the bytes of a file up to 64 MiB at a time by one git process, a former name when its turn comes. A file
        above 16 MiB is not read. In a shallow clone the oldest version is marked as `cut`.

        Args:
            path: The file, absolute or from the root; it need not exist any more. One outside the work tree, one that
                was never committed, and any file before the first commit have no versions.

        Raises:
            RevisionError: Something that is needed is not in this repository, or git cannot be asked for it.
        """
        name = self._inside(path)
        return iter(()) if name is None or self._files is None else self._files.versions(name)

    @cached_property
    def _files(self) -> Files | None:
        """The files of the commit that was checked out when they were first asked for."""
        head = self.head()
        return Files(self.root, head, self._is_cut) if head is not None else None

    @cached_property
    def _is_shallow(self) -> bool:
        return self._said("rev-parse", "--is-shallow-repository") == "true"

    def ignored(self, path: Path) -> bool:
        """Whether git ignores `path`: an untracked path that an ignore pattern matches.

        A relative path is taken from the root. A path outside the work tree is not ignored. A pattern such as
        `wandb/` matches folders only, so a folder that does not exist yet is judged by asking for a path inside it.
        """
        name = self._inside(path)
        if name is None:
            return False
        matched = self._said("check-ignore", "--no-index", "--quiet", "--", f"./{name}") is not None  # `./`: no magic
        return matched and self._said("ls-files", "--error-unmatch", "--", f":(literal){name}") is None

    def _inside(self, path: Path) -> str | None:
        """A path from the root, or None for one outside the work tree."""
        place = Path(os.path.abspath(self.root / path))  # noqa: PTH100 - a link itself, not what it points to
        place = place.parent.resolve() / place.name
        return str(place.relative_to(self.root)) if place.is_relative_to(self.root) else None

    def _git(self, *arguments: str) -> Answer:
        return command.run(self.root, *arguments)

    def _said(self, *arguments: str) -> str | None:
        """What git answered without the newline at its end, or None for git's "no" (status 1)."""
        answer = self._git(*arguments)
        if answer.status > 1:
            raise RevisionError(f"git cannot answer: {answer.reason}", path=self.root)
        return answer.text.removesuffix("\n") if answer.status == 0 else None

    def _objects(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Full name and type of each object asked for, or two empty strings where none or several answer."""
        asked = list(names)
        if not asked:
            return []
        answer = command.fed(self.root, asked, "cat-file", "--batch-check=%(objectname) %(objecttype)")
        if answer.status:
            raise RevisionError(f"objects cannot be read: {answer.reason}", path=self.root, hint="run `git fsck`")
        answers = (line.partition(" ") for line in answer.text.splitlines())
        return [(name, kind) if _FULL.fullmatch(name) else ("", "") for name, _, kind in answers]

    def _commits_starting(self, prefix: str) -> list[str]:
        """Full shas of the commits whose sha begins with these digits; none if they are not hex digits."""
        if not _ABBREVIATED.fullmatch(prefix):
            return []
        names = self._git("rev-parse", f"--disambiguate={prefix}").text.split()
        return [name for name, kind in self._objects(names) if kind == "commit"]

    def _listed(self, shas: list[str]) -> str:
        """Short sha and subject of each commit, for a hint."""
        chosen = shas[:_LONGEST_LIST]
        answer = self._git(
            *("rev-list", "--no-walk=unsorted", "--oneline", "--abbrev=7", "--encoding=UTF-8", *chosen, "--")
        )
        lines = [*(answer.text.splitlines() or chosen), *(["…"] if len(shas) > len(chosen) else [])]
        return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in "; ".join(lines))

    def _ambiguous(self, revision: str, found: list[str]) -> AmbiguousRevision:
        return AmbiguousRevision(f"{revision!r} could be any of {len(found)} commits", hint=self._listed(found))

    def _unknown(self, revision: str) -> UnknownRevision:
        hint = "run `git fetch` if it was made elsewhere"
        if self.head() is None:
            hint = "nothing is committed here yet"
        elif close := self._commits_starting(revision[:5]) if _ABBREVIATED.fullmatch(revision) else []:
            hint = f"did you mean {self._listed(close[:3])}?"
        elif self._is_shallow:
            hint = "this clone is shallow: run `git fetch --unshallow`"
        return UnknownRevision(f"no commit answers to {revision!r}", hint=hint)

    def _check_root(self, sha: str) -> None:
        """Raise if a commit only looks like a root because a shallow clone ends there."""
        if self._is_cut(sha):
            raise RevisionError(
                f"commit {sha[:7]} is where this shallow clone ends, so what it changed is not known",
                path=self.root,
                hint="run `git fetch --unshallow`",
            )

    def _is_cut(self, sha: str) -> bool:
        """Whether a shallow clone ends at a commit: it has parents that git does not tell of."""
        if not self._is_shallow:
            return False
        stored = self._git("cat-file", "commit", sha).raw
        told = self._said("rev-list", "--no-walk", "--parents", sha) or ""
        return b"\nparent " in stored.partition(b"\n\n")[0] and told.strip() == sha
