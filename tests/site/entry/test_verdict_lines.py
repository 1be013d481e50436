import re
from pathlib import Path

from site_journal import SiteJournal

from journal.site.entry.commit_verdicts import SHOWN, lines


def lines_of(lab: SiteJournal) -> list[str]:
    """What is told of the only entry's runs, without markup."""
    contents = lab.contents
    text = re.sub("<[^>]*>", "", lines(contents.view(contents.abstracts[0].path)))
    return [line for line in text.splitlines() if line]


def test_the_verdict_on_each_run_stands_with_its_reasons_what_is_contradicted_first(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [{"id": "r1", "as": "base"}, {"id": "r2", "as": "one"}, "r3", {"id": "r4", "as": "old"}]
    lab.entry("2026-02-21-a", runs=runs)
    same = ("consistent", "it ran 721e94a", "nobody noted <b>whether</b> it was clean")
    verdicts = {"r1": ("proven", "its tree was clean"), "r2": same, "r3": same, "r4": ("contradicted", "it is older")}
    lab.judge("2026-02-21-a", verdicts)
    assert lines_of(lab) == [
        "contradicted old it is older",
        "proven base its tree was clean",
        "consistent one, r3 it ran 721e94a; nobody noted &#60;b&#62;whether&#60;/b&#62; it was clean",
    ]


def test_many_verdicts_unfold(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [f"r{number}" for number in range(SHOWN + 3)]
    lab.entry("2026-02-21-a", runs=runs)
    lab.judge("2026-02-21-a", {run: ("unknown", f"reason {run}") for run in runs})
    found = lines_of(lab)
    assert found[SHOWN] == "3 more"
    assert [f"reason {run}" in line for run, line in zip(runs[SHOWN:], found[SHOWN + 1 :], strict=False)] == [True] * 3
