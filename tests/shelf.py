"""A journal of nothing but entries to test a catalogue with, no repository and no runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.config import Config, find
from journal.index.catalog import Catalog
from journal.index.search import Hit, Query, search

if TYPE_CHECKING:
    from pathlib import Path

    from journal.index.filters import EntryFilter

CREATED = "2026-02-21T19:01:15+08:00"


class Shelf:
    """Entries in a folder.

    Args:
        root: A folder; made a journal where it is none.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries = root / "entries"
        if not self.entries.exists():
            self.entries.mkdir()
            (root / "journal.toml").write_text("sections = []\n")

    @property
    def config(self) -> Config:
        """The journal's settings."""
        return find(self.root)

    @property
    def kept(self) -> Path:
        """The file in which the catalogue is kept."""
        return self.root / ".journal" / "search.sqlite"

    def write(self, stem: str, body: str = "", *, title: str = "", created: str = CREATED, matter: str = "") -> Path:
        """Write an entry; its title is its id where none is given."""
        head = f"---\ntitle: {title or stem}\ncreated: {created}\n{matter}---\n"
        return self.put(stem, f"{head}\n{body}".encode())

    def put(self, stem: str, raw: bytes) -> Path:
        """Write the bytes of an entry's file."""
        path = self.entries / f"{stem}.md"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(raw)
        return path

    def search(self, words: str, wanted: EntryFilter | None = None, *, limit: int | None = None) -> list[str]:
        """The ids of the entries in which words are found, the best first."""
        return [hit.card.id for hit in self.hits(words, wanted, limit=limit)]

    def hits(
        self, words: str, wanted: EntryFilter | None = None, *, limit: int | None = None, regex: bool = False
    ) -> list[Hit]:
        """What is found."""
        given = {} if wanted is None else {"wanted": wanted}
        with Catalog(self.config).update() as catalog:
            return search(catalog, Query(words, regex, limit=limit, **given))
