from dataclasses import replace
from pathlib import Path

import pytest
from built_html import Page
from recorded_runs import PAYLOAD, brief, page_of, sheets_of, told, write_run
from site_journal import TABLE, SiteJournal, make_run

from journal.model.digest import RunDigest
from journal.site.charts.dots import Dot
from journal.site.contents import Contents, metric_page
from journal.site.markup import literal
from journal.site.things import metric_history, metric_pages
from journal.site.things.metric_history import Cited, thinned


def page_text(contents: Contents, name: str) -> str:
    return page_of(sheets_of(metric_pages, contents), metric_page(name))


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """Two entries with numbers of one metric, one that waits for its run, and a run that nobody cites."""
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2, 0.7]}), make_run("r2", {"train/loss": [4.0, 5.0]}))
    for day, run, title in ((21, "r1", "First"), (22, "r2", "Second"), (23, "r3", "Waits")):
        created = f"2026-02-{day}T10:00:00+01:00"
        lab.fill(lab.entry(f"2026-02-{day}-e", TABLE, title=title, created=created, runs=[{"id": run, "as": "base"}]))
    write_run(lab, "r9", metrics={"train/loss": brief(), "val/acc/top1": brief(), "val/acc/top5": brief(last=None)})
    return lab


@pytest.fixture
def dots(monkeypatch: pytest.MonkeyPatch) -> list[Dot]:
    """The dots of the last picture."""
    found: list[Dot] = []

    def over_time(points: list[Dot], title: str) -> str:
        found[:] = points
        return f"<svg>{literal(title)}</svg>"

    monkeypatch.setattr(metric_history, "over_time", over_time)
    return found


def test_a_metric_s_page_shows_every_number_taken_of_it_newest_entry_first(lab: SiteJournal) -> None:
    page = page_text(lab.contents, "train/loss")
    assert "# train/loss\n" in page
    assert "In 3 entries and 3 runs." in page
    table = page.partition("## Numbers")[2].partition("## Runs")[0]
    assert [told(line) for line in table.splitlines() if line.startswith("<tr")] == [
        "2026-02-23 Waits no number yet",
        "2026-02-22 Second",
        *(f"base {each}" for each in ("first 4 all 2", "mean 4.5 all 2", "last 5 all 2")),
        "2026-02-21 First",
        *(f"base {each}" for each in ("first 0.1 all 3", "mean 0.333333 all 3", "last 0.7 all 3")),
    ]
    assert 'href="../../entries/2026-02-21-e/#cell.losses.2"><span title="0&#46;33' in page


def test_it_shows_the_runs_whose_digests_hold_it_whoever_cites_them(lab: SiteJournal) -> None:
    contents = lab.contents
    page = page_text(contents, "train/loss")
    row = next(line for line in page.splitlines() if "<code>r9</code>" in line)
    assert told(row) == "r9 — 2026-02-21 11:01 +00:00 3 0.1 0.7 0.25 0"
    assert 'href="../../runs/r9/"' in row
    text = told(page_text(contents, "val/acc/top5"))
    assert "In no entry and 1 run." in text
    assert "3 0.1 0.7 — 0" in text


def test_its_history_is_of_the_statistic_asked_for_most_oldest_first(lab: SiteJournal, dots: list[Dot]) -> None:
    extra = TABLE.replace("first, mean, last", "last").replace("losses", "more") + "\n" + TABLE
    lab.fill(lab.entry("2026-02-20-e", extra, runs=[{"id": "r1", "as": "base"}, {"id": "r2", "as": "cand"}]))
    contents = lab.contents
    numbers = contents.by_id["2026-02-20-e"].numbers
    only = [number._replace(window="..1") for number in numbers if number.statistic == "last"]
    more = contents.by_id["2026-02-20-e"]._replace(numbers=(*numbers, *only))
    changed = replace(contents, abstracts=[*(each for each in contents.abstracts if each.id != more.id), more])
    page = page_text(changed, "train/loss")
    assert f"<svg>{literal('last of train/loss')}</svg>" in page
    assert "one cited value of <code>last</code>, at the date of its entry (3 entries), over all steps, <code>" in page
    assert [dot.moment for dot in dots] == sorted(dot.moment for dot in dots)
    assert dots[0].address.startswith("../../entries/2026-02-2")
    assert "last of base over all in First" in [dot.label for dot in dots]
    assert {dot.value for dot in dots} == {0.7, 5.0}


