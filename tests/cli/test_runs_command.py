from __future__ import annotations

import json
from datetime import UTC, datetime
from math import isfinite
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import journal
from desk import Desk, refuse_runs, rows, truth
from journal.cli import runs as verb
from journal.cli.filtering import commit_meant
from journal.cli.output import answer
from journal.cli.run_page import flattened, print_run
from journal.cli.run_shapes import in_full
from journal.index.journal import Journal
from journal.index.run_list import ListedRun
from journal.model.run import Column, Origin, Run, RunState, Segment
from journal.sources.open_run import OpenRun

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
ORIGIN = Origin(kind="wandb-log", path="wandb/a/run-a.wandb", bytes=1, sha256="0" * 64)
E1 = "2026-02-21-one"
TRASH = "wandb/offline-run-20260101_120000-trash001/run-trash001.wandb"
SHAPE = {
    *("id", "entity", "project", "name", "state", "started", "commit", "dirty"),
    *("rows", "last_step", "source", "segments", "cited_by", "problems", "problem"),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, runs="{id: plain031, as: it}, faild031")
    return desk


def listed(desk: Desk, capsys: Capsys, *options: str) -> list[str]:
    return [each["id"] for each in desk.call(capsys, "runs", "--json", *options).json["runs"]]


def test_people_get_a_table_newest_first(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "runs")
    assert (said.code, said.err) == (0, "")
    head, *lines = said.out.splitlines()
    assert " ".join(head.split()) == "id name project state started (UTC) commit last step cited by problems"
    assert [line.split()[0][-3:] for line in lines] == ["031"] * 5 + ["016"] * 5
    (line,) = (line for line in lines if line.startswith("plain031"))
    assert line.split("  ")[-1].strip() == E1
    assert "finished" in line
    assert f" {truth('plain031')['commit'][:7]} " in line


def test_json_has_the_whole_shape_with_what_the_log_says(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "runs", "--json").json
    assert answer["problems"] == []
    shapes = {shape["id"]: shape for shape in answer["runs"]}
    assert all(set(shape) == SHAPE for shape in shapes.values())
    expected = truth("plain031")
    shape = shapes["plain031"]
    assert (shape["entity"], shape["project"], shape["name"]) == ("attention-lab", "sigma-floor", expected["name"])
    assert (shape["state"], shape["rows"], shape["last_step"]) == ("finished", 120, 119)
    assert datetime.fromisoformat(shape["started"]).timestamp() == pytest.approx(expected["started"], abs=1e-3)
    assert (shape["segments"], shape["cited_by"], shape["problem"]) == (1, [E1], None)
    assert shape["source"] == dict.fromkeys(["path", "bytes", "sha256"]) | {
        "place": "wandb/" + desk.folder("plain031").name,
        "kind": "wandb-folder",
    }


def test_damage_shows_in_the_list(desk: Desk, capsys: Capsys) -> None:
    counts = {each["id"]: each["problems"] for each in desk.call(capsys, "runs", "--json").json["runs"]}
    assert counts["killd031"] == journal.open_run(desk.folder("killd031")).run.problem_count == 1
    assert counts["plain031"] == 0
    head, *lines = desk.call(capsys, "runs").out.splitlines()
    assert head.endswith("  problems")
    marked = {line.split()[0] for line in lines if line.endswith(" 1")}
    assert marked == {name for name, count in counts.items() if count == 1}
    assert "problems" not in desk.call(capsys, "runs", "--state", "finished").out
    assert "problems" not in desk.call(capsys, "runs", "--short").out
    short = desk.call(capsys, "runs", "--short", "--json").json["runs"]
    assert {each["problems"] for each in short} == {None}


def test_outside_any_journal_the_runs_of_the_folder_wandb_are_listed(desk: Desk, capsys: Capsys) -> None:
    inside = desk.call(capsys, "runs", "--json").json["runs"]
    (desk.root / "journal.toml").unlink()
    answer = desk.call(capsys, "runs", "--json")
    assert (answer.code, answer.err, answer.json["problems"]) == (0, "", [])
    assert answer.json["runs"] == [each | {"cited_by": []} for each in inside]
    assert "cited by" not in desk.call(capsys, "runs").out
    assert listed(desk, capsys, "--state", "failed") == ["faild031", "faild016"]
    assert len(listed(desk, capsys, "--commit", truth("plain031")["commit"])) == 10
    for option in ("--cited", "--not-cited"):
        said = desk.call(capsys, "runs", option)
        assert (said.code, said.out) == (2, "")
        assert "only the entries of a journal cite runs" in said.err
    said = desk.call(capsys, "runs", "--project", "nowhere")
    assert (said.code, said.out) == (0, "")
    assert "only ./wandb is searched" in said.err


