from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows
from toys import Toys, line

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.begin(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Toys:
    """Two runs at two commits."""
    found = Toys.begin(tmp_path_factory.mktemp("toys"))
    found.write("train.py", "lr = 1\n")
    first = found.commit("Begin")
    found.write("train.py", "lr = 2\n")
    second = found.commit("Faster")
    found.run("slow", {"loss": line(range(3))}, config={"lr": 1, "note": "x" * 500, "gone": 1}, commit=first)
    found.run("fast", {"loss": line(range(3), 2.0)}, config={"lr": 2, "note": "y" * 500}, commit=second, started=2)
    return found


def test_people_get_a_table_of_each_kind_and_what_is_the_same_or_not_known(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "diff", "plain031", "large031")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "config  plain031  large031\n"
        'kind    "plain"   "large"\n'
        "\n"
        "code                 plain031  large031\n"
        "uncommitted changes  none      not known\n"
        "\n"
        "metric            plain031  large031  difference     ratio  rows of each\n"
        "last(train/loss)   2.14062   3.07031   +0.929688  1.43431×      120, 120\n"
        "mean(train/loss)   3.07031   3.53516   +0.464844  1.15140×      120, 120\n"
        "\n"
        "code: the same commit 16e1f81\n"
        "whether the tree of large031 was clean is not known\n"
        "environment: the same\n"
        "only plain031 has epoch, grad.norm, train/acc and 1 more\n"
        "only large031 has tokens, train/lr\n"
        "metrics over steps 0..119, which both have reached\n"
    )


def test_the_code_between_two_commits_is_told(toys: Toys, capsys: Capsys) -> None:
    out = toys.call(capsys, "diff", "slow", "fast", "--only", "code").out
    first, second = (toys.git("rev-parse", "--short=7", name) for name in ("HEAD~1", "HEAD"))
    assert out == (
        f"code                     slow     fast            lines\n"
        f"commit                   {first}  {second}\n"
        f"commit of this run only           {second} Faster\n"
        f"train.py                          modified        +1 −1\n"
        "\n"
        "whether the trees of slow and fast were clean is not known\n"
    )


def test_json_has_everything_with_the_runs_in_order(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "diff", "slow", "fast", "--stat", "mean", "--json")
    found = said.json
    assert (said.code, said.err, found["schema_version"], found["differs"]) == (0, "", 1, True)
    assert [run["id"] for run in found["runs"]] == ["slow", "fast"]
    (toys.root / "entries").mkdir(exist_ok=True)
    listed = {run["id"]: run for run in toys.call(capsys, "runs", "--long", "--json").json["runs"]}
    assert all(run | {"cited_by": [], "problem": None} == listed[run["id"]] for run in found["runs"])
    assert found["config"][0] == {"key": "lr", "runs": ["1", "2"]}
    assert found["config"][2] == {"key": "gone", "runs": ["1", None]}
    assert found["environment"] == []
    assert [side["commit"] for side in found["code"]["runs"]] == [
        toys.git("rev-parse", "HEAD~1"),
        toys.git("rev-parse", "HEAD"),
    ]
    between = found["code"]["between"]
    assert (between["commits"], between["added"], between["removed"]) == ([0, 1], 1, 1)
    assert [[each["subject"] for each in side] for side in between["only_in"]] == [[], ["Faster"]]
    assert [(file["path"], file["change"]) for file in between["files"]] == [("train.py", "modified")]
    assert (found["window"], found["steps"]) == ("matched", [[0, 2], [0, 2]])
    (metric,) = found["metrics"]
    assert metric == {
        "metric": "loss",
        "statistic": "mean",
        "label": "mean(loss)",
        "runs": [
            {"value": 1.0, "text": None, "n": 3, "nonfinite": 0, "window": [0, 2]},
            {"value": 2.0, "text": None, "n": 3, "nonfinite": 0, "window": [0, 2]},
        ],
        "difference": 1.0,
        "ratio": 2.0,
    }
    assert found["metrics_only_in"] == [[], []]


