"""A journal of four entries, filled and committed, for tests of who notices what is touched in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

E1, E2, E3, E4 = (f"2026-02-2{day}-{name}" for day, name in enumerate(("one", "two", "text", "bold"), 1))
ALL = [E1, E2, E3, E4]
BLOCK = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
BOLD = "predictions:\n  - {claim: it falls, expect: last(loss) < 100}\n"


def begin(root: Path, capsys: pytest.CaptureFixture[str], *, third: str = "") -> None:
    """Make the journal: two entries with a table, one of words alone, one with a prediction.

    Args:
        root: Where.
        capsys: Catches what the commands say.
        third: More front matter of the one of words.
    """
    desk = Desk.begin(root)
    (desk.folder("faild031") / "files/wandb-metadata.json").write_text('{"gpu": "none"}')
    desk.entry(E1, BLOCK, runs="{id: faild031, as: a}")
    desk.entry(E2, BLOCK, runs="{id: killd031, as: b}")
    desk.entry(E3, "No numbers here.\n", matter=third)
    desk.entry(E4, runs="{id: faild031, as: a}", matter=BOLD)
    desk.commit("Predict")
    assert desk.call(capsys, "fill-results").code == 0
    desk.commit("Fill")
