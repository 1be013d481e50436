"""Event files that TensorBoard's own writers wrote are read whole and exactly."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from event_writer import LOSSES, START, stored, written
from run_folders import SHA, config_at

from journal.errors import CorruptLog, SourceUnavailable
from journal.model.capture import FILE
from journal.model.run import RunState
from journal.sources.contract import ExpectedRun, SourceCase, SourceContract
from journal.sources.registry import Sources
from journal.sources.tensorboard_files.runs import TensorboardFiles

if TYPE_CHECKING:
    from pathlib import Path

    from journal.sources.open_run import OpenRun

CAPTURED = f'{{"at": "2026-02-21T11:01:15Z", "commit": "{SHA}", "dirty": false}}'


def copied(root: Path, *names: str) -> Path:
    """Some of the written runs in the folder `runs` of a journal."""
    for name in names:
        shutil.copytree(written() / name, root / "runs" / name)
    return root / "runs"


def opened(root: Path, reference: str = "") -> OpenRun:
    """The run that a reference names, or the only one."""
    source = TensorboardFiles(config_at(root, "runs"))
    head = source.locate(reference) if reference else next(iter(source.heads()))
    assert head is not None
    return source.open(head)


def points(run: OpenRun, metric: str) -> list[tuple[int, float]]:
    column = run.column(metric)
    assert column is not None
    return list(zip(column.steps.to_list(), column.values.to_list(), strict=True))


def the_file(folder: Path) -> Path:
    """The only event file in a folder."""
    (file,) = folder.glob("*tfevents*")
    return file


class TestTensorboardFiles(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> SourceCase:
        runs = copied(tmp_path, "old", "fit", "unmarked", "search")
        (runs / "search" / "version_3" / FILE).write_text(CAPTURED)
        (runs / "nothing").mkdir()
        (runs / "nothing" / "events.out.tfevents.1700000000.host").write_bytes(b"this is no event file at all")
        losses = [stored(loss) for loss in LOSSES]
        old = {
            "train/loss": [(number * 100, loss) for number, loss in enumerate(losses)] + [(1 << 40, 0.5)],
            "lr": [(1 << 40, 0.25)],
        }
        old["train/loss"][3] = (300, 2.5)
        config = {"lr": 0.001, "layers": 3, "optimizer": "adam", "nesterov": True, "widths": [8, 0.5]}
        loss = [*((step, float(step)) for step in range(6)), (6, -6.0), (8, -8.0)]
        return SourceCase(
            TensorboardFiles,
            tmp_path,
            ("runs",),
            (
                ExpectedRun("fit-train", {"epoch_loss": list(enumerate(losses))}, {"name": "fit/train", "rows": 6}),
                ExpectedRun("old", old, {"last_step": 1 << 40, "state": RunState.UNKNOWN}, problems=True),
                ExpectedRun("search-version_3", {"loss": [(1, 0.5)]}, {"config": config, "commit": SHA}),
                ExpectedRun(
                    "unmarked",
                    {"loss": loss, "first/only": [(step, float(step)) for step in range(10)]},
                    {"rows": 12},
                    problems=True,
                ),
            ),
            unreadable=("nothing",),
            located={
                "runs/old": "old",
                "runs/fit/train": "fit-train",
                str(the_file(runs / "old")): "old",
            },
        )


def test_wall_times_and_the_start_are_those_of_the_events(tmp_path: Path) -> None:
    copied(tmp_path, "fit")
    run = opened(tmp_path)
    column = run.column("epoch_loss")
    assert column is not None
    assert column.times.to_list() == [START + second for second in range(len(LOSSES))]
    assert run.started is not None
    assert abs(run.started.timestamp() - the_file(tmp_path / "runs" / "fit" / "train").stat().st_mtime) < 3600


def test_a_session_that_starts_takes_back_every_tag_from_its_step_on(tmp_path: Path) -> None:
    copied(tmp_path, "marked")
    run = opened(tmp_path)
    assert points(run, "loss") == [*((step, float(step)) for step in range(6)), (6, -6.0), (8, -8.0)]
    assert points(run, "first/only") == [(step, float(step)) for step in range(6)]
    assert [problem.message for problem in run.problems] == ["values that a restart from an earlier step takes back: 8"]
    (segment,) = run.segments
    assert (segment.rows, segment.kept) == (12, 8)


def test_without_a_mark_a_later_file_takes_back_only_the_tags_it_repeats(tmp_path: Path) -> None:
    copied(tmp_path, "unmarked")
    run = opened(tmp_path)
    assert len(points(run, "first/only")) == 10
    assert points(run, "loss")[-1] == (8, -8.0)
    assert run.problems[0].message.endswith(": 4")


def test_one_file_of_several_is_a_run_of_its_own_where_it_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path, "unmarked") / "unmarked"
    first, second = sorted(folder.iterdir(), key=lambda file: file.stat().st_size, reverse=True)
    assert len(points(opened(tmp_path, str(first)), "loss")) == 10
    assert points(opened(tmp_path, f"runs/unmarked/{second.name}"), "loss") == [(6, -6.0), (8, -8.0)]
    assert opened(tmp_path, str(second)).place == f"runs/unmarked/{second.name}"


def test_other_ways_to_store_a_scalar_are_read_or_told(tmp_path: Path) -> None:
    copied(tmp_path, "others")
    run = opened(tmp_path)
    assert {name: points(run, name) for name in run.metric_names} == {
        "double": [(-3, 0.1)],
        "packed": [(-3, 0.5)],
        "zero": [(-3, 0.0)],
    }
    assert [problem.message for problem in run.problems] == [
        "scalars that are no single float32 or float64, left out: 1",
        "'_step' is no metric's name; its values are left out",
    ]


def test_two_values_of_a_tag_at_one_step_are_told_and_the_later_counts(tmp_path: Path) -> None:
    copied(tmp_path, "old")
    assert [problem.message for problem in opened(tmp_path).problems] == [
        "values that a later one at the same step replaces: 1"
    ]


def test_a_run_that_is_being_written_lacks_its_last_event_alone(tmp_path: Path) -> None:
    file = the_file(copied(tmp_path, "fit") / "fit" / "train")
    whole = file.read_bytes()
    file.write_bytes(whole[:-7])
    run = opened(tmp_path)
    assert len(points(run, "epoch_loss")) == len(LOSSES) - 1
    (problem,) = run.problems
    assert problem.message == "the last event is cut off and left out; it may still be being written"
    assert problem.offset is not None
    assert 0 < problem.offset < len(whole) - 7


def test_a_run_that_has_grown_is_known_for_the_one_it_was(tmp_path: Path) -> None:
    folder = copied(tmp_path, "unmarked") / "unmarked"
    first, second = sorted(folder.iterdir(), key=lambda file: file.stat().st_size, reverse=True)
    held, later = first.read_bytes(), second.read_bytes()
    second.unlink()
    first.write_bytes(held[:-30])
    before = opened(tmp_path).origin
    first.write_bytes(held)
    assert opened(tmp_path).grown_from(before) is not None
    second.write_bytes(later)
    grown = opened(tmp_path)
    assert grown.grown_from(before) is not None
    assert grown.origin.bytes == len(held) + len(later)
    assert grown.origin.path == "runs/unmarked"
    first.write_bytes(held[:60] + b"?" + held[61:])
    assert opened(tmp_path).grown_from(before) is None


def test_hyperparameters_beside_count_where_the_events_have_none(tmp_path: Path) -> None:
    runs = copied(tmp_path, "old", "search")
    for folder in (runs / "old", runs / "search" / "version_3"):
        (folder / "hparams.yaml").write_text("lr: 1e-3\nseed: 7\n")
    assert opened(tmp_path, "runs/old").config == {"lr": 0.001, "seed": 7}
    assert opened(tmp_path, "runs/search/version_3").config["optimizer"] == "adam"
    (runs / "old" / "hparams.yaml").write_text("- a list")
    broken = opened(tmp_path, "runs/old")
    assert broken.config == {}
    assert "hparams.yaml holds no hyperparameters by name" in [problem.message for problem in broken.problems]


def test_copies_in_run_folders_of_wandb_and_beside_plain_histories_are_no_runs(tmp_path: Path) -> None:
    runs = copied(tmp_path, "old")
    for folder in ("wandb/run-20260102_030405-abcd/files", ".hidden", "plain"):
        shutil.copytree(runs / "old", runs / folder)
    (runs / "plain" / "metrics.csv").write_text("step,loss\n1,0.5\n")
    (runs / "link").symlink_to(runs / "old")
    sources = Sources(config_at(tmp_path, "runs"))
    assert {(head.id, sources.kind_of(head)) for head in sources.heads()} == {
        ("old", "tensorboard"),
        ("plain", "table-file"),
    }
    named = the_file(runs / "plain")
    assert sources.open(str(named)).origin.kind == "tensorboard"


def test_a_run_answers_to_what_tensorboard_calls_it(tmp_path: Path) -> None:
    copied(tmp_path, "fit", "search")
    sources = Sources(config_at(tmp_path, "runs"))
    assert sources.find("fit/train").id == "fit-train"
    assert sources.find("fit-train").place == "runs/fit/train"
    assert sources.find("version_3").id == "search-version_3"


def test_files_are_joined_by_the_time_they_were_begun_not_by_their_names(tmp_path: Path) -> None:
    folder = copied(tmp_path, "marked") / "marked"
    expected = points(opened(tmp_path), "loss")
    first, second = sorted(folder.iterdir(), key=lambda file: file.stat().st_size, reverse=True)
    first.rename(folder / "z.tfevents.9")
    second.rename(folder / "a.tfevents.8")
    assert points(opened(tmp_path), "loss") == expected


def test_a_folder_without_an_event_is_corrupt_and_one_that_is_gone_unavailable(tmp_path: Path) -> None:
    file = the_file(copied(tmp_path, "old") / "old")
    source = TensorboardFiles(config_at(tmp_path, "runs"))
    (head,) = source.heads()
    file.write_bytes(b"")
    with pytest.raises(CorruptLog, match="no event"):
        source.open(head)
    file.unlink()
    with pytest.raises(SourceUnavailable, match="gone"):
        source.open(head)


def test_a_folder_that_may_not_be_read_is_told_after_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = copied(tmp_path, "old")
    (runs / "closed").mkdir()
    scandir = os.scandir

    def refuse(folder: str | os.PathLike[str]) -> object:
        if os.fspath(folder).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    heads = TensorboardFiles(config_at(tmp_path, "runs")).heads()
    assert next(heads).id == "old"
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        next(heads)


def test_the_start_of_a_run_is_the_time_of_its_first_event_or_of_its_name(tmp_path: Path) -> None:
    runs = tmp_path / "runs" / "named"
    runs.mkdir(parents=True)
    (runs / "events.out.tfevents.1700000000.host.1.0").write_bytes(b"damaged")
    (head,) = TensorboardFiles(config_at(tmp_path, "runs")).heads()
    assert head.started == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
