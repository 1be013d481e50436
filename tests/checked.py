"""A small journal in a git repository, and what single rules find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitrepo import GitRepo
from journal.checks.check import check
from journal.checks.interface import Scene
from journal.index.journal import Journal
from journal.revisions import Repository
from journal.sources.registry import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.model.finding import Finding

CREATED = "2026-02-21T19:01:15+08:00"


class Checked(GitRepo):
    """A journal of entries, without runs unless some are put there."""

    @classmethod
    def begin(cls, root: Path, settings: str = "sections = []\n") -> Checked:
        """A repository with a `journal.toml` and no entries."""
        made = cls(root)
        made.init()
        made.write("journal.toml", settings)
        (root / "entries").mkdir()
        return made

    def entry(self, stem: str, body: str = "", matter: str = "", *, created: str = CREATED) -> str:
        """Write an entry, and give its path."""
        self.write(f"entries/{stem}.md", f"---\ntitle: {stem}\ncreated: {created}\n{matter}---\n{body}")
        return f"entries/{stem}.md"

    def imported(self, stem: str, words: str, *, source: str = "notes/x.md", matter: str = "") -> str:
        """Write an entry that was a note elsewhere."""
        origin = f"imported: {{from: {source}, sha256: {'0' * 64}, length: {len(words.encode())}}}\n"
        return self.entry(stem, words, matter + origin)

    def found(self, code: str, paths: Sequence[str] = (), *, git: bool = True) -> list[Finding]:
        """The findings of one rule, in some entries or in all."""
        journal = Journal.open(self.root)
        repository = Repository.find(self.root) if git else None
        scene = Scene(journal, frozenset(paths or journal.paths), Sources(journal.config), repository)
        return [each for each in check(scene) if each.code == code]

    def lines(self, code: str) -> list[tuple[str, int | None]]:
        """File, by its name alone, and line of each finding of one rule."""
        return [(each.path.rpartition("/")[2].removesuffix(".md"), each.line) for each in self.found(code)]

    def said(self, code: str) -> list[str]:
        """What a rule says."""
        return [each.message for each in self.found(code)]
