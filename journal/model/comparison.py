"""What two runs differ in: settings, code, environment, and which metrics both of them have."""

from __future__ import annotations

from pydantic import Field

from journal.model.base import Frozen, Natural
from journal.model.change import KeyChange
from journal.model.revision import CommitLine, FileChange


class CodeOfRun(Frozen):
    """The code that a run ran, as far as it is known."""

    commit: str | None = None
    """Full sha of the commit; of a run in several parts, that of the last."""
    earlier: tuple[str, ...] = ()
    """Full shas of the commits that its earlier parts ran, where they are others."""
    dirty: bool | None = None
    """Whether tracked files differed from the commit; None where nobody knows."""
    changed: tuple[str, ...] = ()
    """The tracked files that differed, as far as they are known: paths in the repository; of very many, the first."""
    count_changed: Natural = 0
    """How many of those there are."""
    patch: str | None = None
    """Sum of what differed, with its kind in front: `captured:…` or `diff.patch:…`; None where none is known."""
    untracked: tuple[str, ...] = ()
    """Files of code and configuration that git did not know; none are named where others will read it."""
    count_untracked: Natural | None = None
    """How many of those there are; None where nobody looked."""

    def shortened(self, most: int) -> CodeOfRun:
        """The same with no more than so many files of either kind."""
        return self.model_copy(update={"changed": self.changed[:most], "untracked": self.untracked[:most]})

    def same_patch(self, other: CodeOfRun) -> bool | None:
        """Whether the same differed from the commits of both; None where sums are missing, or of two kinds."""
        if self.patch is None or other.patch is None:
            return None
        kinds = {patch.partition(":")[0] for patch in (self.patch, other.patch)}
        return self.patch == other.patch if len(kinds) == 1 else None


class Between(Frozen):
    """What lies between two commits."""

    commits_one: Natural
    """How many commits only the first contains, itself included."""
    commits_other: Natural
    """How many commits only the second contains, itself included."""
    one: tuple[CommitLine, ...] = ()
    """Those of the first, the newest first; of very many, the newest."""
    other: tuple[CommitLine, ...] = ()
    """Those of the second, the newest first; of very many, the newest."""
    cut: bool = False
    """Whether a shallow clone ends within those commits, so that there may be more or fewer of them."""
    files_changed: Natural
    """How many files differ."""
    added: Natural
    """Lines that the second has in them and the first has not."""
    removed: Natural
    """Lines that the first has in them and the second has not."""
    files: tuple[FileChange, ...] = ()
    """The files, as changes from the first to the second; of very many, the first."""

    def shortened(self, most: int) -> Between:
        """The same with so many commits on either side and so many files at most, without their object names."""
        bare = {"blob": None, "old_blob": None}
        files = tuple(file.model_copy(update=bare) for file in self.files[:most])
        return self.model_copy(update={"one": self.one[:most], "other": self.other[:most], "files": files})


class CodeDifference(Frozen):
    """How the code of two runs differs."""

    one: CodeOfRun
    """What the first ran."""
    other: CodeOfRun
    """What the second ran."""
    between: Between | None = None
    """What lies between their commits; None where git cannot tell, and where a commit is not known."""
    locks: tuple[str, ...] = ()
    """The lock files that differ, where both runs were captured: paths in the repository; of very many, the first."""
    unlike: tuple[str, ...] = ()
    """Files that git did not know, of one name and with other contents in either; none are named where others will read
    it."""
    count_unlike: Natural = 0
    """How many of those there are."""

    def shortened(self, most: int) -> CodeDifference:
        """The same with no more than so many commits and files of each kind."""
        sides = {"one": self.one.shortened(most), "other": self.other.shortened(most), "locks": self.locks[:most]}
        return self.model_copy(update=sides | {"between": self.between and self.between.shortened(most)})

    @property
    def differs(self) -> bool:
        """Whether anything of it is known to differ, if only what lay beside the code."""
        one, other = self.one, self.other
        known = one.count_untracked is not None and other.count_untracked is not None
        beside = (one.count_untracked, one.untracked) != (other.count_untracked, other.untracked)
        return self.same is False or (known and beside) or bool(self.locks or self.count_unlike)

    @property
    def same(self) -> bool | None:
        """Whether both are known to have run the same code; None where nobody can tell."""
        one, other = self.one, self.other
        if one.commit is None or other.commit is None:
            return None
        if (one.commit, one.earlier) != (other.commit, other.earlier) or self.count_unlike:
            return False
        if one.dirty is None or other.dirty is None:
            return None
        if one.dirty != other.dirty:
            return False
        if one.dirty and not (alike := one.same_patch(other)):
            return alike
        return None if one.count_untracked or other.count_untracked else True


class MetricsOfTwo(Frozen):
    """Which metrics two runs have."""

    shown: tuple[str, ...] = ()
    """Those that are compared."""
    both: Natural = 0
    """How many both of them have."""
    only_one: tuple[str, ...] = ()
    """Those that only the first has; of very many, the first."""
    only_other: tuple[str, ...] = ()
    """Those that only the second has; of very many, the first."""
    count_one: Natural = 0
    """How many only the first has."""
    count_other: Natural = 0
    """How many only the second has."""


class Difference(Frozen):
    """What two runs differ in, but for numbers; what was not asked for is None."""

    runs: tuple[str, str] = Field(min_length=2, max_length=2)
    """The references of the two."""
    config: tuple[KeyChange, ...] | None = None
    """The keys of their configs that differ; of very many, the first."""
    keys: Natural = 0
    """How many keys of their configs differ."""
    folders: Natural = 0
    """How many more keys differ in nothing but the folders of absolute paths, which are not told."""
    code: CodeDifference | None = None
    """Their code."""
    environment: tuple[KeyChange, ...] | None = None
    """What differs of the machine, the system and the tracker's SDK, of the things in `ENVIRONMENT`."""
    facts: Natural = 0
    """How many of those things are known of both."""
    metrics: MetricsOfTwo | None = None
    """Their metrics."""
