r"""What every source of runs must do, as tests. It needs pytest; nothing else imports it.

To hold a source to it, say in a fixture what the source is and what there is to find, and inherit the tests:

    from journal.sources.contract import ExpectedRun, SourceCase, SourceContract

    class TestLossFiles(SourceContract):
        @pytest.fixture
        def case(self, tmp_path: Path) -> SourceCase:
            (tmp_path / "losses").mkdir()
            (tmp_path / "losses" / "short.loss").write_text("0.5\n0.25\n")
            short = ExpectedRun("short", {"loss": [(0, 0.5), (1, 0.25)]})
            return SourceCase(LossFiles, tmp_path, folders=("losses",), runs=(short,))
"""
# ruff: noqa: S101 - tests assert

from __future__ import annotations

import os
import random
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import pytest

from journal.config import CONFIG_NAME, Config, Settings
from journal.errors import SourceError, SourceUnavailable
from journal.model.run import RunHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from journal.sources.interface import Source
    from journal.sources.open_run import OpenRun

FOREIGN = ("", "gone", "gone/for/good", "note.txt", "a\0b", "~nobody-of-that-name/x", "x" * 300, "https://host/a/b")
"""References that are no run of any source."""


@dataclass(frozen=True)
class ExpectedRun:
    """A run that the source must find.

    Attributes:
        id: Its id.
        metrics: Every row of every metric: step and value, exactly.
        told: Other attributes of the opened run, by name: `config`, `commit`, `state` and so on.
        problems: Whether some of it cannot be read.
    """

    id: str
    metrics: Mapping[str, Sequence[tuple[int, float]]]
    told: Mapping[str, Any] = field(default_factory=dict)
    problems: bool = False


@dataclass(frozen=True)
class SourceCase:
    """A source, and runs for it to find.

    Attributes:
        make: The source's class.
        root: The journal's folder. The runs lie in it, and nothing else that must not be damaged: the tests cut and
            overwrite files in it.
        folders: What the setting `runs` names.
        runs: The runs, in the order in which they must be listed.
        unreadable: Ids of runs that must be listed but cannot be opened.
        located: References that only this source understands, and the ids of the runs there.
    """

    make: Callable[[Config], Source]
    root: Path
    folders: tuple[str, ...]
    runs: tuple[ExpectedRun, ...]
    unreadable: tuple[str, ...] = ()
    located: Mapping[str, str] = field(default_factory=dict)

    def source(self, root: Path | None = None) -> Source:
        """A new source, that has not looked at anything yet."""
        root = (root or self.root).resolve()
        return self.make(Config(root, Settings(runs=self.folders), root / CONFIG_NAME))

    def opened(self) -> Iterator[tuple[ExpectedRun, RunHead, OpenRun]]:
        """Each run as it must be, as it was listed, and opened."""
        source = self.source()
        heads = {head.id: head for head in source.heads()}
        for expected in self.runs:
            head = heads[expected.id]
            yield expected, head, source.open(head)


