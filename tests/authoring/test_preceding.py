from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import cells
from toys import Toys, line

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.entry import Entry

Capsys = pytest.CaptureFixture[str]

TABLE = """## Results

<!-- journal:table ends
metrics: [train/loss, {rate: train/lr}]
stats: [last, min]
window: 2..4
compare: {ratio: wide/base, trend: base/wide}
digits: 4
-->
<!-- /journal:table -->
"""
RUNS = "{id: run1, as: base, role: baseline}, {id: run2, as: wide, role: candidate}, {id: run0, role: reference}"


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toys:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    toys = Toys.begin(tmp_path / "lab", "sections = []\n")
    (toys.root / "entries").mkdir()
    for number in range(4):
        toys.run(
            f"run{number}", {"train/loss": line(range(6), -0.1, 2), "train/lr": line(range(6))}, started=9 + number
        )
    return toys


def commit(toys: Toys, subject: str, *, day: int = 1) -> str:
    return toys.commit(subject, date=f"2026-02-{day:02}T12:00:00+00:00")


def about(toys: Toys, stem: str, sha: str, body: str = "", *, runs: str = "", more: str = "") -> None:
    toys.entry(f"2026-02-{stem}", body, runs=runs, matter=f"commits: [{sha[:10]}]\n{more}")


def new(toys: Toys, capsys: Capsys, *args: str, revision: str = "HEAD") -> Entry:
    return toys.made(toys.call(capsys, "new", "--from-commit", revision, *args))


def test_the_entry_whose_commits_come_before_is_followed_by_descent_and_not_by_date(toys: Toys, capsys: Capsys) -> None:
    about(toys, "20-old", commit(toys, "One"))
    two = commit(toys, "Two", day=2)
    toys.git("switch", "-qc", "aside")
    about(toys, "22-aside", commit(toys, "Aside", day=4))
    toys.git("switch", "-q", "main")
    about(toys, "01-two", two)  # written first, of the commit that is nearer
    commit(toys, "Three", day=3)
    assert new(toys, capsys).front_matter.follows == ("2026-02-01-two",)


def test_the_first_commit_follows_nothing(toys: Toys, capsys: Capsys) -> None:
    one = commit(toys, "One")
    about(toys, "20-two", commit(toys, "Two", day=2))
    assert new(toys, capsys, revision=one).front_matter.follows == ()


def test_what_a_commit_became_counts_and_a_commit_of_another_repository_does_not(toys: Toys, capsys: Capsys) -> None:
    one, two = commit(toys, "One"), commit(toys, "Two", day=2)
    toys.entry("2026-02-20-moved", matter=f"commits: [{{sha: {'ab' * 20}, became: {one}}}]\n")
    toys.entry("2026-02-21-other", matter=f"commits: [{{sha: {two}, origin: https://git.example/a}}]\n")
    commit(toys, "Three", day=3)
    assert new(toys, capsys).front_matter.follows == ("2026-02-20-moved",)