def test_a_journal_that_is_broken_is_a_failure_and_not_the_outside_of_one(desk: Desk, capsys: Capsys) -> None:
    desk.write("journal.toml", "frob = 1\n")
    for args in (["runs"], ["runs", "show", "plain031"]):
        said = desk.call(capsys, *args)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("error: journal.toml: setting 'frob' is not known")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--state", "failed"], ["faild031", "faild016"]),
        (["--state", "crashed"], ["killd031", "killd016"]),
        (["--state", "crashed or running", "--not-cited"], ["killd031", "killd016"]),
        (["--cited"], ["faild031", "plain031"]),
        (["--cited", "--state", "finished"], ["plain031"]),
        (["--project", "sigma-floor", "--cited"], ["faild031", "plain031"]),
        (["--project", "nowhere"], []),
        (["--commit", "0123456"], []),
    ],
)
def test_runs_are_chosen_by_filters_that_combine(
    desk: Desk, capsys: Capsys, options: list[str], ids: list[str]
) -> None:
    assert listed(desk, capsys, *options) == ids


def test_a_commit_is_given_by_sha_or_by_any_name_that_git_knows(desk: Desk, capsys: Capsys) -> None:
    recorded = truth("plain031")["commit"]
    for name in (recorded, recorded[:7].upper()):
        assert len(listed(desk, capsys, "--commit", name)) == 10
    sha = desk.commit("a change")
    for name in ("HEAD", "main~0"):
        assert commit_meant(Journal.open(desk.root).config, name) == sha
        assert listed(desk, capsys, "--commit", name) == []
    said = desk.call(capsys, "runs", "--commit", "no-such-branch")
    assert (said.code, said.out) == (1, "")
    assert "no commit answers to 'no-such-branch'" in said.err


def test_many_runs_are_listed_without_reading_their_logs_until_asked(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "FEW", 9)
    said = desk.call(capsys, "runs")
    assert " state " not in said.out.splitlines()[0]
    assert said.err == "state and last step of 10 runs were not read; `journal runs --long` reads them\n"
    (shape, *_) = desk.call(capsys, "runs", "--json").json["runs"]
    assert [shape[key] for key in ("state", "rows", "last_step", "dirty")] == [None] * 4
    assert shape["project"] == "sigma-floor"
    assert all(shape["rows"] for shape in desk.call(capsys, "runs", "--json", "--long").json["runs"])
    assert listed(desk, capsys, "--state", "failed") == ["faild031", "faild016"]
    monkeypatch.undo()
    assert desk.call(capsys, "runs", "--short").err == said.err


def test_state_and_short_contradict_each_other(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "runs", "--short", "--state", "failed")
    assert said.code == 2
    assert "--short does not read" in said.err


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(desk: Desk, capsys: Capsys) -> None:
    desk.write(TRASH, b"this is no log")
    said = desk.call(capsys, "runs")
    assert said.code == 0
    (line,) = (line for line in said.out.splitlines() if line.startswith("trash001"))
    assert line.split() == ["trash001", "unreadable"]
    (warning,) = said.err.splitlines()
    assert warning.startswith("warning: wandb/offline-run-20260101_120000-trash001/")
    shape = next(each for each in desk.call(capsys, "runs", "--json").json["runs"] if each["id"] == "trash001")
    assert (shape["state"], shape["problem"]["code"]) == (None, "corrupt-log")
    assert listed(desk, capsys, "--state", "unknown") == ["trash001"]