def test_what_was_not_asked_for_is_null(toys: Toys, capsys: Capsys) -> None:
    found = toys.call(capsys, "diff", "slow", "fast", "--only", "config", "--key", "l*", "--json").json
    assert [each["key"] for each in found["config"]] == ["lr"]
    assert [found[name] for name in ("code", "environment", "metrics", "metrics_only_in")] == [None] * 4


def test_numbers_are_those_of_the_logs(desk: Desk, capsys: Capsys) -> None:
    arguments = ("--metric", "train/*", "--stat", "max", "--window", "10..20", "--json")
    (number,) = desk.call(capsys, "diff", "plain031", "large031", *arguments).json["metrics"]
    for found, run_id in zip(number["runs"], ("plain031", "large031"), strict=True):
        within = [value for step, value in rows(run_id, "train/loss") if 10 <= step <= 20]
        assert (found["value"], found["n"]) == (max(within), len(within))
    assert number["difference"] == number["runs"][1]["value"] - number["runs"][0]["value"]


def test_a_run_beside_itself_differs_in_nothing(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "diff", "plain031", "plain031")
    assert said.code == 0
    assert "nothing that is known of plain031 and plain031 again differs\nconfig: the same\n" in said.out
    assert desk.call(capsys, "diff", "plain031", "plain031", "--json").json["differs"] is False


def test_keys_may_be_ignored(toys: Toys, capsys: Capsys) -> None:
    out = toys.call(capsys, "diff", "slow", "fast", "--only", "config", "--ignore", "note", "--ignore", "gone").out
    assert out == "config  slow  fast\nlr      1     2\n\n"


def test_a_key_that_neither_run_has_is_an_error(toys: Toys, capsys: Capsys) -> None:
    for key, hint in (("lrr", "did you mean lr?"), ("zz*", "there are lr, note, gone")):
        said = toys.call(capsys, "diff", "slow", "fast", "--only", "config", "--key", key)
        assert (said.code, said.out) == (1, "")
        assert f"neither slow nor fast has a config key '{key}'" in said.err
        assert hint in said.err
    assert toys.call(capsys, "diff", "slow", "fast", "--key", "gone", "--key", "zz*").code == 0


def test_a_window_that_the_runs_have_not_reached_is_told(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "diff", "slow", "fast", "--only", "metrics", "--window", "500..600")
    assert said.out.endswith("metrics over 500..600: neither run has a step there\n")
    said = toys.call(capsys, "diff", "slow", "fast", "--only", "metrics", "--metric", "zz*")
    assert said.out.endswith("metrics: the two runs have none like zz* in common\n")


def test_long_values_are_cut(toys: Toys, capsys: Capsys) -> None:
    out = toys.call(capsys, "diff", "slow", "fast", "--only", "config").out
    assert re.search(r'note +"x{78}… +"y{78}…\n', out)


def test_it_works_outside_any_journal(toys: Toys, tmp_path: Path, capsys: Capsys) -> None:
    folders = [str(folder) for folder in sorted((toys.root / "wandb").iterdir())]
    said = Desk(tmp_path).call(capsys, "diff", *folders)
    assert said.code == 0
    assert "what lies between the commits is not known here" in said.out
    assert re.search(r"mean\(loss\) +1 +2 +\+1\.00000 +2\.00000×", said.out)


def test_a_refusal_says_why(toys: Toys, capsys: Capsys) -> None:
    for arguments, code, sentence in (
        (("slow", "fa"), 1, "no run 'fa'"),
        (("slow",), 2, "Missing argument 'RUN'"),
        (("slow", "fast", "--window", "often"), 2, "window 'often' is not one of"),
        (("slow", "fast", "--stat", "nope"), 1, "no statistic 'nope'"),
        (("slow", "fast", "--metric", "los"), 1, "run slow has no metric 'los' (did you mean loss?)"),
        (("slow", "fast", "--only", "weather"), 2, "'weather' is not one of"),
    ):
        said = toys.call(capsys, "diff", *arguments)
        assert said.code == code, said
        assert sentence in said.err
        assert said.out == ""