def test_a_dot_knows_its_role_its_window_its_name_and_whether_its_entry_still_stands(
    lab: SiteJournal, dots: list[Dot]
) -> None:
    runs = [{"id": "r1", "as": "base", "role": "baseline"}, {"id": "r2", "as": "cand", "role": "candidate"}]
    lab.fill(lab.entry("2026-02-24-e", TABLE, title="Redone", runs=runs, supersedes=["2026-02-22-e"]))
    page = page_text(lab.contents, "train/loss")
    told_of = {(dot.name, dot.role, dot.window, dot.void) for dot in dots}
    assert told_of >= {("base", "baseline", "all steps", False), ("cand", "candidate", "all steps", False)}
    assert [dot.label for dot in dots if dot.void] == ["last of base over all in Second (superseded)"]
    assert "compare values of one entry first" in page
    table = page.partition("## Numbers")[2]
    assert "superseded" in told(next(line for line in table.splitlines() if "Second" in line))
    assert told(next(line for line in table.splitlines() if "cand" in line)).startswith("cand candidate first 4")


def test_where_each_entry_has_one_dot_it_bears_the_entry_s_title(lab: SiteJournal, dots: list[Dot]) -> None:
    page_text(lab.contents, "train/loss")
    assert [dot.name for dot in dots] == ["First", "Second"]


def plotted(lab: SiteJournal, *others: str) -> Contents:
    """The journal with one more entry, which has a plot block of the metric, and nothing of these others."""
    plot = "<!-- journal:plot curves\nmetrics: [train/loss]\n-->\n<!-- /journal:plot -->\n"
    lab.fill(lab.entry("2026-02-25-e", plot + TABLE.replace("first, mean, last", "mean"), title="Drawn", runs=["r2"]))
    contents = lab.contents
    return replace(contents, abstracts=[each for each in contents.abstracts if each.id not in others])


def test_what_a_plot_block_has_of_a_metric_is_never_drawn_beside_a_number_that_was_asked_for(
    lab: SiteJournal, dots: list[Dot]
) -> None:
    contents = plotted(lab, "2026-02-21-e", "2026-02-22-e")
    page = page_text(contents, "train/loss")
    assert f"<svg>{literal('mean of train/loss')}</svg>" in page
    assert [dot.value for dot in dots] == [4.5]
    table, _, fold = page.partition("## Numbers")[2].partition("<details")
    assert told(next(line for line in table.splitlines() if "r2" in line)) == "r2 mean 4.5 all 2"
    assert "argmin" not in table
    assert "7 numbers of plots" in fold
    assert "argmin" in fold
    assert "r2 mean" not in told(fold)


def test_where_no_entry_asks_for_a_number_those_of_plots_are_shown(lab: SiteJournal) -> None:
    contents = plotted(lab, "2026-02-21-e", "2026-02-22-e", "2026-02-23-e")
    drawn = contents.by_id["2026-02-25-e"]
    only = drawn._replace(numbers=tuple(each for each in drawn.numbers if "curves" in each.anchor))
    page = page_text(replace(contents, abstracts=[only]), "train/loss")
    assert "last of train/loss" in told(page)
    assert "<details" not in page
    assert "argmin" in page


def test_a_dot_goes_on_from_the_entries_that_its_own_follows_and_shares_a_run_with(
    lab: SiteJournal, dots: list[Dot]
) -> None:
    runs = [{"id": "r1", "as": "base"}]
    lab.fill(lab.entry("2026-02-24-e", title="Waits too", follows=["2026-02-21-e"], runs=runs))
    lab.fill(lab.entry("2026-02-25-e", TABLE, follows=["2026-02-21-e", "2026-02-22-e", "2026-02-99-e"], runs=runs))
    page_text(lab.contents, "train/loss")
    first, second, last = (f"entries/2026-02-{day}-e.md" for day in (21, 22, 25))
    assert {dot.entry: dot.after for dot in dots} == {first: (), second: (), last: (first,)}


@pytest.mark.parametrize(("status", "after"), [(None, ("entries/2026-02-21-e.md",)), ("invalid", ())])
def test_it_goes_on_over_an_entry_that_waits_and_never_from_one_that_no_longer_holds(
    lab: SiteJournal, dots: list[Dot], status: str | None, after: tuple[str, ...]
) -> None:
    contents = lab.contents
    first, waits = contents.by_id["2026-02-21-e"], contents.by_id["2026-02-23-e"]._replace(follows=("2026-02-21-e",))
    last = first._replace(id="2026-02-25-e", page="last", results_of=(waits.id,), moment=first.moment + 9e5)
    page_text(replace(contents, abstracts=[last, waits, first._replace(status=status)]), "train/loss")
    assert {dot.entry: dot.after for dot in dots} == {first.page: (), "last": after}


def test_without_numbers_there_is_no_history(lab: SiteJournal, dots: list[Dot]) -> None:
    assert "Over time" not in page_text(lab.contents, "val/acc/top1")
    assert dots == []


