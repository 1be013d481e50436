from pathlib import Path

from site_journal import SHA, TABLE, SiteJournal, make_run

from journal.site import search_words


def lines(lab: SiteJournal, path: str) -> list[set[str]]:
    """Terms of title, names, first words and the rest."""
    return [set(line.split()) for line in search_words.of(lab.contents.view(path)).split("\n")]


def test_each_term_stands_once_in_the_most_telling_line(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    path = lab.entry(
        "2026-02-21-floor", "Floor first words.\n\n## More\n\nFloor words later.\n", "Sigma", tags=["later"]
    )
    title, names, first, rest = lines(lab, path)
    assert title == {"sigma"}
    assert names >= {"2026", "02", "21", "floor", "later"}
    assert first == {"first", "words"}
    assert rest == {"more"}


def test_metrics_runs_handles_commits_files_and_authors_are_names(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    path = lab.entry(
        "2026-02-21-a",
        TABLE,
        runs=[{"id": "r1", "as": "ipa", "label": "Baseline run"}],
        commits=[{"sha": SHA[:7]}],
        files=["lab/clamp_logits.py"],
        authors=["Ada Łoś"],
    )
    lab.judge("2026-02-21-a", {}, {SHA[:7]: (SHA, "2026-02-21T10:00:00+00:00")})
    names = lines(lab, path)[1]
    assert names >= {"train", "loss", "train/loss", "r1", "ipa", "baseline", SHA[:7], SHA, "ada", "łos"}
    assert names >= {"py", "lab/clamp_logits.py", "clamp_logits.py"}


def test_specs_tables_predictions_and_notes_are_found_and_the_site_s_own_html_is_not(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.25]}))
    path = lab.entry(
        "2026-02-21-a",
        '## Results\n\nIt is [TBD](run:r1 "last(train/loss)"), a List<int> &amp; more <b class="x">bold</b>.\n\n'
        + TABLE,
        runs=[{"id": "r1"}],
        commits=[{"sha": "abcdef0", "note": "pelican"}],
        predictions=[{"claim": "flamingo", "expect": "last(train/loss) < 2"}],
        status="concluded",
    )
    lab.fill(path)
    _, _, first, rest = lines(lab, path)
    assert first | rest >= {"int", "bold", "pelican", "flamingo", "concluded", "mean", "25"}
    assert not (first | rest) & {"class", "href", "span", "amp", "x"}
