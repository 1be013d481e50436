from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from journal.config import CONFIG_NAME, Config, Online, Reach, Settings
from journal.errors import RunNotFound, SourceUnavailable
from journal.model.evidence import RunEvidence
from journal.model.run import Origin, RunState
from journal.tables.absence import Cause, causes, where_to_look

if TYPE_CHECKING:
    from pathlib import Path

ASK = "journal check --online"
FOLDER = Origin(kind="wandb-log", path="wandb/a.wandb", bytes=1, sha256="0" * 64)
SERVER = FOLDER.model_copy(update={"host": "far.example", "fetched": datetime(2026, 2, 21, tzinfo=UTC)})


def test_a_cause_is_told_with_all_runs_that_it_keeps_away() -> None:
    down = SourceUnavailable("far.example does not answer", hint="try again later")
    missing = {
        "a": down,
        "b": SourceUnavailable("run b is in no folder, and --offline was given", hint="leave out --offline"),
        "c": down,
        "d": SourceUnavailable("run d is in no folder, and --offline was given", hint="leave out --offline"),
        "e": RunNotFound("no run 'e'", hint="did you mean 'f'?"),
        "f": SourceUnavailable("cannot be read", path="wandb"),
    }
    assert causes(missing) == {
        Cause("far.example does not answer", "try again later"): ["a", "c"],
        Cause("in no folder, and --offline was given", "leave out --offline"): ["b", "d"],
        Cause("no source has them here"): ["e"],
        Cause("wandb: cannot be read"): ["f"],
    }


def test_where_a_server_gave_a_run_it_is_asked_for(tmp_path: Path) -> None:
    def told(origin: Origin, online: bool | None, *, enabled: bool = False) -> str | None:
        settings = Settings(online=Online(enabled=enabled))
        config = Config(tmp_path, settings, tmp_path / CONFIG_NAME, reach=Reach(online=online))
        run = RunEvidence(id="a", state=RunState.FINISHED, rows=1, problems=0, origin=origin)
        return where_to_look([run], config, ASK)

    assert told(FOLDER, None) is None
    assert told(SERVER, None) == "ask the server: `journal check --online`"
    assert told(SERVER, None, enabled=True) == "look again when its server tells of it"
    assert told(SERVER, online=False) == "ask the server: `journal check --online`"
    assert told(SERVER, online=False, enabled=True) == "--offline was given: leave out --offline"