def test_a_folder_out_of_reach_ends_with_3(desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_runs(monkeypatch)
    said = desk.call(capsys, "runs")
    assert said.code == 3
    assert "error: wandb" in said.err
    answer = desk.call(capsys, "runs", "--json")
    assert (answer.code, answer.json["runs"]) == (3, [])
    assert answer.json["problems"][0]["code"] == "source-unavailable"


def test_an_entry_that_cannot_be_read_is_told_of_and_the_runs_are_listed(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/2026-02-23-bad.md", "x")
    said = desk.call(capsys, "runs")
    assert (said.code, len(said.out.splitlines())) == (1, 11)
    assert said.err.startswith("error: entries/2026-02-23-bad.md")
    answer = desk.call(capsys, "runs", "--json")
    assert (answer.code, len(answer.json["runs"])) == (1, 10)
    assert [each["path"] for each in answer.json["problems"]] == ["entries/2026-02-23-bad.md"]


def test_no_run_is_said_to_be_none(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "runs", "--project", "nowhere")
    assert (said.code, said.out, said.err) == (0, "", "no such run; the setting `runs` says where to look\n")


def test_help_names_both_ways_and_a_reference_in_the_wrong_place_is_wrong_usage(desk: Desk, capsys: Capsys) -> None:
    shown = desk.call(capsys, "runs", "--help").out
    assert "journal runs show REF" in shown
    part = next(line for line in shown.splitlines() if line.startswith("  show "))
    assert part.split(maxsplit=1)[1] == str(verb.show.__doc__).splitlines()[0]
    assert desk.call(capsys, "runs", "show", "--help").out.startswith("Usage: journal runs show [OPTIONS] REF\n")
    assert desk.call(capsys, "stat", "--help").out.startswith("Usage: journal stat [OPTIONS] EXPR\n")
    said = desk.call(capsys, "runs", "plain031")
    assert (said.code, said.out) == (2, "")
    assert said.err == "error: journal runs has no command 'plain031' (did you mean `journal runs show plain031`?)\n"
    assert "Did you mean 'show'?" in desk.call(capsys, "runs", "shwo", "plain031").err
    assert "No such option: --frob" in desk.call(capsys, "runs", "--frob").err
    assert "stand behind it" in desk.call(capsys, "runs", "--json", "show", "plain031").err
    said = desk.call(capsys, "runs", "show")
    assert (said.code, said.err) == (2, "error: Missing argument 'REF' (`journal runs show --help` shows how)\n")


def test_a_run_is_shown_whole(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "runs", "show", "killd031")
    assert (said.code, said.err) == (0, "")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == "run attention-lab/sigma-floor/killd031"
    for line in (
        "state crashed or running",
        f"commit {truth('killd031')['commit']}",
        "SDK 0.31.0",
        "model.dropout.attn 0.125",
        "betas [0.9, 0.999]",
        "summary, as the tracker has it value",
        "could not be read:",
    ):
        assert line in lines
    loss = next(line for line in lines if line.startswith("loss 413 0 0 412 1.5625 "))
    assert loss.split()[-1].startswith("███")
    assert loss.endswith("▁")
    (problem,) = journal.open_run(desk.folder("killd031")).problems
    assert lines[-1] == f"- at byte {problem.offset}: {problem.message}"
    assert not any(line.startswith("segments") for line in lines)


def test_who_cites_a_run_is_shown(desk: Desk, capsys: Capsys) -> None:
    assert f"cited by  {E1}\n" in desk.call(capsys, "runs", "show", "plain031").out
    assert "cited by" not in desk.call(capsys, "runs", "show", "large031").out


def test_json_adds_what_the_log_says(desk: Desk, capsys: Capsys) -> None:
    (shape,) = desk.call(capsys, "runs", "show", "nestd016", "--json").json["runs"]
    added = {"config", "summary", "metrics", "problems", "parts", "rule", "remote", "sdk"}
    assert set(shape) == SHAPE | added
    expected = truth("nestd016")
    assert shape["config"] == expected["config"]
    assert {metric["name"] for metric in shape["metrics"]} == set(expected["metrics"])
    for metric in shape["metrics"]:
        points = rows("nestd016", metric["name"])
        finite = [value for _, value in points if isfinite(value)]
        assert metric == {
            "name": metric["name"],
            "n": len(finite),
            "nonfinite": len(points) - len(finite),
            "first_step": points[0][0],
            "last_step": points[-1][0],
            "last": finite[-1] if finite else None,
            "rounded": metric["rounded"],
            "step_metric": metric["step_metric"],
        }
    assert shape["source"]["kind"] == "wandb-folder"
    assert (shape["source"]["bytes"], len(shape["source"]["sha256"])) == (desk.log("nestd016").stat().st_size, 64)
    (part,) = shape["parts"]
    assert (part["rows"], part["kept"], part["started"]) == (shape["rows"], shape["rows"], shape["started"])


def test_a_run_is_shown_outside_any_journal(
    desk: Desk, capsys: Capsys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    for place in (desk.folder("plain031"), desk.log("plain031")):
        said = elsewhere.call(capsys, "runs", "show", str(place))
        assert said.code == 0
        assert said.out.startswith("run      attention-lab/sigma-floor/plain031\n")
        assert elsewhere.call(capsys, "runs", "show", str(place), "--json").json["runs"][0]["cited_by"] == []


def test_what_cannot_be_shown_is_one_line(desk: Desk, capsys: Capsys) -> None:
    desk.write(TRASH, b"this is no log")
    for reference, code in (("nobody", 1), ("trash001", 1), ("/nowhere", 1)):
        said = desk.call(capsys, "runs", "show", reference)
        assert (said.code, said.out) == (code, "")
        assert len(said.err.splitlines()) == 1
        assert desk.call(capsys, "runs", "show", reference, "--json").json["error"]["message"]


def test_curves_need_an_output_that_has_the_signs(desk: Desk) -> None:
    assert "▁" in desk.spawn("runs", "show", "large031", PYTHONIOENCODING="utf-8").out
    said = desk.spawn("runs", "show", "large031", PYTHONIOENCODING="ascii")
    assert (said.code, said.err) == (0, "")
    assert "curve" not in said.out


def test_settings_are_shown_by_their_dotted_names() -> None:
    tree = {"a": {"b": {"c": 1}, "empty": {}}, "list": [1, {"x": None}], "word": "1e-3", "é": True}
    assert list(flattened(tree)) == [
        ("a.b.c", "1"),
        ("a.empty", "{}"),
        ("list", '[1, {"x": null}]'),
        ("word", "1e-3"),
        ("é", "true"),
    ]


def made(**about: Any) -> Run:
    """A run of five rows."""
    return Run(**{"id": "a", "place": "wandb/b", "state": RunState.FINISHED, "config": {}, "rows": 5, **about})


def opened(run: Run, *segments: Segment, metric: str = "x") -> OpenRun:
    """A run with one metric."""
    column = Column(metric, pl.Series([0, 4]), pl.Series([1.0, 2.0]), pl.Series([None, None], dtype=pl.Float64))
    contents: Any = SimpleNamespace(
        run=run,
        metric_names=(metric,),
        summary={},
        segments=segments,
        origin=ORIGIN,
        columns=lambda _: {metric: column},
    )
    return OpenRun(contents)


def test_nothing_in_a_run_can_colour_the_terminal_or_break_the_json(capsys: Capsys) -> None:
    odd = "\x1b[31mred\x07 \N{ROCKET}\nline"
    config = {odd: odd, "large": 2**70, "half": "\ud800", "nan": float("nan")}
    listed_run = ListedRun(made(name=odd, project="p\x1b[2J", config=config))
    run = opened(made(name=odd, config=config), metric=odd)
    print_run(listed_run, run)
    verb._print_table([listed_run], online=False)
    out = capsys.readouterr().out
    assert out.count("\N{ROCKET}") == 5
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in out.replace("\n", ""))
    answer({"runs": [in_full(listed_run, run, "some-source")]})
    (shape,) = json.loads(capsys.readouterr().out)["runs"]
    assert (shape["name"], shape["metrics"][0]["name"]) == (odd, odd)
    assert shape["config"] == config | {"nan": None}


def of_two_parts() -> tuple[ListedRun, OpenRun]:
    """A run that was resumed once."""
    rule = "each part goes on where the one before it was left"
    started = datetime(2026, 1, 1, tzinfo=UTC)
    run = made(segments=2, last_step=4, dirty=True, commit="c" * 40, rule=rule, started=started)
    failed, finished = RunState.FAILED, RunState.FINISHED
    parts = (
        Segment(place="wandb/a", origin=ORIGIN, state=failed, started=started, rows=4, kept=3, last_step=2),
        Segment(place="wandb/b", origin=ORIGIN, state=finished, rows=2, kept=2, note="went back to step 3"),
    )
    return ListedRun(run, run=run), opened(run, *parts)


def test_the_parts_of_a_resumed_run_are_shown_with_the_rule(capsys: Capsys) -> None:
    print_run(*of_two_parts())
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "segments 2: each part goes on where the one before it was left" in lines
    assert f"commit {'c' * 40} (dirty)" in lines
    assert "segment state rows kept first step last step note" in lines
    assert "wandb/a failed 4 3 2" in lines
    assert "wandb/b finished 2 2 went back to step 3" in lines


def test_the_parts_of_a_resumed_run_stand_in_the_json() -> None:
    shape = in_full(*of_two_parts(), "some-source")
    assert (shape["segments"], shape["rule"]) == (2, "each part goes on where the one before it was left")
    assert [(part["place"], part["kept"], part["note"]) for part in shape["parts"]] == [
        ("wandb/a", 3, ""),
        ("wandb/b", 2, "went back to step 3"),
    ]


def test_the_summary_is_shown_by_its_keys_in_order(capsys: Capsys) -> None:
    run = made()
    contents: Any = SimpleNamespace(
        run=run, metric_names=(), summary={"c": 1, "a": {"z": 2, "b": 3}, "b": 4}, segments=(), origin=ORIGIN
    )
    print_run(ListedRun(run, run=run), OpenRun(contents))
    shown = capsys.readouterr().out.partition("summary, as the tracker has it")[2]
    assert [line.split() for line in shown.splitlines()[1:]] == [["a.b", "3"], ["a.z", "2"], ["b", "4"], ["c", "1"]]
