import re
from pathlib import Path

from site_journal import SiteJournal

from journal.site.commit_verdicts import SHOWN
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


def test_runs_that_the_commits_contradict_are_told_above_the_text_with_the_weightiest_reason(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", runs=[{"id": "r1", "as": "base"}, {"id": "r2", "as": "o"}])
    lab.judge("2026-02-21-a", {"r1": ("unknown", "no commit"), "r2": ("contradicted", "it is *older*", "a second")})
    text = notices_of(lab, "2026-02-21-a")
    assert '<p class="admonition-title">1 run contradicts the commits</p>' in text
    assert re.findall("<li>(.*)</li>", text) == ["o: it is &#42;older&#42;"]
    lab.judge("2026-02-21-a", {"r1": ("contradicted", "one"), "r2": ("contradicted", "two")})
    assert "2 runs contradict the commits" in notices_of(lab, "2026-02-21-a")
    lab.judge("2026-02-21-a", {"r1": ("proven", "one"), "r2": ("consistent", "two")})
    assert not notices_of(lab, "2026-02-21-a").strip()


def test_a_notice_of_many_runs_is_short(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [f"r{number}" for number in range(SHOWN + 2)]
    lab.entry("2026-02-21-a", runs=runs)
    lab.judge("2026-02-21-a", dict.fromkeys(runs, ("contradicted", "it is older")))
    found = re.findall("<li>(.*)</li>", notices_of(lab, "2026-02-21-a"))
    assert (len(found), found[-1]) == (SHOWN + 1, "and 2 more")
