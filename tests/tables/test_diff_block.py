"""The `diff` block: what two runs of an entry differ in."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from desk import cells
from journal import config as configuration
from journal.errors import JournalError
from journal.index.journal import Journal
from journal.site.entry.entry_page import render
from journal.site.generate import gather
from journal.tables.fill import grid_of
from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

DIFF = block("runs: [a, b]", "diff")
A = {"lr": 0.001, "model": {"width": 64, "name": "ipa"}, "warm": True}
B = {"lr": 0.0003, "model": {"width": 64, "name": "iga"}, "decay": 0.1}


def two_runs(toys: Toys) -> None:
    """A repository of three commits, and a run at the first and at the third."""
    toys.write("train.py", "lr = 1\nsteps = 10\n")
    first = toys.commit("Begin")
    toys.write("train.py", "lr = 1\nsteps = 20\nwarm = True\n")
    toys.commit("Longer")
    toys.write("model.py", "width = 64\n")
    third = toys.commit("A model | of its own")
    toys.run("a", {"loss": line(range(10), 1.5), "only": line(range(3))}, config=A, commit=first, sdk="0.16.6")
    toys.run("b", {"loss": line(range(8), 3.0)}, config=B, commit=third, sdk="0.31.0", started=2)


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    found = Toys.begin(tmp_path)
    two_runs(found)
    return found


def diff(toys: Toys, spec: str = "runs: [a, b]", *handles: str) -> list[list[str]]:
    toys.ask(block(spec, "diff"), *(handles or ("a", "b")))
    toys.fill()
    return cells(toys.text) if "|" in toys.text else []


def test_config_code_environment_and_metrics_of_two_runs_stand_in_one_table(toys: Toys) -> None:
    first, third = (toys.git("rev-parse", name) for name in ("HEAD~2", "HEAD"))
    second = toys.git("rev-parse", "HEAD~1")
    assert diff(toys) == [
        ["what", "a", "b", "b − a", "b / a"],
        ["config: lr", "0.001", "0.0003", "", ""],
        ["config: model.name", '"ipa"', '"iga"', "", ""],
        ["config: warm", "true", "—", "", ""],
        ["config: decay", "—", "0.1", "", ""],
        ["code: commit", first[:7], third[:7], "", ""],
        ["code: commit of this run only", "", f"{third[:7]} A model &#124; of its own", "", ""],
        ["code: commit of this run only", "", f"{second[:7]} Longer", "", ""],
        ["code: model.py", "", "added", "+1 −0", ""],
        ["code: train.py", "", "modified", "+2 −1", ""],
        ["code: 2 files", "", "", "+3 −1", ""],
        ["environment: sdk", "0.16.6", "0.31.0", "", ""],
        ["last(loss)", "10.5", "21", "+10.5", "2.00×"],
        ["mean(loss)", "5.25", "10.5", "+5.25", "2.00×"],
    ]
    assert toys.caption == (
        "whether the trees of a and b were clean is not known; only a has only; metrics over matched steps 0..7; "
        "rows used: a 8, b 8"
    )


def test_filling_twice_is_filling_once(toys: Toys, capsys: Capsys) -> None:
    diff(toys)
    before = toys.files()
    (report,) = toys.fill().blocks
    assert said(report) == ("fresh", "")
    assert toys.files() == before
    assert toys.call(capsys, "fill-results", "--check").code == 0


def test_numbers_are_cells_of_the_evidence_that_can_be_traced(toys: Toys, capsys: Capsys) -> None:
    diff(toys)
    traced = toys.call(capsys, "trace", ENTRY, "diff", "mean(loss), b", "--json").json["cells"]
    assert [(each["value"], each["expression"]) for each in traced] == [(10.5, "mean(loss)[matched]@b")]
    held = toys.found["blocks"]["diff"]
    assert (held["kind"], set(held["runs"])) == ("diff", {"a", "b"})
    assert held["difference"]["runs"] == ["a", "b"]
    assert held["difference"]["config"][0] == {"key": "lr", "before": "0.001", "after": "0.0003"}


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        ("show: [environment]", ["environment: sdk"]),
        ("show: config\nkeys: [model]", ["config: model.name"]),
        ("show: config\nkeys: ['*a*']\nignore: [warm]", ["config: model.name", "config: decay"]),
        ("show: config\nignore: ['*']", []),
        ("show: metrics\nstats: ['count(x > 5)']", ["count(loss &#62; 5)"]),
        ("show: metrics\nmetrics: ['l*']\nstats: [{highest: max}]", ["highest of loss"]),
        ("show: metrics\nmetrics: [loss, only]\nstats: [n]", ["n(loss)", "n(only)"]),
        ("show: metrics\nmetrics: ['x*']", []),
        ("show: [metrics, config]\nkeys: [lr]\nstats: [min]", ["config: lr", "min(loss)"]),
    ],
)
def test_a_spec_says_what_is_compared(toys: Toys, spec: str, rows: list[str]) -> None:
    assert [row[0] for row in diff(toys, f"runs: [a, b]\n{spec}")[1:]] == rows
    assert said(toys.plan().blocks[0]) == ("fresh", "")


def test_the_window_can_be_another_than_the_matched_one(toys: Toys) -> None:
    table = diff(toys, "runs: [a, {new: b}]\nshow: metrics\nstats: [last]\nwindow: all\ndigits: 2")
    assert table == [["what", "a", "new", "new − a", "new / a"], ["last(loss)", "14", "21", "+7.5", "1.6×"]]
    assert "steps differ: a 0..9, new 0..7" in toys.caption


def test_a_run_that_lacks_a_metric_that_is_named_shows_a_dash(toys: Toys) -> None:
    assert diff(toys, "runs: [a, b]\nshow: metrics\nmetrics: [only]\nstats: [last]")[1] == [
        "last(only)",
        "2",
        "—",
        "—",
        "—",
    ]


def test_the_two_runs_of_an_entry_need_no_name(toys: Toys) -> None:
    assert diff(toys, "show: environment")[1] == ["environment: sdk", "0.16.6", "0.31.0"]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("runs: [a]", "runs: name two runs, as in `runs: [a, b]`"),
        ("runs: [a, b, c]", "runs: name two runs, as in `runs: [a, b]`"),
        ("runs: [a, nobody]", "no run 'nobody' in this entry"),
        ("show: [config]", "name the two runs to compare: `runs: [a, b]`"),
        ("runs: [a, b]\nshow: [weather]", "config"),
        ("runs: [a, b]\nshow: [code, code]", "name each once"),
        ("runs: [a, b]\nstats: [nope]", "no statistic 'nope'"),
        ("runs: [a, b]\nwindow: often", "window 'often' is not one of"),
    ],
)
def test_a_spec_that_cannot_be_is_refused_at_its_line(toys: Toys, spec: str, sentence: str) -> None:
    toys.ask(block(spec, "diff"), "a", "b", "c=c")
    with pytest.raises(JournalError) as refused:
        toys.plan()
    assert sentence in str(refused.value)
    assert refused.value.line is not None


def test_a_run_that_is_not_there_yet_is_waited_for(toys: Toys) -> None:
    diff(toys, "runs: [a, later]", "a", "later")
    assert toys.standing() == ("pending", "run later is not there yet")
    assert "*TBD: run later is not there yet*" in toys.text
    toys.run("later", {"loss": line(range(5))})
    assert toys.standing()[0] == "stale"
    toys.fill()
    assert toys.standing() == ("fresh", "")
    assert "| last(loss) | 6 | 4 |" in toys.text


def test_a_log_that_grew_makes_the_block_drift(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(8), 3.0)}, config=B, code=None, started=2)
    diff(toys, "runs: [a, b]\nshow: [config, metrics]")
    toys.run("b", {"loss": line(range(9), 3.0)}, config=B, code=None, started=2)
    state, message = toys.standing()
    assert state == "drifted"
    assert "last(loss), a: 10.5 is now 12.0" in message
    toys.fill()
    assert "| last(loss) | 12 | 24 |" in toys.text
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize("pattern", ["*", "*-a", "*-b"])
def test_a_clone_without_the_runs_keeps_everything(toys: Toys, pattern: str) -> None:
    diff(toys)
    before = toys.files()
    toys.take_away(pattern)
    fill = toys.fill()
    assert toys.files() == before
    assert fill.blocks[0].state.value == "unverifiable"
    grid = grid_of(configuration.find(toys.root), f"entries/{ENTRY}.md", "diff")
    assert [row[0] for row in grid.rows][:2] == ["config: lr", "config: model.name"]


def test_a_spec_that_changed_while_the_runs_are_away_keeps_its_text(toys: Toys) -> None:
    diff(toys)
    toys.take_away()
    toys.rewrite("runs: [a, b]\n-->", "runs: [a, b]\nkeys: [lr]\n-->")
    before = toys.files()
    fill = toys.fill()
    assert (fill.blocks[0].state.value, toys.files()) == ("stale", before)
    assert "its spec changed since it was filled" in fill.blocks[0].message


def test_what_git_said_is_kept_where_git_cannot_tell(toys: Toys) -> None:
    diff(toys)
    before = toys.files()
    for git in (False, True):
        assert toys.fill(git=git).blocks[0].state.value == "fresh"
        assert toys.files() == before
    toys.git("checkout", "--quiet", "--orphan", "elsewhere")
    toys.commit("Another beginning")
    toys.git("branch", "--quiet", "-D", "main")
    toys.git("reflog", "expire", "--expire=now", "--all")
    toys.git("gc", "--quiet", "--prune=now")
    assert toys.fill().blocks[0].state.value == "fresh"
    assert toys.files()[f"entries/{ENTRY}.md"] == before[f"entries/{ENTRY}.md"]


def test_without_git_it_is_said_that_nobody_knows_what_lies_between(toys: Toys) -> None:
    toys.ask(DIFF, "a", "b")
    toys.fill(git=False)
    assert "what lies between the commits is not known here" in toys.caption
    assert "code: train.py" not in toys.text
    assert toys.plan(git=True).blocks[0].state.value == "stale"


def test_runs_that_differ_in_nothing_are_said_to_be_the_same(toys: Toys) -> None:
    sha = toys.git("rev-parse", "HEAD")
    for run_id in ("c", "d"):
        toys.run(run_id, {"loss": line(range(4))}, config=A, commit=sha, sdk="0.31.0")
    assert diff(toys, "runs: [c, d]\nshow: [config, code, environment]", "c", "d") == []
    assert toys.caption == (
        f"config: the same; code: the same commit {sha[:7]}; whether the trees of c and d were clean is not known; "
        "environment: the same"
    )
    assert toys.standing() == ("fresh", "")


def test_runs_of_which_little_is_known_say_so(toys: Toys) -> None:
    for run_id in ("c", "d"):
        toys.run(run_id, {run_id: line(range(4))})
    assert diff(toys, "", "c", "d") == []
    assert toys.caption == (
        "config: the same; code: the commits are not known; environment: not known; only c has c; only d has d; "
        "no metric that both have"
    )


def test_what_comes_from_a_run_or_a_commit_is_harmless(toys: Toys) -> None:
    toys.run(
        "c",
        {"<b>`x`": line(range(3))},
        config={"a|b": "<script>", "[x](y)": "![z](w)"},
        commit=toys.git("rev-parse", "HEAD~1"),
    )
    toys.run(
        "d", {"<b>`x`": line(range(3))}, config={"a|b": "<!-- /journal:diff -->"}, commit=toys.git("rev-parse", "HEAD")
    )
    table = diff(toys, "", "c", "d")
    assert all(len(row) == 5 for row in table)
    text = toys.text.split("-->", 1)[1].rpartition("<!-- /journal")[0]
    assert not re.search(r"[<>`\[]", text)
    assert toys.standing() == ("fresh", "")


def test_paths_of_somebodys_machine_are_cut_to_their_last_part(toys: Toys) -> None:
    far = f"/home/{'x' * 120}/{{}}/out"
    toys.run("c", {"loss": line(range(3))}, config={"data": "/home/ada/one/train.csv", "out": far.format("ada")})
    toys.run("d", {"loss": line(range(3))}, config={"data": "/home/bob/two/test.csv", "out": far.format("bob")})
    diff(toys, "show: config", "c", "d")
    everything = toys.text + json.dumps(toys.found)
    assert "train.csv" in everything
    assert "/home" not in everything
    assert not re.search(r"\b(ada|bob)\b", everything)
    assert [row[0] for row in cells(toys.text)] == ["what", "config: data"]
    assert toys.caption == "config: one key differs only in the folders of paths, which are not told"
    assert toys.standing() == ("fresh", "")


def test_of_very_many_keys_and_metrics_the_first_are_shown_and_all_counted(toys: Toys) -> None:
    many = {f"k{number:03}": number for number in range(130)}
    toys.run("c", {f"m{number:02}": line(range(2)) for number in range(50)}, config=many)
    toys.run("d", {f"m{number:02}": line(range(2)) for number in range(50)}, config=dict.fromkeys(many, -1))
    table = diff(toys, "stats: [last]\nshow: [config, metrics]", "c", "d")
    assert len(table) == 1 + 100 + 20
    assert "100 of 130 keys of the config that differ" in toys.caption
    assert "20 of 50 metrics that both have: &#96;metrics&#96; chooses" in toys.caption
    assert toys.standing() == ("fresh", "")


# --- nothing of it can be changed unseen ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Toys:
    found = Toys.begin(tmp_path_factory.mktemp("filled"))
    two_runs(found)
    diff(found)
    return found


def leaves(tree: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(value, (*above, key))
    else:
        yield above


@pytest.mark.untraced
@pytest.mark.parametrize("away", [False, True], ids=["runs here", "runs away"])
def test_every_value_that_is_recorded_of_a_difference_is_watched(filled: Toys, away: bool) -> None:
    path = filled.root / f"evidence/{ENTRY}.json"
    raw, text = path.read_bytes(), filled.text
    if away:
        filled.take_away()
    missed = []
    try:
        for leaf in leaves(filled.found["blocks"]["diff"]["difference"]):
            tree = json.loads(raw)
            place = tree["blocks"]["diff"]["difference"]
            for key in leaf[:-1]:
                place = place[key]
            value = place[leaf[-1]]
            place[leaf[-1]] = (
                (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}0"
            )
            path.write_text(json.dumps(tree))
            try:
                plan = filled.plan()
            except JournalError:
                continue
            fresh = plan.blocks[0].state.value == "fresh"
            if fresh or (away and plan.new.decode() != text):
                missed.append(leaf)
    finally:
        path.write_bytes(raw)
        if away:
            filled.bring_back()
    assert missed == []


def test_a_shallow_clone_keeps_what_a_whole_one_recorded(filled: Toys, tmp_path: Path) -> None:
    clone = Toys(tmp_path / "clone")
    filled.git("clone", "--quiet", "--depth=1", f"file://{filled.root}", str(clone.root))
    for folder in ("wandb", "entries", "evidence"):
        shutil.copytree(filled.root / folder, clone.root / folder)
    assert clone.git("rev-parse", "--is-shallow-repository") == "true"
    assert said(clone.fill().blocks[0]) == ("fresh", "")
    assert clone.files() == filled.files()


def test_the_site_shows_the_block(filled: Toys) -> None:
    journal = Journal.open(filled.root)
    contents = gather(journal)
    page = render(contents.view(contents.by_id[ENTRY].path), contents).decode()
    (row,) = re.findall(r"<tr><th[^>]*>config: lr</th>.*?</tr>|<tr><td[^>]*>config: lr</td>.*?</tr>", page)
    assert re.findall(r">([\d.]+)<", row) == ["0.001", "0.0003"]
    assert "<summary>Evidence: 8 numbers from 2 runs</summary>" in page


def test_a_check_finds_nothing_wrong_with_a_filled_block(filled: Toys, capsys: Capsys) -> None:
    found = filled.call(capsys, "check", "--json").json["findings"]
    assert [each for each in found if each["severity"] == "error"] == []
    assert not any("diff" in each["message"] for each in found)


def test_a_filled_block_is_exported_as_a_table(filled: Toys, capsys: Capsys) -> None:
    out = filled.call(capsys, "export-table", ENTRY, "diff", "--format", "csv", "--full").out
    assert "config: lr,0.001,0.0003,," in out
    assert "last(loss),10.5,21,+10.5,2" in out
