from pathlib import Path

import pytest
from site_journal import SiteJournal

from journal.site.watch import Watch


@pytest.mark.parametrize(
    "path", ["entries/2026-02-21-a.md", "evidence/2026-02-21-a.json", "pages/x.md", "journal.toml", "mkdocs.yml"]
)
def test_whatever_the_pages_are_made_from_is_watched(tmp_path: Path, path: str) -> None:
    lab = SiteJournal(tmp_path, 'docs = "pages"\n')
    watch = Watch(lab.journal.config)
    assert not watch.changed()
    lab.write(path, "other words than before\n")
    assert watch.changed()
    assert not watch.changed()
    (tmp_path / path).unlink()
    assert watch.changed()


def test_what_the_site_itself_writes_is_not_watched(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    watch = Watch(lab.journal.config)
    lab.write(".journal/docs/index.md", "")
    lab.write("site/index.html", "")
    assert not watch.changed()
