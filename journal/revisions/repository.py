"""A git repository: which commits there are, what each says, and what it left of a file."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from journal.errors import NotARepository, RevisionError
from journal.model.address import without_secrets
from journal.model.capture import PATIENCE
from journal.model.revision import is_full
from journal.revisions import ancestry, command, commits, comparing, forking, moved, objects, walking_back
from journal.revisions.ancestry import Ancestry
from journal.revisions.files import Files
from journal.revisions.names import Names
from journal.revisions.patches import Patches
from journal.revisions.reverts import Reverts
from journal.revisions.work_tree import Look

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from journal.model.revision import Commit, Comparison, FileVersion
    from journal.revisions.commits import Delta
    from journal.revisions.moved import Found, Lost, Message
    from journal.revisions.work_tree import Leave, WorkTree


class Repository:
    """A git repository with a work tree, for reading.

    Attributes:
        root: Top of the work tree, absolute and resolved.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._full: dict[str, str | None] = {}
        self._deltas: dict[str, Delta] = {}
        self._blobs: dict[tuple[str, str], str | None] = {}
        self._blob_asked = command.Conversation(root, "cat-file", "--batch-check=%(objectname)")
        self._messages: dict[str, Message] = {}
        self._neighbours: dict[Path, Repository] = {}

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
        if not os.path.isdir(start):  # noqa: PTH112 - no error, however odd its name is
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
        return self._names.resolve(revision)

    def commit(self, revision: str) -> Commit:
        """A commit and the files it touches against its first parent; a root commit, against nothing.

        Names and messages that are not UTF-8 are shown with replacement characters.

        Raises:
            UnknownRevision: No commit answers to the revision.
            AmbiguousRevision: Several commits answer to it.
            RevisionError: The commit is there, but something needed to describe it is not.
        """
        return commits.read(self.root, self._names, [self.resolve(revision)])[0]

    def commits(self, revisions: Sequence[str]) -> tuple[Commit, ...]:
        """Commits and the files that each touches, as `commit` tells them; one git process reads them all.

        Args:
            revisions: Each a revision, or a range: `A..B` stands for the commits of B that A does not have, the
                oldest first; an end that is left out is HEAD. A commit that is named twice comes once, in the first
                place. At most 500 commits.

        Raises:
            UnknownRevision: No commit answers to one of them; a range is empty, or is `A...B`.
            AmbiguousRevision: Several commits answer to one of them.
            RevisionError: They are too many, or something needed to describe one of them is not there.
        """
        return commits.read(self.root, self._names, self._names.resolve_all(revisions))

    def blobs(self, names: Iterable[str], largest: int = 1 << 20) -> dict[str, bytes | None]:
        """The contents of files by their object names, such as `FileChange.blob` gives.

        Args:
            names: Full object names.
            largest: How many bytes a file may have.

        Returns:
            None for each that is larger, that is no file, or that is not in this repository.
        """
        return objects.small_blobs(self.root, names, largest)

    def files_at(self, revision: str, folder: str = "") -> dict[str, str]:
        """The files that a commit holds in a folder and below it: object names by path from the root.

        Links are files; submodules are none. A name that is not UTF-8 is shown with replacement characters.

        Args:
            revision: The commit.
            folder: Path from the root of the work tree; an empty one is the root. One that the commit does not have
                holds no files.

        Raises:
            UnknownRevision: No commit answers to the revision.
            AmbiguousRevision: Several commits answer to it.
            RevisionError: The commit is there, but its files are not.
        """
        return objects.files(self.root, self.resolve(revision), folder)

    def compare(self, one: str, other: str) -> Comparison:
        """How two commits differ: the commits that only one of them has, and the files, with renames.

        Of the commits at most 300 on each side are listed, the newest first; the count beside is true.

        Raises:
            UnknownRevision: No commit answers to one of the revisions.
            AmbiguousRevision: Several commits answer to one of them.
            RevisionError: The commits are there, but something needed to compare them is not.
        """
        return comparing.compare(self.root, self._names, self.resolve(one), self.resolve(other))

    def fork(self, base: str | None = None) -> str:
        """Full sha of the commit in which the lines of HEAD and of another revision part.

        Where the two have none in common, as in a shallow clone, it is that of the other revision itself.

        Args:
            base: The other revision; by default the main branch of origin, or HEAD where that was not fetched.

        Raises:
            UnknownRevision: No commit answers to it.
            AmbiguousRevision: Several commits answer to it.
            RevisionError: Nothing is committed yet, or git cannot answer.
        """
        return forking.fork(self.root, self._names, self.head(), base)

    def commits_known(self, shas: Iterable[str]) -> dict[str, str | None]:
        """For each sha, full or abbreviated, the full sha of the commit it names.

        None stands for a sha that no commit, or more than one, answers to, and for anything that is not a sha
        of at least four digits. One git process answers for all of them.
        """
        known = self._names.known(shas)
        self._full.update(known)
        return known

    def newest_ancestor(self, shas: Iterable[str], among: Container[str]) -> str | None:
        """The newest commit of some that commits are made of, by committer dates; None where there is none.

        One git process answers, or two where it lies far back; the history as a whole is not read.

        Args:
            shas: Full shas of commits, at least one.
            among: The full shas that are looked for.

        Raises:
            RevisionError: Git cannot list what comes before.
        """
        return walking_back.newest_ancestor(self.root, shas, among)

    @cached_property
    def ancestry(self) -> Ancestry:
        """All commits and how they hang together, read once."""
        return Ancestry.read(self.root)

    def full(self, sha: str) -> str | None:
        """The full sha of the commit that a sha, full or abbreviated, names; None where none or several answer.

        Asked for many shas this starts no process for those that a branch or tag leads to.
        """
        if sha not in self._full:
            found = self.ancestry.starting(sha)
            # What is on no branch any more may still be here, and what looks like one commit may be two.
            self._full[sha] = found[0] if len(found) == 1 else self._names.known([sha])[sha]
        self.ancestry.add(filter(None, [self._full[sha]]))
        return self._full[sha]

    def deltas(self, shas: Iterable[str]) -> dict[str, Delta]:
        """What commits made of files against their first parents, by their full shas; each commit is read once.

        A renamed file is one that went and one that came. Submodules are no files.
        """
        asked = list(dict.fromkeys(shas))
        missing = [sha for sha in asked if sha not in self._deltas]
        self._deltas.update(commits.deltas(self.root, missing))
        return {sha: self._deltas[sha] for sha in asked}

    def blob(self, sha: str, path: str) -> str | None:
        """The object name of a file's contents at a commit, by its full sha; None where it is not there."""
        if (sha, path) not in self._blobs:
            name = f"{sha}:{path}"
            if self._is_partial:  # the contents may be missing though the file is there; cat-file would look for them
                answer = self._said("rev-parse", "--verify", "--quiet", "--end-of-options", name) or ""
            else:
                answer = self._blob_asked.ask(name)
            self._blobs[sha, path] = answer if is_full(answer) else None
        return self._blobs[sha, path]

    @cached_property
    def _is_partial(self) -> bool:
        """Whether the clone may lack contents that it would fetch when they are asked for."""
        return bool(self._said("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"))

    def renamed(self, one: str, other: str) -> frozenset[str]:
        """The files of a commit that have another name in a second one."""
        return commits.renamed(self.root, one, other)

    def look_up(self, shas: Iterable[str]) -> None:
        """Prepare to be asked for the full shas of commits: git is asked at once for those on no branch any more."""
        unknown = [sha for sha in shas if sha not in self._full and len(self.ancestry.starting(sha)) != 1]
        if unknown:
            self._full.update(self._names.known(unknown))

    def messages(self, shas: Iterable[str]) -> list[Message]:
        """What commits say, by their full shas; each is read once."""
        asked = list(dict.fromkeys(shas))
        missing = [sha for sha in asked if sha not in self._messages]
        self._messages.update({each.sha: each for each in moved.messages(self.root, missing)})
        return [self._messages[sha] for sha in asked if sha in self._messages]

    def found_again(self, lost: Sequence[Lost]) -> dict[str, Found]:
        """What commits became that are on no branch any more: see `moved.found_again`."""
        return moved.found_again(self.root, self.ancestry, self.patches, lost, lambda sha: self.deltas([sha])[sha])

    def neighbour(self, folder: Path) -> Repository:
        """The repository in another folder; asked twice it is the same, with all that it has read.

        Raises:
            NotARepository: There is none.
            RevisionError: Git refuses or fails to read it.
        """
        if folder not in self._neighbours:
            self._neighbours[folder] = Repository.find(folder)
        return self._neighbours[folder]

    @cached_property
    def patches(self) -> Patches:
        """Patch ids of its commits."""
        return Patches(self.root)

    @cached_property
    def reverts(self) -> Reverts:
        """Which commits undo others."""
        return Reverts(self.root, self.ancestry)

    def head(self) -> str | None:
        """Full sha of the commit that is checked out, or None before the first commit."""
        return self._said("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def fingerprint(self) -> str:
        """A sum of all that decides which commits are found: HEAD, refs, the end of a shallow clone, the origin."""
        listed = (self._said("for-each-ref", "--format=%(refname) %(objectname)") or "").splitlines()
        refs = [line for line in listed if not line.startswith(ancestry.ASIDE)]
        told = (self.head() or "", *refs, *sorted(ancestry.cut(self.root)), self.origin() or "")
        return hashlib.blake2b("\n".join(told).encode(), digest_size=16).hexdigest()

    def branch(self) -> str | None:
        """The branch that is checked out, or None when HEAD is detached."""
        name = self._said("symbolic-ref", "--quiet", "HEAD")
        return name and name.removeprefix("refs/heads/")

    def state(self, patience: float = PATIENCE, leave: Leave | None = None) -> WorkTree:
        """The state of the work tree: whether its tracked files differ from the commit, and in what.

        Args:
            patience: How many seconds it may take.
            leave: Says which files do not count, by their paths in the repository.

        Raises:
            RevisionError: It took longer, or git cannot tell.
        """
        return Look(self.root, patience, leave=leave).work_tree(self.branch(), self.origin())

    def user_name(self) -> str | None:
        """The name that git would sign a commit with (`user.name`), or None if none is set."""
        name = self._said("config", "--get", "user.name")
        return (name and name.strip()) or None

    def origin(self) -> str | None:
        """Address of the remote `origin`, without user, password, query or fragment, for comparing: it may be a path.

        None when there is no such remote, and when its address is of a form that could hide a secret.
        """
        return self._origin

    @cached_property
    def _origin(self) -> str | None:
        addresses = self._said("config", "--null", "--get-all", "remote.origin.url")  # git fetches from the first
        return addresses and without_secrets(addresses.partition("\0")[0])

    @property
    def is_shallow(self) -> bool:
        """Whether the clone holds recent commits only."""
        return self._names.is_shallow

    def versions(self, path: Path) -> Iterator[FileVersion]:
        """What each commit that HEAD is made of left of a file, where it changed it; the newest first.

        Every line of commits counts, also that of a merged branch. Versions hang together by their `parents`: the
        first is the one that HEAD has, and each comes before its parents. A merge stands among them where both sides
        changed the file. A file that a commit renamed is followed to its former name, as long as the two are at least
        half alike; but what one side of a merge did under the former name is not met, where the other renamed it.
        A version that is met on two ways after a renaming may come twice.
        Where more than two branches meet, one of them without any file in the folder so far, the merge may have one
        version more right before it than `git log --full-history --simplify-merges` tells.

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
        return Files(self.root, head, self._names.is_cut) if head is not None else None

    @cached_property
    def _names(self) -> Names:
        return Names(self.root)

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
        """A path from the root, or None for one outside the work tree, or that no file can have."""
        if "\0" in str(path):
            return None
        place = Path(os.path.abspath(self.root / path))  # noqa: PTH100 - a link itself, not what it points to
        place = place.parent.resolve() / place.name
        return str(place.relative_to(self.root)) if place.is_relative_to(self.root) else None

    def _said(self, *arguments: str) -> str | None:
        return command.said(self.root, *arguments)
