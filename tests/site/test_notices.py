from pathlib import Path

from site_journal import SiteJournal

from journal.site.notices import notices


def notices_of(lab: SiteJournal, entry_id: str) -> str:
    contents = lab.contents
    return "\n\n".join(notices(contents.by_id[entry_id], contents))


def test_an_entry_says_which_ones_replaced_it(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-old")
    lab.entry("2026-02-21-new", title="The new one", supersedes=["2026-02-20-old"], invalidates=["2026-02-20-old"])
    text = notices_of(lab, "2026-02-20-old")
    assert '!!! warning "Superseded by"\n\n    [The new one](2026-02-21-new.md)' in text
    assert '!!! danger "Invalidated by"\n\n    [The new one](2026-02-21-new.md)' in text
    assert not notices_of(lab, "2026-02-21-new").strip()


def test_a_correction_shows_what_was_and_what_is_with_reason_name_and_time(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    corrections = [
        {"was": "0.42", "now": "0.24", "reason": "the wrong step", "by": "Ada", "at": "2026-02-23T10:00+08:00"},
        {"was": "**all** is well"},
    ]
    lab.entry("2026-02-21-a", corrections=corrections)
    first, second = (line for line in notices_of(lab, "2026-02-21-a").splitlines() if line.startswith("<li>"))
    assert first.startswith("<li><del>0.42</del> → <strong>0.24</strong><br>the wrong step<br>")
    assert "Ada <time>2026-02-23 10:00 +08:00</time>" in first
    assert second == ("<li><del>&#42;&#42;all&#42;&#42; is well</del> → <em>the right value is not known</em></li>")
