from pathlib import Path

import pytest
from part_folders import part_folder
from wandb_writer import frame, run

from journal.errors import CorruptLog, SourceUnavailable
from journal.sources.wandb_folder.one_log import LogPlace, OneLog
from journal.sources.wandb_folder.search import LogFile
from journal.sources.wandb_log.reading import LogReading


def one_log(log: Path, read: type[LogReading] = LogReading) -> OneLog:
    place = LogPlace("abc", LogFile(str(log), sole=True), place="wandb/here", path="wandb/here/run-abc.wandb")
    return OneLog(place, read)


def test_a_log_is_read_when_something_is_asked_of_it(tmp_path: Path) -> None:
    log = part_folder(tmp_path, "abc", range(3), start=10) / "run-abc.wandb"
    asked: list[Path] = []

    class Noted(LogReading):
        def __init__(self, log: Path) -> None:
            asked.append(log)
            super().__init__(log)

    contents = one_log(log, Noted)
    assert not contents.branches
    assert asked == []
    assert list(contents.columns(["x", "y"])) == ["x"]
    assert contents.run.rows == 3
    assert asked == [log]


def test_what_is_no_log_is_refused_at_once_by_its_own_name(tmp_path: Path) -> None:
    log = tmp_path / "run-abc.wandb"
    log.write_text("no log")
    with pytest.raises(CorruptLog) as caught:
        one_log(log)
    assert caught.value.path == "wandb/here/run-abc.wandb"


def test_a_log_of_which_nothing_can_be_read_is_refused_by_its_own_name_when_it_is_read(tmp_path: Path) -> None:
    log = tmp_path / "run-abc.wandb"
    log.write_bytes(frame([run("abc")])[:7] + b"\1" * 5000)
    contents = one_log(log)
    with pytest.raises(CorruptLog) as caught:
        _ = contents.run
    assert caught.value.path == "wandb/here/run-abc.wandb"


def test_a_log_that_goes_away_before_it_is_read_is_unavailable(tmp_path: Path) -> None:
    log = part_folder(tmp_path, "abc", range(3), start=10) / "run-abc.wandb"
    contents = one_log(log)
    log.unlink()
    with pytest.raises(SourceUnavailable):
        _ = contents.run


def test_the_one_segment_of_a_log_is_all_of_it(tmp_path: Path) -> None:
    contents = one_log(part_folder(tmp_path, "abc", range(3, 6), start=10) / "run-abc.wandb")
    (segment,) = contents.segments
    assert (segment.rows, segment.kept, segment.first_step, segment.last_step) == (3, 3, 3, 5)
    assert (segment.place, segment.origin) == ("wandb/here", contents.origin)
