from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from desk import Desk
from journal.cli import app
from journal.sources.watch import teller

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    "case",
    [
        ("bytes", ["list"], "interrupted"),
        ("rows", ["list"], "interrupted; what was fetched is kept"),
        ("rows", ["check", "--read-only"], "interrupted"),
    ],
)
def test_an_interrupt_is_one_line_that_says_whether_what_was_fetched_is_kept(
    case: tuple[str, list[str], str], tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, call, said = case

    def interrupted(*_: object, **_options: object) -> NoReturn:
        teller("a", 2, "rows" if unit == "rows" else "bytes")(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "app", interrupted)
    done = Desk.begin(tmp_path).call(capsys, *call)
    assert (done.code, done.err) == (130, f"{said}\n")


def test_outside_a_journal_nothing_is_kept(tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **_options: object) -> int:
        teller("a", 2, "rows")(1)
        return app.INTERRUPTED  # as Typer answers for it

    monkeypatch.setattr(app, "app", interrupted)
    monkeypatch.chdir(tmp_path)
    assert (app.run(["list"]), capsys.readouterr().err) == (130, "interrupted\n")