def test_the_entry_that_took_the_place_of_another_is_followed(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"), more="status: superseded\n")
    toys.entry("2026-02-11-better", matter="supersedes: [2026-02-10-first]\n")
    commit(toys, "Two", day=2)
    assert new(toys, capsys).front_matter.follows == ("2026-02-11-better",)
    toys.entry("2026-02-11-better", matter="supersedes: [2026-02-10-first]\nstatus: invalid\n")
    assert new(toys, capsys).front_matter.follows == ()


def test_an_entry_about_the_same_commit_is_told_of_and_not_followed(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"))
    about(toys, "11-same", commit(toys, "Two", day=2))
    said = toys.call(capsys, "new", "--from-commit", "HEAD")
    assert "entry 2026-02-11-same is already about this commit\n" in said.err
    assert toys.made(said).front_matter.follows == ("2026-02-10-first",)
    told = toys.call(capsys, "new", "--from-commit", "HEAD", "--json").json
    assert sorted(told["already_about"]) == ["2026-02-11-same", "2026-02-21-two"]


def test_the_author_may_follow_another_entry_or_none(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"), runs=RUNS)
    toys.entry("2026-02-11-other", runs="{id: run3, role: baseline}")
    commit(toys, "Two", day=2)
    alone = new(toys, capsys, "--no-follow").front_matter
    assert (alone.follows, alone.runs) == ((), ())
    other = new(toys, capsys, "--follows", "2026-02-11", "--follows", "2026-02-10").front_matter
    assert other.follows == ("2026-02-11-other", "2026-02-10-first")
    assert [(ref.id, ref.role) for ref in other.runs] == [("run3", "baseline")]
    titled = toys.made(toys.call(capsys, "new", "By hand", "--follows", "2026-02-10"))
    assert titled.front_matter.follows == ("2026-02-10-first",)
    said = toys.call(capsys, "new", "x", "--follows", "2026-02-10", "--no-follow")
    assert (said.code, said.out) == (2, "")


def test_a_template_that_cannot_say_what_is_followed_is_refused_only_if_that_was_asked_for(
    toys: Toys, capsys: Capsys
) -> None:
    about(toys, "10-first", commit(toys, "One"))
    commit(toys, "Two", day=2)
    toys.write("templates/own.md", "---\ntitle: {{ title | yaml }}\ncreated: {{ created }}\n---\n")
    said = toys.call(capsys, "new", "--from-commit", "HEAD", "--template", "own", "--json")
    assert said.json["follows"] == []  # told as it stands in the entry
    said = toys.call(capsys, "new", "--from-commit", "HEAD", "--template", "own")
    hint = "journal link 2026-02-21-two-2 --follows 2026-02-10-first"
    assert f"the template wrote no `follows`: {hint}\n" in said.err
    assert toys.call(capsys, *hint.split()[1:]).code == 0
    said = toys.call(capsys, "new", "x", "--follows", "2026-02-10", "--template", "own")
    assert said.code == 1
    assert "does not say what its entry follows (add a line `follows:" in said.err


def test_baseline_candidate_and_tables_are_handed_on(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"), TABLE, runs=RUNS)
    commit(toys, "Two", day=2)
    entry = new(toys, capsys, "--run", "candidate:run3")
    assert [(ref.id, ref.alias, ref.role) for ref in entry.front_matter.runs] == [
        ("run1", "base", "baseline"),
        ("run2", "wide", "reference"),
        ("run3", None, "candidate"),
    ]
    (_, table) = entry.blocks
    assert table.name == "ends"
    assert table.spec.splitlines() == [
        "metrics: [train/loss, {rate: train/lr}]",
        "stats: [last, min]",
        "windows: [2..4]",
        "digits: 4",
        "compare: {ratio: [run3/base, run3/wide], trend: base/run3}",
    ]
    said = toys.call(capsys, "fill-results", entry.id)
    assert said.code == 0, said.err
    head, *rows = cells(toys.read(entry.id).partition("journal:table")[2])
    assert "run3 / base" in " ".join(head)
    assert len(rows) == 2
    assert toys.call(capsys, "check", entry.id).code == 0


def test_an_only_run_without_a_role_is_what_the_baseline_is_compared_with(toys: Toys, capsys: Capsys) -> None:
    runs = "{id: run1, as: base, role: baseline}, {id: run2, as: wide}"
    about(toys, "10-first", commit(toys, "One"), TABLE, runs=runs)
    commit(toys, "Two", day=2)
    entry = new(toys, capsys, "--run", "run3")
    assert "compare: {ratio: [run3/base, run3/wide], trend: base/run3}\n" in entry.blocks[1].spec
    assert toys.call(capsys, "fill-results", entry.id).code == 0


def test_before_there_is_a_run_the_tables_stand_ready(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"), TABLE, runs=RUNS)
    commit(toys, "Two", day=2)
    entry = new(toys, capsys)
    assert entry.front_matter.status == "planned"
    assert [block.kind for block in entry.blocks] == ["runs", "table"]
    assert "compare" not in entry.blocks[1].spec
    assert toys.call(capsys, "fill-results", entry.id).code == 0


def test_a_baseline_of_the_authors_takes_the_place_of_the_old_one(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"), TABLE, runs=RUNS)
    commit(toys, "Two", day=2)
    runs = new(toys, capsys, "--run", "baseline:run3", "--run", "candidate:run2").front_matter.runs
    assert [(ref.id, ref.role) for ref in runs] == [("run2", "candidate"), ("run3", "baseline")]


@pytest.mark.parametrize(
    ("runs", "handed"),
    [
        ("{id: run1, role: candidate}", [("run1", "baseline")]),
        ("{id: run1}", [("run1", "baseline")]),
        ("{id: run1, role: candidate}, {id: run2, role: candidate}", []),
        ("{id: run1, role: reference}", []),
        ("{id: run1, role: baseline}, {id: run2, role: reference}", [("run1", "baseline"), ("run2", "reference")]),
        ("{id: run1, role: baseline}, run2", [("run1", "baseline"), ("run2", "reference")]),
        (
            ", ".join(["{id: run0, role: baseline}", *(f"{{id: {name}, role: candidate}}" for name in "abcd")]),
            [("run0", "baseline")],
        ),
    ],
)
def test_what_a_new_entry_is_compared_with(
    toys: Toys, capsys: Capsys, runs: str, handed: list[tuple[str, str]]
) -> None:
    about(toys, "10-first", commit(toys, "One"), runs=runs)
    commit(toys, "Two", day=2)
    assert [(ref.id, ref.role) for ref in new(toys, capsys).front_matter.runs] == handed


def test_runs_and_tables_of_a_results_entry_are_handed_on_too(toys: Toys, capsys: Capsys) -> None:
    about(toys, "10-first", commit(toys, "One"))
    toys.entry("2026-02-12-results", TABLE, runs=RUNS, matter="results_of: [2026-02-10-first]\n")
    commit(toys, "Two", day=2)
    entry = new(toys, capsys)
    assert entry.front_matter.follows == ("2026-02-10-first",)
    assert [ref.id for ref in entry.front_matter.runs] == ["run1", "run2"]
    assert [block.name for block in entry.blocks] == ["runs", "ends"]


@pytest.mark.parametrize(
    ("spec", "handed"),
    [
        ("metrics: [train/loss]", "metrics: [train/loss]"),
        ("metrics: [train/loss]\ncompare: {ratio: last/min}\nstats: [last, min]", None),
        ("metrics: [train/loss]\nruns: [wide]", "metrics: [train/loss]\nstats: [last]"),
        ("metrics: [train/loss]\ngroups: {a: [wide]}", "metrics: [train/loss]\nstats: [last]"),
        ("metrics: [train/loss]\nnotes: {why: {train/loss: it fell}}", "metrics: [train/loss]\nstats: [last]"),
        ("values: {end: last(train/loss)}", None),
        ("values: {end: last(train/loss)@wide - last(train/loss)@base}", ""),
        ("metrix: [x]", ""),
        (
            "metrics: [train/loss]\nruns: [{b: base}, {w: wide}]\ncompare: {delta: w/b}\nstats: ['at(x, 3)']",
            'metrics: [train/loss]\nstats: ["at(x, 3)"]\ncompare: {delta: [run3/base, run3/wide]}',
        ),
    ],
)
def test_a_table_is_handed_on_as_it_is_or_laid_out_anew_where_it_names_runs(
    toys: Toys, capsys: Capsys, spec: str, handed: str | None
) -> None:
    body = f"<!-- journal:table\n{spec}\n-->\n<!-- /journal:table -->\n"
    about(toys, "10-first", commit(toys, "One"), body, runs=RUNS)
    commit(toys, "Two", day=2)
    entry = new(toys, capsys, "--run", "candidate:run3")
    specs = [block.spec for block in entry.blocks if block.kind == "table"]
    if handed == "":  # a first table takes its place
        assert len(specs) == 1
        assert "compare: {ratio: [run3/base, run3/wide]}" in specs[0]
    else:
        assert specs == [f"{spec if handed is None else handed}\n"]
    if "metrix" not in spec:
        assert toys.call(capsys, "fill-results", entry.id).code == 0


def test_a_run_of_the_commit_itself_is_its_candidate_though_the_entry_before_has_it(toys: Toys, capsys: Capsys) -> None:
    one, two = commit(toys, "One"), commit(toys, "Two", day=2)
    toys.run("run8", {"loss": line(range(3))}, started=1_770_200_000, commit=two)
    about(toys, "10-first", one, runs="{id: run1, role: baseline}, {id: run8, as: next, role: candidate}")
    assert [(ref.handle, ref.role) for ref in new(toys, capsys).front_matter.runs] == [
        ("run1", "baseline"),
        ("next", "candidate"),
    ]