class SourceContract:
    """The tests. A subclass gives the fixture `case`."""

    def test_a_source_names_its_kind_and_its_places_in_words(self, case: SourceCase) -> None:
        """`kind` is one word in lower case; `places` are one line each, and there is at least one."""
        source = case.source()
        assert re.fullmatch(r"[a-z][a-z0-9-]*", source.kind)
        places = source.places()
        assert isinstance(places, tuple)
        assert places
        assert all(_is_a_line(place) for place in places)

    def test_runs_are_listed_in_one_order_however_often(self, case: SourceCase) -> None:
        """`heads` gives the runs of the case in their order, twice over and from a new source."""
        source = case.source()
        listed = list(source.heads())
        assert [head.id for head in listed if head.id not in case.unreadable] == [run.id for run in case.runs]
        assert {head.id for head in listed} >= set(case.unreadable)
        assert list(source.heads()) == list(case.source().heads()) == listed

    def test_each_run_lies_in_a_place_of_its_own_that_people_can_read(self, case: SourceCase) -> None:
        """`RunHead.place` is one line, and no two runs share it."""
        places = [head.place for head in case.source().heads()]
        assert all(_is_a_line(place) for place in places)
        assert len(set(places)) == len(places)

    def test_an_opened_run_is_the_one_that_was_listed(self, case: SourceCase) -> None:
        """All fields of the head stand in the run too; `started` has a time zone."""
        for expected, head, opened in case.opened():
            assert identity(opened.run) == identity(head), expected.id
            assert len(opened.segments) == head.segments
            assert opened.started is None or opened.started.utcoffset() is not None

    def test_an_opened_run_tells_what_is_known_of_it(self, case: SourceCase) -> None:
        """The attributes in `ExpectedRun.told`, and problems where there must be some."""
        for expected, _, opened in case.opened():
            assert {name: getattr(opened, name) for name in expected.told} == dict(expected.told)
            assert bool(opened.problems) == expected.problems, opened.problems

    def test_metrics_are_those_that_were_logged_as_numbers_in_name_order(self, case: SourceCase) -> None:
        """`metric_names` and `metrics` are sorted and complete."""
        for expected, _, opened in case.opened():
            assert list(opened.metric_names) == sorted(expected.metrics)
            assert [metric.name for metric in opened.metrics] == sorted(expected.metrics)

    def test_no_metric_is_called_like_the_axis_of_a_history(self, case: SourceCase) -> None:
        """`history` has columns `_step` and `_timestamp` of its own."""
        for _, _, opened in case.opened():
            assert not {"_step", "_timestamp"} & set(opened.metric_names)

    def test_every_row_is_there_exactly_and_at_its_step(self, case: SourceCase) -> None:
        """Nothing is sampled, rounded or left out; NaN, infinities and -0.0 are as they were logged."""
        for expected, _, opened in case.opened():
            assert {name: repr(rows_of(opened, name)) for name in opened.metric_names} == {
                name: repr(list(points)) for name, points in expected.metrics.items()
            }

    def test_columns_are_typed_and_in_step_order(self, case: SourceCase) -> None:
        """Int64 steps, ascending, each once; Float64 values and times, only times with nulls."""
        import polars as pl

        for _, _, opened in case.opened():
            for name in opened.metric_names:
                column = opened.column(name)
                assert column is not None
                assert (column.name, column.values.name) == (name, name)
                assert [series.dtype for series in (column.steps, column.values, column.times)] == [
                    pl.Int64, pl.Float64, pl.Float64,
                ]  # fmt: skip
                assert column.steps.len() == column.values.len() == column.times.len() > 0
                assert column.steps.null_count() == column.values.null_count() == 0
                assert column.steps.is_sorted()
                assert column.steps.is_unique().all()
                assert opened.last_step is not None
                assert column.steps[-1] <= opened.last_step

    def test_a_history_holds_each_row_of_each_metric_and_no_other(self, case: SourceCase) -> None:
        """One row per step; a metric that was not logged there is null."""
        for expected, _, opened in case.opened():
            history = opened.history(wall_time=True)
            assert history.columns == ["_step", "_timestamp", *sorted(expected.metrics)]
            steps = {step for points in expected.metrics.values() for step, _ in points}
            assert history["_step"].to_list() == sorted(steps)
            for name, points in expected.metrics.items():
                assert repr(history.select("_step", name).drop_nulls().rows()) == repr(list(points))
                assert opened.history([name])["_step"].to_list() == [step for step, _ in points]

    def test_a_metric_that_was_never_logged_has_no_column(self, case: SourceCase) -> None:
        """`column` gives None, `history` raises SourceError."""
        for _, _, opened in case.opened():
            assert opened.column("no such metric") is None
            with pytest.raises(SourceError, match="no metric"):
                opened.history(["no such metric"])

    def test_a_run_says_which_bytes_it_was_read_from(self, case: SourceCase) -> None:
        """Each origin has a kind, a SHA-256, a size and a path that is not absolute."""
        for _, _, opened in case.opened():
            for origin in (opened.origin, *(segment.origin for segment in opened.segments)):
                assert re.fullmatch(r"[a-z][a-z0-9-]*", origin.kind)
                assert re.fullmatch(r"[0-9a-f]{64}", origin.sha256)
                assert origin.bytes >= 0
                assert _is_a_line(origin.path)
                assert not PurePosixPath(origin.path).is_absolute()
                assert not PureWindowsPath(origin.path).is_absolute()

    def test_the_segments_of_a_run_hold_its_rows(self, case: SourceCase) -> None:
        """Of each segment at most its rows are kept, and together they hold the longest metric."""
        for _, _, opened in case.opened():
            assert all(0 <= segment.kept <= segment.rows for segment in opened.segments)
            assert len(opened.segments) > 1 or opened.segments[0].rows == opened.run.rows
            longest = max((rows_of(opened, name) for name in opened.metric_names), key=len, default=[])
            assert sum(segment.kept for segment in opened.segments) >= len(longest)

    def test_a_run_tells_what_it_ran(self, case: SourceCase) -> None:
        """`code` has a part at least, and the newest that names a commit names that of the run, now or as recorded."""
        for expected, head, opened in case.opened():
            assert opened.code, expected.id
            assert all(part.started is None or part.started.utcoffset() is not None for part in opened.code)
            named = [part.recorded or part.commit for part in opened.code if part.recorded or part.commit]
            assert head.commit == (named[-1] if named else None)

    def test_opening_a_run_twice_gives_the_same(self, case: SourceCase) -> None:
        """Two sources that open the same run agree in everything."""
        for (_, _, once), (_, _, again) in zip(case.opened(), case.opened(), strict=True):
            assert once.run == again.run
            assert (once.origin, once.segments, once.summary) == (again.origin, again.segments, again.summary)
            assert once.history(wall_time=True).equals(again.history(wall_time=True))

    def test_looking_at_runs_changes_nothing(self, case: SourceCase) -> None:
        """No file below the root is written, touched, made or removed."""
        before = tree(case.root)
        look_at_everything(case.source())
        assert tree(case.root) == before

    def test_a_folder_that_is_not_there_holds_no_runs(self, case: SourceCase, tmp_path: Path) -> None:
        """No error, and the folder is not made."""
        empty = tmp_path / "an empty journal"
        empty.mkdir()
        assert list(case.source(empty).heads()) == []
        assert tree(empty) == {}

    def test_a_run_is_located_by_what_only_its_source_understands(self, case: SourceCase) -> None:
        """`locate` gives the head that `heads` lists, for each of `SourceCase.located`."""
        listed = {head.id: head for head in case.source().heads()}
        for reference, run_id in case.located.items():
            assert case.source().locate(reference) == listed[run_id], reference

    @pytest.mark.parametrize("reference", FOREIGN)
    def test_what_is_no_run_of_the_source_is_not_located(
        self, case: SourceCase, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`locate` gives None for anything else, and raises nothing."""
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "note.txt").write_text("no run")
        monkeypatch.chdir(elsewhere)
        assert case.source().locate(reference) is None

    def test_a_run_that_cannot_be_read_is_listed_and_opening_it_says_why(self, case: SourceCase) -> None:
        """`open` raises SourceError for each of `SourceCase.unreadable`."""
        source = case.source()
        for head in source.heads():
            if head.id in case.unreadable:
                with pytest.raises(SourceError):
                    source.open(head)

    def test_damage_ends_in_a_problem_or_an_error_of_ours(self, case: SourceCase) -> None:
        """Each file is cut, emptied, overwritten and flipped in turn; only errors of ours may come of it."""
        for file in sorted(path for path in case.root.rglob("*") if path.is_file()):
            whole = file.read_bytes()
            for damaged in damages(whole):
                file.write_bytes(damaged)
                look_at_everything(case.source())
            file.write_bytes(whole)

    def test_what_its_answers_rest_on_is_told_in_full_if_at_all(self, case: SourceCase) -> None:
        """A file whose damage changes `heads` is in `watched`, and one whose damage changes a run in its `files`."""
        watched, files = what_matters(case.source())
        assert all(path.is_absolute() for paths in (watched, *files.values()) for path in paths or ())
        heads, runs = told_of(case.source())
        for file in sorted(path for path in case.root.resolve().rglob("*") if path.is_file()):
            whole = file.read_bytes()
            for damaged in islice(damages(whole), 4):
                file.write_bytes(damaged)
                heads_now, runs_now = told_of(case.source())
                assert watched is None or file in watched or heads_now == heads, file
                for place in runs.keys() & runs_now.keys():
                    told = files[place]
                    assert told is None or file in told or runs_now[place] == runs[place], file
            file.write_bytes(whole)

    def test_a_run_more_is_seen_by_the_folder_it_lies_in(self, case: SourceCase) -> None:
        """Each file and folder is copied in turn; where `heads` changes, the folder around the copy is in `watched`."""
        watched, _ = what_matters(case.source())
        heads = listed(case.source())
        for path in sorted(case.root.resolve().rglob("*")):
            twin = path.with_name(f"a-{path.name}")
            copy, remove = (shutil.copytree, shutil.rmtree) if path.is_dir() else (shutil.copy, os.unlink)
            copy(path, twin)
            assert watched is None or path.parent in watched or listed(case.source()) == heads, path
            remove(twin)

    def test_a_run_that_is_gone_is_an_error_of_ours(self, case: SourceCase) -> None:
        """`open` raises SourceError for a head whose files were removed."""
        source = case.source()
        heads = list(source.heads())
        for below in case.root.iterdir():
            shutil.rmtree(below) if below.is_dir() else below.unlink()
        for head in heads:
            with pytest.raises(SourceError):
                source.open(head)


def identity(head: RunHead) -> dict[str, Any]:
    """What a listed and an opened run have in common."""
    return head.model_dump(include=set(RunHead.model_fields))


def rows_of(opened: OpenRun, metric: str) -> list[tuple[int, float]]:
    """Every row of a metric."""
    column = opened.column(metric)
    return [] if column is None else list(zip(column.steps.to_list(), column.values.to_list(), strict=True))


def look_at_everything(source: Source) -> None:
    """Ask a source for all it has; nothing but an error of ours may come of it."""
    for head in listed(source):
        with suppress(SourceError):
            _check_sound(source.open(head))


def what_matters(source: Source) -> tuple[set[Path] | None, dict[str, set[Path] | None]]:
    """What a source says that its listing rests on, and each run by its place; None where it does not say."""
    heads = listed(source)
    watched = source.watched() if hasattr(source, "watched") else None
    files: dict[str, set[Path] | None] = {}
    for head in heads:
        files[head.place] = None
        with suppress(SourceError):
            told = source.open(head).files
            files[head.place] = None if told is None else set(told)
    return (None if watched is None else set(watched)), files


def told_of(source: Source) -> tuple[list[RunHead], dict[str, str]]:
    """The listing of a source, and all that it says of each run, by its place."""
    heads = listed(source)
    return heads, {head.place: _all_of(source, head) for head in heads}


def listed(source: Source) -> list[RunHead]:
    """The runs of a source, as far as it can be reached."""
    found: list[RunHead] = []
    with suppress(SourceUnavailable):
        found += source.heads()
    return found


def _all_of(source: Source, head: RunHead) -> str:
    try:
        run = source.open(head)
        rows = {name: rows_of(run, name) for name in run.metric_names}
        return repr((run.run, run.origin, run.summary, run.segments, run.code, rows))
    except SourceError as error:
        return repr(error)


def _check_sound(opened: OpenRun) -> None:
    history = opened.history(wall_time=True)
    assert history.columns[2:] == list(opened.metric_names)
    assert all(segment.kept <= segment.rows for segment in opened.segments)
    for problem in opened.problems:
        assert _is_a_line(problem.message)
        assert problem.offset is None or problem.offset >= 0


def damages(content: bytes) -> Iterator[bytes]:
    """A file as it may be after a full disk, a crash, a bad sector, a wrong copy."""
    chance = random.Random(len(content))  # noqa: S311 - the same damage every time
    middle = len(content) // 2
    yield b""
    yield content[:middle]
    yield content[:-1]
    yield content[:middle] + bytes(len(content) - middle)
    yield content[: middle // 2] + bytes(middle) + content[middle // 2 + middle :]
    yield content[middle:]
    yield chance.randbytes(len(content))
    yield content.replace(b"\n", b"\r")
    for _ in range(10):
        place = chance.randrange(len(content)) if content else 0
        yield content[:place] + chance.randbytes(1) + content[place + 1 :]


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: when it was written, and what it holds."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def _is_a_line(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text
