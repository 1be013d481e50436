"""Databases that trackio itself writes. Run as a script: it is slow to import, prints, and starts threads.

python trackio_writer.py FOLDER
"""

from __future__ import annotations

import math
import os
import sqlite3
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG = {"lr": 0.001, "widths": [8, 16], "optimizer": {"name": "adam"}}


@cache
def _written() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="journal-trackio-")
    homes = {name: str(Path(folder.name) / "home") for name in ("HOME", "HF_HOME")}
    environment = os.environ | homes | {"TRACKIO_DIR": str(Path(folder.name) / "runs"), "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, __file__], env=environment, check=True, capture_output=True)
    return folder


def written() -> Path:
    """A folder with two databases, written once: `toy.db` is closed, and `live.db` is being written to."""
    return Path(_written().name) / "runs"


def _write_all(folder: Path) -> None:
    _log("toy", "warm-up", [({"loss": 0.1, "grad": {"norm": 1 << 60}, "epoch": 0, "note": "text"}, None)])
    more: list[tuple[dict[str, object], int | None]] = [
        ({"loss": math.nan, "acc": math.inf, "fine": True}, 7),
        ({"loss": -0.0, "none": None, "_step": 3}, 9),
    ]
    _log("toy", "warm-up", more, resume="must")
    _log("toy", "second", [({"loss": 0.5}, 0), ({"loss": 0.25}, 0), ({"big": (1 << 60) + 1}, 1)])
    _log("live", "going", [({"loss": 1}, 5)])
    reader = sqlite3.connect(folder / "live.db")  # while it is open, what is committed stays in the file beside
    reader.execute("SELECT * FROM metrics").fetchall()
    _log("live", "going", [({"loss": 2}, 6)], resume="must")
    os._exit(0)


def _log(
    project: str, name: str, rows: Sequence[tuple[Mapping[str, object], int | None]], resume: str = "never"
) -> None:
    import trackio

    trackio.init(
        project=project,
        name=name,
        config=CONFIG,
        resume=resume,
        embed=False,
        auto_log_gpu=False,
        auto_log_cpu=False,
    )
    for metrics, step in rows:
        trackio.log(dict(metrics), step=step)
    trackio.finish()  # type: ignore[no-untyped-call]  # it has no types
    time.sleep(0.002)  # runs are listed in the order of their times


if __name__ == "__main__":
    _write_all(Path(os.environ["TRACKIO_DIR"]))
