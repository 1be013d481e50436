from __future__ import annotations

from typing import TYPE_CHECKING

from journal.index.catalog import Catalog
from journal.index.journal import Journal
from journal.index.relations import INVERSE, Relations
from shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW, NEWER = "2026-02-21-old", "2026-02-22-new", "2026-02-23-newer"


def relations(root: Path) -> tuple[Relations, Relations]:
    """What entries say, and what their cards do."""
    shelf = Shelf(root)
    shelf.write(OLD)
    shelf.write(NEW, created="2026-02-22T00:00:00Z", matter=f"supersedes: [{OLD}, gone]\nfollows: {OLD}\n")
    shelf.write(NEWER, created="2026-02-23T00:00:00Z", matter=f"supersedes: [{OLD}]\nresults_of: [{NEW}]\n")
    with Catalog(shelf.config).update() as catalog:
        return Journal.open(root).relations, catalog.relations


def test_an_entry_knows_who_names_it_newest_first(tmp_path: Path) -> None:
    for found in relations(tmp_path):
        assert found.by("supersedes", OLD) == (NEWER, NEW)
        assert found.by("supersedes", "gone") == (NEW,)
        assert found.by("supersedes", NEW) == ()


def test_every_relation_has_a_name_from_the_other_end(tmp_path: Path) -> None:
    for found in relations(tmp_path):
        assert found.inverse(OLD) == dict.fromkeys(INVERSE.values(), ()) | {
            "superseded_by": (NEWER, NEW),
            "followed_by": (NEW,),
        }
        assert found.inverse(NEW)["results_in"] == (NEWER,)
