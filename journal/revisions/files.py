"""The versions of files: few git processes for all the files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from journal.errors import RevisionError
from journal.model.revision import FileVersion
from journal.revisions import command, objects
from journal.revisions.history import Line, simplified
from journal.revisions.listing import RAW, STEPS, differences, moment, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from journal.revisions.command import Answer
    from journal.revisions.history import Changes, Version
    from journal.revisions.listing import Step

LARGEST_VERSION = 16 << 20
LARGEST_CHUNK = 64 << 20

_HISTORY = ("rev-list", "--full-history", "--topo-order", *STEPS)
_DIFFERENCES = ("diff-tree", "--stdin", "--root", "--diff-merges=first-parent", "--no-ext-diff", "--no-textconv", *RAW)
_RENAMES = ("-M", "-l1000", "--diff-filter=R")


class Files:
    """The files of a commit and of those that it is made of.

    Args:
        root: Top of the work tree.
        head: The commit.
        is_cut: Tells whether a shallow clone ends at a commit.
    """

    def __init__(self, root: Path, head: str, is_cut: Callable[[str], bool]) -> None:
        self._root = root
        self._head = head
        self._is_cut = is_cut
        self._folders: dict[str, _Folder] = {}
        self._former: dict[str, dict[str, str]] = {}

    def versions(self, path: str) -> Iterator[FileVersion]:
        """What each commit left of a file, where it changed it: see `Repository.versions`."""
        folder = self._folder(path)
        line = folder.line(path)
        chain = line.until(folder.newest)
        lines = [(folder, line, chain)]
        known = {(version.step.sha, path) for version in chain[:1]}
        for folder, line, chain in lines:  # it grows as former names are met
            for version, read in self._read(folder, line.path, chain):
                told, former = read, None
                if line.begins_at(version):
                    told, former = self._followed(read, folder)
                if former is not None and told.parents[0] not in known:
                    known.add(told.parents[0])
                    lines.append(former)
                yield told

    def _folder(self, path: str) -> _Folder:
        """The commits that changed the folder that a file lies in; of a file at the top, those that changed it."""
        name = path.rpartition("/")[0] or path
        if name not in self._folders:
            self._folders[name] = self._looked_at(name)
        return self._folders[name]

    def _looked_at(self, name: str) -> _Folder:
        place = ("--", f":(literal){name}")
        unread = f"the history of {name} cannot be read"
        found = steps(self._checked(command.run(self._root, *_HISTORY, self._head, *place), unread).text)
        pairs = [(step.sha, parent) for step in found for parent in step.parents or (None,)]
        asked = (sha if parent is None else f"{sha} {parent}" for sha, parent in pairs)
        answer = self._checked(command.fed(self._root, asked, *_DIFFERENCES, "--no-renames", *place), unread)
        listed = list(differences(answer.raw))
        changes: Changes = {
            pair: {each.path: each.blob for each in files} for pair, (_, files) in zip(pairs, listed, strict=True)
        }
        added = dict.fromkeys(sha for sha, files in listed if any(each.added for each in files))
        blobs = dict.fromkeys(blob for files in changes.values() for blob in files.values() if blob is not None)
        return _Folder(*simplified(found, changes), tuple(added), objects.sizes(self._root, blobs))

    def _read(self, folder: _Folder, path: str, chain: Sequence[Version]) -> Iterator[tuple[Version, FileVersion]]:
        """The versions with their bytes."""
        for part in folder.parts(chain, path, self._root):
            blobs = dict.fromkeys(blob for version in part if (blob := folder.readable(version)) is not None)
            contents = objects.contents(self._root, blobs)
            for version in part:
                blob = folder.readable(version)
                yield (
                    version,
                    FileVersion(
                        sha=version.step.sha,
                        path=path,
                        committed=moment(version.step.committed, version.step.sha, "a committer"),
                        authored=moment(version.step.authored, version.step.sha),
                        raw=None if blob is None else contents[blob],
                        parents=tuple((sha, path) for sha in version.parents),
                    ),
                )

    def _checked(self, answer: Answer, unread: str) -> Answer:
        """What git answered, unless it could not."""
        if answer.status:
            raise RevisionError(f"{unread}: {answer.reason}", path=self._root, hint=command.FETCH)
        return answer

    def _followed(
        self, version: FileVersion, folder: _Folder
    ) -> tuple[FileVersion, tuple[_Folder, Line, list[Version]] | None]:
        """The first version under a name, tied to what came before it: the history under a former name, if any."""
        if self._is_cut(version.sha):
            return version.model_copy(update={"cut": True}), None
        name = self._former_names(version.sha, folder).get(version.path)
        if name is None:
            return version, None
        before = self._folder(name)
        line = before.line(name)
        chain = line.until(before.before(version.sha))
        if not chain:
            return version, None
        return version.model_copy(update={"parents": ((chain[0].step.sha, name),)}), (before, line, chain)

    def _former_names(self, sha: str, folder: _Folder) -> dict[str, str]:
        """The files that a commit renamed: former names by new ones. One process answers for a whole folder."""
        if sha not in self._former:
            asked = dict.fromkeys([sha, *folder.added])
            answer = command.fed(self._root, asked, *_DIFFERENCES, *_RENAMES)
            if answer.status:  # another commit of the folder may be to blame
                alone = command.fed(self._root, [sha], *_DIFFERENCES, *_RENAMES)
                answer = self._checked(alone, f"commit {sha[:7]} cannot be read")
            for commit, files in differences(answer.raw):
                self._former[commit] = {each.path: each.former for each in files}
        return self._former[sha]


class _Folder(NamedTuple):
    """What happened in a folder.

    Attributes:
        steps: The commits that changed it, each before its parents.
        changes: What they changed there.
        added: Those that brought in files.
        sizes: The size of each blob in bytes.
    """

    steps: tuple[Step, ...]
    changes: Changes
    added: tuple[str, ...]
    sizes: dict[str, int]

    @property
    def newest(self) -> str | None:
        """The commit that left the folder as it is."""
        return self.steps[0].sha if self.steps else None

    def before(self, sha: str) -> str | None:
        """The last commit that changed the folder before a commit that did, on the side of its first parent."""
        return next((step.parents[0] for step in self.steps if step.sha == sha and step.parents), None)

    def line(self, path: str) -> Line:
        """The history of one file."""
        return Line(path, self.steps, self.changes)

    def readable(self, version: Version) -> str | None:
        """The file in a version, unless it is not there or too large."""
        blob = version.blob
        return None if blob is None or self.sizes[blob] > LARGEST_VERSION else blob

    def parts(self, chain: Sequence[Version], path: str, root: Path) -> Iterator[list[Version]]:
        """The versions of a file, in parts that are read at once."""
        lost = next((each for each in chain if each.blob is not None and each.blob not in self.sizes), None)
        if lost is not None:
            said = f"{path} of commit {lost.step.sha[:7]} is not in this repository"
            raise RevisionError(said, path=root, hint=command.FETCH)
        part: list[Version] = []
        held = 0
        for version in chain:
            blob = self.readable(version)
            size = 0 if blob is None else self.sizes[blob]
            if part and held + size > LARGEST_CHUNK:
                yield part
                part, held = [], 0
            part.append(version)
            held += size
        if part:
            yield part