def test_a_long_history_is_thinned_and_keeps_its_ends_and_extremes(lab: SiteJournal) -> None:
    entry = lab.contents.by_id["2026-02-21-e"]
    number = entry.numbers[0]
    held = [Cited(entry._replace(moment=float(at)), number._replace(value=float(at % 7))) for at in range(1000)]
    held[501] = Cited(held[501].of, number._replace(value=1e9))
    held[502] = Cited(held[502].of, number._replace(value=-1e9))
    kept = thinned(held, 50)
    values = [number.value for _, number in kept]
    assert len(kept) <= 50
    assert kept[0] == held[0]
    assert kept[-1] == held[-1]
    assert {1e9, -1e9} <= set(values)
    assert thinned(held, 1000) == held


def test_the_names_stand_as_a_tree_by_their_slashes(lab: SiteJournal) -> None:
    page = page_of(sheets_of(metric_pages, lab.contents), "metrics/index.md")
    assert told(page.partition("# Metrics")[2]) == (
        "train/loss 3 entries, 3 runs val/acc/ 2 metrics top1 0 entries, 1 run top5 0 entries, 1 run"
    )
    assert 'title="val&#47;acc&#47;top1"><code>top1</code>' in page


def test_a_journal_without_metrics_says_what_would_stand_there(tmp_path: Path) -> None:
    page = page_of(sheets_of(metric_pages, SiteJournal(tmp_path).contents), "metrics/index.md")
    assert "No metrics yet" in page


def test_a_metric_s_name_is_never_markup(lab: SiteJournal, dots: list[Dot]) -> None:
    write_run(lab, "r9", name=PAYLOAD, id=PAYLOAD, metrics={PAYLOAD: brief(), f"val/{PAYLOAD}": brief()})
    contents = lab.contents
    first = contents.by_id["2026-02-21-e"]
    odd = first.numbers[0]._replace(metric=PAYLOAD, handle=PAYLOAD, statistic=PAYLOAD, window=PAYLOAD)
    changed = replace(contents, abstracts=[first._replace(title=PAYLOAD, numbers=(odd,))])
    sheets = sheets_of(metric_pages, changed)
    for path in ("metrics/index.md", metric_page(PAYLOAD)):
        text = page_of(sheets, path)
        page = Page(f"<article>{text.partition(chr(10) + '---' + chr(10))[2]}</article>")
        assert [each for each in page.live if each != "svg"] == []
        assert "<!--" not in text
        assert "**b**" not in text
        assert "\x07" not in text
        assert "\n- i" not in text
    assert PAYLOAD in dots[0].label  # raw: the picture makes it harmless


def test_a_page_is_made_again_when_an_entry_or_a_run_of_it_changes_and_no_other_is(lab: SiteJournal) -> None:
    before = {path: sheet.key for path, sheet in sheets_of(metric_pages, lab.contents).items()}
    entry = lab.root / "entries/2026-02-22-e.md"
    entry.write_text(entry.read_text().replace("Second", "Later"))
    after = {path: sheet.key for path, sheet in sheets_of(metric_pages, lab.contents).items()}
    assert {path for path in after if after[path] != before[path]} == {metric_page("train/loss")}
    write_run(lab, "r9", metrics={"val/acc/top1": brief(max=3), "val/acc/top5": brief(), "train/loss": brief()})
    last = {path: sheet.key for path, sheet in sheets_of(metric_pages, lab.contents).items()}
    assert {path for path in last if last[path] != after[path]} == {
        metric_page(name) for name in ("train/loss", "val/acc/top1", "val/acc/top5")
    }


def test_a_metric_of_thousands_of_entries_and_runs_keeps_a_light_page_and_reads_few_digests(lab: SiteJournal) -> None:
    contents = lab.contents
    first, run = contents.by_id["2026-02-21-e"], contents.runs["r9"]
    many = [first._replace(id=f"e{number}", page=f"entries/e{number}.md") for number in range(1000)]
    runs = {f"k{number}": run._replace(key=f"k{number}") for number in range(1000)}
    read: list[str] = []

    def digest(key: str) -> RunDigest | None:
        read.append(key)
        return contents.digest("r9")

    sheets = sheets_of(metric_pages, replace(contents, abstracts=many, runs=runs, digest=digest))
    assert read == []
    page = page_of(sheets, metric_page("train/loss"))
    assert page.count("<tr>") <= 2 + 300 + 150
    assert "900 more entries not shown here" in page
    assert 'href="&#46;&#46;&#47;&#46;&#46;&#47;entries&#47;&#35;metric&#61;train&#37;2Floss"' in page
    assert "850 more runs not shown here" in page
    page_of(sheets, metric_page("val/acc/top1"))
    assert len(read) == len(set(read)) == 150
